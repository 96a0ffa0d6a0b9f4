"""A delivery of an Amazon order: what it shows of the order, and why it must wait."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    amazon_order_ref = fields.Char(
        related="sale_id.amazon_order_ref", string="Amazon Order"
    )
    amazon_client_id = fields.Many2one(
        related="sale_id.amazon_client_id", string="Client"
    )
    amazon_stop_reason = fields.Text(
        string="Stopped",
        compute="_compute_amazon_stop_reason",
        help="Why nothing of the Amazon order may leave at the moment.",
    )

    amazon_delivery_instructions = fields.Text(
        related="sale_id.amazon_delivery_instructions"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "return_id",
        "sale_id.amazon_order_ids.status",
        "sale_id.amazon_order_ids.is_address_missing",
        "sale_id.partner_shipping_id.street",
        "sale_id.partner_shipping_id.street2",
        "sale_id.partner_shipping_id.city",
        "sale_id.partner_shipping_id.zip",
        "sale_id.partner_shipping_id.country_id",
    )
    def _compute_amazon_stop_reason(self):
        for picking in self:
            picking.amazon_stop_reason = picking._get_amazon_stop_reason()

    # === BUSINESS METHODS === #

    def _action_done(self):
        """Override of `stock`: what Amazon or its buyer does not want stays here."""
        self._check_amazon_stop()
        return super()._action_done()

    def _check_amazon_stop(self):
        """:raise UserError: when a delivery of a stopped order is validated"""
        for picking in self:
            if reason := picking._get_amazon_stop_reason():
                raise UserError(
                    self.env._(
                        "%(delivery)s cannot be validated. %(why)s",
                        delivery=picking.name,
                        why=reason,
                    )
                )

    def _get_amazon_stop_reason(self):
        """Return why the delivery must not leave, as sentences, or ``False``.

        What comes back, from the customer or from an earlier step, is never stopped.
        """
        picking = self.sudo()
        is_return = picking.return_id or picking.picking_type_code == "incoming"
        if is_return or picking.state in ("done", "cancel"):
            return False
        reasons = [
            reason
            for order in picking.sale_id.amazon_order_ids
            for reason in order._get_stop_reasons()
        ]
        return "\n".join(reasons) or False
