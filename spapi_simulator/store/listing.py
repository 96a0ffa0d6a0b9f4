"""A listing: what the seller submitted, and what follows from it.

The attributes are as Amazon's Listings Items API has them, {name: [entry]}, where
every entry names its marketplace. All else (offer, quantity, status, issues) is read
from them, so that what a client submits is what a client later reads.
"""

from decimal import Decimal

from . import listing_issues as rules
from .marketplaces import FBA_CHANNELS, decimals

BUYABLE = "BUYABLE"
DISCOVERABLE = "DISCOVERABLE"
DEFAULT = "DEFAULT"


class Listing:
    """One SKU of one account, in all marketplaces where it is listed.

    ``created`` and ``updated`` are seconds since the epoch. ``issues`` are those that
    Amazon found by itself, each with its ``marketplaceIds``. ``in_report`` is false
    for the listings whose row in the merchant listings report lacks the SKU.
    """

    __slots__ = (
        "attributes",
        "code",
        "created",
        "fnsku",
        "in_report",
        "issues",
        "number",
        "product_type",
        "sku",
        "updated",
    )

    def __init__(self, number, sku, product_type, attributes, **facts):
        self.number = number
        self.sku = sku
        self.product_type = product_type
        self.attributes = attributes
        self.code = facts["code"]
        self.fnsku = facts["fnsku"]
        self.created = facts["created"]
        self.updated = facts["updated"]
        self.issues = facts.get("issues", ())
        self.in_report = facts.get("in_report", True)

    def copy(self, attributes):
        """The same listing with other attributes."""
        twin = Listing.__new__(Listing)
        for name in self.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.attributes = attributes
        return twin

    @property
    def listing_id(self):
        """Amazon's id of the listing in the merchant listings report."""
        return f"{self.number:07d}SIM"

    @property
    def marketplace_ids(self):
        """The marketplaces where the SKU is listed."""
        found = {}
        for entries in self.attributes.values():
            for entry in entries:
                found[entry["marketplace_id"]] = True
        return list(found)

    def listed_in(self, marketplace_id):
        """Whether the SKU is listed there."""
        return any(
            entry["marketplace_id"] == marketplace_id
            for entries in self.attributes.values()
            for entry in entries
        )

    def entries(self, name, marketplace_id):
        """The entries of an attribute in a marketplace."""
        return [
            entry
            for entry in self.attributes.get(name, ())
            if entry["marketplace_id"] == marketplace_id
        ]

    def value(self, name, marketplace_id, key="value"):
        """A member of the first entry of an attribute, or None."""
        for entry in self.attributes.get(name, ()):
            if entry["marketplace_id"] == marketplace_id:
                return entry.get(key)
        return None

    def title(self, marketplace_id):
        """The item name, or None."""
        return self.value("item_name", marketplace_id)

    def asin(self, marketplace_id):
        """The ASIN; None until the listing is complete."""
        return self.code if self.is_complete(marketplace_id) else None

    def is_parent(self, marketplace_id):
        """Whether it only holds variants together and cannot be bought."""
        return self.value("parentage_level", marketplace_id) == "parent"

    def parent_sku(self, marketplace_id):
        """The SKU of the parent of a variant, or None."""
        name = "child_parent_sku_relationship"
        return self.value(name, marketplace_id, "parent_sku")

    def contained_skus(self, marketplace_id):
        """The SKUs that a package contains."""
        entries = self.entries("package_contains_sku", marketplace_id)
        return [entry["sku"] for entry in entries if "sku" in entry]

    def barcode(self, marketplace_id):
        """(type, number) of the UPC, EAN or other identifier, or None."""
        name = "externally_assigned_product_identifier"
        for entry in self.entries(name, marketplace_id):
            return entry.get("type"), entry.get("value")
        return None

    def offers(self, marketplace_id):
        """[(audience, amount as text, currency)] of the offers with a price."""
        found = []
        for entry in self.entries("purchasable_offer", marketplace_id):
            amount = _amount(entry)
            if amount is not None and "currency" in entry:
                currency = entry["currency"]
                text = f"{amount:.{decimals(currency)}f}"
                found.append((entry.get("audience", "ALL"), text, currency))
        return found

    def price(self, marketplace_id):
        """(amount as text, currency) for all buyers, or None."""
        for audience, amount, currency in self.offers(marketplace_id):
            if audience == "ALL":
                return amount, currency
        return None

    def availability(self, marketplace_id):
        """[(fulfillment channel code, quantity or None)]; no quantity for FBA."""
        return [
            (entry["fulfillment_channel_code"], _quantity(entry))
            for entry in self.entries("fulfillment_availability", marketplace_id)
            if "fulfillment_channel_code" in entry
        ]

    def quantity(self, marketplace_id):
        """What the merchant has for sale; None when Amazon fulfils or it is unknown."""
        for channel, quantity in self.availability(marketplace_id):
            if channel not in FBA_CHANNELS:
                return quantity
        return None

    def channel(self, marketplace_id):
        """AMAZON_NA, AMAZON_EU or AMAZON_JP when Amazon fulfils, else DEFAULT."""
        for channel, _quantity_there in self.availability(marketplace_id):
            return channel
        return DEFAULT

    def by_amazon(self, marketplace_id):
        """Whether Amazon fulfils in this marketplace."""
        return self.channel(marketplace_id) in FBA_CHANNELS

    def is_complete(self, marketplace_id):
        """Whether nothing is missing that a listing must have."""
        return not rules.missing_attributes(self, marketplace_id)

    def issues_in(self, marketplace_ids):
        """Amazon's issues in some of the marketplaces, as the API shows them."""
        found = []
        for issue in self.issues:
            there = [m for m in issue["marketplaceIds"] if m in marketplace_ids]
            if there:
                found.append({**issue, "marketplaceIds": there})
        for marketplace_id in marketplace_ids:
            if self.listed_in(marketplace_id):
                found += rules.missing_issues(self, marketplace_id)
        return found

    def severities(self, marketplace_id):
        """The severities of its issues: a set of ERROR, WARNING and INFO."""
        return {issue["severity"] for issue in self.issues_in([marketplace_id])}

    def statuses(self, marketplace_id):
        """Amazon's status: BUYABLE, DISCOVERABLE, both or none."""
        if not self.is_complete(marketplace_id):
            return []
        actions = rules.enforced(self.issues, marketplace_id)
        if actions & rules.HIDING:
            return []
        if actions or not self._for_sale(marketplace_id):
            return [DISCOVERABLE]
        return [BUYABLE, DISCOVERABLE]

    def _for_sale(self, marketplace_id):
        return not self.is_parent(marketplace_id) and any(
            channel in FBA_CHANNELS or quantity
            for channel, quantity in self.availability(marketplace_id)
        )

    def report_status(self, marketplace_id):
        """Active, Inactive or Incomplete, as the merchant listings report has it."""
        if not self.is_complete(marketplace_id):
            return "Incomplete"
        statuses = self.statuses(marketplace_id)
        if BUYABLE in statuses or (statuses and self.is_parent(marketplace_id)):
            return "Active"
        return "Inactive"


def _amount(entry):
    for price in entry.get("our_price", ()):
        for step in price.get("schedule", ()):
            if "value_with_tax" in step:
                return Decimal(str(step["value_with_tax"]))
    return None


def _quantity(entry):
    if entry["fulfillment_channel_code"] in FBA_CHANNELS:
        return None
    return entry.get("quantity", 0)
