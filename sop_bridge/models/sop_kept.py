from odoo import api, models
from odoo.exceptions import AccessError


class SopKept(models.AbstractModel):
    """Records that only the add-on's own methods make, change and delete.

    Whoever has rights can call ``create``, ``write`` and ``unlink`` remotely, on any field; here
    they refuse. The methods below have no remote name.
    """

    _name = "sop.kept"
    _description = "Records Kept by the Add-on"

    def _get_refusal(self, mode):
        """Sentence that tells people why they do not create, write or unlink such records.

        Each model has its own for each mode.
        """
        return self.env._("Only the add-on makes, changes and deletes: %s.", self._description)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """:raise AccessError: always"""
        raise AccessError(self._get_refusal("create"))

    def write(self, vals):  # pylint: disable=method-required-super
        """:raise AccessError: always"""
        raise AccessError(self._get_refusal("write"))

    def unlink(self):  # pylint: disable=method-required-super
        """:raise AccessError: always"""
        message = self._get_refusal("unlink")
        raise AccessError(message)  # pylint: disable=no-raise-unlink

    def _store(self, vals_list):
        """Create records past the refusal."""
        return super().create(vals_list)  # pylint: disable=super-method-mismatch

    def _update(self, vals):
        """Write past the refusal."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _drop(self):
        """Delete past the refusal."""
        return super().unlink()  # pylint: disable=super-method-mismatch
