"""Product families, and what it takes to change from one to another."""

from .common import product, ref

FAMILIES = {
    "locker_grey": ("locker1", "locker2"),
    "locker_blue": ("locker4", "locker6"),
    "tool_grey": ("tooldoor",),
    "tool_blue": ("tool5", "tool7", "toolwall"),
    "enclosure": ("box40", "box60", "box80", "box120"),
    "rack": ("rack24", "rack42", "rack42w", "rackwall"),
}
# (from, to): minutes, cost of powder and parts thrown away; None stands for any other family.
# Blue dust shows on grey, so cleaning after blue takes longer than cleaning before it.
COATING = {
    (None, None): (20, 15),
    ("locker_blue", None): (45, 130),
    ("tool_blue", None): (45, 130),
    (None, "locker_blue"): (30, 80),
    (None, "tool_blue"): (30, 80),
    ("locker_blue", "tool_blue"): (15, 10),
    ("tool_blue", "locker_blue"): (15, 10),
    ("locker_grey", "tool_grey"): (10, 5),
    ("tool_grey", "locker_grey"): (10, 5),
}
# Punch and bending tools: enclosures have a set of their own, lockers share theirs.
PRESS = {
    (None, None): (25, 6),
    (None, "enclosure"): (40, 12),
    ("enclosure", None): (35, 10),
    ("locker_grey", "locker_blue"): (5, 0),
    ("locker_blue", "locker_grey"): (5, 0),
    ("tool_grey", "tool_blue"): (12, 3),
    ("tool_blue", "tool_grey"): (12, 3),
}


def load(env):
    """Put the products into families and fill the matrix of the coating line and the press."""
    for family, names in FAMILIES.items():
        for name in names:
            product(env, name).write(
                {
                    "sop_family_id": ref(env, f"family_{family}").id,
                    # what comes back is credited
                    "invoice_policy": "delivery",
                }
            )
    env["sop.changeover"].create(
        [
            {
                "workcenter_id": ref(env, f"workcenter_{workcenter}").id,
                "from_family_id": before and ref(env, f"family_{before}").id,
                "to_family_id": after and ref(env, f"family_{after}").id,
                "minutes": minutes,
                "cost": cost,
            }
            for workcenter, matrix in (("coat", COATING), ("sheet", PRESS))
            for (before, after), (minutes, cost) in matrix.items()
        ]
    )
