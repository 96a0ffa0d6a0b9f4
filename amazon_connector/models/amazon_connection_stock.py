"""How much of the client's stock a store may sell."""

from odoo import models
from odoo.fields import Domain

# An order that is in the inbox and has no sale order that reserves its goods.
UNRESERVED = Domain("state", "in", ("new", "held", "failed")) & Domain(
    "status",
    "in",
    ("pending", "pending_availability", "unshipped", "partially_shipped"),
) | Domain("state", "=", "ignored") & Domain(
    "status", "in", ("pending", "pending_availability")
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
        listings = (
            self.env["amazon.listing"]
            .sudo()
            .search(
                [
                    ("connection_id", "in", self._same_stock().ids),
                    ("product_id", "in", products.ids),
                ]
            )
        )
        sold = {(row.connection_id, row.sku): row.product_id for row in listings}
        orders = UNRESERVED.map_conditions(
            lambda condition: Domain(
                f"order_id.{condition.field_expr}", condition.operator, condition.value
            )
        )
        lines = (
            self.env["amazon.order.line"]
            .sudo()
            .search(
                orders
                & Domain("order_id.connection_id", "in", listings.connection_id.ids)
                & Domain("order_id.fulfilled_by", "=", "merchant")
                & Domain("sku", "in", listings.mapped("sku"))
            )
        )
        ordered = {}
        for line in lines:
            if product := sold.get((line.order_id.connection_id, line.sku)):
                open_units = max(line.quantity - line.quantity_fulfilled, 0)
                product = product.with_env(products.env)
                ordered[product] = ordered.get(product, 0) + open_units
        return ordered

    def _promised(self, products):
        """Return what confirmed deliveries want and have not reserved.

        There is some of it beside free stock where a warehouse reserves late.
        """
        stock = self.sudo().warehouse_id.lot_stock_id
        owner_ids = self._owner_ids()
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("state", "in", ("confirmed", "partially_available")),
                    ("location_id", "child_of", stock.id),
                    "!",
                    ("location_dest_id", "child_of", stock.id),
                    ("move_orig_ids", "=", False),
                ]
            )
        )
        promised = {}
        for move in moves:
            takers = move._amazon_owner_ids()
            if (takers or (False,))[-1] not in owner_ids:
                # It takes the stock of somebody else.
                continue
            reserved = move.product_uom._compute_quantity(
                move.quantity, move.product_id.uom_id
            )
            product = move.product_id.with_env(products.env)
            rest = max(move.product_qty - reserved, 0.0)
            promised[product] = promised.get(product, 0.0) + rest
        return promised
