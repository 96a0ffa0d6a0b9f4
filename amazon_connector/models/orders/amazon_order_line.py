"""One item of an Amazon order, as the inbox shows it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..products.product_resolver import is_one_of, reference_of
from .order_products import OrderProducts


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
    gift_wrap_level = fields.Char(
        string="Gift Wrap", readonly=True, help="As Amazon calls the wrapping."
    )
    is_cancel_requested = fields.Boolean(
        string="Cancel Requested", readonly=True, help="The buyer asked to cancel it."
    )
    needs_transparency_codes = fields.Boolean(
        string="Transparency",
        readonly=True,
        help="It is in Amazon's Transparency program: Amazon wants to know the code on "
        "each unit that is shipped.",
    )

    product_id = fields.Many2one(
        comodel_name="product.product",
        compute="_compute_product_id",
        help="What the sale order delivers, or would deliver now.",
    )
    listing_id = fields.Many2one(
        comodel_name="amazon.listing",
        compute="_compute_product_id",
        help="The store's listing of the SKU; a product that it is linked to counts.",
    )
    candidate_ids = fields.Many2many(
        comodel_name="product.product",
        string="Could Be",
        compute="_compute_product_id",
        context={"active_test": False},
        help="Products with this internal reference, or linked to the SKU.",
    )
    problem = fields.Char(
        compute="_compute_product_id", help="Why no product stands for the item."
    )

    _order_item_unique = models.Constraint(
        "UNIQUE(order_id, amazon_item_ref)", "An order has each of its items once."
    )

    # === COMPUTE METHODS === #

    @api.depends("sku", "title")
    def _compute_reference(self):
        for line in self:
            line.reference = reference_of(line)

    @api.depends("reference", "amazon_item_ref", "order_id.sale_order_id.order_line")
    def _compute_product_id(self):
        for connection, lines in self.grouped(
            lambda line: line.order_id.connection_id
        ).items():
            products = OrderProducts(connection.sudo(), lines.sudo())
            listings = lines.sudo()._find_listings()
            for line in lines:
                sale_lines = line.order_id.sudo().sale_order_id.order_line
                line.product_id = sale_lines.filtered(
                    lambda sale_line, ref=line.amazon_item_ref: (
                        sale_line.amazon_item_ref == ref
                    )
                ).product_id[:1] or products.get_product(line)
                line.listing_id = line._choose_listing(listings)
                line.candidate_ids = products.get_candidates(line)
                line.problem = line._get_problem()

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_line_marks_vals(self, item):
        """Return the marks that the document gives an item.

        :param item: ``spapi.orders.OrderItem``
        """
        return {
            "gift_wrap_level": item.gift_wrap_level,
            "is_cancel_requested": item.cancel_requested,
            "needs_transparency_codes": item.needs_transparency_codes,
        }

    def _find_listings(self):
        """Return the listings of the items' SKUs, in all storefronts of their stores.

        One that holds variants together is left out: nobody can order it.
        """
        skus = {(line.sku or "").strip() for line in self} - {""}
        listings = self.env["amazon.listing"]
        if not skus:
            return listings
        return listings.search(
            Domain("connection_id", "in", self.order_id.connection_id.ids)
            & is_one_of("sku", skus)
            & Domain("is_parent", "=", False)
        )

    def _choose_listing(self, listings):
        """Return the listing of the order's storefront, else one of another."""
        mine = listings.filtered(
            lambda listing: reference_of(listing) == (self.sku or "").strip()
        )
        order = self.order_id.sudo()
        here = mine.filtered(lambda row: row.storefront_id == order.storefront_id)
        return (here or mine)[:1]

    def _get_problem(self):
        """Return why no product stands for the item, and what would, or ``False``."""
        _ = self.env._
        if self.product_id or not self.quantity:
            return False
        if not self.reference:
            return _("Amazon names neither SKU nor title.")
        active = self.candidate_ids.filtered("active")
        if len(active) > 1:
            return _("Several products could be meant. Choose one.")
        if self.candidate_ids:
            return _("Its product is archived. Choose another, or restore it.")
        if self.listing_id:
            return _(
                "Its listing has no product, and no product has this internal "
                "reference."
            )
        return _("No listing of it is known, and no product has this reference.")

    def _get_references(self):
        """Return what the items are called in a sentence."""
        return ", ".join(
            sorted({line.reference or self.env._("(no SKU)") for line in self})
        )

    # === BUSINESS METHODS - DECIDED BY A PERSON === #

    def _link_product(self, product):
        """Have the item mean this product, in this order and all later ones.

        The store's listings of the SKU are linked to it. Where none is known yet, one
        is made; the next download of listings completes it.

        :param product: one ``product.product``
        """
        self.ensure_one()
        self.order_id.check_access("write")
        line = self.sudo()
        if not line.sku:
            line._give_reference(product)
            line._find_products_again()
            return
        listings = line._find_listings() or line._create_listing()
        listings.write({"product_id": product.id})
        line._find_products_again()

    def _create_product(self):
        """Create the storable product of the item: SKU, title, price as Amazon's.

        :raise UserError: when the user may not, or a product has the reference
        """
        self.ensure_one()
        self.order_id.check_access("write")
        if not self.env["product.product"].has_access("create"):
            raise AccessError(
                self.env._(
                    "You may not create products. Ask somebody who may, or link the "
                    "item to a product that is there."
                )
            )
        if self.candidate_ids or not self.reference:
            raise UserError(
                self.env._(
                    "No product can be created for %(item)s. %(why)s",
                    item=self._get_references(),
                    why=self.problem or "",
                )
            )
        row = self.sudo().order_id
        order = row._parse_document()
        item = next(i for i in order.items if i.item_id == self.amazon_item_ref)
        products = OrderProducts(row.connection_id, self.sudo())
        units = products.get_units_per_item(item, row.storefront_id)
        product = self.env["product.product"].create(
            row._prepare_product_vals(order, item, units)
        )
        self.sudo()._find_listings().write({"product_id": product.id})
        self._find_products_again()

    def _find_products_again(self):
        """Let the order's items know of a product that was created or linked."""
        self.order_id.line_ids.invalidate_recordset(
            ["product_id", "listing_id", "candidate_ids", "problem"]
        )

    def _create_listing(self):
        """Return a listing of the SKU in the order's storefront."""
        return self.env["amazon.listing"].create(
            {
                "storefront_id": self.order_id.storefront_id.id,
                "sku": self.sku,
                "asin": self.asin,
                "title": self.title,
                "to_process": False,
            }
        )

    def _give_reference(self, product):
        """Without a SKU the title finds the product, by its internal reference."""
        if product.default_code:
            raise UserError(
                self.env._(
                    "Amazon sent no SKU of %(item)s, and %(product)s has an internal "
                    "reference of its own. Choose a product without one, or create "
                    "the product.",
                    item=self._get_references(),
                    product=product.display_name,
                )
            )
        product.default_code = self.reference
