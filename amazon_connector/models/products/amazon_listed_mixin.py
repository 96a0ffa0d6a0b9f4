"""What the tab *Product Listings* shows, of a product and of a variant alike."""

from odoo import api, fields, models


class AmazonListedMixin(models.AbstractModel):
    """Inherited by models that have listings: ``amazon_listing_ids``."""

    _name = "amazon.listed.mixin"
    _description = "Amazon Listed Mixin"

    amazon_sku_ids = fields.Many2many(
        comodel_name="amazon.listing",
        string="Amazon SKUs",
        compute="_compute_amazon_sku_ids",
        inverse="_inverse_amazon_sku_ids",
        help="Of each SKU one listing, that of the connection's own marketplace where "
        "there is one.",
    )
    amazon_image_ids = fields.Many2many(
        comodel_name="amazon.listing.image",
        string="Further Pictures on Amazon",
        compute="_compute_amazon_image_ids",
    )
    amazon_listing_count = fields.Integer(
        string="Number of Amazon Listings", compute="_compute_amazon_sku_ids"
    )

    # === COMPUTE METHODS === #

    @api.depends("amazon_listing_ids")
    def _compute_amazon_sku_ids(self):
        for record in self:
            listings = record.amazon_listing_ids
            record.amazon_sku_ids = listings._get_one_per_sku()
            record.amazon_listing_count = len(listings)

    @api.depends("amazon_listing_ids.image_ids.state")
    def _compute_amazon_image_ids(self):
        for record in self:
            images = record.amazon_listing_ids._get_one_per_sku().image_ids
            record.amazon_image_ids = images._get_shown()

    def _inverse_amazon_sku_ids(self):
        """What is edited on the tab is written to the listings themselves."""
