"""What can be wished of a generated order."""

from dataclasses import dataclass, field

#: trait -> what it does to an order; unless said otherwise in any status.
TRAITS = {
    "BUSINESS": "a business buyer: company, purchase order, business price",
    "GIFT": "gift wrap and a gift message",
    "PROMOTION": "discounts on items and on shipping",
    "TAX_INCLUDED": "prices contain the tax: no TAX row",
    "TAX_ADDED": "tax is added to the prices, whatever the marketplace",
    "IOSS": "imported into the EU: IOSS number, tax collected by Amazon",
    "UOSS": "sold within the EU: reporting scheme UOSS, tax collected by Amazon",
    "COD": "cash on delivery, with a fee",
    "POINTS": "Amazon Points granted, an expense",
    "SEVERAL_PAYMENTS": "paid by gift card and credit card",
    "CANCELLATION_REQUEST": "the buyer asked to cancel an item",
    "PARTIAL_CANCELLATION": "a unit of an item was cancelled",
    "ITEM_CANCELLED": "one of several items was cancelled",
    "REPLACEMENT": "replaces another order and costs nothing",
    "EXCHANGE": "exchanged for another order",
    "NO_NAME": "no names",
    "NO_STREET": "no address lines",
    "NO_RECIPIENT": "neither buyer nor recipient",
    "LONG_ADDRESS": "a very long name and address",
    "NON_LATIN": "a name in another script",
    "PICKUP_POINT": "delivered to a pickup point",
    "DELIVERY_PREFERENCE": "instructions, hours and capabilities of the address",
    "SCHEDULED": "scheduled delivery with a window for each item",
    "LABEL_WINDOW": "labels may be printed from a certain time on",
    "SELLER_ORDER_ID": "the seller's own order number as an alias",
    "CUSTOMIZED": "a customised product",
    "CONDITION_NOTE": "a used product with a note",
    "SERIAL_NUMBERS": "serial numbers: required of the merchant, told by Amazon",
    "TRANSPARENCY": "items of the Transparency program; codes in packages",
    "SUBSCRIBE_AND_SAVE": "items of a subscription",
    "MEASUREMENT": "sold by weight",
    "SHIPPING_CONSTRAINTS": "signature and age of the recipient are checked",
    "SEVERAL_PACKAGES": "two packages of the units that are shipped, if there are two",
}
PROGRAMS = (
    "AMAZON_BAZAAR",
    "AMAZON_BUSINESS",
    "AMAZON_EASY_SHIP",
    "AMAZON_HAUL",
    "DELIVERY_BY_AMAZON",
    "FBM_SHIP_PLUS",
    "INVOICE_BY_AMAZON",
    "IN_STORE_PICK_UP",
    "PREMIUM",
    "PREORDER",
    "PRIME",
)


@dataclass
class Wish:
    """What an order must be like; all that is left open is drawn.

    ``lines`` are (sku, quantity); ``programs`` of None are drawn, too.
    """

    marketplace: object = None
    status: str = "UNSHIPPED"
    fulfilled_by: str = "MERCHANT"
    channel_name: str = "AMAZON"
    programs: list | None = None
    lines: list = field(default_factory=list)
    traits: tuple = ()

    @property
    def needs_units(self):
        """Whether more than one unit of each of several items is needed."""
        some = {"PARTIAL_CANCELLATION", "ITEM_CANCELLED", "SEVERAL_PACKAGES"}
        return self.status == "PARTIALLY_SHIPPED" or bool(some & set(self.traits))
