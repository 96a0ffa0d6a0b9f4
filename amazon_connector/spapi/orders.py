"""Reading an order document of Orders 2026-01-01 (searchOrders, getOrder).

Tolerant of what is missing, since Amazon leaves out what was not asked for or what
a role may not see, and of words it has not documented yet. Not tolerant of a value
that is there and cannot be read: a guess would become a wrong sales order.
"""

from decimal import Decimal

from .money import parse_money
from .order_types import (
    Address,
    Buyer,
    Charge,
    Order,
    OrderItem,
    Package,
    PackageItem,
    TaxRegistration,
)
from .times import parse_time

__all__ = [
    "Address",
    "Buyer",
    "Charge",
    "Order",
    "OrderItem",
    "Package",
    "PackageItem",
    "TaxRegistration",
    "parse_order",
]

_ADDRESS_KEYS = {
    "name": "name",
    "company": "companyName",
    "line1": "addressLine1",
    "line2": "addressLine2",
    "line3": "addressLine3",
    "city": "city",
    "district": "districtOrCounty",
    "state": "stateOrRegion",
    "municipality": "municipality",
    "postal_code": "postalCode",
    "phone": "phone",
}


def _block(document, *path):
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _blocks(document, key):
    entries = document.get(key)
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def _text(block, key):
    value = block.get(key)
    if isinstance(value, str):
        return value.strip()
    # Identifiers are strings in the model; a number is the same identifier.
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def _word(block, key):
    return _text(block, key).lower()


def _time(block, key):
    return parse_time(block[key]) if block.get(key) else None


def _count(block, key):
    value = block.get(key)
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("A quantity in Amazon's answer is not a whole number.")
    return value


class _Amounts:
    """Reads amounts and sees to it that all of an order are in one currency."""

    def __init__(self):
        self.currency = ""

    def read(self, block):
        money = parse_money(block)
        if money is None:
            return None
        if money.currency:
            if self.currency and money.currency != self.currency:
                raise ValueError("The order mixes amounts in different currencies.")
            self.currency = money.currency
        return money.amount

    def charges(self, entries, kind_key, money_key):
        for entry in entries:
            amount = self.read(entry.get(money_key))
            if amount is not None:
                yield Charge(_text(entry, kind_key).upper(), amount)


def _total(charges):
    return sum((charge.amount for charge in charges), Decimal(0))


def _with_discounts(charges, change):
    return tuple(
        Charge(charge.kind, change(charge.amount))
        if charge.kind == "DISCOUNT"
        else charge
        for charge in charges
    )


def signed_discounts(charges, total):
    """Return the charges with DISCOUNT signed so that they come to ``total``.

    Amazon does not document the sign. What adds up decides; where nothing does, a
    discount takes money away.

    :param charges: tuple of :class:`Charge`
    :param total: the Decimal Amazon gives as their sum, or None
    """
    if not any(charge.kind == "DISCOUNT" for charge in charges):
        return charges
    if total is not None:
        if _total(charges) == total:
            return charges
        negated = _with_discounts(charges, lambda amount: -amount)
        if _total(negated) == total:
            return negated
    return _with_discounts(charges, lambda amount: -abs(amount))


def _parse_address(document):
    block = _block(document, "recipient", "deliveryAddress")
    if not block:
        return None
    values = {name: _text(block, key) for name, key in _ADDRESS_KEYS.items()}
    return Address(
        **values,
        country_code=_text(block, "countryCode").upper(),
        kind=_word(block, "addressType"),
    )


def _parse_buyer(document):
    block = _block(document, "buyer")
    return Buyer(
        name=_text(block, "buyerName"),
        email=_text(block, "buyerEmail"),
        company=_text(block, "buyerCompanyName"),
        purchase_order=_text(block, "buyerPurchaseOrderNumber"),
    )


def _parse_registration(block):
    offices = (
        _text(attribute, "value")
        for attribute in _blocks(block, "taxRegistrationAttributes")
        if _text(attribute, "key") == "TAX_OFFICE"
    )
    return TaxRegistration(
        entity=_word(block, "entityType"),
        kind=_word(block, "taxRegistrationType"),
        number=_text(block, "taxRegistrationNumber"),
        legal_name=_text(block, "legalName"),
        tax_office=next(offices, ""),
    )


def _parse_package(block):
    items = (
        PackageItem(_text(item, "orderItemId"), _count(item, "quantity"))
        for item in _blocks(block, "packageItems")
    )
    return Package(
        reference=_text(block, "packageReferenceId"),
        carrier=_text(block, "carrier"),
        service=_text(block, "shippingService"),
        tracking=_text(block, "trackingNumber"),
        status=_word(_block(block, "packageStatus"), "status"),
        shipped=_time(block, "shipTime"),
        items=tuple(items),
    )


def _parse_money_of_item(block, amounts):
    proceeds = _block(block, "proceeds")
    entries = _blocks(proceeds, "breakdowns")
    total = amounts.read(proceeds.get("proceedsTotal"))
    charges = tuple(amounts.charges(entries, "type", "subtotal"))
    taxes = [entry for entry in entries if _text(entry, "type").upper() == "TAX"]
    details = [
        detail for entry in taxes for detail in _blocks(entry, "detailedBreakdowns")
    ]
    by_kind = tuple(amounts.charges(details, "subtype", "value"))
    tax = _total(charge for charge in charges if charge.kind == "TAX")
    collections = _blocks(_block(block, "tax"), "taxCollections")
    return {
        "unit_price": amounts.read(_block(block, "product", "price").get("unitPrice")),
        "charges": signed_discounts(charges, total),
        "tax_by_kind": signed_discounts(by_kind, tax),
        "proceeds_total": total,
        "tax_collected_by_amazon": any(
            _text(entry, "model").upper() == "MARKETPLACE_FACILITATOR"
            for entry in collections
        ),
    }


