from . import sop_tier
from . import sop_slot
from . import sop_booking
from . import res_company
