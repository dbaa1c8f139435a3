"""Production as a source of goods: one bill on its work centres, once its components are there."""

from dataclasses import dataclass, replace
from datetime import date

from .schedule import Moment, Schedule, schedule, schedule_late
from .supply import Bill


@dataclass(frozen=True)
class Production:
    """A quantity that is made.

    :param ready: Moment at which all components are there
    :param plan: Schedule; without a finish when there is no room before the horizon
    """

    bill: Bill
    quantity: float
    ready: Moment
    plan: Schedule

    @property
    def end(self):
        """Moment at which the goods are made, None when there is no room for them."""
        return self.plan.end

    @property
    def start(self) -> date:
        """Day of the first work."""
        return min((load.day for load in self.plan.loads), default=self.ready.day)


def plan_early(bill, quantity, ready, plant):
    """Production that is finished as early as it can be."""
    ledger = plant.ledger.fork()
    plan = schedule(ledger, bill, quantity, ready, plant.horizon, plant.no_hours)
    return Production(bill, quantity, ready, plan)


def plan_late(made, target, plant):
    """The same production just in time for a day; None where it is not earlier anyway."""
    if made.end is None or made.end.day >= target or not made.bill.operations:
        return None
    late = schedule_late(
        plant.ledger, made.bill, made.quantity, made.ready, target, plant.horizon, plant.no_hours
    )
    return late and replace(made, plan=late)


def plan_without_slots(made, plant):
    """Schedule of the same production if no slot were kept for anybody else."""
    ledger = plant.ledger.with_all_slots()
    return schedule(ledger, made.bill, made.quantity, made.ready, plant.horizon, plant.no_hours)