def _parse_item(block, amounts):
    product = _block(block, "product")
    fulfillment = _block(block, "fulfillment")
    gift = _block(fulfillment, "packing", "giftOption")
    shipping = _block(fulfillment, "shipping")
    window = _block(shipping, "scheduledDeliveryWindow")
    request = _block(block, "cancellation", "cancellationRequest")
    promotions = _blocks(_block(block, "promotion"), "breakdowns")
    return OrderItem(
        item_id=_text(block, "orderItemId"),
        sku=_text(product, "sellerSku"),
        asin=_text(product, "asin"),
        title=_text(product, "title"),
        quantity=_count(block, "quantityOrdered"),
        quantity_fulfilled=_count(fulfillment, "quantityFulfilled"),
        quantity_unfulfilled=_count(fulfillment, "quantityUnfulfilled"),
        gift_message=_text(gift, "giftMessage"),
        gift_wrap_level=_text(gift, "giftWrapLevel"),
        cancel_requested=bool(request),
        cancel_reason=_text(request, "cancelReason"),
        promotion_ids=tuple(
            _text(entry, "promotionId")
            for entry in promotions
            if _text(entry, "promotionId")
        ),
        condition=_word(_block(product, "condition"), "conditionType"),
        customization_url=_text(_block(product, "customization"), "customizedUrl"),
        ioss_number=_text(_block(shipping, "internationalShipping"), "iossNumber"),
        scheduled_earliest=_time(window, "earliestDateTime"),
        scheduled_latest=_time(window, "latestDateTime"),
        **_parse_money_of_item(block, amounts),
    )


def _unexplained(document, items, grand_total, amounts):
    """Order-level charges whose kind no item has, signed to reach the grand total."""
    entries = _blocks(_block(document, "proceeds"), "breakdowns")
    explained = {charge.kind for item in items for charge in item.charges}
    charges = tuple(
        charge
        for charge in amounts.charges(entries, "type", "subtotal")
        if charge.kind not in explained
    )
    if grand_total is None:
        return signed_discounts(charges, None)
    rest = grand_total - sum((_total(item.charges) for item in items), Decimal(0))
    return signed_discounts(charges, rest)


def _instructions(document):
    preference = _block(document, "recipient", "deliveryPreference")
    texts = (
        _text(preference, "dropOffLocation"),
        _text(preference, "addressInstruction"),
    )
    return "\n".join(text for text in texts if text)


def _first(entries, kind_key, kinds, value_key):
    for entry in entries:
        if _text(entry, kind_key).upper() in kinds and _text(entry, value_key):
            return _text(entry, value_key)
    return ""


def parse_order(document):
    """Return the :class:`Order` of one order document.

    :raises ValueError: with a sentence, when there is no order number, or a value
        that is present cannot be read
    """
    if not isinstance(document, dict) or not _text(document, "orderId"):
        raise ValueError("An order in Amazon's answer has no order number.")
    amounts = _Amounts()
    grand_total = amounts.read(_block(document, "proceeds").get("grandTotal"))
    items = tuple(_parse_item(e, amounts) for e in _blocks(document, "orderItems"))
    charges = _unexplained(document, items, grand_total, amounts)
    channel = _block(document, "salesChannel")
    fulfillment = _block(document, "fulfillment")
    ship, deliver = (
        _block(fulfillment, key) for key in ("shipByWindow", "deliverByWindow")
    )
    programs = document.get("programs")
    payments = _blocks(_block(document, "payment"), "paymentExecutions")
    return Order(
        order_id=_text(document, "orderId"),
        seller_order_id=_first(
            _blocks(document, "orderAliases"),
            "aliasType",
            ("SELLER_ORDER_ID",),
            "aliasId",
        ),
        created=_time(document, "createdTime"),
        last_updated=_time(document, "lastUpdatedTime"),
        status=_word(fulfillment, "fulfillmentStatus"),
        fulfilled_by=_word(fulfillment, "fulfilledBy"),
        service_level=_word(fulfillment, "fulfillmentServiceLevel"),
        channel=_word(channel, "channelName"),
        marketplace_id=_text(channel, "marketplaceId"),
        programs=tuple(p for p in programs or () if isinstance(p, str)),
        replaced_order_id=_first(
            _blocks(document, "associatedOrders"),
            "associationType",
            ("REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"),
            "orderId",
        ),
        buyer=_parse_buyer(document),
        address=_parse_address(document),
        delivery_instructions=_instructions(document),
        ship_earliest=_time(ship, "earliestDateTime"),
        ship_by=_time(ship, "latestDateTime"),
        deliver_earliest=_time(deliver, "earliestDateTime"),
        deliver_by=_time(deliver, "latestDateTime"),
        currency=amounts.currency,
        grand_total=grand_total,
        order_charges=charges,
        items=items,
        packages=tuple(_parse_package(e) for e in _blocks(document, "packages")),
        tax_registrations=tuple(
            _parse_registration(e)
            for e in _blocks(_block(document, "tax"), "taxRegistrations")
        ),
        payment_methods=tuple(
            _text(e, "paymentMethod") for e in payments if _text(e, "paymentMethod")
        ),
    )
