"""The listings of a product, shown on its Product Listings tab."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "amazon.listed.mixin"]

    amazon_listing_ids = fields.One2many(
        comodel_name="amazon.listing",
        inverse_name="product_tmpl_id",
        string="Amazon Listings",
        readonly=True,
        copy=False,
    )

    amazon_family_sku = fields.Char(
        string="Variation Family on Amazon",
        readonly=True,
        copy=False,
        help="SKU of the listing that holds the variants together on Amazon. The "
        "product was made, or got its attributes, as this family has them; Odoo makes "
        "no other variants by itself.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        """What is archived, or has no stock any more, is offered no more.

        In another category other rules hold. Amazon may be told the lead time.
        """
        result = super().write(vals)
        is_offer = bool({"active", "is_storable", "categ_id"} & vals.keys())
        if is_offer or "sale_delay" in vals:
            variants = self.with_context(active_test=False).product_variant_ids
            changes = self.env["amazon.stock.change"]
            if is_offer:
                changes._mark_products_changed(variants)
            else:
                changes._mark_lead_times_changed(variants)
        return result

    # === ACTION METHODS === #

    def action_link_amazon_listings(self):
        """Open the listings that no product is linked to; of the only variant."""
        return self.product_variant_ids.action_link_amazon_listings()

    def action_open_amazon_listings(self):
        """Open the listings that are linked to the variants, in all storefronts."""
        return self.amazon_listing_ids._get_action(
            [("product_tmpl_id", "in", self.ids)], self.display_name
        )

    # === BUSINESS METHODS === #

    def has_dynamic_attributes(self):
        """A family has the variants that Amazon has, whatever its attributes say."""
        return bool(self.amazon_family_sku) or super().has_dynamic_attributes()

    def _create_variant_ids(self):
        """Variants of a family are made, and changed, one by one.

        Odoo would make, archive and restore others when attributes change.
        """
        if self.env.context.get("amazon_keep_variants"):
            return True
        return super()._create_variant_ids()

    def _set_lowest_price(self):
        """Let the sales price be that of the cheapest variant.

        The variants go on to cost what they do.
        """
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            prices = variants.filtered("active").mapped("lst_price")
            shift = min(prices, default=template.list_price) - template.list_price
            if template.currency_id.is_zero(shift):
                continue
            for variant in variants:
                variant.amazon_price_extra -= shift
            template.list_price += shift
