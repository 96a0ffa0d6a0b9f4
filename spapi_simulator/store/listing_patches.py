"""Applies patches to the attributes of a listing.

Entries of an attribute are told apart by their marketplace and the selectors of the
attribute: "replace" leaves the entries of other channels, audiences or languages.
"""

from .attribute_schemas import ATTRIBUTES, Attribute
from .listing import DEFAULT
from .marketplaces import FBA_CHANNELS

_UNKNOWN = Attribute("", {})
_AVAILABILITY = "fulfillment_availability"


def apply_patch(attributes, operation, name, value, marketplaces):
    """The attributes after one patch; ``attributes`` itself stays as it is."""
    attribute = ATTRIBUTES.get(name, _UNKNOWN)
    entries = complete(attribute, value or (), marketplaces)
    old = attributes.get(name, [])
    if operation == "delete":
        new = _deleted(attribute, old, entries, value, marketplaces)
    elif operation == "merge":
        new = _merged(attribute, old, entries)
    else:
        keys = {_key(attribute, entry) for entry in entries}
        new = [e for e in old if _key(attribute, e) not in keys] + entries
    if name == _AVAILABILITY:
        new = _one_network(new, entries)
    changed = {**attributes, name: new}
    if not new:
        del changed[name]
    return changed


def replace_all(attributes, submitted, marketplaces):
    """The attributes after a full replacement in some marketplaces."""
    ids = {m.id for m in marketplaces}
    changed = without(attributes, ids)
    for name, value in submitted.items():
        entries = complete(ATTRIBUTES.get(name, _UNKNOWN), value, marketplaces)
        changed[name] = changed.get(name, []) + entries
    return changed


def without(attributes, marketplace_ids):
    """The attributes without those of some marketplaces."""
    kept = {
        name: [e for e in entries if e["marketplace_id"] not in marketplace_ids]
        for name, entries in attributes.items()
    }
    return {name: entries for name, entries in kept.items() if entries}


def complete(attribute, entries, marketplaces):
    """Each entry in each marketplace it is meant for, with what Amazon fills in."""
    found = []
    for entry in entries:
        for m in marketplaces:
            if entry.get("marketplace_id") in (None, m.id):
                found.append(_completed(attribute, entry, m))
    return found


def _completed(attribute, entry, marketplace):
    # 5.0 is an integer to JSON Schema, too.
    filled = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in entry.items()
    }
    filled["marketplace_id"] = marketplace.id
    if attribute.localized:
        filled.setdefault("language_tag", marketplace.language)
    if "audience" in attribute.properties:
        filled.setdefault("audience", "ALL")
    return filled


def _key(attribute, entry):
    values = (entry.get(selector) for selector in attribute.selectors)
    return (entry["marketplace_id"], *values)


def _deleted(attribute, old, entries, value, marketplaces):
    if value is None:
        ids = {m.id for m in marketplaces}
        return [e for e in old if e["marketplace_id"] not in ids]
    keys = {_key(attribute, entry) for entry in entries}
    return [e for e in old if _key(attribute, e) not in keys]


def _merged(attribute, old, entries):
    """Members given are changed, null removes them, all others stay."""
    rows = {_key(attribute, entry): entry for entry in old}
    for entry in entries:
        key = _key(attribute, entry)
        merged = {**rows.get(key, {}), **entry}
        rows[key] = {k: v for k, v in merged.items() if v is not None}
    return list(rows.values())


def _one_network(entries, given):
    """Only Amazon or only the merchant fulfils in a marketplace: the last one named.

    This is how a quantity sent for a listing that Amazon fulfils takes it out of
    Amazon's hands.
    """
    last = {}
    for entry in given:
        channel = entry.get("fulfillment_channel_code", DEFAULT)
        last[entry["marketplace_id"]] = channel in FBA_CHANNELS
    return [
        entry
        for entry in entries
        if last.get(entry["marketplace_id"], _by_amazon(entry)) == _by_amazon(entry)
    ]


def _by_amazon(entry):
    return entry.get("fulfillment_channel_code") in FBA_CHANNELS
