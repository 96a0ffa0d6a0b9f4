"""A store that is authorised again may see the addresses that it did not see before."""

from odoo import models
from odoo.fields import Domain


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === BUSINESS METHODS === #

    def _reset_job_failures(self):
        """Override to ask at once for the addresses that are missing."""
        result = super()._reset_job_failures()
        orders = self.env["amazon.order"].sudo()
        missing = orders.search(
            orders._get_missing_address_domain()
            & Domain("connection_id", "in", self.ids)
        )
        missing.address_asked = False
        for connection in missing.connection_id:
            connection._get_job("complete_addresses")._wake()
        return result
