"""What is in a shipment: how many of which item of the Amazon order."""

from odoo import fields, models

from ...spapi.shipments import ShippedItem, split_transparency_codes


class AmazonShipmentLine(models.Model):
    _name = "amazon.shipment.line"
    _description = "Amazon Shipment Item"
    _order = "id"
    _rec_name = "amazon_item_ref"

    shipment_id = fields.Many2one(
        comodel_name="amazon.shipment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="shipment_id.company_id", store=True, index=True
    )
    amazon_item_ref = fields.Char(string="Order Item", required=True, readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    quantity = fields.Float(required=True, readonly=True, digits="Product Unit")
    is_component = fields.Boolean(
        readonly=True, help="Another product than the one that was ordered."
    )
    transparency_codes = fields.Char(
        help="The codes of the units, for items of Amazon's Transparency program: with "
        "a comma between them. Amazon is told them with the parcel.",
    )

    # === BUSINESS METHODS === #

    def _get_shipped_item(self):
        """Return what Amazon is told of the line, a ``spapi.shipments.ShippedItem``."""
        return ShippedItem(
            self.amazon_item_ref,
            int(self.quantity),
            split_transparency_codes(self.transparency_codes),
        )
