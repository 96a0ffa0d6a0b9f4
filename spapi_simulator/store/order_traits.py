"""What wished traits and programs do to an order as a whole (see order_wish.TRAITS)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..clock import iso
from . import people
from .draws import pick, whole
from .money import money, units_of
from .order_changes import cancel_item, request_cancellation
from .order_status import ImpossibleOrder, left


@dataclass
class Draft:
    """An order that is being drawn, UNSHIPPED so far."""

    rng: object
    order: dict
    other_id: str
    country: str
    created: datetime

    @property
    def address(self):
        """The delivery address; a part of the order."""
        return self.order["recipient"]["deliveryAddress"]


def apply_traits(draft, traits, programs):
    """Give an order the traits and what its programs entail."""
    for program in programs:
        if program in _PROGRAMS:
            _PROGRAMS[program](draft)
    # What takes personal data away comes after all that gives some.
    for trait in sorted(traits, key=lambda name: name.startswith("NO_")):
        if trait in _TRAITS:
            _TRAITS[trait](draft)


def _request(draft):
    item = pick(draft.rng, draft.order["orderItems"])
    request_cancellation(draft.order, order_item_id=item["orderItemId"])


def _cancel_unit(draft):
    items = [item for item in draft.order["orderItems"] if left(item) > 1]
    if not items:
        raise ImpossibleOrder("no item has a unit that could be cancelled")
    item_id = pick(draft.rng, items)["orderItemId"]
    cancel_item(draft.order, item_id, draft.created, quantity=1, by="BUYER")


def _cancel_item(draft):
    items = [item for item in draft.order["orderItems"] if left(item)]
    if len(items) < 2:
        raise ImpossibleOrder("one of several items cannot be cancelled")
    item_id = pick(draft.rng, items)["orderItemId"]
    cancel_item(draft.order, item_id, draft.created)


def _replace(draft):
    _associate(draft, "REPLACEMENT_ORIGINAL_ID")
    # Nothing is paid for a replacement.
    draft.order.pop("payment", None)


def _exchange(draft):
    _associate(draft, "EXCHANGE_ORIGINAL_ID")


def _associate(draft, kind):
    associated = {"orderId": draft.other_id, "associationType": kind}
    draft.order["associatedOrders"] = [associated]


def _no_name(draft):
    if "recipient" in draft.order:
        draft.address.pop("name", None)
        draft.order["buyer"].pop("buyerName", None)


def _no_street(draft):
    if "recipient" in draft.order:
        for line in ("addressLine1", "addressLine2", "addressLine3"):
            draft.address.pop(line, None)


def _no_recipient(draft):
    draft.order.pop("recipient", None)
    draft.order.pop("buyer", None)


def _long_address(draft):
    draft.address.update(people.long_address(draft.rng))
    draft.address["districtOrCounty"] = "Upper and Lower Marshland District"


def _non_latin(draft):
    name = pick(draft.rng, people.NON_LATIN_NAMES)
    draft.address["name"] = draft.order["buyer"]["buyerName"] = name


def _pickup_point(draft):
    draft.address["addressType"] = "PICKUP_POINT"
    draft.address["companyName"] = f"Pickup Point {whole(draft.rng, 100, 999)}"


def _prefer(draft):
    window = {
        "startTime": {"hour": 9, "minute": 0},
        "endTime": {"hour": 17, "minute": 30},
    }
    closed = draft.created + timedelta(days=5)
    draft.order["recipient"]["deliveryPreference"] = {
        "dropOffLocation": pick(draft.rng, ("Front door", "Garage", "Neighbour")),
        "addressInstruction": "The entrance is behind the green gate.",
        "deliveryTime": {
            "businessHours": [
                {"dayOfWeek": day, "timeWindows": [dict(window)]}
                for day in ("MON", "THU")
            ],
            "exceptionDates": [
                {
                    "exceptionDate": closed.date().isoformat(),
                    "exceptionDateType": "CLOSED",
                }
            ],
        },
        "deliveryCapabilities": ["HAS_ACCESS_POINT", "PALLET_DISABLED"],
    }


def _label_window(draft):
    earliest = iso(draft.created + timedelta(hours=6))
    fulfillment = draft.order["fulfillment"]
    fulfillment["labelPrintingWindow"] = {"earliestDateTime": earliest}


def _alias(draft):
    number = f"SO-{whole(draft.rng, 10_000, 99_999)}"
    draft.order["orderAliases"] = [{"aliasId": number, "aliasType": "SELLER_ORDER_ID"}]


def _pay_by_cash(draft):
    for execution in _payments(draft):
        execution["paymentMethod"] = "CashOnDelivery"


def _pay_by_invoice(draft):
    for execution in _payments(draft):
        execution["paymentMethod"] = "Invoice"


def _pay_in_parts(draft):
    payments = _payments(draft)
    if payments:
        total = payments[0]["paymentAmount"]
        currency, whole = total["currencyCode"], units_of(total)
        gift = money(whole // 3, currency)
        payments.insert(0, {"paymentMethod": "GiftCard", "paymentAmount": gift})
        payments[1]["paymentAmount"] = money(whole - whole // 3, currency)


def _payments(draft):
    return draft.order.get("payment", {}).get("paymentExecutions", [])


def _easy_ship(draft):
    number = f"SIMFO{whole(draft.rng, 10**8, 10**9 - 1)}"
    draft.order["fulfillmentOrders"] = [{"fulfillmentOrderId": number}]
    tax = draft.order.setdefault("tax", {})
    tax["taxInvoicing"] = {"invoiceStatus": "NOT_REQUIRED"}
    _label_window(draft)


def _invoice_by_amazon(draft):
    _pay_by_invoice(draft)
    registration = {
        "entityType": "MERCHANT",
        "legalName": "Simulated Merchant Ltd.",
        "taxRegistrationType": "VAT",
        "taxRegistrationNumber": f"{draft.country}{whole(draft.rng, 10**8, 10**9)}",
    }
    tax = draft.order.setdefault("tax", {})
    tax.setdefault("taxRegistrations", []).append(registration)


_PROGRAMS = {
    "AMAZON_EASY_SHIP": _easy_ship,
    "INVOICE_BY_AMAZON": _invoice_by_amazon,
    "IN_STORE_PICK_UP": _pickup_point,
}
_TRAITS = {
    "CANCELLATION_REQUEST": _request,
    "PARTIAL_CANCELLATION": _cancel_unit,
    "ITEM_CANCELLED": _cancel_item,
    "REPLACEMENT": _replace,
    "EXCHANGE": _exchange,
    "NO_NAME": _no_name,
    "NO_STREET": _no_street,
    "NO_RECIPIENT": _no_recipient,
    "LONG_ADDRESS": _long_address,
    "NON_LATIN": _non_latin,
    "PICKUP_POINT": _pickup_point,
    "DELIVERY_PREFERENCE": _prefer,
    "LABEL_WINDOW": _label_window,
    "SELLER_ORDER_ID": _alias,
    "COD": _pay_by_cash,
    "SEVERAL_PAYMENTS": _pay_in_parts,
}
