from odoo import http
from odoo.http import content_disposition, request

from .changeovers import XLSX


class Segments(http.Controller):
    @http.route(
        [
            "/sop_bridge/segments/<int:run_id>",
            "/sop_bridge/segments/<int:run_id>/<int:before_id>",
        ],
        type="http",
        auth="user",
        readonly=True,
    )
    def export(self, run_id, before_id=0, **_params):
        """Workbook about a scoring run, compared with an earlier one, for who may see scores."""
        name, content = request.env["sop.segment.workbook"]._write_workbook(run_id, before_id)
        headers = [
            ("Content-Type", XLSX),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(content, headers)
