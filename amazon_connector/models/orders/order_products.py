"""The products of the items of orders that are processed together, and new ones."""

from ..products.product_resolver import ProductMatch, ProductResolver, reference_of
from ..products.units_per_listing import UnitsPerListing


class OrderProducts:
    """What the items of one connection's orders mean, found at once for all of them.

    An *item* is an ``amazon.order.line`` or a ``spapi.orders.OrderItem``.

    :param connection: one ``amazon.connection``
    :param lines: the ``amazon.order.line`` whose products are looked for
    """

    def __init__(self, connection, lines):
        self.connection = connection
        self.env = lines.env
        self._references = set(lines.mapped("reference")) - {False, ""}
        self._matches = ProductResolver(connection.with_env(self.env)).resolve(
            self._references
        )
        # Asked for where lines are made or changed only.
        self._units = None

    def get_product(self, item):
        """Return the product of an item; empty where none or several could be it."""
        match = self._get_match(item)
        return match.product if match else self.env["product.product"]

    def get_units_per_item(self, item, storefront):
        """Return how many units of its product one of an item is: 6 of a pack of 6.

        :param storefront: the ``amazon.storefront`` of the order
        """
        if self._units is None:
            connection = self.connection.with_env(self.env)
            self._units = UnitsPerListing(connection, self._references)
        return self._units.get(reference_of(item), storefront)

    def is_ambiguous(self, item):
        """Whether several active products could be meant."""
        match = self._get_match(item)
        return bool(match) and match.is_ambiguous

    def get_candidates(self, item):
        """Return all products that could be meant, the archived ones among them."""
        match = self._get_match(item)
        return match.candidates if match else self.env["product.product"]

    def can_create(self, item):
        """Whether the item's product may be created: nobody has its reference yet."""
        wanted = self.connection._get_unknown_product() == "create"
        match = self._get_match(item)
        return wanted and bool(match) and not match.candidates

    def create_missing(self, orders, run):
        """Create the products that orders lack, each once; note which in the history.

        :param orders: ``{amazon.order: spapi.orders.Order}``
        :param run: ``amazon.history``
        """
        values = {}
        for row, order in orders.items():
            for item in order.items:
                if item.quantity and self.can_create(item):
                    units = self.get_units_per_item(item, row.storefront_id)
                    values.setdefault(
                        reference_of(item),
                        row._prepare_product_vals(order, item, units),
                    )
        if not values:
            return
        created = self.env["product.product"].create(list(values.values()))
        for reference, product in zip(values, created, strict=True):
            self._matches[reference] = ProductMatch(product)
        run._note(
            self.env._(
                "Products were made, since nobody had these internal references: %s. "
                "Please check that they are complete.",
                ", ".join(sorted(values)),
            )
        )

    def _get_match(self, item):
        """Return the item's ``ProductMatch``, or ``None`` without a reference."""
        return self._matches.get(reference_of(item))
