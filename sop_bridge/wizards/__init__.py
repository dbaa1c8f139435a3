from . import base_partner_merge
from . import change_production_qty
from . import sop_approval_decision
from . import sop_changeover_import
from . import sop_hold_extend
from . import sop_scorecard_preview
from . import sop_tier_override_end
from . import sop_tier_replace
