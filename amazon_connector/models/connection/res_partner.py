"""A contact that is a store's Client stays: whose goods would they be, else?"""

from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    # === CRUD METHODS === #

    def write(self, vals):
        used = self._get_amazon_client_usage() if vals.get("active") is False else None
        if used:
            raise UserError(
                self.env._(
                    "%(partner)s cannot be archived: it is the Client of %(store)s. "
                    "Choose another Client there first.",
                    **used,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_amazon_client(self):
        if used := self._get_amazon_client_usage():
            raise UserError(
                self.env._(
                    "%(partner)s cannot be deleted: it is the Client of %(store)s. "
                    "Choose another Client there first.",
                    **used,
                )
            )

    # === BUSINESS METHODS === #

    def _get_amazon_client_usage(self):
        """Return the names of a contact and the store it is Client of, else nothing."""
        stores = self.env["amazon.connection"].sudo().with_context(active_test=False)
        store = stores.search([("client_id", "in", self.ids)], limit=1)
        if not store:
            return {}
        # Another company's store is nobody's business.
        seen = store.with_env(self.env).has_access("read")
        return {
            "partner": store.client_id.display_name,
            "store": store.display_name if seen else self.env._("an Amazon store"),
        }
