"""How much of the client's stock a store may sell, and how that comes about.

What may be sold of a product is made of three parts, in the product's unit:

* ``free``: what is free in the warehouse, of the client's stock only
* ``ordered``: what is ordered on Amazon and no sale order reserves yet (negative)
* ``promised``: what confirmed deliveries want and have not reserved (negative)
"""

from odoo.fields import Domain

from ..products.product_resolver import ProductResolver
from ..products.units_per_listing import UnitsPerListing, count_whole, to_odoo

PENDING_STATUSES = ("pending", "pending_availability")
OPEN_STATUSES = (*PENDING_STATUSES, "unshipped", "partially_shipped")
# Orders of the inbox that owe units, some of which no sale order reserves. One that
# was ignored while it was pending, and is not any more, waits to be processed.
OWING_ORDERS = (
    Domain("state", "in", ("new", "held", "failed", "partial"))
    & Domain("status", "in", OPEN_STATUSES)
) | (
    Domain("state", "=", "ignored")
    & (
        Domain("status", "in", PENDING_STATUSES)
        | (Domain("to_process", "=", True) & Domain("status", "in", OPEN_STATUSES))
    )
)


def get_units_to_offer(parts, units_per_listing):
    """Return the units to offer: whole ones, never less than none.

    :param dict parts: as :meth:`AvailableQuantity.get` returns them for a product
    :param int units_per_listing: how many of the product one that is offered is
    """
    return count_whole(sum(parts.values()), units_per_listing)


class AvailableQuantity:
    """What a store may sell of any number of products, worked out together.

    :param connection: one ``amazon.connection``
    """

    def __init__(self, connection):
        connection.ensure_one()
        self.connection = connection
        self.env = connection.env

    def get(self, products):
        """Return ``{product: {"free": …, "ordered": …, "promised": …}}``.

        :param products: ``product.product``, the keys of what is returned
        """
        free = self.get_free(products)
        ordered = self._get_ordered(products)
        promised = self._get_promised(products)
        return {
            product: {
                "free": free[product],
                "ordered": -ordered.get(product, 0.0),
                "promised": -promised.get(product, 0.0),
            }
            for product in products
        }

    def explain(self, product, parts):
        """Return a line for each part that is not nothing, for the user to read."""
        _ = self.env._
        labels = {
            "free": _("free in %(warehouse)s, stock of %(client)s"),
            "ordered": _("ordered on Amazon, not reserved yet"),
            "promised": _("to be delivered, not reserved yet"),
        }
        store = self.connection.sudo()
        names = {
            "warehouse": store.warehouse_id.display_name,
            "client": store.client_id.display_name,
        }
        unit = product.uom_id.name
        return [
            f"{amount:+g} {unit} {labels[name] % names}"
            for name, amount in parts.items()
            if amount or name == "free"
        ]

    # === FREE === #

    def get_free(self, products):
        """Return what is free in the warehouse, of the client's stock only.

        :return: ``{product: quantity in the product's unit}``, which may be negative
        """
        store = self.connection
        free = dict.fromkeys(products, 0.0)
        # Odoo's quantities know one owner at a time.
        for owner_id in self._get_owner_ids():
            # Who may see the store's numbers need not be a warehouse worker.
            in_warehouse = (
                products.sudo()
                .with_company(store.company_id)
                .with_context(warehouse_id=store.warehouse_id.id, owner_id=owner_id)
            )
            # What was read before may be older than the stock.
            in_warehouse.invalidate_recordset(["free_qty"])
            for product in in_warehouse:
                free[product] += product.free_qty
        return {
            product: product.uom_id.round(quantity)
            for product, quantity in free.items()
        }

    def _get_owner_ids(self):
        return self.env["stock.quant"]._get_client_owner_ids(
            self.connection.client_id, self.connection.company_id
        )

    # === ORDERED === #

    def _get_ordered(self, products):
        """Return ``{product: units}`` that customers ordered and nobody reserves yet.

        Amazon has taken it off its own count; a quantity that ignores it would offer
        the same units a second time.
        """
        by_id = {product.id: product for product in products}
        ordered = {}
        for store in self._find_stores_of_same_stock():
            resolver = ProductResolver(store)
            references = resolver.get_references(products.sudo())
            lines = self._find_owed_lines(store, references)
            matches = resolver.resolve(lines.mapped("reference"))
            packs = UnitsPerListing(store, lines.mapped("reference"))
            for line in lines:
                open_units = to_odoo(
                    max(line.quantity - line.quantity_fulfilled, 0),
                    packs.get(line.reference, line.order_id.storefront_id),
                )
                # Where several could be meant, none of them is sold twice.
                for product_id in matches[line.reference].usable.ids:
                    if product := by_id.get(product_id):
                        ordered[product] = ordered.get(product, 0) + open_units
        return ordered

    def _find_owed_lines(self, store, references):
        """Return the ``amazon.order.line`` of these references that a store owes."""
        orders = self.env["amazon.order"].sudo()
        found = orders.search(
            OWING_ORDERS
            & Domain("connection_id", "=", store.id)
            & Domain("fulfilled_by", "=", "merchant")
            & Domain("line_ids.reference", "in", list(references))
        )
        return found._get_owed_lines().filtered(
            lambda line: line.reference in references
        )

    def _find_stores_of_same_stock(self):
        """Return the stores that sell the same goods from the same warehouse."""
        return self.connection.sudo().search(
            [
                ("warehouse_id", "=", self.connection.warehouse_id.id),
                ("client_id", "=", self.connection.client_id.id),
                ("active", "in", (True, False)),
            ]
        )

    # === PROMISED === #

    def _get_promised(self, products):
        """Return ``{product: quantity}`` that deliveries want and have not reserved.

        There is some of it beside free stock where a warehouse reserves late, and
        where goods of a delivery stand in its packing or shipping zone.
        """
        inside = self.connection.sudo().warehouse_id.view_location_id
        owner_ids = self._get_owner_ids()
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
            takers = move._get_amazon_owner_ids()
            # Who takes the stock of somebody else takes nothing from here.
            if (takers or (False,))[-1] in owner_ids:
                product = move.product_id.with_env(products.env)
                rest = move._get_unreserved_promise(inside)
                promised[product] = promised.get(product, 0.0) + rest
        return promised
