from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Changeovers(http.Controller):
    @http.route("/sop_bridge/changeovers/<int:workcenter_id>", type="http", auth="user")
    def export(self, workcenter_id, **_params):
        """Workbook with the changeovers of a work centre, for who may see them."""
        name, content = request.env["sop.changeover.workbook"]._write(workcenter_id)
        headers = [
            ("Content-Type", XLSX),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(content, headers)
