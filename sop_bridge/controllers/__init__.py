from . import changeovers
