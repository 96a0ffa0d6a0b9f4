"""What of an Amazon order a sale order and its delivery show, and what of it changed.

A state is a dict of JSON values, kept encrypted with the ``amazon.order`` (it names the
buyer) once Odoo shows it. Compared is what means something: a value that Amazon
withholds later counts as unchanged, and so does another way to write the same one.
"""

import unicodedata
from dataclasses import asdict, replace

from ..products.product_resolver import reference_of

ADDRESS = "address"
ITEMS = "items"
AMOUNTS = "amounts"
GIFT = "gift"
SHIP_BY = "ship_by"
REQUESTS = "cancel_requests"

# Parts that Amazon writes in one way only.
COMPARED = (ITEMS, AMOUNTS, SHIP_BY, REQUESTS)
# What may be withheld of an address that is shown otherwise.
_PERSONAL_KEYS = ("name", "phone")
# Says nothing about where the parcel goes.
_IGNORED_KEYS = ("kind",)


def describe_order(order, before=None):
    """Return the state that the order asks for.

    :param order: ``spapi.orders.Order``
    :param before: the state that was reflected last; what Amazon withholds now is
        taken from it
    """
    before = before or {}
    items = _describe_items(order, before.get(ITEMS) or {})
    return {
        ADDRESS: _describe_address(order.address, before.get(ADDRESS) or {}),
        ITEMS: items,
        AMOUNTS: _describe_amounts(order, items, before),
        GIFT: (before.get(GIFT) or {})
        | {
            item.item_id: item.gift_message for item in order.items if item.gift_message
        },
        REQUESTS: sorted(
            item.item_id
            for item in order.items
            if item.cancel_requested and item.quantity
        ),
        SHIP_BY: order.ship_by.isoformat() if order.ship_by else before.get(SHIP_BY),
    }


def find_changes(before, now):
    """Return the names of the parts in which two states differ, a set."""
    changed = {part for part in COMPARED if before[part] != now[part]}
    if _plain_values(before[ADDRESS]) != _plain_values(now[ADDRESS]):
        changed.add(ADDRESS)
    if _plain_values(before[GIFT]) != _plain_values(now[GIFT]):
        changed.add(GIFT)
    return changed


def restore_address(order, state):
    """Return the order with the address of the state, withheld values among it."""
    if not (order.address and state[ADDRESS]):
        return order
    return replace(order, address=replace(order.address, **state[ADDRESS]))


def _describe_address(address, before):
    if not address:
        return before
    shown = {
        key: value
        for key, value in asdict(address).items()
        if value and isinstance(value, str)
    }
    if not before:
        return shown
    differs = any(
        _plain(value) != _plain(before[key])
        for key, value in shown.items()
        if before.get(key) and key not in _IGNORED_KEYS
    )
    if not differs:
        # The same place, of which Amazon shows more or less than before.
        return shown | before
    withheld = {key: before[key] for key in _PERSONAL_KEYS if before.get(key)}
    moved = withheld | shown
    is_complete = replace(address, **moved).complete
    return moved if is_complete else before


def _describe_items(order, before):
    if not order.items:
        return before
    items = {
        item.item_id: {
            "quantity": item.quantity,
            # The title stands for a SKU only where none was shown.
            "reference": reference_of(item)
            if item.sku or item.item_id not in before
            else before[item.item_id]["reference"],
        }
        for item in order.items
    }
    gone = {
        key: item | {"quantity": 0} for key, item in before.items() if key not in items
    }
    return items | gone


def _describe_amounts(order, items, before):
    """Return the amounts by item and for the whole, as texts."""
    known = before.get(AMOUNTS) or {}
    known_items = before.get(ITEMS) or {}
    amounts = {}
    for item in order.items:
        key = item.item_id
        was_shown = known.get(key) and known_items.get(key) == items[key]
        if item.charges or not was_shown:
            amounts[key] = _sum_by_kind(item.charges)
            amounts[key]["remitted"] = item.tax_collected_by_amazon
        else:
            amounts[key] = known[key]
    if order.grand_total is None and known.get("total"):
        amounts["order"], amounts["total"] = known["order"], known["total"]
    else:
        amounts["order"] = _sum_by_kind(order.order_charges)
        amounts["total"] = _text(order.grand_total)
    return amounts if order.items or not known else known


def _sum_by_kind(charges):
    sums = {}
    for charge in charges:
        sums[charge.kind] = sums.get(charge.kind, 0) + charge.amount
    return {kind: _text(amount) for kind, amount in sums.items() if amount}


def _text(amount):
    return None if amount is None else f"{amount.normalize():f}"


def _plain_values(texts):
    return {
        key: plain
        for key, text in texts.items()
        if key not in _IGNORED_KEYS and (plain := _plain(text))
    }


def _plain(text):
    """Return the text without what is only a way to write it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())
