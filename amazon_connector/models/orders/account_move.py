"""An invoice or credit note of an Amazon order may settle what was asked for."""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        """Override of `account`: see whether what is invoiced is right now."""
        posted = super()._post(soft)
        sales = posted.sudo().line_ids.sale_line_ids.order_id
        sales.amazon_order_ids._settle_invoices()
        return posted
