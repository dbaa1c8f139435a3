"""Counter-offers: what would let a line pass that the rules hold back.

Every offer is tried before it is made: with it, the line passes, and no other line of the order
fares worse than without it.
"""

from __future__ import annotations  # a field named date would hide the type

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .figures import Missing
from .search import smallest
from .supply import round_up
from .trial import DATE, PRICE, QUANTITY

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

    :param trial: the order whose changes are tried
    :param price_step: smallest step of a price
    """

    def __init__(self, trial, item, price_step=0.01):
        self.trial = trial
        self.item = item
        self.order = trial.order
        self.view = trial.view(item.key)
        self.price_step = price_step

    def offer(self, kind, view, **terms):
        """The Offer that makes a view of the item true, or None if it does not let it pass."""
        if not view.passes or self.trial.harms(view):
            return None
        money = self.order.value(view.item) - self.order.value(self.item)
        wanted = self.item.requested
        days = (terms["date"] - wanted).days if wanted and terms.get("date") else None
        return Offer(kind, money=money, days=days, **terms)

    # ------------------------------------------------------------------ one lever at a time
    def by_quantity(self):
        """The smallest quantity that passes."""
        quantity = self.smallest_quantity(self.view)
        if quantity is None:
            return None
        view = self.view.having(QUANTITY, quantity=quantity)
        return self.offer("quantity", view, quantity=quantity)

    def by_price(self):
        """The lowest price above the present one that passes."""
        price = self.smallest_price(self.view)
        if price is None:
            return None
        return self.offer("price", self.view.having(PRICE, price=price), price=price)

    def by_date(self, kind, days):
        """The first of some days that passes."""
        if self.view.is_stuck(DATE):
            return None
        for day in days:
            offer = self.offer(kind, self.trial.view(self.item.key, day), date=day)
            if offer:
                return offer
        return None

    def by_product(self, candidates):
        """The first of other products that passes."""
        for other in candidates:
            changes = {
                name: getattr(other, name)
                for name in (
                    "product", "family", "price", "keep", "to_family", "cost", "work", "made",
                )
            }  # fmt: skip
            view = self.trial.view_instead(self.item.key, **changes)
            offer = self.offer("product", view, product=other.product, price=other.price)
            if offer:
                return offer
        return None

    # ------------------------------------------------------------------ with another price
    def by_quantity_and_price(self):
        """Quantity and price together, where neither of them alone is enough."""
        dear = self.view.having(PRICE, price=self.highest_price(self.item)).measure()
        quantity = self.smallest_quantity(dear)
        if quantity is None:
            return None
        view = self.view.having(QUANTITY, quantity=quantity).measure()
        price = self.smallest_price(view)
        if price is None:
            return None
        view = view.having(PRICE, price=price)
        return self.offer("quantity", view, quantity=quantity, price=price)

    def by_date_and_price(self, kind, days):
        """Date and price together, where neither of them alone is enough."""
        if self.view.is_stuck(DATE | PRICE):
            return None
        for day in days:
            view = self.trial.view(self.item.key, day).measure()
            price = self.smallest_price(view)
            if price is not None:
                view = view.having(PRICE, price=price)
                offer = self.offer(kind, view, date=day, price=price)
                if offer:
                    return offer
        return None

    # ------------------------------------------------------------------ searching
    def smallest_quantity(self, view):
        """The smallest quantity above that of a view with which it passes, or None."""
        item = view.item
        if item.quantity <= 0 or view.is_stuck(QUANTITY):
            return None
        step = item.step
        low = math.floor(item.quantity / step + 1e-9)
        high = math.ceil(self.highest_quantity(view) / step)
        guesses = [math.ceil(guess / step - 1e-9) for guess in self.guess_quantities(view)]

        def passes(steps):
            return view.having(QUANTITY, quantity=steps * step).passes

        steps = smallest(passes, low, high, guesses)
        return None if steps is None else steps * step

    def highest_quantity(self, view):
        """What a rule asks for, or some times the present quantity."""
        item, worth = view.item, self.worth(view.item)
        found = [item.quantity * MOST_QUANTITY]
        for measure, limit in view.limits():
            if measure == "campaign_quantity" and item.to_family:
                found.append(item.quantity + limit / item.to_family)
            elif measure == "order_value" and worth > 0:
                found.append(item.quantity + limit / worth)
        return round_up(max(found), item.step) + item.step

    def guess_quantities(self, view):
        """About where the answer of a condition turns."""
        item, worth = view.item, self.worth(view.item)
        for measure, limit in view.limits():
            value = view.known.get(measure)
            if value is None or isinstance(value, Missing):
                continue
            if measure == "campaign_quantity" and item.to_family:
                yield item.quantity + (limit - value) / item.to_family
            elif measure == "order_value" and worth > 0:
                yield item.quantity + (limit - value) / worth
            elif measure == "contribution_percent":
                left = worth * (1 - limit / 100) - item.cost
                if left > 0:
                    yield item.serve / left
            elif measure == "changeover_share" and limit > 0:
                yield item.quantity * value / limit

    def smallest_price(self, view):
        """The lowest price above that of a view with which it passes, or None."""
        item = view.item
        if item.keep <= 0 or item.quantity <= 0 or view.is_stuck(PRICE):
            return None
        step = self.price_step
        low = math.floor(item.price / step + 1e-9)
        high = math.ceil(self.highest_price(item) / step)
        unit = item.quantity * item.keep * (self.order.rate or 1.0) * step
        guesses = [math.ceil(guess / unit - 1e-9) for guess in self.guess_values(view)]

        def passes(steps):
            return view.having(PRICE, price=round(steps * step, 9)).passes

        steps = smallest(passes, low, high, guesses)
        return None if steps is None else round(steps * step, 9)

    def guess_values(self, view):
        """Values of the item, in company currency, about where the answer of a condition turns."""
        item = view.item
        costs = (item.cost or 0.0) * item.quantity + item.serve
        worth = self.order.value(item) * (self.order.rate or 1.0)
        for measure, limit in view.limits():
            value = view.known.get(measure)
            if value is None or isinstance(value, Missing):
                continue
            if measure == "contribution_percent" and limit < 100:
                yield costs / (1 - limit / 100)
            elif measure == "order_value":
                yield worth + limit - value
            elif measure == "contribution_hour" and value:
                # the hours are those of the present contribution
                yield costs + (worth - costs) * limit / value

    def worth(self, item):
        """What one unit is worth in company currency."""
        return (self.order.rate or 0.0) * item.price * item.keep

    def highest_price(self, item):
        """Some times the price or what the line costs, whatever is more."""
        costs = (item.cost or 0.0) * item.quantity + item.serve
        per_unit = costs / (self.order.rate or 1.0) / item.quantity / (item.keep or 1.0)
        return MOST_PRICE * max(item.price, per_unit)

    def ready(self):
        """First day on which all that is ordered can be ready in the plant, as far as is known."""
        known = (one.ready for one in self.order.items if one.ready)
        return max(known, default=self.order.today)

    def campaign_days(self):
        """Days in campaigns of the family that the plant can keep.

        Those from the wish on come first, then those before it.
        """
        days, ready = set(), self.ready()
        delivery = timedelta(days=self.order.delivery_days)
        for day, _quantity in self.order.campaigns.planned.get(self.item.family, ()):
            _first, last = self.order.campaigns.period(self.item.family, day)
            if self.order.today <= day and ready <= last:
                days.add(max(day, ready) + delivery)
        days.discard(self.item.requested)
        wish = self.item.requested or self.order.today
        return sorted(days, key=lambda day: (day < wish, abs((day - wish).days)))

    def later_days(self):
        """Later days on which a rule about the lead time stops or starts to fire.

        None is before the day that the plant can keep.
        """
        if not self.item.requested:
            return []
        leads = {
            math.ceil(limit) for measure, limit in self.view.limits() if measure == "lead_days"
        }
        leads |= {lead + 1 for lead in leads}
        first = self.ready() + timedelta(days=self.order.delivery_days)
        days = {max(first, self.order.today + timedelta(days=lead)) for lead in leads}
        return sorted(day for day in days if day > self.item.requested)


def find_offers(trial, item, candidates=(), price_step=0.01):
    """Offers that let an item pass which the rules hold back; () when there are none.

    Ways with one change come first; where they are fewer than three, those with another price, too.

    :param trial: Trial of its order
    :param candidates: Items of other products of the family, the best first
    :return: tuple of Offer, one per kind
    """
    seeker = Seeker(trial, item, price_step)
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
