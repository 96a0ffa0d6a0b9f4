"""An invoice of an Amazon order names its buyer: who reads or prints it is logged."""

from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "amazon.personal.record"]

    # === BUSINESS METHODS === #

    def _find_accessed_orders(self):
        invoiced = self.filtered(lambda move: move.move_type != "entry")
        return invoiced.line_ids.sale_line_ids.order_id.amazon_order_ids
