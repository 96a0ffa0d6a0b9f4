"""Draws order documents, each from a random source of its own."""

from datetime import timedelta

from ..clock import iso
from . import people
from .draws import pick, whole
from .money import RATE_UNIT, order_proceeds, tip_row
from .order_items import EUROPEAN, ItemDrawer, price_units
from .order_status import ImpossibleOrder, set_status
from .order_traits import Draft, apply_traits

#: Orders that were not wished otherwise consist of this many products at most.
DRAWN_PRODUCTS = 60
_SHIP_DAYS = {"SAME_DAY": 0, "STANDARD": 2, "FREE_ECONOMY": 4, "SCHEDULED": 2}
_DELIVERY_DAYS = {
    "SAME_DAY": 1,
    "NEXT_DAY": 2,
    "PRIORITY": 2,
    "SECOND_DAY": 3,
    "EXPEDITED": 4,
    "STANDARD": 7,
    "SCHEDULED": 7,
    "FREE_ECONOMY": 14,
}
#: The service that a program of a wish means; the first that applies.
_SERVICES = {
    "DELIVERY_BY_AMAZON": "SAME_DAY",
    "PRIME": "NEXT_DAY",
    "PREMIUM": "SECOND_DAY",
    "IN_STORE_PICK_UP": "PRIORITY",
    "AMAZON_HAUL": "FREE_ECONOMY",
    "AMAZON_BAZAAR": "FREE_ECONOMY",
}
#: Tax rates of places in parts of RATE_UNIT, by their text.
_TAX_RATES = {
    place[3]: int(float(place[3]) * RATE_UNIT + 0.5)
    for places in people.PLACES.values()
    for place in places
}


class Generator:
    """Draws orders made of the products of a store."""

    def __init__(self, products):
        """``products`` are documents with sku, asin, title and price in dollars."""
        self._drawn = [products[n] for n in range(min(DRAWN_PRODUCTS, len(products)))]
        self._products = {product["sku"]: product for product in self._drawn}
        self._all = products
        self._prices = {}

    def order(self, rng, account, wish, order_id, other_id, created, changed):
        """One complete order document.

        ``other_id`` is the order that it replaces if it does; ``changed`` is when it
        came into its status. The same arguments give an equal document.

        :raises ImpossibleOrder: the wishes contradict each other
        """
        marketplace = wish.marketplace or pick(rng, account.marketplaces)
        country, currency = marketplace.country, marketplace.currency
        programs, service, business = _programs(rng, wish)
        name = people.person(rng)
        buyer = people.buyer(rng, name, business)
        company = buyer.get("buyerCompanyName")
        address, rate = people.address(rng, country, name, company)
        rate = _TAX_RATES[rate]
        drawer = ItemDrawer(rng, wish, marketplace, rate, business, created)
        items = drawer.items(self._lines(rng, wish, currency))
        own_rows = []
        if country == "US" and rng.random() < 0.06 and "REPLACEMENT" not in wish.traits:
            own_rows.append(tip_row(100 * whole(rng, 2, 8), currency))
        order = {
            "orderId": order_id,
            "createdTime": iso(created),
            "lastUpdatedTime": iso(changed),
            "programs": programs,
            "salesChannel": _channel(marketplace, wish.channel_name),
            "buyer": buyer,
            "recipient": {"deliveryAddress": address},
            "proceeds": order_proceeds(drawer.sums, currency, own_rows),
            "fulfillment": _fulfillment(wish.fulfilled_by, service, created),
            "orderItems": items,
        }
        total = dict(order["proceeds"]["grandTotal"])
        execution = {"paymentMethod": "CreditCard", "paymentAmount": total}
        order["payment"] = {"paymentExecutions": [execution]}
        if business and country in EUROPEAN:
            order["tax"] = _registration(rng, country, buyer)
        apply_traits(
            Draft(rng, order, other_id, country, created), wish.traits, programs
        )
        several = "SEVERAL_PACKAGES" in wish.traits
        set_status(order, wish.status, changed, several_packages=several)
        if "TRANSPARENCY" in wish.traits:
            _add_codes(rng, order)
        return order

    def _lines(self, rng, wish, currency):
        return [
            (product, self._price(product, currency), quantity)
            for product, quantity in self._drawn_lines(rng, wish)
        ]

    def _price(self, product, currency):
        key = product["price"], currency
        if key not in self._prices:
            self._prices[key] = price_units(product["price"], currency)
        return self._prices[key]

    def _drawn_lines(self, rng, wish):
        if wish.lines:
            return [(self._find(sku), quantity) for sku, quantity in wish.lines]
        counts: tuple[int, ...] = (1, 1, 1, 2, 2, 3, 4)
        quantities: tuple[int, ...] = (1, 1, 1, 2, 3)
        if wish.needs_units:
            counts, quantities = (2, 3), (3, 4)
        drawn = rng.sample(self._drawn, pick(rng, counts))
        return [(product, pick(rng, quantities)) for product in drawn]

    def _find(self, sku):
        """A product by its SKU, also beyond those that are drawn."""
        if sku not in self._products:
            found = (product for product in self._all if product["sku"] == sku)
            product = next(found, None)
            if product is None:
                raise ImpossibleOrder(f"there is no product with sku {sku}")
            self._products[sku] = product
        return self._products[sku]


