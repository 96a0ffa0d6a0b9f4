"""What is in a shipment: how many of which item of the Amazon order."""

from odoo import fields, models

from ...spapi.shipments import ShippedItem, split_transparency_codes
from ..products.units_per_listing import count_whole, is_whole


class AmazonShipmentLine(models.Model):
    _name = "amazon.shipment.line"
    _description = "Amazon Shipment Item"
    _inherit = ["amazon.guarded"]
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
        related="shipment_id.company_id", store=True, precompute=True, index=True
    )
    amazon_item_ref = fields.Char(string="Order Item", required=True, readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    quantity = fields.Float(
        required=True,
        readonly=True,
        help="As Amazon counts it: 1 for a pack of 6 units. A part of a pack waits for "
        "the parcel that completes it.",
    )
    is_component = fields.Boolean(
        readonly=True, help="Another product than the one that was ordered."
    )
    transparency_codes = fields.Char(
        help="The codes of the units, for items of Amazon's Transparency program: with "
        "a comma between them. Amazon is told them with the parcel.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        # What a person may write is told to Amazon.
        if any(not self._fields[name].readonly for name in vals):
            self.shipment_id.sudo()._mark_to_send()
        return result

    # === BUSINESS METHODS === #

    def _count_missing_codes(self):
        """Return of how many units Amazon waits for the Transparency code.

        Not of those that it took without.
        """
        items = self.shipment_id.order_id.line_ids.filtered(
            lambda item: item.amazon_item_ref == self.amazon_item_ref
        )
        if not items.needs_transparency_codes:
            return 0
        told = self.shipment_id._get_confirmed_item(self.amazon_item_ref)
        without = told.get("quantity", 0) - len(told.get("transparencyCodes", ()))
        codes = split_transparency_codes(self.transparency_codes)
        return max(count_whole(self.quantity) - without - len(codes), 0)

    def _get_loose_units(self):
        """Return the part of a pack that waits for its rest, 0 where there is none."""
        is_pack = self.amazon_item_ref in self.shipment_id.order_id._get_refs_of_packs()
        if self.is_component or not is_pack or is_whole(self.quantity):
            return 0
        return self.quantity - count_whole(self.quantity)

    def _get_shipped_item(self):
        """Return what Amazon is told of the line, a ``spapi.shipments.ShippedItem``."""
        return ShippedItem(
            self.amazon_item_ref,
            count_whole(self.quantity),
            split_transparency_codes(self.transparency_codes),
        )
