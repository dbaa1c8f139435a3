from odoo import fields, models

from ..core.fence import Fence

FENCE = ("fence", "fence_next_days", "fence_all_days")
MAX_DAYS = 365


class SopSlotFence(models.AbstractModel):
    """When an unused slot opens to others: shared by slots, their rules, and tiers."""

    _name = "sop.slot.fence"
    _description = "Release Fence"

    fence = fields.Selection(
        [
            ("default", "As usual"),
            ("own", "Own notice"),
            ("never", "Never"),
        ],
        "Release",
        required=True,
        default="default",
        tracking=True,
        help="As usual: as its tier says, and otherwise as the settings of the company say. "
        "Never: what is unused stays reserved until it is over.",
    )
    fence_next_days = fields.Integer(
        "Opens to the next tier",
        default=7,
        tracking=True,
        help="Days before its start. Not more than those for everyone: the next tier is not let "
        "in before the others.",
    )
    fence_all_days = fields.Integer(
        "Opens to everyone", default=2, tracking=True, help="Days before its start."
    )

    _fence_days = models.Constraint(
        f"CHECK (fence_next_days BETWEEN 0 AND {MAX_DAYS}"
        f" AND fence_all_days BETWEEN 0 AND {MAX_DAYS})",
        f"The days before a slot opens are numbers between 0 and {MAX_DAYS}.",
    )

    def _fence_key(self):
        """Hashable that is equal for those that open at the same notice."""
        own = self.fence == "own"
        return (self.fence, self.fence_next_days, self.fence_all_days) if own else (self.fence,)

    def _core_fence(self, company):
        """Core Fence, or None where it never opens.

        :param company: res.company whose settings count where nothing else is said; none stands
            for all of them, of which the strictest counts
        """
        self.ensure_one()
        if self.fence == "never":
            return None
        if self.fence == "own":
            return Fence(self.fence_next_days, self.fence_all_days)
        tier = self.tier_id if "tier_id" in self else self.env["sop.tier"]
        if tier and tier.fence != "default":
            return tier._core_fence(company)
        return company._sop_core_fence()

    def _is_late(self, start, company, now):
        """Whether the usual fence, or the own one, has opened time that starts then.

        The usual one counts too, so that nobody reserves late by choosing another fence.
        """
        self.ensure_one()
        tier = self.tier_id
        usual = tier._core_fence(company) if tier else company._sop_core_fence()
        fences = (usual, self._core_fence(company))
        return any(fence.first(start) <= now for fence in fences if fence)
