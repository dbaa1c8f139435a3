"""What README tells about the demo plant, asked of the database."""

from datetime import timedelta

from . import agreements, holds, levels, rules
from .common import as_user, customer, ref, today

WEEKS_LATER = 7


def contradictions(env):
    """Sentences about what is not as README tells; none when the demo is good.

    True on the day on which the demo was loaded and on the next; later its plan is history.
    """
    env.invalidate_all()
    checks = (
        _stock,
        _incoming,
        _gold,
        _standard,
        _split,
        _prototype,
        _slots,
        _slot_rule,
        _slot_use,
        _protection,
        _exceptions,
        _tiers,
        _rules,
        _campaign,
        levels.contradictions,
        agreements.contradictions,
        _holds,
        _risks,
        _otif,
    )
    return [sentence for check in checks for sentence in check(env)]


def quotation(env, name):
    """The quotation with a customer reference that README names."""
    buyer = customer(env, QUOTATIONS[name])
    return env["sale.order"].search(
        [("client_order_ref", "=", name), ("partner_id", "=", buyer.id)]
    )


QUOTATIONS = {
    "From stock": "brembana",
    "From production for stock": "nordlys",
    "Gold: made in its slots": "alpenrack",
    "Standard: the same racks": "reinhardt",
    "A part now, the rest later": "vliet",
    "Prototype": "nordlys",
    **{name: terms[0] for name, terms in rules.QUOTATIONS.items()},
}
# Where the last scoring left them; outcomes that README or the walks name.
TIERS = {
    "alpenrack": ("gold", "kept"),
    "lagune": ("gold", "kept"),
    "castellan": ("gold", "floor"),
    "peyrol": ("silver", "kept"),
    "nordlys": ("standard", "kept"),
    "baltic": ("silver", "override"),
    "reinhardt": ("standard", "kept"),
}


# ------------------------------------------------------------------ quotations
def _promises(env, name):
    order = quotation(env, name)
    return order, list(order._sop_promises().values())


def _late(order, promises):
    wanted = order.sop_requested_date
    return [p for p in promises if not p.date or p.date > wanted]


def _sources(promises):
    return [{part.source for part in promise.parts} for promise in promises]


def _in_time(env, name, source):
    order, promises = _promises(env, name)
    if order.state != "draft" or _late(order, promises):
        dates = [str(promise.date) for promise in promises]
        yield f"{name}: wanted {order.sop_requested_date}, promised {dates}, {order.state}"
    if any(found != {source} for found in _sources(promises)):
        yield f"{name}: comes from {_sources(promises)} instead of {source}"


def _stock(env):
    yield from _in_time(env, "From stock", "stock")


def _incoming(env):
    yield from _in_time(env, "From production for stock", "incoming")


def _gold(env):
    name = "Gold: made in its slots"
    yield from _in_time(env, name, "production")
    _order, (promise,) = _promises(env, name)
    slots = env["sop.slot"].browse({load.slot for load in promise.loads if load.slot})
    if slots.tier_id != ref(env, "tier_gold"):
        yield f"{name}: is made in the slots of {slots.mapped('display_name')}"


def _standard(env):
    """The line is full for three weeks, and what is reserved for Gold is part of the reason."""
    name = "Standard: the same racks"
    order, (promise,) = _promises(env, name)
    (gold,) = _promises(env, "Gold: made in its slots")[1]
    values = promise.reason.values
    soon = max(today() + timedelta(days=15), gold.date + timedelta(days=WEEKS_LATER))
    if not _late(order, [promise]) or promise.date < soon:
        yield f"{name}: wanted {order.sop_requested_date}, promised {promise.date}, before {soon}"
    if values.get("workcenter") != ref(env, "workcenter_coat").id:
        yield f"{name}: the reason is not the coating line: {promise.reason}"
    if not values.get("reserved_minutes"):
        yield f"{name}: the reason names no reserved minutes: {promise.reason}"


