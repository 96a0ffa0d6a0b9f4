"""Draws the items of an order: products, amounts, gifts, taxes and special needs."""

from datetime import timedelta

from ..clock import iso
from . import people
from .draws import pick, whole
from .money import add, item_proceeds, money, units

#: Where prices contain the tax for most buyers, and where for all of them.
EUROPEAN = ("GB", "DE", "FR", "BE", "ES", "IE", "IT", "NL", "PL", "SE")
_INCLUSIVE = ("JP", "AU", "AE", "BR", "EG", "IN", "SA", "SG", "TR", "ZA")
#: The rate (5 %) where tax was wished for and the place knows none.
_SOME_RATE = 5_000
_SHIPPING = ("3.99", "4.99", "6.49")
_GIFT_WRAP = ("2.99", "4.49")
_COD_FEE = "2.90"
#: Smallest units of a currency for one US dollar.
_DOLLAR = {currency: units(rate, currency) for currency, rate in people.RATES.items()}


class ItemDrawer:
    """Draws the items of one order; ``sums`` are their subtotals by type."""

    def __init__(self, rng, wish, marketplace, rate, business, created):
        """``rate`` is the tax rate of the place, see money.RATE_UNIT."""
        self.sums = {}
        self._rng = rng
        self._traits = wish.traits
        self._fulfilled_by = wish.fulfilled_by
        self._business = business
        self._country = marketplace.country
        self._currency = marketplace.currency
        self._created = created
        self._free = "REPLACEMENT" in wish.traits
        self._rate = 0 if self._free else self._tax_rate(rate)

    def _tax_rate(self, rate):
        traits = self._traits
        if "TAX_INCLUDED" in traits:
            return 0
        if "TAX_ADDED" in traits or "IOSS" in traits or "UOSS" in traits:
            return rate or _SOME_RATE
        if self._country in _INCLUSIVE:
            return 0
        # European prices mostly contain the tax; sometimes Amazon adds it instead.
        if self._country in EUROPEAN and self._rng.random() < 0.65:
            return 0
        return rate

    def items(self, lines):
        """The items of [(product, unit price in units, quantity)]."""
        return [self._item(line, first=n == 0) for n, line in enumerate(lines)]

    def _item(self, line, first):
        product, unit, quantity = line
        rng = self._rng
        if self._free:
            unit = 0
        elif self._business:
            unit = unit * 95 // 100
        item = {
            "orderItemId": str(whole(rng, 10**13, 10**14 - 1)),
            "quantityOrdered": quantity,
            "product": {
                "asin": product["asin"],
                "title": product["title"],
                "sellerSku": product["sku"],
                "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
                "price": {"unitPrice": money(unit, self._currency)},
            },
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": quantity},
        }
        if self._business:
            item["product"]["price"]["priceDesignation"] = "BUSINESS_PRICE"
        parts = self._parts(item, unit * quantity, first)
        discounts = self._discounts(item, parts)
        item["proceeds"], sums = item_proceeds(
            parts, discounts, self._rate, self._currency
        )
        for kind, amount in sums.items():
            add(self.sums, kind, amount)
        self._tell_tax(item)
        for trait in self._traits:
            if trait in _SPECIALITIES:
                _SPECIALITIES[trait](self, item)
        return item

    def _parts(self, item, amount, first):
        rng, parts = self._rng, {"ITEM": amount, "SHIPPING": 0}
        if not self._free and (rng.random() < 0.5 or "PROMOTION" in self._traits):
            parts["SHIPPING"] = self._price(pick(rng, _SHIPPING))
        if rng.random() < 0.12 or "GIFT" in self._traits:
            parts["GIFT_WRAP"] = 0 if self._free else self._price(pick(rng, _GIFT_WRAP))
            gift = {"giftWrapLevel": "Classic"}
            gift["giftMessage"] = pick(rng, people.GIFT_MESSAGES)
            item["fulfillment"]["packing"] = {"giftOption": gift}
        if "COD" in self._traits and first and not self._free:
            parts["COD_FEE"] = self._price(_COD_FEE)
        return parts

    def _price(self, dollars):
        return price_units(dollars, self._currency)

    def _discounts(self, item, parts):
        rng, wished = self._rng, "PROMOTION" in self._traits
        if rng.random() >= 0.2 and not wished or self._free:
            return {}
        promotion = f"SIM-PROMO-{whole(rng, 100, 999)}"
        item["promotion"] = {"breakdowns": [{"promotionId": promotion}]}
        discounts = {"ITEM": (parts["ITEM"] + 5) // 10}
        if parts["SHIPPING"] and (rng.random() < 0.5 or wished):
            discounts["SHIPPING"] = parts["SHIPPING"]
        return discounts

    def _tell_tax(self, item):
        schemes = [scheme for scheme in ("IOSS", "UOSS") if scheme in self._traits]
        tax = {}
        if schemes:
            tax["taxCalculationBreakdowns"] = [{"reportingScheme": s} for s in schemes]
        if self._rate and (schemes or self._country == "US"):
            party = "Amazon Services, Inc."
            tax["taxCollections"] = [
                {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}
            ]
        if tax:
            item["tax"] = tax

    def _grant_points(self, item):
        number = whole(self._rng, 1, 300)
        granted = {
            "pointsNumber": number,
            "pointsMonetaryValue": money(number, self._currency),
        }
        item["expense"] = {"pointsCost": {"pointsGranted": granted}}

    def _schedule(self, item):
        earliest = self._created + timedelta(days=3)
        _shipping(item)["scheduledDeliveryWindow"] = {
            "earliestDateTime": iso(earliest),
            "latestDateTime": iso(earliest + timedelta(hours=4)),
        }

    def _customize(self, item):
        path = f"{item['orderItemId']}/{whole(self._rng, 1000, 9999)}.zip"
        url = f"https://customization.example.com/{path}"
        item["product"]["customization"] = {"customizedUrl": url}

    def _use(self, item):
        item["product"]["condition"] = {
            "conditionType": "USED",
            "conditionSubtype": "VERY_GOOD",
            "conditionNote": "A small scratch on the left side; otherwise like new.",
        }

    def _number(self, item):
        if self._fulfilled_by == "AMAZON":
            item["product"]["serialNumbers"] = [
                f"SN{whole(self._rng, 10**9, 10**10 - 1)}"
                for _ in range(item["quantityOrdered"])
            ]
        else:
            packing = item["fulfillment"].setdefault("packing", {})
            packing["serialNumberRequirement"] = {"requirementType": "REQUIRED"}

    def _weigh(self, item):
        value = pick(self._rng, (0.25, 0.5, 1.5))
        item["measurement"] = {"unit": "KILOGRAMS", "value": value}

    def _constrain(self, item):
        constraints = _shipping(item).setdefault("shippingConstraints", {})
        constraints["signatureConfirmation"] = "MANDATORY"
        constraints["recipientAgeVerification"] = "MANDATORY"

    def _collect(self, item):
        constraints = _shipping(item).setdefault("shippingConstraints", {})
        constraints["cashOnDelivery"] = "MANDATORY"

    def _import(self, item):
        _shipping(item)["internationalShipping"] = {"iossNumber": "IM0000000000"}

    def _protect(self, item):
        item.setdefault("programs", []).append("TRANSPARENCY")

    def _subscribe(self, item):
        item.setdefault("programs", []).append("SUBSCRIBE_AND_SAVE")


def price_units(dollars, currency):
    """A price of the catalogue in the smallest unit of another currency."""
    return (units(dollars, "USD") * _DOLLAR[currency] + 50) // 100


def _shipping(item):
    return item["fulfillment"].setdefault("shipping", {})


_SPECIALITIES = {
    "POINTS": ItemDrawer._grant_points,
    "SCHEDULED": ItemDrawer._schedule,
    "CUSTOMIZED": ItemDrawer._customize,
    "CONDITION_NOTE": ItemDrawer._use,
    "SERIAL_NUMBERS": ItemDrawer._number,
    "MEASUREMENT": ItemDrawer._weigh,
    "SHIPPING_CONSTRAINTS": ItemDrawer._constrain,
    "COD": ItemDrawer._collect,
    "IOSS": ItemDrawer._import,
    "TRANSPARENCY": ItemDrawer._protect,
    "SUBSCRIBE_AND_SAVE": ItemDrawer._subscribe,
}
