"""Generates the orders of the simulated store, reproducibly from a seed."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from ..clock import iso
from . import people
from .money import ZERO, cents, item_proceeds, money, order_proceeds
from .order_status import set_status

#: What the quarter of the orders that needs no shipment consists of, in turn.
SPECIALS = (
    {"status": "PENDING"},
    {"status": "SHIPPED"},
    {"status": "CANCELLED"},
    {"status": "SHIPPED", "fulfilled_by": "AMAZON"},
    {"channel_name": "NON_AMAZON"},
    {"status": "PENDING"},
    {"status": "SHIPPED"},
    {"fulfilled_by": "AMAZON"},
    {"status": "CANCELLED"},
    {"channel_name": "NON_AMAZON", "fulfilled_by": "AMAZON"},
)
_SHIP_DAYS = {"NEXT_DAY": 1, "SECOND_DAY": 1, "EXPEDITED": 1, "STANDARD": 2}
_DELIVERY_DAYS = {"NEXT_DAY": 2, "SECOND_DAY": 3, "EXPEDITED": 4, "STANDARD": 7}


@dataclass
class Wish:
    """What an order must be like; all that is left open is drawn."""

    marketplace: object = None
    status: str = "UNSHIPPED"
    fulfilled_by: str = "MERCHANT"
    channel_name: str = "AMAZON"
    programs: list | None = None
    lines: list = field(default_factory=list)


class Generator:
    """Draws orders from a random source of its own."""

    def __init__(self, rng, products):
        self.rng = rng
        self.products = {product["sku"]: product for product in products}
        self._ids = set()

    def store_orders(self, account, count, now):
        """The seeded orders of an account, oldest first."""
        specials = [SPECIALS[i % len(SPECIALS)] for i in range(count // 4)]
        wishes = specials + [{}] * (count - len(specials))
        self.rng.shuffle(wishes)
        ages = sorted((self.rng.uniform(900, 12 * 86400) for _ in wishes), reverse=True)
        return [
            self.order(account, Wish(**wish), now - timedelta(seconds=age))
            for wish, age in zip(wishes, ages, strict=True)
        ]

    def order(self, account, wish, created):
        """One complete order document."""
        rng = self.rng
        marketplace = wish.marketplace or rng.choice(account.marketplaces)
        business = rng.random() < 0.15
        name = people.person(rng)
        buyer = people.buyer(rng, name, business)
        address, rate = people.address(
            rng, marketplace.country, name, buyer.get("buyerCompanyName")
        )
        service, programs = self._service(business)
        items = self._items(wish, marketplace, self._tax_rate(marketplace, rate))
        tip = cents(rng.randint(2, 8)) if self._tipped(marketplace) else ZERO
        order = {
            "orderId": self._order_id(),
            "createdTime": iso(created),
            "lastUpdatedTime": iso(created),
            "programs": programs if wish.programs is None else list(wish.programs),
            "salesChannel": _channel(marketplace, wish.channel_name),
            "buyer": buyer,
            "recipient": {"deliveryAddress": address},
            "proceeds": order_proceeds(items, marketplace.currency, tip),
            "fulfillment": _fulfillment(wish.fulfilled_by, service, created),
            "orderItems": items,
        }
        total = dict(order["proceeds"]["grandTotal"])
        execution = {"paymentMethod": "CreditCard", "paymentAmount": total}
        order["payment"] = {"paymentExecutions": [execution]}
        if business and marketplace.country in ("GB", "DE", "FR"):
            order["tax"] = _registration(rng, marketplace.country, buyer)
        set_status(order, wish.status, created + timedelta(minutes=4))
        return order

    def _order_id(self):
        while True:
            digits = "".join(str(self.rng.randint(0, 9)) for _ in range(14))
            order_id = f"1{self.rng.randint(10, 29)}-{digits[:7]}-{digits[7:]}"
            if order_id not in self._ids:
                self._ids.add(order_id)
                return order_id

    def _service(self, business):
        programs = ["AMAZON_BUSINESS"] if business else []
        draw = self.rng.random()
        if draw < 0.12:
            return "NEXT_DAY", programs + ["PRIME"]
        if draw < 0.20:
            return "SECOND_DAY", programs + ["PREMIUM"]
        return ("EXPEDITED" if draw < 0.35 else "STANDARD"), programs

    def _tax_rate(self, marketplace, rate):
        # European prices mostly contain the tax; sometimes Amazon adds it instead.
        if marketplace.country in ("GB", "DE", "FR") and self.rng.random() < 0.65:
            return ZERO
        return Decimal(rate)

    def _tipped(self, marketplace):
        return self.rng.random() < 0.06 and marketplace.country == "US"

    def _items(self, wish, marketplace, tax_rate):
        lines = wish.lines or self._draw_lines()
        return [
            self._item(self.products[sku], quantity, marketplace, tax_rate)
            for sku, quantity in lines
        ]

    def _draw_lines(self):
        count = self.rng.choice((1, 1, 1, 2, 2, 3, 4))
        skus = self.rng.sample(list(self.products), count)
        return [(sku, self.rng.choice((1, 1, 1, 2, 3))) for sku in skus]

    def _item(self, product, quantity, marketplace, tax_rate):
        rng, currency = self.rng, marketplace.currency
        unit = cents(Decimal(product["price"]) * Decimal(people.RATES[currency]))
        parts = {"ITEM": unit * quantity, "SHIPPING": ZERO, "GIFT_WRAP": ZERO}
        if rng.random() < 0.5:
            parts["SHIPPING"] = cents(rng.choice(("3.99", "4.99", "6.49")))
        item = {
            "orderItemId": str(rng.randint(10**13, 10**14 - 1)),
            "quantityOrdered": quantity,
            "product": {
                "asin": product["asin"],
                "title": product["title"],
                "sellerSku": product["sku"],
                "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
                "price": {"unitPrice": money(unit, currency)},
            },
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity},
        }
        if rng.random() < 0.12:
            parts["GIFT_WRAP"] = cents(rng.choice(("2.99", "4.49")))
            gift = {"giftWrapLevel": "Classic"}
            gift["giftMessage"] = rng.choice(people.GIFT_MESSAGES)
            item["fulfillment"]["packing"] = {"giftOption": gift}
        discounts = self._discounts(item, parts)
        item["proceeds"] = item_proceeds(parts, discounts, tax_rate, currency)
        if marketplace.country == "US" and tax_rate:
            item["tax"] = {"taxCollections": [_facilitator()]}
        return item

    def _discounts(self, item, parts):
        if self.rng.random() >= 0.2:
            return {}
        promotion = f"SIM-PROMO-{self.rng.randint(100, 999)}"
        item["promotion"] = {"breakdowns": [{"promotionId": promotion}]}
        discounts = {"ITEM": cents(parts["ITEM"] * Decimal("0.10"))}
        if parts["SHIPPING"] and self.rng.random() < 0.5:
            discounts["SHIPPING"] = parts["SHIPPING"]
        return discounts


def _facilitator():
    party = "Amazon Services, Inc."
    return {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}


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
    ship = created + timedelta(days=_SHIP_DAYS[service])
    delivery = created + timedelta(days=_DELIVERY_DAYS[service])
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
    number = f"{country}{rng.randint(10**8, 10**9 - 1)}"
    registration = {
        "entityType": "BUYER",
        "legalName": buyer["buyerCompanyName"],
        "taxRegistrationType": "VAT",
        "taxRegistrationNumber": number,
    }
    return {"taxRegistrations": [registration]}
