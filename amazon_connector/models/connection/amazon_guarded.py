"""Records of which some values are the connector's own: read-only for everybody else.

Read-only in a view keeps nobody from writing over RPC. What stands for Amazon's truth
(states, numbers, ids) has to stay as Amazon and the jobs set it.
"""

from odoo import api, models
from odoo.exceptions import AccessError


class AmazonGuarded(models.AbstractModel):
    _name = "amazon.guarded"
    _description = "Amazon Guarded Record"
    # Read-only fields that may come along with what a person writes.
    _writable_readonly_fields = ()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # What the connector itself creates need not be looked at.
        for vals in () if self.env.su else vals_list:
            given = [name for name in vals if vals[name]]
            defaults = self.default_get(given)
            self._check_readonly_fields(
                [name for name in given if vals[name] != defaults.get(name)]
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_readonly_fields(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _check_readonly_fields(self, names):
        """:raise AccessError: when a person writes what is read-only"""
        if self.env.su:
            return
        own = [
            field._description_string(self.env)
            for name in names
            if (field := self._fields.get(name))
            and field.readonly
            and name not in self._writable_readonly_fields
        ]
        if own:
            raise AccessError(
                self.env._(
                    "%s is set by Amazon and cannot be edited.",
                    ", ".join(sorted(own)),
                )
            )
