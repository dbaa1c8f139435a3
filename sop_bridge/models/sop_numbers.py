import math

from odoo import api, models
from odoo.exceptions import ValidationError

KINDS = {"float", "monetary", "integer"}
# what a column of whole numbers holds
LARGEST = 2**31 - 1


class SopNumbers(models.AbstractModel):
    """Refuses values of number fields that are no numbers, in a sentence that names the field.

    A remote client or an import can send NaN, infinity, words, or whole numbers beyond what the
    database holds. Odoo answers these with a raw error before any constraint could explain it.
    """

    _name = "sop.numbers"
    _description = "Fields that Take Only Numbers"

    @api.model_create_multi
    def create(self, vals_list):
        """:raise ValidationError: if a number field would get what is no number"""
        claimed = {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }
        for vals in (claimed, *vals_list):
            check_numbers(self, vals)
        return super().create(vals_list)

    def write(self, vals):
        """:raise ValidationError: if a number field would get what is no number"""
        check_numbers(self, vals)
        return super().write(vals)


def check_numbers(records, vals, names=None):
    """Raise ValidationError if a number field would get what is no number.

    :param names: fields to look at; all number fields of the records by default
    """
    for name, value in vals.items():
        field = records._fields.get(name)
        if field is None or field.type not in KINDS or (names and name not in names):
            continue
        if value and not _is_number(value, field.type == "integer"):
            raise ValidationError(_say(records, field, value))


def _is_number(value, whole):
    try:
        return abs(int(value)) <= LARGEST if whole else math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _say(records, field, value):
    values = {
        "field": field._description_string(records.env),
        "model": records.env["ir.model"]._get(records._name).name,
        "value": str(value)[:40],
        "largest": LARGEST,
    }
    if field.type == "integer":
        return records.env._(
            "%(field)s (%(model)s): %(value)s is not a whole number up to %(largest)s. Enter one, "
            "such as 12.",
            **values,
        )
    return records.env._(
        "%(field)s (%(model)s): %(value)s is not a number. Enter one, such as 12.5.", **values
    )
