"""The listings of a product, shown on its Product Listings tab."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    amazon_listing_ids = fields.One2many(
        comodel_name="amazon.listing",
        inverse_name="product_tmpl_id",
        string="Amazon Listings",
        readonly=True,
        copy=False,
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """What is archived, or has no stock any more, is offered no more."""
        result = super().write(vals)
        if {"active", "is_storable"} & vals.keys():
            variants = self.with_context(active_test=False).product_variant_ids
            self.env["amazon.stock.change"]._mark_products_changed(variants)
        return result

    # === ACTION METHODS === #

    def action_link_amazon_listings(self):
        """Open the listings that no product is linked to; of the only variant."""
        return self.product_variant_ids.action_link_amazon_listings()
