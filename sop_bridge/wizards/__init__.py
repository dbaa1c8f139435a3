from . import sop_approval_decision
from . import sop_changeover_import
