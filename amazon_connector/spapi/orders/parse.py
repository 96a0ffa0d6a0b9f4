"""Reading an order document of Orders 2026-01-01 (searchOrders, getOrder).

Tolerant of what is missing, since Amazon leaves out what was not asked for or what
a role may not see, and of words it has not documented yet. Not tolerant of a value
that is there and cannot be read: a guess would become a wrong sales order.
"""

from ..errors import UnreadableError
from ..json_fields import (
    block_at,
    blocks_at,
    clean_value,
    count_at,
    identifier_at,
    text_at,
    time_at,
    word_at,
)
from .money import Amounts, settle_charges, settle_items, signed_discounts, sum_of
from .types import (
    Address,
    Buyer,
    Order,
    OrderItem,
    Package,
    PackageItem,
    TaxRegistration,
)

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
# Of addresses in Brazil.
_EXTENDED_KEYS = {
    "street_name": "streetName",
    "street_number": "streetNumber",
    "complement": "complement",
    "neighborhood": "neighborhood",
}

# Under these words Amazon collects the tax of an item and pays it itself. Of UOSS alone
# it may be the seller's own return.
_COLLECTION_MODELS = ("MARKETPLACE_FACILITATOR", "DEEMED_RESELLER")
_COLLECTION_SCHEMES = ("IOSS", "DEEMED_RESELLER", "DEEMED_RESELLER-IOSS")


def _parse_address(block):
    """Return the :class:`Address` of a ``CustomerAddress``, None when it is absent."""
    if not block:
        return None
    extended = block_at(block, "extendedFields")
    values = {name: text_at(block, key) for name, key in _ADDRESS_KEYS.items()}
    values |= {name: text_at(extended, key) for name, key in _EXTENDED_KEYS.items()}
    return Address(
        **values,
        country_code=text_at(block, "countryCode").upper(),
        kind=word_at(block, "addressType"),
    )


def _parse_buyer(document):
    block = block_at(document, "buyer")
    return Buyer(
        name=text_at(block, "buyerName"),
        email=text_at(block, "buyerEmail"),
        company=text_at(block, "buyerCompanyName"),
        purchase_order=text_at(block, "buyerPurchaseOrderNumber"),
    )


def _parse_registration(block):
    offices = (
        text_at(attribute, "value")
        for attribute in blocks_at(block, "taxRegistrationAttributes")
        if text_at(attribute, "key") == "TAX_OFFICE"
    )
    return TaxRegistration(
        entity=word_at(block, "entityType"),
        kind=word_at(block, "taxRegistrationType"),
        number=text_at(block, "taxRegistrationNumber"),
        legal_name=text_at(block, "legalName"),
        tax_office=next(offices, ""),
        address=_parse_address(block_at(block, "taxRegistrationAddress")),
    )


def _parse_programs(block):
    """Return the special programs of an order or an item, in Amazon's words."""
    programs = block.get("programs")
    programs = programs if isinstance(programs, list) else ()
    return tuple(clean_value(word) for word in programs if isinstance(word, str))


def _parse_package(block):
    items = (
        PackageItem(identifier_at(item, "orderItemId"), count_at(item, "quantity"))
        for item in blocks_at(block, "packageItems")
    )
    return Package(
        reference=identifier_at(block, "packageReferenceId"),
        carrier=text_at(block, "carrier"),
        service=text_at(block, "shippingService"),
        tracking=text_at(block, "trackingNumber"),
        status=word_at(block_at(block, "packageStatus"), "status"),
        shipped=time_at(block, "shipTime"),
        items=tuple(items),
    )


def _parse_money_of_item(block, amounts):
    proceeds = block_at(block, "proceeds")
    entries = blocks_at(proceeds, "breakdowns")
    total = amounts.amount_of(proceeds.get("proceedsTotal"), "proceedsTotal")
    charges = tuple(amounts.charges(entries, "type", "subtotal"))
    charges, tax_included = settle_charges(charges, total)
    taxes = [entry for entry in entries if text_at(entry, "type").upper() == "TAX"]
    details = [
        detail for entry in taxes for detail in blocks_at(entry, "detailedBreakdowns")
    ]
    by_kind = tuple(amounts.charges(details, "subtype", "value"))
    tax = sum_of(charge for charge in charges if charge.kind == "TAX")
    return {
        "unit_price": amounts.amount_of(
            block_at(block, "product", "price").get("unitPrice"), "unitPrice"
        ),
        "charges": charges,
        "tax_by_kind": signed_discounts(by_kind, tax),
        "tax_included": tax_included,
        "proceeds_total": total,
        "tax_collected_by_amazon": _is_tax_collected(block),
    }


