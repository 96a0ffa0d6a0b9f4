"""The listings of a variant, and linking more of them to it."""

from odoo import api, fields, models
from odoo.fields import Domain

from .product_resolver import get_index_definition


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "amazon.listed.mixin"]

    amazon_listing_ids = fields.One2many(
        comodel_name="amazon.listing",
        inverse_name="product_id",
        string="Amazon Listings",
        readonly=True,
        copy=False,
    )

    amazon_price_extra = fields.Float(
        string="Extra Price as on Amazon",
        min_display_digits="Product Price",
        copy=False,
        help="What the variant costs more than the product's sales price, beside the "
        "extra prices of its attributes. It is changed when Amazon's price changes.",
    )

    # ProductResolver searches it so.
    _amazon_reference_idx = models.Index(get_index_definition("default_code"))

    # === COMPUTE METHODS === #

    @api.depends("amazon_price_extra")
    def _compute_product_price_extra(self):
        """Add what Amazon's price of the variant is beside its attributes."""
        result = super()._compute_product_price_extra()
        for product in self:
            product.price_extra += product.amazon_price_extra
        return result

    # === CRUD METHODS === #

    def write(self, vals):
        """What is archived is offered no more."""
        result = super().write(vals)
        if "active" in vals:
            self.env["amazon.stock.change"]._mark_products_changed(self)
        return result

    # === ACTION METHODS === #

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

    def action_open_amazon_listings(self):
        """Open the listings that are linked to the product, in all storefronts."""
        return self.amazon_listing_ids._get_action(
            [("product_id", "in", self.ids)], self.display_name
        )

    # === BUSINESS METHODS - KITS === #

    @api.model
    def _get_amazon_stock_domain(self, company):
        """Hook: the products of which there is something to offer.

        An addon for kits adds those that are made of what is in stock.

        :param company: the ``res.company`` that sells
        """
        return Domain("is_storable", "=", True)

    def _get_amazon_no_stock_reason(self, company):
        """Hook: return why there is nothing to offer of the product, or ``False``.

        :param company: the ``res.company`` that sells
        """
        self.ensure_one()
        if self.filtered_domain(self._get_amazon_stock_domain(company)):
            return False
        return self.env._("The product is not storable, so it has no stock.")

    def _get_amazon_kit_needs(self, company):
        """Hook: return what those of the products that are kits are made of.

        :param company: the ``res.company`` that sells
        :return: ``{kit: {component: quantity of one kit, in the component's unit}}``,
            kits in kits taken apart, and what is in stock alone; none without an addon
            for kits
        """
        return {}

    def _get_amazon_kits(self):
        """Hook: return the kits that some of the products are components of.

        Those of any company, kits of kits among them.
        """
        return self.browse()

    def _get_amazon_related_domain(self):
        """Hook: the products whose quantity may change together with that of these.

        They are among them; an addon for kits adds what they are made of, and the kits
        that are made of the same.
        """
        return Domain("id", "in", self.ids)

    # === BUSINESS METHODS - PRICE === #

    def _set_amazon_price(self, price):
        """Let the product cost this much, and its template's other variants what they
        did.

        :param float price: in the product's currency
        """
        self.ensure_one()
        template = self.product_tmpl_id.with_context(active_test=False)
        if template.product_variant_ids == self:
            self.list_price = price - self.price_extra
        else:
            self.amazon_price_extra += price - self.lst_price
