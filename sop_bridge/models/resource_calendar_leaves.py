from odoo import models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    # Odoo keeps a row for each planned work order, too; of time off there is little
    _sop_time_off = models.Index("(date_to) WHERE time_type = 'leave'")
