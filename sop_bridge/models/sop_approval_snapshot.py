"""Values of a record as JSON knows them, for the seal of a decision."""

from datetime import date

# Floats that went through the database may differ in the last bits.
FLOAT_DIGITS = 6


def snapshot_values(record, names):
    """Return {field: value} of a record.

    :param names: fields; ``line_ids.quantity`` stands for the quantity of each line
    """
    inner = {}
    for name in names:
        head, _dot, rest = name.partition(".")
        inner.setdefault(head, [])
        if rest:
            inner[head].append(rest)
    return {name: _value(record, name, rest) for name, rest in inner.items()}


def _value(record, name, inner):
    value = record[name]
    if record._fields[name].relational:
        # a record is known by its id: renaming a product does not change what was decided
        if not inner:
            return sorted(value.ids)
        return [dict(snapshot_values(line, inner), id=line.id) for line in value.sorted("id")]
    if isinstance(value, float):
        return round(value, FLOAT_DIGITS)
    return value.isoformat() if isinstance(value, date) else value
