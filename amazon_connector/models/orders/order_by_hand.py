"""Importing an order that waits for products, at once and by a person's decision.

A held or partial order is worked off from its stored document, so this asks Amazon
nothing. The wizard ``amazon.order.resolve`` lets a person decide line by line.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools.misc import clean_context

from ...tools import process_rows


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    is_partial_wanted = fields.Boolean(
        string="Without Unknown Products",
        readonly=True,
        copy=False,
        help="A person decided that the order comes in without the lines that have no "
        "product.",
    )
    has_unknown_products = fields.Boolean(compute="_compute_has_unknown_products")

    # === COMPUTE METHODS === #

    @api.depends("state", "line_ids.problem")
    def _compute_has_unknown_products(self):
        for row in self:
            row.has_unknown_products = row.state in ("held", "partial") and any(
                row.line_ids.mapped("problem")
            )

    # === ACTION METHODS === #

    def action_link_and_import(self):
        """Have a person choose the product of each unknown item."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["amazon.order.resolve"]._create_for(self)
        return {
            "name": self.env._("Import order %s", self.amazon_order_id),
            "type": "ir.actions.act_window",
            "res_model": "amazon.order.resolve",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_create_products(self):
        """Create the products of all unknown items, then import."""
        for row in self:
            for line in row.line_ids.filtered("problem"):
                line._create_product()
        return self._import_now()

    def action_import_without(self):
        """Import without the lines that have no product."""
        self._want_partial()
        return self._import_now()

    # === BUSINESS METHODS === #

    def _want_partial(self):
        """Let the order come in without its unknown lines.

        :raise UserError: when no line would be left
        """
        self.check_access("write")
        for row in self:
            lines = row.line_ids.filtered("quantity")
            if not lines.filtered("product_id"):
                raise UserError(
                    self.env._(
                        "No item of order %s has a product, so nothing would be left "
                        "of it. Link or create one.",
                        row.amazon_order_id,
                    )
                )
        self.sudo().is_partial_wanted = True

    def _import_now(self):
        """Process the rows in this transaction, as their job would.

        :raise UserError: when the job is at one of them right now
        """
        self.check_access("write")
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "The order is being processed right now. Try again in a minute."
                )
            ) from error
        for row in self:
            job_row = (
                row.sudo()
                .with_context(**clean_context(self.env.context))
                .with_company(row.company_id)
            )
            run = job_row.env["amazon.history"].create(
                {
                    "connection_id": row.connection_id.id,
                    "kind": "download_orders",
                    "reason": "button",
                }
            )
            run._count(seen=1)
            process_rows(job_row, run)
            run._finish()
        return True


class AmazonOrderLine(models.Model):
    _inherit = "amazon.order.line"

    # === BUSINESS METHODS === #

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
            return
        listings = line._find_listings() or line._create_listing()
        listings.write({"product_id": product.id})

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
        product = self.env["product.product"].create(
            row._prepare_product_vals(order, item)
        )
        self.sudo()._find_listings().write({"product_id": product.id})

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
