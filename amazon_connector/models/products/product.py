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

    def write(self, vals):
        """What is archived, or has no stock any more, is offered no more."""
        result = super().write(vals)
        if {"active", "is_storable"} & vals.keys():
            variants = self.with_context(active_test=False).product_variant_ids
            self.env["amazon.stock.change"]._mark_products_changed(variants)
        return result

    def action_link_amazon_listings(self):
        """Open the listings that no product is linked to; of the only variant."""
        return self.product_variant_ids.action_link_amazon_listings()


class ProductProduct(models.Model):
    _inherit = "product.product"

    amazon_listing_ids = fields.One2many(
        comodel_name="amazon.listing",
        inverse_name="product_id",
        string="Amazon Listings",
        readonly=True,
        copy=False,
    )

    # ProductResolver searches it so.
    _amazon_reference_idx = models.Index("(TRIM(default_code))")

    def write(self, vals):
        """What is archived is offered no more."""
        result = super().write(vals)
        if "active" in vals:
            self.env["amazon.stock.change"]._mark_products_changed(self)
        return result

    def action_link_amazon_listings(self):
        """Open the listings that no product is linked to."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "amazon_connector.amazon_listing_action"
        )
        view = self.env.ref("amazon_connector.amazon_listing_view_list_link")
        self.ensure_one()
        return action | {
            "name": self.env._(
                "Tick the listings of %s, then press Link to the product",
                self.display_name,
            ),
            "context": {"search_default_not_linked": 1, "amazon_product_id": self.id},
            "target": "new",
            "view_mode": "list",
            "views": [(view.id, "list")],
        }