def _split(env):
    name = "A part now, the rest later"
    order, promises = _promises(env, name)
    if len(_late(order, promises)) != 1:
        yield f"{name}: wanted {order.sop_requested_date}, late: {_late(order, promises)}"
    if {"stock", "production"} not in _sources(promises):
        yield f"{name}: comes from {_sources(promises)}"


def _prototype(env):
    """One line has no date until its work centre has working hours."""
    _order, (prototype, other) = _promises(env, "Prototype")
    if prototype.date or prototype.reason.code != "no_calendar":
        yield f"Prototype: promised {prototype.date}, {prototype.reason}"
    if not other.date:
        yield f"Prototype: the other line has no date: {other.reason}"


# ------------------------------------------------------------------ planning
def _slots(env):
    """Reserved mornings hold orders of those they are reserved for, and there are some."""
    gold = ref(env, "tier_gold")
    slots = env["sop.slot"].search([("tier_id", "=", gold.id)])
    bookings = env["sop.booking"].search([("slot_id", "in", slots.ids)])
    if not bookings or bookings.tier_id != gold:
        yield f"Slots for Gold hold orders of {bookings.tier_id.mapped('name')}"


def _slot_rule(env):
    """A rule makes the mornings of Gold, and Sales is asked to release one of them early."""
    rule = env["sop.slot.rule"].search([("tier_id", "=", ref(env, "tier_gold").id)])
    if rule.slot_ids.workcenter_id != ref(env, "workcenter_coat"):
        yield f"The rule for Gold has made {len(rule.slot_ids)} slots"
    request = env["sop.slot.request"].search([("slot_ids", "in", rule.slot_ids.ids)])
    if request.mapped("state") != ["pending"]:
        yield f"Requests about the mornings of Gold are {request.mapped('state')}"
    if not request.with_env(as_user(env, "sales_manager")).approval_can_decide:
        yield "The request about a morning of Gold does not wait for the sales manager"


def _slot_use(env):
    """Past mornings were used by Gold, after their release by others, and some time was lost."""
    facts = env["sop.slot.fact"].search([])
    for name in ("owner_hours", "released_hours", "other_hours", "lost_hours"):
        if not sum(facts.mapped(name)):
            yield f"Use of slots: none of the past mornings has {facts._fields[name].string}"


def _protection(env):
    """The advice keeps hours for Gold, then Silver, and proposes slots for them."""
    advice = env["sop.protection"].search([], limit=1, order="id")
    gold, silver, standard = advice.line_ids
    if not gold.value > silver.value > standard.value > 0:
        yield f"An hour earns {advice.line_ids.mapped('value')}, not more for better tiers"
    if not 0 < gold.together < silver.together < advice.capacity:
        yield f"Of {advice.capacity} hours are kept {advice.line_ids.mapped('together')}"
    if advice.slot_ids.tier_id != gold.tier_id | silver.tier_id or advice.missing_hours:
        yield f"Slots are proposed for {advice.slot_ids.tier_id.mapped('name')}"
    if advice.warning:
        yield f"The advice warns: {advice.warning}"


def _exceptions(env):
    """One waits for Production, one was rejected with a reason, one was approved."""
    wanted = {"moncayo": "pending", "silva": "rejected", "praha": "approved"}
    found = {
        name: env["sop.exception"].search(
            [("order_id.partner_id", "=", customer(env, name).id)], order="id", limit=1
        )
        for name in wanted
    }
    for name, exception in found.items():
        if exception.state != wanted[name]:
            yield f"The exception of {name} is {exception.state} instead of {wanted[name]}"
    manager = as_user(env, "production_manager")
    if not found["moncayo"].with_env(manager).approval_can_decide:
        yield "The exception of moncayo does not wait for the production manager"
    if found["praha"].order_id.state != "sale":
        yield f"The approved order of praha is {found['praha'].order_id.state}"


