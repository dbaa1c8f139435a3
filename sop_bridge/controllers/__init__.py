from . import changeovers
from . import segments
