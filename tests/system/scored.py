"""Scoring on loaded data, inside this process: facts and runs that no client may call."""

from math import fsum

from benchmarks.session import configure, session


def opened(database):
    """Yield the administrator's environment of a database; nothing is kept."""
    configure()
    with session(database) as env:
        yield env


def get_facts(env, start, stop, basis, services):
    """{name of the customer without its prefix: Facts}"""
    facts = env["sop.score.facts"]._get_facts(env.company, start, stop, basis, services)
    partners = env["res.partner"].browse(list(facts))
    names = {partner.id: partner.name.removeprefix("Customer ") for partner in partners}
    return {names[partner]: found for partner, found in facts.items()}


def total(facts, name):
    """Return the sum of one figure over all customers, free of float's rounding."""
    return fsum(getattr(found, name) for found in facts.values())


def recompute(records, names):
    """Let Odoo compute stored fields anew; return [(record, field, before, after)] that differ."""
    before = {record: record.read(names)[0] for record in records}
    for name in names:
        records.env.add_to_compute(records._fields[name], records)
    records.env.flush_all()
    records.env.invalidate_all()
    after = {record: record.read(names)[0] for record in records}
    return [
        (record.display_name, name, before[record][name], after[record][name])
        for record in records
        for name in names
        if not same(before[record][name], after[record][name])
    ]


def same(one, other):
    """Tell whether two values are equal; amounts may differ by what float cannot hold."""
    if isinstance(one, float):
        return abs(one - other) < 1e-6
    return one == other
