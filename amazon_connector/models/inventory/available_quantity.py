"""How much of the client's stock a store may sell, and how that comes about.

What may be sold of a product is the sum of these parts, in the product's unit; what
takes something away is negative:

* ``on_hand``: what is in the places that a storefront sells from, whoever owns it
* ``others``: what of it belongs to somebody else than the client
* ``reserved``: what of the client's is reserved
* ``expired``: what of the client's is past its removal date and not reserved
* ``ordered``: what is ordered on Amazon and no sale order reserves yet
* ``promised``: what confirmed deliveries want and have not reserved

A kit has no stock of its own: of it there is what its components make (``kits``).
"""

from collections import defaultdict
from itertools import chain
from math import floor

from odoo import fields
from odoo.fields import Domain

from ..products.product_resolver import ProductResolver
from ..products.units_per_listing import (
    NOTHING,
    UnitsPerListing,
    count_whole,
    to_odoo,
)

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
# The parts that are free stock.
FREE_PARTS = ("on_hand", "others", "reserved", "expired")
PARTS = (*FREE_PARTS, "ordered", "promised")


def count_units(parts, units_per_listing):
    """Return how many of a listing there are: whole ones, never less than none.

    :param dict parts: as :meth:`AvailableQuantity.get` returns them for a product
    :param int units_per_listing: how many of the product one of the listing is
    """
    return count_whole(sum(parts.values()), units_per_listing)


