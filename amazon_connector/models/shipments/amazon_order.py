"""The shipments of an Amazon order, opened from it."""

from odoo import api, fields, models


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    shipment_ids = fields.One2many(
        comodel_name="amazon.shipment", inverse_name="order_id", string="Shipments"
    )
    shipment_count = fields.Integer(compute="_compute_shipment_count")

    # === COMPUTE METHODS === #

    @api.depends("shipment_ids")
    def _compute_shipment_count(self):
        for row in self:
            row.shipment_count = len(row.sudo().shipment_ids)

    # === ACTION METHODS === #

    def action_open_shipments(self):
        """Open what was, or is to be, confirmed to Amazon of it."""
        self.ensure_one()
        return {
            "name": self.env._("Shipments of %s", self.amazon_order_id),
            "type": "ir.actions.act_window",
            "res_model": "amazon.shipment",
            "domain": [("order_id", "=", self.id)],
            "view_mode": "list,form",
        }
