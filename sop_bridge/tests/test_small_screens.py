"""What forms show on a phone, where Odoo takes the kanban view of lines."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .plant import PlantCase


@tagged("post_install", "-at_install")
class TestSmallScreens(PlantCase):
    def _names(self, arch):
        return {node.get("name") for node in arch.iter("field")}

    def _kanban(self, model):
        view = self.env[model].get_view(view_type="kanban")
        self.assertTrue(view["id"], f"{model} has no kanban: a phone would show bare numbers")
        return etree.fromstring(view["arch"])

    def test_approvals_say_who_decided(self):
        names = self._names(self._kanban("sop.approval"))
        self.assertLessEqual({"department", "approver_name", "state", "reason"}, names)

    def test_moves_of_a_preview_have_names(self):
        names = self._names(self._kanban("sop.scorecard.preview.move"))
        self.assertLessEqual({"partner_id", "tier_now_id", "tier_then_id"}, names)

    def test_criteria_can_be_read(self):
        form = etree.fromstring(self.env["sop.scorecard"].get_view(view_type="form")["arch"])
        (kanban,) = form.xpath("//field[@name='criterion_ids']/kanban")
        self.assertLessEqual({"measure", "summary"}, self._names(kanban))

    def test_one_tier_on_the_customer_form(self):
        """Beside the name, or where it can be set by hand; never twice, never not at all."""
        view = self.env.ref("base.view_partner_form")
        form = etree.fromstring(self.env["res.partner"].get_view(view.id)["arch"])
        nodes = form.xpath("//field[@name='sop_tier_id'][not(ancestor::field)]")
        for by_hand in (True, False):
            values = {"sop_can_set_tier": by_hand, "sop_tier_id": self.gold.id}
            shown = [
                node
                for node in nodes
                if not any(
                    safe_eval(part.get("invisible"), dict(values))
                    for part in (node, node.getparent())
                    if part.get("invisible")
                )
            ]
            self.assertEqual(len(shown), 1)
            self.assertEqual(shown[0].get("readonly") == "1", not by_hand)