def _is_tax_collected(block):
    """Whether Amazon collects the tax of an item: as facilitator, importer or reseller.

    A number of the import one stop shop is for the carrier of goods whose tax Amazon
    has collected.
    """
    tax = block_at(block, "tax")
    models = {
        text_at(entry, "model").upper() for entry in blocks_at(tax, "taxCollections")
    }
    schemes = {
        text_at(entry, "reportingScheme").upper()
        for entry in blocks_at(tax, "taxCalculationBreakdowns")
    }
    return bool(
        models.intersection(_COLLECTION_MODELS)
        or schemes.intersection(_COLLECTION_SCHEMES)
        or _get_ioss_number(block)
    )


def _get_ioss_number(block):
    shipping = block_at(block, "fulfillment", "shipping")
    return text_at(block_at(shipping, "internationalShipping"), "iossNumber")


def _get_measure(block):
    """Return how much a unit of the item is, where it is not sold by the piece."""
    measurement = block_at(block, "measurement")
    value = measurement.get("value")
    unit = word_at(measurement, "unit")
    if value in (None, "") or unit in ("", "count"):
        return ""
    return f"{clean_value(str(value))} {unit.replace('_', ' ')}"


def _parse_item(block, amounts):
    product = block_at(block, "product")
    fulfillment = block_at(block, "fulfillment")
    gift = block_at(fulfillment, "packing", "giftOption")
    shipping = block_at(fulfillment, "shipping")
    window = block_at(shipping, "scheduledDeliveryWindow")
    request = block_at(block, "cancellation", "cancellationRequest")
    promotions = blocks_at(block_at(block, "promotion"), "breakdowns")
    constraints = block_at(shipping, "shippingConstraints")
    return OrderItem(
        item_id=identifier_at(block, "orderItemId"),
        sku=identifier_at(product, "sellerSku"),
        asin=identifier_at(product, "asin"),
        title=text_at(product, "title"),
        quantity=count_at(block, "quantityOrdered"),
        programs=_parse_programs(block),
        measure=_get_measure(block),
        quantity_fulfilled=count_at(fulfillment, "quantityFulfilled"),
        quantity_unfulfilled=count_at(fulfillment, "quantityUnfulfilled"),
        gift_message=text_at(gift, "giftMessage"),
        gift_wrap_level=text_at(gift, "giftWrapLevel"),
        cancel_requested=bool(request),
        cancel_reason=text_at(request, "cancelReason"),
        promotion_ids=tuple(
            text_at(entry, "promotionId")
            for entry in promotions
            if text_at(entry, "promotionId")
        ),
        condition=word_at(block_at(product, "condition"), "conditionType"),
        customization_url=text_at(block_at(product, "customization"), "customizedUrl"),
        ioss_number=_get_ioss_number(block),
        scheduled_earliest=time_at(window, "earliestDateTime"),
        scheduled_latest=time_at(window, "latestDateTime"),
        shipping_constraints=tuple(
            sorted(clean_value(name) for name, level in constraints.items() if level)
        ),
        **_parse_money_of_item(block, amounts),
    )


def _parse_unexplained_charges(document, items, grand_total, amounts):
    """Order-level charges whose kind no item has, signed to reach the grand total, and
    whether the items contain their tax."""
    entries = blocks_at(block_at(document, "proceeds"), "breakdowns")
    explained = {charge.kind for item in items for charge in item.charges}
    charges = tuple(
        charge
        for charge in amounts.charges(entries, "type", "subtotal")
        if charge.kind not in explained
    )
    if grand_total is None:
        return settle_charges(charges, None)
    return settle_charges(charges, grand_total - sum(item.total for item in items))


def _get_instructions(document):
    """Return all that the buyer wishes for the delivery, a line for each wish."""
    preference = block_at(document, "recipient", "deliveryPreference")
    times = block_at(preference, "deliveryTime")
    hours = (
        _describe_hours(entry, "dayOfWeek")
        for entry in blocks_at(times, "businessHours")
    )
    exceptions = (
        _describe_hours(entry, "exceptionDate", "exceptionDateType")
        for entry in blocks_at(times, "exceptionDates")
    )
    capabilities = preference.get("deliveryCapabilities")
    words = (
        clean_value(word).replace("_", " ").capitalize()
        for word in (capabilities if isinstance(capabilities, list) else ())
        if isinstance(word, str)
    )
    lines = (
        text_at(preference, "dropOffLocation"),
        text_at(preference, "addressInstruction"),
        ", ".join(text for text in hours if text),
        ", ".join(text for text in exceptions if text),
        ", ".join(words),
    )
    return "\n".join(line for line in lines if line)


