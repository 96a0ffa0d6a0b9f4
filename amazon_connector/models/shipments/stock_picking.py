"""A validated delivery of an Amazon order puts its parcels into the outbox."""

from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command


class StockPicking(models.Model):
    _inherit = "stock.picking"

    amazon_order_ref = fields.Char(
        related="sale_id.amazon_order_ref", string="Amazon Order"
    )
    amazon_client_id = fields.Many2one(
        related="sale_id.amazon_client_id", string="Client"
    )
    amazon_shipment_ids = fields.One2many(
        comodel_name="amazon.shipment",
        inverse_name="picking_id",
        string="Amazon Shipment Confirmations",
    )

    def _action_done(self):
        result = super()._action_done()
        self._put_into_amazon_outbox()
        return result

    def write(self, vals):
        names = {"carrier_id", "carrier_tracking_ref"} & vals.keys()
        changed = self.filtered(
            lambda picking: any(
                picking._fields[name].convert_to_write(picking[name], picking)
                != vals[name]
                for name in names
            )
        )
        result = super().write(vals)
        if changed:
            # A number that comes later frees the parcel; a corrected one corrects it.
            changed.sudo().amazon_shipment_ids._release(
                ["blocked", "pending", "failed", "done"]
            )
        return result

    # === BUSINESS METHODS === #

    def _put_into_amazon_outbox(self):
        """Make one shipment confirmation for each parcel; calls Amazon never."""
        shipments = self.env["amazon.shipment"].sudo()
        for picking in self.filtered(
            lambda picking: (
                picking.state == "done"
                and picking.location_dest_id.usage == "customer"
                and picking.sudo().sale_id.amazon_order_ids
            )
        ):
            for package, quantities in picking.sudo()._amazon_parcels().items():
                shipments |= shipments.create(
                    picking._amazon_shipment_values(package, quantities)
                )
        if shipments:
            shipments._refresh()
            self.env["amazon.job"]._trigger("send_shipments")

    def _amazon_parcels(self):
        """Return ``{package: {(item ref, product): quantity in units of sale}}``."""
        parcels = defaultdict(lambda: defaultdict(float))
        for line in self.move_line_ids:
            sale_line = line.move_id.sale_line_id
            if not sale_line.amazon_item_ref or not line.quantity:
                continue
            units = line.product_uom_id._compute_quantity(
                line.quantity, sale_line.product_uom_id, raise_if_failure=False
            )
            key = (sale_line.amazon_item_ref, line.product_id)
            parcels[line.result_package_id][key] += units
        return parcels

    def _amazon_shipment_values(self, package, quantities):
        ordered = self.sudo().sale_id.order_line.grouped("amazon_item_ref")
        ordered = {ref: lines.product_id for ref, lines in ordered.items()}
        return {
            "order_id": self.sudo().sale_id.amazon_order_ids[:1].id,
            "picking_id": self.id,
            "package_id": package.id,
            "line_ids": [
                Command.create(
                    {
                        "amazon_item_ref": item_ref,
                        "product_id": product.id,
                        "quantity": quantity,
                        "is_component": product not in ordered[item_ref],
                    }
                )
                for (item_ref, product), quantity in quantities.items()
            ],
        }