def _programs(rng, wish):
    """(programs, service level, whether the buyer is a business)."""
    drawn_business = rng.random() < 0.15
    draw = rng.random()
    if wish.programs is None:
        business = drawn_business or "BUSINESS" in wish.traits
        programs = ["AMAZON_BUSINESS"] if business else []
        if draw < 0.12:
            programs.append("PRIME")
        elif draw < 0.20:
            programs.append("PREMIUM")
    else:
        programs = list(wish.programs)
        if "BUSINESS" in wish.traits and "AMAZON_BUSINESS" not in programs:
            programs.append("AMAZON_BUSINESS")
        business = "AMAZON_BUSINESS" in programs
    service = next((s for p, s in _SERVICES.items() if p in programs), None)
    if "SCHEDULED" in wish.traits:
        service = "SCHEDULED"
    return programs, service or ("EXPEDITED" if draw < 0.35 else "STANDARD"), business


def _channel(marketplace, channel_name):
    name = marketplace.name
    if channel_name == "NON_AMAZON":
        name = f"Non-Amazon {marketplace.country}"
    return {
        "channelName": channel_name,
        "marketplaceId": marketplace.id,
        "marketplaceName": name,
    }


def _fulfillment(fulfilled_by, service, created):
    ship = created + timedelta(days=_SHIP_DAYS.get(service, 1))
    delivery = created + timedelta(days=_DELIVERY_DAYS[service])
    if ship == created:
        ship += timedelta(hours=6)
    return {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": fulfilled_by,
        "fulfillmentServiceLevel": service,
        "shipByWindow": _window(created, ship),
        "deliverByWindow": _window(ship, delivery),
    }


def _window(earliest, latest):
    return {"earliestDateTime": iso(earliest), "latestDateTime": iso(latest)}


def _registration(rng, country, buyer):
    number = f"{country}{whole(rng, 10**8, 10**9 - 1)}"
    registration = {
        "entityType": "BUYER",
        "legalName": buyer["buyerCompanyName"],
        "taxRegistrationType": "VAT",
        "taxRegistrationNumber": number,
    }
    return {"taxRegistrations": [registration]}


def _add_codes(rng, order):
    """Transparency codes of all units in the packages."""
    for package in order.get("packages", ()):
        for row in package["packageItems"]:
            row["transparencyCodes"] = [
                f"AZ:{rng.getrandbits(64):016X}" for _ in range(row["quantity"])
            ]