def _describe_hours(entry, *keys):
    """Return ``MON 09:00-17:00`` of a day with its time windows."""
    parts = [text_at(entry, key) for key in keys]
    for window in blocks_at(entry, "timeWindows"):
        start, end = block_at(window, "startTime"), block_at(window, "endTime")
        parts.append(f"{_describe_clock(start)}-{_describe_clock(end)}")
    return " ".join(part for part in parts if part)


def _describe_clock(block):
    return f"{count_at(block, 'hour'):02}:{count_at(block, 'minute'):02}"


def _find_first(entries, kind_key, kinds, value_key):
    for entry in entries:
        if text_at(entry, kind_key).upper() in kinds and text_at(entry, value_key):
            return text_at(entry, value_key)
    return ""


def read_order_number(document):
    """Return Amazon's number of an order: its ``orderId``, stripped.

    :raises UnreadableError: when there is none, or it cannot be stored
    """
    number = document.get("orderId") if isinstance(document, dict) else None
    # A bare number is none: an order's has three parts.
    if not isinstance(number, str) or not identifier_at(document, "orderId"):
        raise UnreadableError("An order in Amazon's answer has no order number.")
    return identifier_at(document, "orderId")


def parse_order(document):
    """Return the :class:`Order` of one order document.

    A text that cannot be stored as it is is cleaned or shortened.

    :param dict document: ``Order`` of searchOrders or getOrder
    :raises UnreadableError: with a sentence, when there is no order number, or a
        value that is present cannot be read, or an identifier cannot be stored
    """
    number = read_order_number(document)
    amounts = Amounts()
    grand_total = amounts.amount_of(
        block_at(document, "proceeds").get("grandTotal"), "grandTotal"
    )
    items = tuple(_parse_item(e, amounts) for e in blocks_at(document, "orderItems"))
    items = settle_items(items, grand_total)
    charges, tax_included = _parse_unexplained_charges(
        document, items, grand_total, amounts
    )
    channel = block_at(document, "salesChannel")
    fulfillment = block_at(document, "fulfillment")
    ship, deliver = (
        block_at(fulfillment, key) for key in ("shipByWindow", "deliverByWindow")
    )
    payments = blocks_at(block_at(document, "payment"), "paymentExecutions")
    return Order(
        order_id=number,
        seller_order_id=_find_first(
            blocks_at(document, "orderAliases"),
            "aliasType",
            ("SELLER_ORDER_ID",),
            "aliasId",
        ),
        created=time_at(document, "createdTime"),
        last_updated=time_at(document, "lastUpdatedTime"),
        status=word_at(fulfillment, "fulfillmentStatus"),
        fulfilled_by=word_at(fulfillment, "fulfilledBy"),
        service_level=word_at(fulfillment, "fulfillmentServiceLevel"),
        channel=word_at(channel, "channelName"),
        marketplace_id=identifier_at(channel, "marketplaceId"),
        programs=_parse_programs(document),
        replaced_order_id=_find_first(
            blocks_at(document, "associatedOrders"),
            "associationType",
            ("REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"),
            "orderId",
        ),
        buyer=_parse_buyer(document),
        address=_parse_address(block_at(document, "recipient", "deliveryAddress")),
        delivery_instructions=_get_instructions(document),
        ship_earliest=time_at(ship, "earliestDateTime"),
        ship_by=time_at(ship, "latestDateTime"),
        deliver_earliest=time_at(deliver, "earliestDateTime"),
        deliver_by=time_at(deliver, "latestDateTime"),
        currency=amounts.currency,
        grand_total=grand_total,
        order_charges=charges,
        order_tax_included=tax_included,
        items=items,
        packages=tuple(_parse_package(e) for e in blocks_at(document, "packages")),
        tax_registrations=tuple(
            _parse_registration(e)
            for e in blocks_at(block_at(document, "tax"), "taxRegistrations")
        ),
        payment_methods=tuple(
            text_at(e, "paymentMethod") for e in payments if text_at(e, "paymentMethod")
        ),
    )
