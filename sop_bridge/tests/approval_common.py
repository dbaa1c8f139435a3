"""A small document that exists only in tests, to try the approval of any document."""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, new_test_user

DOCUMENT = "sop.test.document"
LINE = "sop.test.document.line"


def document_models():
    """Return the classes of the document and its lines."""

    class Document(models.Model):
        _module = None
        _name = DOCUMENT
        _description = "Document to approve"
        _inherit = ["sop.approval.mixin", "mail.thread", "mail.activity.mixin"]
        _approval_fields = ["amount", "line_ids.quantity"]
        _approval_protected_fields = ["state"]

        name = fields.Char()
        amount = fields.Float()
        gap_days = fields.Integer()
        tier_id = fields.Many2one("sop.tier")
        company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
        salesperson_id = fields.Many2one("res.users")
        state = fields.Selection(
            [("draft", "Draft"), ("done", "Done")], default="draft", copy=False
        )
        refused = fields.Char(copy=False)
        line_ids = fields.One2many(LINE, "document_id")

        def _sop_interested_users(self):
            return super()._sop_interested_users() | self.salesperson_id

        def _sop_approval_tier(self):
            return self.tier_id

        def _sop_approval_gap_days(self):
            return self.gap_days

        def _approval_granted(self):
            self._approval_write({"state": "done"})
            return super()._approval_granted()

        def _approval_rejected(self, reason):
            self.refused = reason
            return super()._approval_rejected(reason)

        def _approval_reopened(self):
            self._approval_write({"state": "draft"})
            return super()._approval_reopened()

    class Line(models.Model):
        _module = None
        _name = LINE
        _description = "Line of a document to approve"

        document_id = fields.Many2one(DOCUMENT, required=True, ondelete="cascade")
        quantity = fields.Float()

        def write(self, vals):
            res = super().write(vals)
            self.document_id._approval_content_changed()
            return res

    return Document, Line


class ApprovalCase(TransactionCase):
    """Users of both departments and a rule for the test document."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_models(document_models())
        sales, production = (
            "sop_bridge.group_sop_sales_approver",
            ("sop_bridge.group_sop_production_approver"),
        )
        cls.sales_group, cls.production_group = cls.env.ref(sales), cls.env.ref(production)
        cls.company = cls.env.company
        cls.asker = cls._user("asker", "sales_team.group_sale_salesman")
        cls.anna = cls._user("anna", sales)
        cls.ben = cls._user("ben", production)
        cls.both = cls._user("both", f"{sales},{production}")
        cls.admin = cls._user("boss", "sop_bridge.group_sop_admin,base.group_system")
        cls.rule = cls.env["sop.approval.rule"].create(
            {
                "name": "Test",
                "model": DOCUMENT,
                "step_ids": [
                    (0, 0, cls._step("sales", cls.sales_group)),
                    (0, 0, cls._step("production", cls.production_group, sequence=20)),
                ],
            }
        )

    @classmethod
    def _add_models(cls, definitions):
        registry, names = cls.registry, [definition._name for definition in definitions]
        cls.addClassCleanup(cls._remove_models, names)
        for definition in definitions:
            add_to_registry(registry, definition)
        registry._setup_models__(cls.env.cr, names)
        registry.init_models(cls.env.cr, names, {})
        for name in names:
            cls.env["ir.model.access"].create(
                {
                    "name": name,
                    "model_id": cls.env["ir.model"]._get_id(name),
                    "group_id": cls.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                    "perm_create": True,
                    "perm_unlink": True,
                }
            )

    @classmethod
    def _remove_models(cls, names):
        for name in names:
            for model in cls.registry.models.values():
                model._inherit_children.discard(name)
            del cls.registry.models[name]
        with cls.registry.cursor() as cr:
            cls.registry._setup_models__(cr)

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(
            cls.env,
            login=f"sop_{login}",
            name=login.capitalize(),
            groups=f"base.group_user,{groups}",
        )

    @classmethod
    def _step(cls, department, group=None, user=None, sequence=10):
        return {
            "department": department,
            "group_id": group.id if group else False,
            "user_id": user.id if user else False,
            "sequence": sequence,
            "deadline_days": 2,
        }

    def make(self, user=None, start=True, **values):
        """A document of ``asker`` with one line, sent for approval."""
        document = (
            self.env[DOCUMENT]
            .with_user(user or self.asker)
            .create(
                {"name": "Paper", "amount": 100, "line_ids": [(0, 0, {"quantity": 5})], **values}
            )
        )
        if start:
            document._approval_start()
        return document.with_user(self.env.user)

    def approve(self, document, user, reason=None):
        """Approve as a user, the way a client does."""
        return self.rpc(user, document, "action_approve", reason)

    def rpc(self, user, records, method, *args, context=None, **kwargs):
        """Call a public method as a remote client does."""
        model = records.browse().with_user(user)
        call_args = [records.ids, *args] if records else list(args)
        return call_kw(model, method, call_args, dict(kwargs, context=context or {}))

    def by_sql(self, record, **values):
        """Change a record in the database, past Odoo."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s", (value, record.id)
            )
        self.env.invalidate_all()
