"""Counter-offers: what would let a line pass that the rules hold back.

Every offer is tried before it is made: with it, the line passes, and no other line of the order
fares worse than without it.
"""

from __future__ import annotations  # a field named date would hide the type

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .acceptance import decide, overlook
from .supply import round_up

# How far it goes: nobody wants to hear of thirty times the quantity or ten times the price, except
# where a rule itself names the quantity.
MOST_QUANTITY = 32
MOST_PRICE = 10
ENOUGH = 3


@dataclass(frozen=True)
class Offer:
    """One way to let a line pass; what it leaves as it is, is None.

    :param kind: 'quantity', 'next_campaign', 'price', 'product' or 'later'
    :param quantity: of the line, in its unit
    :param price: price of the line in the order's currency, before the discount of the line
    :param product: in place of the product of the line
    :param date: requested date of the whole order
    :param money: how much more the order is worth, untaxed and in its currency
    :param days: how many days later than requested; None when no date was requested
    """

    kind: str
    quantity: float | None = None
    price: float | None = None
    product: int | None = None
    date: date | None = None
    money: float = 0.0
    days: int | None = None


class Seeker:
    """Looks for offers for one item of an order.

    :param before: {key: Verdict} of all items of the order as it is
    :param price_step: smallest step of a price
    """

    def __init__(self, rules, order, item, before, price_step=0.01):
        self.rules = rules
        self.order = order
        self.item = item
        self.before = before
        self.price_step = price_step
        self.thresholds = overlook(rules, order, item)

    # ------------------------------------------------------------------ trying
    def passes(self, changed):
        """Whether the item passes in a changed (order, item)."""
        return decide(self.rules, *changed).outcome == "pass"

    def harms(self, order):
        """Whether another item fares worse in a changed order."""
        return any(
            decide(self.rules, order, one).is_worse(self.before[one.key])
            for one in order.items
            if one.key != self.item.key
        )

    def offer(self, kind, changed, **terms):
        """The Offer of a changed (order, item), or None if it does not keep what it says."""
        order, item = changed
        if not self.passes(changed) or self.harms(order):
            return None
        money = order.value(item) - self.order.value(self.item)
        wanted = self.item.requested
        days = (terms["date"] - wanted).days if wanted and terms.get("date") else None
        return Offer(kind, money=money, days=days, **terms)

    # ------------------------------------------------------------------ one lever at a time
    def by_quantity(self):
        """The smallest quantity that passes."""
        quantity = self.smallest_quantity(self.order, self.item)
        if quantity is None:
            return None
        return self.offer(
            "quantity", self.order.having(self.item, quantity=quantity), quantity=quantity
        )

    def by_price(self):
        """The lowest price above the present one that passes."""
        price = self.smallest_price(self.order, self.item)
        if price is None:
            return None
        return self.offer("price", self.order.having(self.item, price=price), price=price)

    def by_date(self, kind, days):
        """The first of some days that passes."""
        for day in days:
            offer = self.offer(kind, self.order.wanted_on(self.item, day), date=day)
            if offer:
                return offer
        return None

    def by_product(self, candidates):
        """The first of other products that passes."""
        for other in candidates:
            changes = {
                name: getattr(other, name)
                for name in ("product", "family", "price", "keep", "to_family", "cost", "work")
            }
            changed = self.order.having(self.item, made=other.made, **changes)
            offer = self.offer("product", changed, product=other.product, price=other.price)
            if offer:
                return offer
        return None

    # ------------------------------------------------------------------ with another price
    def by_quantity_and_price(self):
        """Quantity and price together, where neither of them alone is enough."""
        order, item = self.order.having(self.item, price=self.highest_price(self.item))
        quantity = self.smallest_quantity(order, item)
        if quantity is None:
            return None
        order, item = self.order.having(self.item, quantity=quantity)
        price = self.smallest_price(order, item)
        if price is None:
            return None
        return self.offer(
            "quantity", order.having(item, price=price), quantity=quantity, price=price
        )

    def by_date_and_price(self, kind, days):
        """Date and price together, where neither of them alone is enough."""
        for day in days:
            order, item = self.order.wanted_on(self.item, day)
            price = self.smallest_price(order, item)
            if price is not None:
                offer = self.offer(kind, order.having(item, price=price), date=day, price=price)
                if offer:
                    return offer
        return None

    # ------------------------------------------------------------------ searching
    def smallest_quantity(self, order, item):
        step = item.step
        low = math.floor(item.quantity / step + 1e-9)
        high = math.ceil(self.highest_quantity(order, item) / step)

        def passes(steps):
            return self.passes(order.having(item, quantity=steps * step))

        steps = smallest(passes, low, high)
        return None if steps is None else steps * step

    def highest_quantity(self, order, item):
        """What a rule asks for, or some times the present quantity."""
        found = [item.quantity * MOST_QUANTITY]
        for measure, threshold in self.thresholds:
            if measure == "campaign_quantity" and item.to_family:
                found.append(item.quantity + threshold / item.to_family)
            elif measure == "order_value" and order.rate and item.price * item.keep > 0:
                found.append(item.quantity + threshold / (order.rate * item.price * item.keep))
        return round_up(max(found), item.step) + item.step

    def smallest_price(self, order, item):
        if item.keep <= 0:
            return None
        step = self.price_step
        low = math.floor(item.price / step + 1e-9)
        high = math.ceil(self.highest_price(item) / step)

        def passes(steps):
            return self.passes(order.having(item, price=round(steps * step, 9)))

        steps = smallest(passes, low, high)
        return None if steps is None else round(steps * step, 9)

    def highest_price(self, item):
        """Some times the price or what the line costs, whatever is more."""
        costs = (item.cost or 0.0) * item.quantity + item.serve
        per_unit = costs / (self.order.rate or 1.0) / item.quantity / (item.keep or 1.0)
        return MOST_PRICE * max(item.price, per_unit)

    def campaign_days(self):
        """Days on which the family is made: those from the wish on first, then those before it."""
        days = {row[0] for row in self.order.campaigns.planned.get(self.item.family, ())}
        delivery = timedelta(days=self.order.delivery_days)
        days = {day + delivery for day in days if day >= self.order.today}
        days.discard(self.item.requested)
        wish = self.item.requested or self.order.today
        return sorted(days, key=lambda day: (day < wish, abs((day - wish).days)))

    def later_days(self):
        """Later days on which a rule about the lead time stops or starts to fire."""
        if not self.item.requested:
            return []
        leads = {math.ceil(limit) for measure, limit in self.thresholds if measure == "lead_days"}
        leads |= {lead + 1 for lead in leads}
        wish = (self.item.requested - self.order.today).days
        return [self.order.today + timedelta(days=lead) for lead in sorted(leads) if lead > wish]