class AvailableQuantity:
    """What a store may sell of any number of products, worked out together.

    :param connection: one ``amazon.connection``
    :param places: the ``stock.location`` to sell from, with all that is in them
    """

    def __init__(self, connection, places):
        connection.ensure_one()
        self.connection = connection
        self.env = connection.env
        # Who may see the store's numbers need not be a warehouse worker.
        self.places = places.sudo()

    def get(self, products):
        """Return ``{product: {part: quantity}}``, with the parts named above.

        :param products: ``product.product``, the keys of what is returned
        """
        kits = products._get_amazon_kit_needs(self.connection.company_id)
        components = products.browse().union(*chain.from_iterable(kits.values()))
        stocked = products.filtered(lambda product: product not in kits) | components
        parts = self._get_parts(stocked)
        quantities = {product: sum(parts[product].values()) for product in stocked}
        return {
            product: {"kits": _count_kits(kits[product], quantities)}
            if product in kits
            else parts[product]
            for product in products
        }

    def _get_parts(self, products):
        """Return ``{product: {part: quantity}}`` of products that are no kits."""
        stock = self._get_stock(products)
        ordered = self._get_ordered(products)
        promised = self._get_promised(products)
        return {
            product: stock[product]
            | {
                "ordered": -ordered.get(product, 0.0),
                "promised": -promised.get(product, 0.0),
            }
            for product in products
        }

    # === EXPLAIN === #

    def explain(self, product, parts):
        """Return ``[(part, sentence)]``, for the user to read.

        The sentence of a component of a kit has ``kits`` as its part.
        """
        if "kits" in parts:
            return self._explain_kit(product)
        _ = self.env._
        labels = {
            "on_hand": _("on hand in %(places)s"),
            "others": _("owned by others than %(client)s"),
            "reserved": _("reserved"),
            "expired": _("to be removed, since it is expired"),
            "ordered": _("ordered on Amazon, not reserved yet"),
            "promised": _("to be delivered, not reserved yet"),
        }
        names = {
            "places": ", ".join(map(_name_place, self.places)),
            "client": self.connection.sudo().client_id.display_name,
        }
        unit = product.uom_id.name
        return [
            (name, f"{amount:+g} {unit} {labels[name] % names}")
            for name, amount in parts.items()
            if amount or name == "on_hand"
        ]

    def _explain_kit(self, product):
        needs = product._get_amazon_kit_needs(self.connection.company_id)[product]
        if not needs:
            return [("kits", self.env._("The kit has no component that is in stock."))]
        parts = self._get_parts(product.browse().union(*needs))
        quantities = {component: sum(parts[component].values()) for component in needs}
        return [
            (
                "kits",
                self.env._(
                    "%(quantity)s %(unit)s of %(component)s, enough for %(kits)s kits",
                    quantity=f"{quantities[component]:g}",
                    unit=component.sudo().uom_id.name,
                    component=component.sudo().display_name,
                    kits=_count_kits({component: need}, quantities),
                ),
            )
            for component, need in needs.items()
        ]

    # === FREE === #

    def get_free(self, products):
        """Return what is free of the client's stock.

        :return: ``{product: quantity in the product's unit}``, which may be negative
        """
        return {
            product: product.uom_id.round(sum(parts.values()))
            for product, parts in self._get_stock(products).items()
        }

    def _get_stock(self, products):
        """Return ``{product: {part: quantity}}``, the parts of the free stock.

        One query: Odoo's own ``free_qty`` knows one owner at a time.
        """
        stock = {product: dict.fromkeys(FREE_PARTS, 0.0) for product in products}
        by_id = {product.id: product for product in products}
        owner_ids = self._get_owner_ids()
        quants = self.env["stock.quant"].sudo().with_context(active_test=False)
        inside = Domain("product_id", "in", products.ids) & Domain(
            "location_id", "child_of", self.places.ids
        )
        for product, owner, quantity, reserved in quants._read_group(
            inside,
            ["product_id", "owner_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        ):
            parts = stock[by_id[product.id]]
            parts["on_hand"] += quantity
            if owner.id in owner_ids:
                parts["reserved"] -= reserved
            else:
                parts["others"] -= quantity
        for product, quantity in self._find_expired(inside, owner_ids):
            stock[by_id[product.id]]["expired"] -= quantity
        return stock

    def _find_expired(self, inside, owner_ids):
        """Return ``[(product, quantity)]`` that Odoo has removed, and is not reserved.

        Where *Expiration Dates* are installed.
        """
        quants = self.env["stock.quant"].sudo()
        if "removal_date" not in quants._fields:
            return []
        today = fields.Date.today()
        return [
            (product, quantity - reserved)
            for product, quantity, reserved in quants._read_group(
                inside
                & Domain("owner_id", "in", owner_ids)
                & Domain("removal_date", "<=", today),
                ["product_id"],
                ["quantity:sum", "reserved_quantity:sum"],
            )
        ]

    def _get_owner_ids(self):
        return self.env["stock.quant"]._get_client_owner_ids(
            self.connection.client_id, self.connection.company_id
        )

    # === ORDERED === #

    def _get_ordered(self, products):
        """Return ``{product: units}`` that customers ordered and nobody reserves yet.

        Amazon has taken it off its own count; a quantity that ignores it would offer
        the same units a second time. A kit takes its components.
        """
        by_id = {product.id: product for product in products}
        ordered = defaultdict(float)
        storefronts = self._find_storefronts_of_same_stock()
        owing = self._get_owing_domain(storefronts)
        stores = self.env["amazon.order"].sudo()._read_group(owing, ["connection_id"])
        wanted = products.sudo() | products.sudo()._get_amazon_kits() if stores else ()
        for (store,) in stores:
            owed = self._find_owed(store, owing, wanted)
            bought = wanted.browse().union(*(product for product, _units in owed))
            kits = bought._get_amazon_kit_needs(store.company_id)
            for product, units in owed:
                needs = kits.get(product, {product: 1})
                for component, need in needs.items():
                    if component.id in by_id:
                        ordered[by_id[component.id]] += units * need
        return ordered

    def _get_owing_domain(self, storefronts):
        """The orders of these storefronts that owe units nobody reserves."""
        return (
            OWING_ORDERS
            & Domain("connection_id", "in", storefronts.connection_id.ids)
            & Domain("storefront_id", "in", (False, *storefronts.ids))
            & Domain("fulfilled_by", "=", "merchant")
        )

    def _find_owed(self, store, owing, products):
        """Return ``[(product, units)]`` that a store owes of some products.

        :param Domain owing: the orders that owe something
        """
        resolver = ProductResolver(store)
        references = resolver.get_references(products)
        orders = (
            self.env["amazon.order"]
            .sudo()
            .search(
                owing
                & Domain("connection_id", "=", store.id)
                & Domain("line_ids.reference", "in", list(references))
            )
        )
        lines = orders._get_owed_lines().filtered(
            lambda line: line.reference in references
        )
        matches = resolver.resolve(lines.mapped("reference"))
        packs = UnitsPerListing(store, lines.mapped("reference"))
        return [
            (
                product,
                to_odoo(
                    max(line.quantity - line.quantity_fulfilled, 0),
                    packs.get(line.reference, line.order_id.storefront_id),
                ),
            )
            for line in lines
            for product in _get_meant(matches[line.reference])
        ]

    def _find_storefronts_of_same_stock(self):
        """Return the storefronts that sell the same client's goods from these places.

        Those of other stores are among them, and those that are not used any more.
        """
        warehouses = self.places.warehouse_id
        storefronts = (
            self.env["amazon.storefront"]
            .sudo()
            .with_context(active_test=False)
            .search([("connection_id.client_id", "=", self.connection.client_id.id)])
        )
        return storefronts.filtered(
            lambda front: (
                front._get_warehouse() in warehouses
                or front._get_stock_places() & self.places
            )
        )

    # === PROMISED === #

    def _get_promised(self, products):
        """Return ``{product: quantity}`` that deliveries want and have not reserved.

        There is some of it beside free stock where a warehouse reserves late, and
        where goods of a delivery stand in its packing or shipping zone. Nobody knows
        yet from which shelf it will be taken, so that all of the warehouse counts.
        """
        inside = self.places.warehouse_id.view_location_id | self.places.filtered(
            lambda place: not place.warehouse_id
        )
        owner_ids = self._get_owner_ids()
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("state", "in", ("waiting", "confirmed", "partially_available")),
                    ("location_id", "child_of", inside.ids),
                    "!",
                    ("location_dest_id", "child_of", inside.ids),
                ]
            )
        )
        promised = defaultdict(float)
        for move in moves:
            takers = move._get_amazon_owner_ids()
            # Who takes the stock of somebody else takes nothing from here.
            if (takers or (False,))[-1] in owner_ids:
                place = next(
                    place
                    for place in inside
                    if move.location_id.parent_path.startswith(place.parent_path)
                )
                product = move.product_id.with_env(products.env)
                promised[product] += move._get_unreserved_promise(place)
        return promised


def _get_meant(match):
    """Return the products that an order takes, maybe.

    Where several could be meant, none of them is sold twice. One that was archived
    since it was bought may be in a kit that is sold.

    :param ProductMatch match: what the reference of an item may mean
    """
    return match.usable or match.candidates


def _name_place(place):
    """Return the name of a ``stock.location``, or of the warehouse that it is."""
    warehouse = place.warehouse_id
    is_whole = place == warehouse.view_location_id
    return (warehouse if is_whole else place).display_name


def _count_kits(needs, quantities):
    """Return how many whole kits some quantities make.

    :param dict needs: how much of each component one kit takes; may be empty
    :param dict quantities: how much of each component there is
    """
    kits = (
        floor(quantities[component] / need + NOTHING)
        for component, need in needs.items()
    )
    return max(0, min(kits, default=0))
