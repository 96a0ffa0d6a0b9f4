"""One SKU in one storefront, and the product that it stands for."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CHANNELS = [("merchant", "Merchant"), ("amazon", "Amazon")]

STATES = [
    ("active", "Active"),
    ("inactive", "Inactive"),
    ("removed", "Removed on Amazon"),
]


class AmazonListing(models.Model):
    _name = "amazon.listing"
    _description = "Amazon Listing"
    _inherit = ["amazon.guarded"]
    _order = "sku, storefront_id, id"
    _rec_name = "sku"
    _check_company_auto = True

    # === FIELDS: WHOSE === #
    storefront_id = fields.Many2one(
        comodel_name="amazon.storefront",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    connection_id = fields.Many2one(
        related="storefront_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )

    # === FIELDS: WHAT AMAZON SAYS === #
    sku = fields.Char(string="SKU", required=True, readonly=True)
    asin = fields.Char(string="ASIN", readonly=True)
    title = fields.Char(readonly=True)
    state = fields.Selection(
        selection=STATES,
        default="active",
        required=True,
        readonly=True,
        help="Active: it can be bought. Inactive: it cannot, for want of stock or for "
        "a trouble that Seller Central shows.",
    )
    channel = fields.Selection(
        string="Fulfilled By", selection=CHANNELS, default="merchant", readonly=True
    )
    # Prices of several currencies have no sum.
    price = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    amazon_quantity = fields.Integer(
        string="Quantity on Amazon",
        readonly=True,
        help="What the merchant offers, as Amazon was last known to show it.",
    )
    is_tracked = fields.Boolean(
        string="Has a Quantity", readonly=True, help="Amazon keeps a quantity of it."
    )
    barcode = fields.Char(readonly=True)
    image_url = fields.Char(string="Picture", readonly=True)
    product_type = fields.Char(
        readonly=True, help="Amazon's product type (SP-API: productType)."
    )
    is_parent = fields.Boolean(
        string="Holds Variants Together",
        readonly=True,
        help="It cannot be bought, so no product stands for it.",
    )
    parent_sku = fields.Char(
        string="Variation Family",
        readonly=True,
        help="SKU of the listing that holds the variants together.",
    )
    last_updated = fields.Datetime(readonly=True, help="When Amazon changed it.")
    checked_on = fields.Datetime(
        string="Last Checked",
        readonly=True,
        help="When Amazon last showed it, or said that it is not listed.",
    )

    # === FIELDS: WHAT ODOO MAKES OF IT === #
    product_id = fields.Many2one(
        comodel_name="product.product",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Orders for the SKU deliver this product.",
    )
    product_tmpl_id = fields.Many2one(
        related="product_id.product_tmpl_id", store=True, index="btree_not_null"
    )
    sync_inventory = fields.Boolean(
        default=True,
        help="Off: the quantity of this listing is never synced.",
    )
    reflected = fields.Json(
        readonly=True, help="The values of Amazon that the product last followed."
    )
    image_pending = fields.Boolean(readonly=True)
    to_process = fields.Boolean(readonly=True, default=True)
    error = fields.Char(
        string="What Is Wrong",
        readonly=True,
        help="Why no product stands for it, or what of it could not be taken over.",
    )

    _storefront_sku_unique = models.Constraint(
        "UNIQUE(storefront_id, sku)", "A storefront lists each SKU once."
    )
    _to_process_idx = models.Index("(connection_id, id) WHERE to_process")
    _image_pending_idx = models.Index("(connection_id, id) WHERE image_pending")
    _checked_on_idx = models.Index("(storefront_id, checked_on)")
    _connection_sku_idx = models.Index("(connection_id, sku)")
    # ProductResolver searches it so.
    _connection_reference_idx = models.Index("(connection_id, TRIM(sku))")

    # === CONSTRAINT METHODS === #

    @api.constrains("product_id")
    def _check_parent(self):
        for listing in self:
            if listing.is_parent and listing.product_id:
                raise ValidationError(
                    self.env._(
                        "%s only holds variants together and cannot be bought. Link "
                        "the listings of its variants.",
                        listing.sku,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        """A product that a person chooses stands for the SKU in every storefront."""
        result = super().write(vals)
        if "product_id" in vals and "reflected" not in vals:
            self._linked_by_hand()
        return result

    # === ACTION METHODS === #

    def action_link_to_product(self):
        """Link the listings to the product they were opened for."""
        self.check_access("write")
        product_id = self.env.context.get("amazon_product_id")
        product = self.env["product.product"].browse(product_id).exists()
        if not product:
            raise UserError(
                self.env._(
                    "Choose the product in the list's Product column, or come here "
                    "from the product's tab Product Listings."
                )
            )
        product.check_access("read")
        self.write({"product_id": product.id})
        return {"type": "ir.actions.act_window_close"}

    def action_retry(self):
        """Have the listings linked and taken over again, in the background."""
        self.check_access("write")
        self.sudo().to_process = True
        for connection in self.connection_id:
            connection._request_job("download_products")
        return True