def smallest(passes, low, high):
    """Smallest number in (low, high] that passes, or None.

    The distance is doubled until a number passes, then halved. What is found always passes; it is
    the smallest where more never is worse.
    """
    distance, probe = 1, low
    while not (probe > low and passes(probe)):
        if probe >= high:
            return None
        low = max(low, probe)
        probe, distance = min(low + distance, high), distance * 2
    while probe - low > 1:
        middle = (low + probe) // 2
        if passes(middle):
            probe = middle
        else:
            low = middle
    return probe


def find_offers(rules, order, item, before, candidates=(), price_step=0.01):
    """Offers that let an item pass which the rules hold back; () when there are none.

    Ways with one change come first; where they are fewer than three, those with another price, too.

    :param before: {key: Verdict} of all items of the order
    :param candidates: Items of other products of the family, the best first
    :return: tuple of Offer, one per kind
    """
    seeker = Seeker(rules, order, item, before, price_step)
    campaign, later = seeker.campaign_days(), seeker.later_days()
    found = [
        seeker.by_quantity(),
        seeker.by_date("next_campaign", campaign),
        seeker.by_price(),
        seeker.by_product(candidates),
    ]
    known = {offer.date for offer in found if offer}
    found.append(seeker.by_date("later", [day for day in later if day not in known]))
    kinds = {offer.kind for offer in found if offer}
    if len(kinds) < ENOUGH and "price" not in kinds:
        if "quantity" not in kinds:
            found.append(seeker.by_quantity_and_price())
        if "next_campaign" not in kinds:
            found.append(seeker.by_date_and_price("next_campaign", campaign))
        if "later" not in kinds:
            found.append(seeker.by_date_and_price("later", later))
    return tuple(_distinct(offer for offer in found if offer))


def _distinct(offers):
    """Each way once: the same terms need no second name."""
    seen = set()
    for offer in offers:
        terms = replace(offer, kind="")
        if terms not in seen:
            seen.add(terms)
            yield offer
