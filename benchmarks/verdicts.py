"""What the verdicts of the acceptance rules add to the promise of a quotation.

The plant gets product families, changeovers, bottlenecks and activity rates; each measurement makes
its own rules, on all seven measures, and lets them act.
"""

from datetime import date, timedelta
from functools import partial
from itertools import permutations

from benchmarks import plant
from benchmarks.cases import LINES, REPEAT, SHOWN, measure, middle
from benchmarks.session import release, session

FAMILIES = 20
WANTED = 21  # days from now
READ = [*SHOWN, "sop_verdict", "sop_verdict_text"]
# rules that look at every line and hold none: (name, result, match, conditions)
QUIET = [
    ("Large orders", "accept", "all", [("order_value", ">", 10**8)]),
    ("Open invoices", "refuse", "all", [("overdue_days", ">", 60)]),
    ("Short notice", "exception", "all", [("lead_days", "<", 3)]),
    ("Small orders", "exception", "all", [("order_value", "<", 1), ("lead_days", "<", 10)]),
    ("Loss", "refuse", "any", [("contribution_percent", "<", -900)]),
    ("Bottleneck", "exception", "all", [("contribution_hour", "<", -(10**6))]),
    ("Cleaning", "exception", "all", [("changeover_share", ">", 10**6)]),
]
# rules that hold each line in their scope
SMALL = ("Small run", "refuse", "all", [("campaign_quantity", "<", 10**6)])
THIN = ("Thin margin", "exception", "any", [
    ("contribution_percent", "<", 90), ("contribution_hour", "<", 0),
])  # fmt: skip


# ---------------------------------------------------------------- what the rules look at
def equip(database):
    """Give the products families, and the work centres changeovers, unless they have them."""
    with session(database, commit=True, **plant.QUIET) as env:
        if env["sop.family"].search_count([]):
            return
        families = env["sop.family"].create(
            [{"name": f"Family {number:02}", "code": f"F{number:02}"} for number in range(FAMILIES)]
        )
        goods = env["product.product"].search([("default_code", "=like", "P%")], order="id")
        for number, family in enumerate(families):
            part = [good.id for index, good in enumerate(goods) if family_of(index) == number]
            goods.browse(part).product_tmpl_id.write({"sop_family_id": family.id})
        make_changeovers(env, families)
        env["sop.cost.rate"].create({"valid_from": "2020-01-01", "order_cost": 20, "line_cost": 2})
    release(database)
    plant.analyze(database)


def family_of(index):
    """Return the number of the family of a product: what shares a half is of one family."""
    return index // plant.SHARED % FAMILIES


def make_changeovers(env, families):
    """Fill the matrix of each work centre; each fifth one is a bottleneck."""
    workcenters = env["mrp.workcenter"].search([], order="id")
    workcenters.filtered(lambda place: place.id % plant.LINE == 0).sop_is_bottleneck = True
    pairs = list(permutations(families.ids[::5], 2))
    plant.create(
        env["sop.changeover"],
        [
            {
                "workcenter_id": place.id,
                "from_family_id": before,
                "to_family_id": after,
                "minutes": 20 + (before + after) % 40,
            }
            for place in workcenters
            for before, after in [(False, False), *pairs]
        ],
    )


# ---------------------------------------------------------------- what is measured upon
def quotation(bench, products, held, env):
    """Create a quotation of which some products are held; without rules where held is None."""
    order = bench.quotation(products, env)
    order.sop_requested_date = date.today() + timedelta(days=WANTED)
    if held is not None:
        let_act(env, held)
    return order


def let_act(env, held):
    """Make rules and let them act, as if both departments had approved them."""
    families = env["sop.family"].search([])
    # every third held line is held twice, so that one change does not help it
    scopes = [(SMALL, held[::2] + held[1::6]), (THIN, held[1::2] + held[::6])]
    values = [rule_values(rule, {}) for rule in QUIET]
    values += [
        rule_values(("Campaigns", "refuse", "all", [("campaign_quantity", "<", 1)]), {
            "family_ids": [(6, 0, family.ids)],
        })
        for family in families[:10]
    ]  # fmt: skip
    values += [
        rule_values(rule, {"product_ids": [(6, 0, scope)]}) for rule, scope in scopes if scope
    ]
    rules = env["sop.acceptance.rule"].create(values)
    env.flush_all()
    env.cr.execute(
        "UPDATE sop_acceptance_rule SET approval_state = 'approved' WHERE id = ANY(%s)",
        [rules.ids],
    )


def rule_values(rule, scope):
    """Return the values of a rule."""
    name, result, match, conditions = rule
    names = ("measure", "operator", "threshold")
    lines = [(0, 0, dict(zip(names, condition, strict=True))) for condition in conditions]
    return dict(scope, name=name, result=result, match=match, condition_ids=lines)


# ---------------------------------------------------------------- the cases
def show(order):
    """Read what the screen shows of the lines of a quotation."""
    return order.order_line.read(READ)


def look(order):
    """Ask for the counter-offers of a line, as its popover does."""
    return order.sop_find_offers({}, order.order_line[0].id)


def compare(bench, products, held, call=show):
    """Return the Results (with the rules, the promise alone), measured in turn."""
    costs = {True: [], False: []}
    for _again in range(2 * REPEAT + 1):
        for judged, found in costs.items():
            prepare = partial(quotation, bench, products, held if judged else None)
            found.append(measure(bench.addon, prepare, call if judged else show))
    return tuple(middle(found[1:]) for found in costs.values())


def cases(bench):
    """Yield (title, with the rules, promise alone, wanted) of each case."""
    equip(bench.addon)
    for count, held, wanted in (
        (1, 1, ""), (LINES, 0, "≤ 1.25"), (LINES, 3, "≤ 1.25"), (LINES, LINES, "≤ 1.25"),
    ):  # fmt: skip
        products = bench.mixed[:count]
        title = f"promise and verdicts, {held} of {count} lines held / promise alone"
        yield title, *compare(bench, products, products[:held]), wanted
    products = bench.mixed[:LINES]
    title = f"counter-offers of a line, {LINES} of {LINES} held / promise alone"
    yield title, *compare(bench, products, products, look), ""
