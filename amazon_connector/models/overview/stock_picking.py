"""A delivery, found by the number of Amazon's order by who works in the warehouse."""

from odoo import api, models

from ...tools import prepare_found_action


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === ACTION METHODS === #

    @api.model
    def action_find_amazon_order(self, number):
        """Open the delivery of the order with a number, or all of its transfers.

        :param str number: Amazon's order number
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "amazon_connector.stock_picking_action_amazon"
        )
        number = (number or "").strip()
        domain = [("amazon_order_ref", "=", number)]
        found = self.search(domain, limit=2)
        if not found:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": self.env._(
                        "No delivery of order %s is in Odoo: the order is held, not "
                        "downloaded yet, or not yours to see.",
                        number,
                    ),
                },
            }
        title = self.env._("Orders with %s", number)
        return prepare_found_action(action, found, domain, title)
