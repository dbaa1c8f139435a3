from . import sop_approval_decision
