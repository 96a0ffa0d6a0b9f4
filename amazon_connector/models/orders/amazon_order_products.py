"""The product of each item of an order, and what is done where there is none.

Which product an item means is said by ``products/product_resolver.py``. The
connection's ``unknown_product`` says what becomes of an order for others: it is held,
comes in with the lines that are known and gains the others later, or the products are
made.
"""

from dataclasses import replace

from odoo import api, models
from odoo.fields import Command

from ..products.product_resolver import ProductMatch, ProductResolver, reference_of
from .amazon_order_import import QUIET

# What Amazon says of an order that is still to be shipped, or the rest of it.
TO_SHIP = ("unshipped", "partially_shipped")


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    # === BUSINESS METHODS - FIND === #

    @api.model
    def _find_products(self, connection, lines):
        """Return ``{reference: ProductMatch}`` of all references of the lines.

        :param lines: ``amazon.order.line`` of the connection's orders
        """
        return ProductResolver(connection).resolve(
            line.reference for line in lines if line.reference
        )

    @api.model
    def _product_of(self, item, products):
        """Return the product of an item; none where several could be it.

        :param item: ``amazon.order.line`` or ``spapi.orders.OrderItem``
        :param products: ``{reference: ProductMatch}``
        """
        match = products.get(reference_of(item))
        return match.product if match else self.env["product.product"]

    def _can_be_made(self, item, products):
        """Whether the item's product may be made: nobody has its reference yet."""
        reference = reference_of(item)
        wanted = self.connection_id._unknown_product() == "create"
        return wanted and bool(reference) and not products[reference].candidates

    def _missing_lines(self):
        """Return the items that the sale order has no line of, yet."""
        there = set(self.sale_order_id.order_line.mapped("amazon_item_ref"))
        return self.line_ids.filtered(
            lambda line: line.quantity and line.amazon_item_ref not in there
        )

    def _owed_lines(self):
        """Return the items whose units no sale order reserves."""
        lines = self.line_ids.browse()
        for order in self:
            is_part_there = order.state == "partial"
            lines |= order._missing_lines() if is_part_there else order.line_ids
        return lines

    def _ready_lines(self, products):
        """Return the missing items that have a product now, or get one."""
        return self._missing_lines().filtered(
            lambda line: (
                self._product_of(line, products) or self._can_be_made(line, products)
            )
        )

    def _can_go_on(self, products):
        """Whether a held or partial order has what it waited for."""
        if self.state == "held":
            return not self._unknown_reason(products)
        # That a line came too late is said once.
        return (
            self._can_gain()
            and self.error != self._too_late_reason()
            and bool(self._ready_lines(products))
        )

    def _can_gain(self):
        """Whether a line more would still be shipped."""
        sale = self.sale_order_id
        return bool(sale) and sale.state != "cancel" and self.status in TO_SHIP

    # === BUSINESS METHODS - HOLD === #

    def _unknown_reason(self, products):
        """Return why its products keep the order from coming in, or ``False``."""
        _ = self.env._
        wanted = self._missing_lines()
        lacking = wanted - self._ready_lines(products)
        if double := lacking.filtered(
            lambda line: line.reference and products[line.reference].is_ambiguous
        ):
            return _(
                "Several products have the internal reference %s. Let only one of them "
                "keep it, or link the store's listing to the right one; the order then "
                "comes in by itself.",
                double._references(),
            )
        is_part_enough = self.connection_id._unknown_product() == "partial"
        if not lacking or (is_part_enough and lacking != wanted):
            return False
        if not all(lacking.mapped("reference")):
            return _(
                "Amazon names neither SKU nor title of an item, so its product cannot "
                "be told. Look the order up in Seller Central; it comes in by itself "
                "when Amazon sends one of them."
            )
        return _(
            "No active product has the internal reference %s. Create the product, give "
            "an existing one this reference, or link the store's listing to one; the "
            "order then comes in by itself.",
            lacking._references(),
        )

    # === BUSINESS METHODS - MAKE PRODUCTS === #

    def _make_products(self, parsed, products, run):
        """Make the products that these orders lack, each once; tell which.

        :param products: ``{reference: ProductMatch}``, in which the new ones are put
        """
        values = {}
        for row in self:
            for item in parsed[row].items:
                if item.quantity and row._can_be_made(item, products):
                    values.setdefault(
                        reference_of(item), row._product_values(parsed[row], item)
                    )
        if not values:
            return
        made = self.env["product.product"].create(list(values.values()))
        for product in made:
            products[product.default_code] = ProductMatch(product)
        run._note(
            self.env._(
                "Products were made, since nobody had these internal references: %s. "
                "Look whether they are complete.",
                ", ".join(sorted(values)),
            )
        )

    def _product_values(self, order, item):
        company = self.connection_id.company_id
        # No price is better than one in the wrong currency, or Odoo's 1.00.
        is_own_currency = order.currency == company.currency_id.name
        price = item.unit_price if is_own_currency else None
        return {
            "name": item.title or reference_of(item),
            "default_code": reference_of(item),
            "type": "consu",
            "is_storable": True,
            "company_id": company.id,
            "list_price": float(price or 0),
        }

    # === BUSINESS METHODS - PARTIAL ORDERS === #

    def _known_part(self, order, products):
        """Return the order with the items that can come in, and what goes with them."""
        items = (
            item
            for item in order.items
            if not item.quantity or self._product_of(item, products)
        )
        return replace(order, items=tuple(items))

    def _settle_imported(self, run):
        """Imported when all lines are there, else partial, with what is missing."""
        if missing := self._missing_lines():
            self._settle_partial(
                self.env._(
                    "The lines of %s are missing: no product, or more than one, has "
                    "this internal reference. Create the product, or let only one keep "
                    "the reference; the order then gains its line by itself, unless "
                    "something of it is shipped before.",
                    missing._references(),
                ),
                run,
            )
        else:
            self._settle("imported")

    def _settle_partial(self, reason, run):
        if self.error != reason:
            run._warn(
                self.env._(
                    "Order %(ref)s is partial: %(why)s",
                    ref=self.amazon_order_id,
                    why=reason,
                ),
                self,
            )
            self.sale_order_id.message_post(body=reason)
        self._settle("partial", reason)

    def _gain_lines(self, order, products, run):
        """Add the lines whose products are there now, while nothing is shipped."""
        sale = self.sale_order_id
        ready = self._ready_lines(products)
        if not self._can_gain():
            self._settle("partial", self.error)
        elif ready and self._is_shipped_in_part():
            reason = self._too_late_reason()
            if self.error != reason:
                self._tell_responsible(sale, reason)
            self._settle_partial(reason, run)
        else:
            refs = set(ready.mapped("amazon_item_ref"))
            items = tuple(item for item in order.items if item.item_id in refs)
            # What belongs to the order as a whole came in with its first lines.
            gained = replace(order, items=items, order_charges=())
            self._make_products({self: gained}, products, run)
            self._add_to_sale(order, gained, products, run)
            self._settle_imported(run)

    def _add_to_sale(self, order, gained, products, run):
        sale = self.sale_order_id.with_context(**QUIET)
        is_locked = sale.locked
        if is_locked:
            # A locked order takes lines, but delivers nothing of them.
            sale.locked = False
        if gained.items:
            sale.order_line = [
                Command.create(values)
                for values in self._sale_line_values(gained, products)
            ]
            run._count(updated=1)
        if not self._missing_lines():
            self._adjust_total(order, sale, run)
        if is_locked:
            sale.locked = True

    def _is_shipped_in_part(self):
        return any(self.line_ids.mapped("quantity_fulfilled")) or any(
            picking.state == "done" and picking.location_dest_id.usage == "customer"
            for picking in self.sale_order_id.picking_ids
        )

    def _too_late_reason(self):
        return self.env._(
            "The lines of %s are missing: a product came only after something of the "
            "order was shipped. Ship what is missing by hand and confirm it in Seller "
            "Central.",
            self._missing_lines()._references(),
        )
