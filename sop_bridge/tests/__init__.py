from . import test_approval
from . import test_approval_chain
from . import test_approval_rights
from . import test_approval_rule