def _campaign(env):
    """The planner's proposal for the coating line saves minutes, and waits to be applied."""
    line = ref(env, "workcenter_coat")
    campaign = env["sop.campaign"].search([("workcenter_id", "=", line.id)], limit=1)
    if campaign.state != "draft" or campaign.outcome != "better":
        yield f"The campaign of the coating line is {campaign.state}, {campaign.outcome}"
    if campaign.minutes_saved < 30 or campaign.changeovers_after > campaign.changeovers_before:
        yield f"The campaign of the coating line: {campaign.summary}"
    if campaign.late_after > campaign.late_before:
        yield f"The campaign of the coating line makes orders late: {campaign.summary}"


# ------------------------------------------------------------------ segments and rules
def _tiers(env):
    """Customers are where four scorings left them; some were promoted, some demoted."""
    scores = env["sop.score"].search([])
    for name, (tier, outcome) in TIERS.items():
        score = scores.filtered(
            lambda score, name=name: score.is_last and score.partner_id == customer(env, name)
        )
        found = (score.partner_id.sop_tier_id, score.outcome)
        if found != (ref(env, f"tier_{tier}"), outcome):
            yield f"{name} is {score.partner_id.sop_tier_id.name}, {score.outcome}"
    for outcome in ("promoted", "demoted"):
        if outcome not in scores.mapped("outcome"):
            yield f"No customer was ever {outcome}"


def _rules(env):
    """The rules hold none of the other quotations, and act on theirs as their names say."""
    outcomes = set(env["sop.acceptance.log"].search([]).mapped("outcome"))
    if not outcomes >= {"confirmed", "waived", "lost"}:
        yield f"What was tried to confirm under the rules ended only as {outcomes}"
    for name in QUOTATIONS:
        order = quotation(env, name)
        verdicts = env["sop.verdict"]._get_verdicts(order.order_line)
        *_terms, wanted, offers = rules.QUOTATIONS.get(name, ("pass", 0))
        for verdict in verdicts.values():
            if verdict.outcome != wanted:
                yield f"{name}: the rules say {verdict}"
            elif len(verdict.offers) < offers:
                yield f"{name}: only {verdict.offers} would let it pass"


# ------------------------------------------------------------------ promises
def _holds(env):
    """One quotation holds what it shows, and its hold ends soon."""
    order = env["sale.order"].search([("client_order_ref", "=", holds.HELD)])
    hold = order.sop_hold_ids
    if hold.state != "active" or order.order_line.sop_promise_date != hold.date:
        shown = order.order_line.sop_promise_date
        yield f"{holds.HELD}: {hold.state}, shows {shown}, holds {hold.date}"
    if not (hold.minutes or hold.goods_ids):
        yield f"{holds.HELD}: holds nothing"


def _otif(env):
    """Most promises of the season were kept, some by a later date only, some not."""
    results = env["sop.otif"].search([]).mapped("result")
    shares = {result: results.count(result) / len(results) for result in set(results)}
    if not {"kept", "later", "broken"} <= set(shares) or shares["kept"] < 0.5:
        yield f"Promises of the season ended as {shares}"


def _risks(env):
    """One promise is at risk because its work was moved; another was moved with a reason."""
    late = holds._order_of(env, "baltic")
    risk = env["sop.promise.risk"].search(
        [("order_id", "=", late.id), ("state", "=", "open")], limit=1
    )
    if risk.cause != "workorder" or risk.days_late < 1:
        yield f"The promise to baltic is at risk by {risk.cause}, {risk.days_late} days"
    others = env["sop.promise.risk"].search([("state", "=", "open")]) - risk
    if others:
        yield f"Promises of {others.order_id.mapped('name')} are at risk, too"
    line = holds._order_of(env, "peyrol").order_line[:1]
    if not line.sop_first_promised_date < line.sop_promised_date:
        yield f"The promise to peyrol was {line.sop_first_promised_date} and is not later now"
    if line.sop_promise_date_ids[:1].reason != holds.SITE:
        yield "The later promise to peyrol has no reason"
