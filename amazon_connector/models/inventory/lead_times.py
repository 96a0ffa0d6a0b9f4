"""How long it takes to ship a listing, and when there will be some again.

As Odoo knows it: the product's customer lead time, its vendor's where nothing is in
stock, and the first goods that are to come in.
"""

from dataclasses import dataclass
from datetime import date
from math import ceil

from odoo import fields
from odoo.fields import Domain

# The longest that Amazon takes.
LONGEST_LEAD_DAYS = 30
COMING_STATES = ("waiting", "confirmed", "partially_available", "assigned")


@dataclass(frozen=True)
class LeadTime:
    """What Amazon is told beside a quantity.

    :ivar days: to ship, 0 where Odoo says nothing
    :ivar restock_on: when there will be some again; None while there is some, or where
        nobody knows
    """

    days: int = 0
    restock_on: date | None = None


class LeadTimes:
    """The lead times of the listings of one connection, found together.

    :param connection: one ``amazon.connection``
    """

    def __init__(self, connection):
        self.connection = connection
        self.env = connection.env

    def get(self, quantities):
        """Return ``{listing: LeadTime}``.

        :param dict quantities: ``{listing: units to offer}``
        """
        listings = self.env["amazon.listing"].union(*quantities)
        found = {}
        for fronts in listings.storefront_id._group_by_stock():
            rows = listings.filtered(lambda row, own=fronts: row.storefront_id in own)
            available = fronts[0]._get_available_quantity()
            free = available.get_free(rows.product_id)
            coming = self._find_coming(rows.product_id, available.places)
            for row in rows:
                product = row.product_id
                found[row] = LeadTime(
                    self._get_days(product, is_there=free[product] > 0),
                    None if quantities[row] else coming.get(product),
                )
        return found

    def _get_days(self, product, is_there):
        """Return the days that it takes to ship, whole ones.

        :param bool is_there: whether some is in stock; else the vendor's days come on
            top
        """
        store = self.connection.sudo()
        product = product.sudo().with_company(store.company_id)
        days = product.sale_delay
        if not is_there:
            days += product.seller_ids[:1].delay
        return min(max(ceil(days), 0), LONGEST_LEAD_DAYS)

    def _find_coming(self, products, places):
        """Return ``{product: date}`` of the first goods that come in from elsewhere."""
        today = fields.Date.context_today(self.connection)
        groups = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                Domain("product_id", "in", products.ids)
                & Domain("state", "in", COMING_STATES)
                & Domain("location_dest_id", "child_of", places.ids)
                & ~Domain("location_id", "child_of", places.ids),
                ["product_id"],
                ["date:min"],
            )
        )
        by_id = {product.id: product for product in products}
        return {
            by_id[product.id]: max(
                fields.Datetime.context_timestamp(self.connection, first).date(), today
            )
            for product, first in groups
        }
