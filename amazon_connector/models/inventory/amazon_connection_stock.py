"""How much of the client's stock a store may sell."""

from odoo import models
from odoo.fields import Domain

from ..products.product_resolver import reference_of

PENDING = ("pending", "pending_availability")
OPEN = (*PENDING, "unshipped", "partially_shipped")
# Orders of the inbox that owe units, some of which no sale order reserves. One that
# was ignored while it was pending, and is not any more, waits to be worked off.
OWING = (
    Domain("state", "in", ("new", "held", "failed", "partial"))
    & Domain("status", "in", OPEN)
) | (
    Domain("state", "=", "ignored")
    & (
        Domain("status", "in", PENDING)
        | (Domain("to_process", "=", True) & Domain("status", "in", OPEN))
    )
)


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === BUSINESS METHODS === #

    def _stock_parts(self, products):
        """Return what the quantity to offer is made of, in the product's unit.

        :return: ``{product: {"free": …, "ordered": …, "promised": …}}``; what is
            ordered or promised and not reserved yet is negative
        """
        self.ensure_one()
        free = self._client_free_quantities(products)
        ordered = self._ordered_on_amazon(products)
        promised = self._promised(products)
        return {
            product: {
                "free": free[product],
                "ordered": -ordered.get(product, 0.0),
                "promised": -promised.get(product, 0.0),
            }
            for product in products
        }

    def _client_free_quantities(self, products):
        """Return what is free in the warehouse, of the client's stock only.

        :return: ``{product: quantity in the product's unit}``, which may be negative
        """
        self.ensure_one()
        free = dict.fromkeys(products, 0.0)
        # Odoo's quantities know one owner at a time.
        for owner_id in self._owner_ids():
            # Who may see the store's numbers need not be a warehouse worker.
            in_warehouse = (
                products.sudo()
                .with_company(self.company_id)
                .with_context(warehouse_id=self.warehouse_id.id, owner_id=owner_id)
            )
            # What was read before may be older than the stock.
            in_warehouse.invalidate_recordset(["free_qty"])
            for product in in_warehouse:
                free[product] += product.free_qty
        return {
            product: product.uom_id.round(quantity)
            for product, quantity in free.items()
        }

    def _owner_ids(self):
        return self.env["stock.quant"]._client_owner_ids(
            self.client_id, self.company_id
        )

    def _same_stock(self):
        """Return the stores that sell the same goods from the same warehouse."""
        return self.sudo().search(
            [
                ("warehouse_id", "=", self.warehouse_id.id),
                ("client_id", "=", self.client_id.id),
                ("active", "in", (True, False)),
            ]
        )

    def _ordered_on_amazon(self, products):
        """Return what customers ordered and no sale order reserves yet.

        Amazon has taken it off its own count; a quantity that ignores it would offer
        the same units a second time.
        """
        stores = self._same_stock()
        linked = (
            self.env["amazon.listing"]
            .sudo()
            .search(
                [
                    ("connection_id", "in", stores.ids),
                    ("product_id", "in", products.ids),
                ]
            )
        )
        by_listing = {
            (row.connection_id, reference_of(row)): row.product_id for row in linked
        }
        by_code = {
            (product.default_code or "").strip(): product for product in products.sudo()
        }
        orders = (
            self.env["amazon.order"]
            .sudo()
            .search(
                OWING
                & Domain("connection_id", "in", stores.ids)
                & Domain("fulfilled_by", "=", "merchant")
                & Domain(
                    "line_ids.reference",
                    "in",
                    list({sku for _store, sku in by_listing} | set(by_code) - {""}),
                )
            )
        )
        ordered = {}
        for line in orders._owed_lines():
            product = by_listing.get((line.order_id.connection_id, line.reference))
            product = product or self._product_by_code(line, by_code)
            if product:
                product = product.with_env(products.env)
                open_units = max(line.quantity - line.quantity_fulfilled, 0)
                ordered[product] = ordered.get(product, 0) + open_units
        return ordered

    def _product_by_code(self, line, by_code):
        """Return the product with the SKU, unless the store's listing has another."""
        product = by_code.get(line.reference)
        if not product:
            return product
        linked = self.env["amazon.listing"].sudo()
        domain = [
            ("connection_id", "=", line.order_id.connection_id.id),
            ("sku", "=", line.reference),
            ("product_id", "!=", False),
        ]
        return False if linked.search_count(domain, limit=1) else product

    def _promised(self, products):
        """Return what confirmed deliveries want and have not reserved.

        There is some of it beside free stock where a warehouse reserves late, and
        where goods of a delivery stand in its packing or shipping zone.
        """
        inside = self.sudo().warehouse_id.view_location_id
        owner_ids = self._owner_ids()
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("state", "in", ("waiting", "confirmed", "partially_available")),
                    ("location_id", "child_of", inside.id),
                    "!",
                    ("location_dest_id", "child_of", inside.id),
                ]
            )
        )
        promised = {}
        for move in moves:
            takers = move._amazon_owner_ids()
            # Who takes the stock of somebody else takes nothing from here.
            if (takers or (False,))[-1] in owner_ids:
                product = move.product_id.with_env(products.env)
                rest = move._unreserved_promise(inside)
                promised[product] = promised.get(product, 0.0) + rest
        return promised
