"""One item of an Amazon order, as the inbox shows it."""

from odoo import api, fields, models

from ..products.product_resolver import reference_of


class AmazonOrderLine(models.Model):
    _name = "amazon.order.line"
    _description = "Amazon Order Item"
    _order = "order_id, id"
    _rec_name = "sku"

    order_id = fields.Many2one(
        comodel_name="amazon.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    amazon_item_ref = fields.Char(string="Order Item", required=True, readonly=True)
    sku = fields.Char(string="SKU", readonly=True, index=True)
    asin = fields.Char(string="ASIN", readonly=True)
    title = fields.Char(readonly=True)
    reference = fields.Char(
        compute="_compute_reference",
        store=True,
        index=True,
        help="The SKU, or the title where there is none: finds the product.",
    )
    quantity = fields.Integer(string="Ordered", readonly=True)
    quantity_fulfilled = fields.Integer(string="Shipped", readonly=True)
    cancel_requested = fields.Boolean(
        readonly=True, help="The buyer asks to cancel this item."
    )

    _order_item_unique = models.Constraint(
        "UNIQUE(order_id, amazon_item_ref)", "An order has each of its items once."
    )

    # === COMPUTE METHODS === #

    @api.depends("sku", "title")
    def _compute_reference(self):
        for line in self:
            line.reference = reference_of(line)

    # === BUSINESS METHODS === #

    def _get_references(self):
        """Return what the items are called in a sentence."""
        return ", ".join(
            sorted({line.reference or self.env._("(no SKU)") for line in self})
        )
