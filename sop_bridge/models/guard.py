"""Fields that only the add-on's own methods may set.

Anyone with write access to a record can write any of its fields through the remote interface,
and can send any context, so a read-only field in a form protects nothing. The models that hold
decisions and promises refuse these fields in ``create`` and ``write``; their own methods store
them through a private method that calls ``super().write`` and that no remote caller can reach.

Stored fields that are computed are refused with them in our models, without being named: Odoo lets
anybody write them, and shows what was written until it computes them again.
"""

from odoo.exceptions import AccessError


def refuse_create(records, vals_list, names):
    """Raise AccessError if a new record would start with a value in one of the fields ``names``."""
    for vals in vals_list:
        touched = (name for name, value in vals.items() if value)
        _refuse(records, [name for name in touched if name in names or _follows(records, name)])


def refuse_write(records, vals, names):
    """Raise AccessError if ``vals`` sets, or clears, one of the fields ``names``."""
    _refuse(records, [name for name in vals if name in names or _follows(records, name)])


def _follows(records, name):
    """Whether a field of a model of ours is stored, and follows from others."""
    field = records._fields.get(name)
    ours = records._name.startswith("sop.")
    return bool(ours and field and field.store and field.compute and field.readonly)


def _refuse(records, touched):
    if touched:
        labels = ", ".join(
            records._fields[name]._description_string(records.env) for name in sorted(touched)
        )
        raise AccessError(
            records.env._("%(fields)s: set by S&OP Bridge, not by hand.", fields=labels)
        )


def without_defaults(records, names):
    """The same records without ``default_…`` entries of the context for the fields in ``names``."""
    keys = {f"default_{name}" for name in names}
    if keys.isdisjoint(records.env.context):
        return records
    context = {key: value for key, value in records.env.context.items() if key not in keys}
    return records.with_context(context)  # pylint: disable=context-overridden
