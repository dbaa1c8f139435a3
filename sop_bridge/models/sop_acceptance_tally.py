import math
from collections import defaultdict

from ..core.figures import Missing, contribution


class Tally:
    """Counts what one rule decides."""

    def __init__(self, rule_id):
        self.rule_id = rule_id
        self.lines = self.scope_lines = self.unknown = 0
        self.hits = []
        self.volumes = defaultdict(float)

    def add(self, judging, orders):
        """Count the lines of some orders."""
        judging.timeless = True
        rule = next(one for one in judging.rules(judging.book.today) if one.key == self.rule_id)
        lines = {key: line for line, key in judging.book.keys.items()}
        for order in orders:
            core = judging.book.orders.get(order)
            for key, verdict in judging.decide(order).items() if core else ():
                item = judging.item(lines[key])
                self.lines += 1
                # what a rule before it decides, it never sees
                seen = verdict.rule in (None, self.rule_id)
                self.scope_lines += seen and rule.scope.fits(core, item)
                self.unknown += any(one.rule == self.rule_id for one in verdict.unknown)
                if verdict.rule == self.rule_id:
                    self.hit(core, item, lines[key], verdict)

    def hit(self, core, item, line, verdict):
        """Count a line that the rule decides."""
        made = contribution(core, item)
        unit = line.product_id.sop_family_id.uom_id or line.product_id.uom_id
        self.volumes[unit] += item.quantity * (item.to_family or 0.0)
        self.hits.append(
            {
                "order_line_id": line.id,
                "order_id": line.order_id.id,
                "partner_id": line.order_id.partner_id.commercial_partner_id.id,
                "product_id": line.product_id.id,
                "quantity": item.quantity,
                "uom_id": line.product_uom_id.id,
                "value": core.value(item) * (core.rate or 0.0),
                "contribution": False if isinstance(made, Missing) else made,
                "has_contribution": not isinstance(made, Missing),
                "numbers": [
                    [number.measure, number.operator, number.threshold, say_infinity(number.figure)]
                    for number in verdict.numbers
                ],
            }
        )

    def values(self):
        """Values of the trial. Volumes in different units are not added up."""
        unit = next(iter(self.volumes)) if len(self.volumes) == 1 else None
        return {
            "lines": self.lines,
            "scope_lines": self.scope_lines,
            "unknown": self.unknown,
            "hit_lines": len(self.hits),
            "hit_orders": len({hit["order_id"] for hit in self.hits}),
            "customers": len({hit["partner_id"] for hit in self.hits}),
            "volume": self.volumes[unit] if unit else 0.0,
            "uom_id": unit.id if unit else False,
            "value": sum(hit["value"] for hit in self.hits),
            "contribution": sum(hit["contribution"] or 0.0 for hit in self.hits),
            "costless": sum(not hit["has_contribution"] for hit in self.hits),
        }


def say_infinity(figure):
    """A figure as JSON knows it; None stands for the minus infinity of goods given away."""
    return figure if math.isfinite(figure) else None
