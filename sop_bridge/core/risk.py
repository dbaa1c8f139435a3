"""Whether what was promised is still there on its day."""

from bisect import bisect_right

TOLERANCE = 1e-6


class Projection:
    """Stock of a product in a warehouse as it is expected to become, day by day.

    :param today: what is overdue counts as from then
    :param on_hand: quantity in stock now
    :param moves: [(day, quantity)], receipts positive, everything that leaves negative
    """

    def __init__(self, today, on_hand, moves):
        changes = {today: on_hand}
        for day, quantity in moves:
            counted = max(day, today)
            changes[counted] = changes.get(counted, 0.0) + quantity
        self.days = sorted(changes)
        self.stock, level = [], 0.0
        for day in self.days:
            level += changes[day]
            self.stock.append(level)

    def level(self, day):
        """Stock at the end of a day, below zero where more leaves than there is."""
        number = bisect_right(self.days, day)
        return self.stock[number - 1] if number else 0.0

    def covered(self, day):
        """First day, not before ``day``, at whose end nothing is missing; None: no such day."""
        day = max(day, self.days[0])
        if self.level(day) >= -TOLERANCE:
            return day
        for later, level in zip(self.days, self.stock, strict=True):
            if later > day and level >= -TOLERANCE:
                return later
        return None
