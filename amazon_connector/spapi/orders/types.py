"""An Amazon order as frozen values; :mod:`.orders` makes them from a document.

Absent texts are "", absent blocks None or (), times are aware UTC datetimes,
amounts exact Decimals in major units of ``Order.currency``.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from .parts import split_order

_OPEN = ("unshipped", "partially_shipped")


@dataclass(frozen=True)
class Address:
    """``recipient.deliveryAddress``; Amazon leaves out what the role may not see.

    :ivar kind: Amazon's addressType lower-cased: residential, commercial, …
    """

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    line3: str = ""
    city: str = ""
    district: str = ""
    state: str = ""
    municipality: str = ""
    postal_code: str = ""
    country_code: str = ""
    phone: str = ""
    kind: str = ""
    street_name: str = ""
    street_number: str = ""
    complement: str = ""
    neighborhood: str = ""

    @property
    def complete(self):
        """Whether a shipment can be addressed with it."""
        place = self.city or self.postal_code
        return bool(self.name and self.lines and place and self.country_code)

    @property
    def lines(self):
        """The lines of the street, as many as there are; Amazon may leave out any.

        The parts that Brazil's addresses have apart are added unless a line says them.
        """
        lines = [line for line in (self.line1, self.line2, self.line3) if line]
        street = ", ".join(
            part for part in (self.street_name, self.street_number) if part
        )
        if street and not _says(lines, street):
            if self.street_name and not _says(lines, self.street_name):
                lines.insert(0, street)
            else:
                lines.append(self.street_number)
        for part in (self.complement, self.neighborhood):
            if part and not _says(lines, part):
                lines.append(part)
        return tuple(lines)

    @property
    def is_pickup_point(self):
        return self.kind == "pickup_point"


def _says(lines, part):
    """Whether all words of the part are among those of the lines."""
    words = re.findall(r"\w+", " ".join(lines).casefold())
    return set(re.findall(r"\w+", part.casefold())) <= set(words)


@dataclass(frozen=True)
class Buyer:
    """``buyer``; the e-mail address is Amazon's anonymous one."""

    name: str = ""
    email: str = ""
    company: str = ""
    purchase_order: str = ""


@dataclass(frozen=True)
class TaxRegistration:
    """An entry of ``tax.taxRegistrations``; ``entity`` is buyer, merchant, …"""

    entity: str
    kind: str
    number: str
    legal_name: str = ""
    tax_office: str = ""
    address: Address | None = None


@dataclass(frozen=True)
class Charge:
    """A part of the money: ITEM, SHIPPING, GIFT_WRAP, COD_FEE, TAX, DISCOUNT, …

    ``kind`` is Amazon's word as it came; a discount's amount is zero or below
    unless only its opposite adds up to Amazon's total.
    """

    kind: str
    amount: Decimal


@dataclass(frozen=True)
class PackageItem:
    """Units of an order item in a package Amazon knows of."""

    item_id: str
    quantity: int


@dataclass(frozen=True)
class Package:
    """An entry of ``packages``; status is Amazon's word lower-cased."""

    reference: str
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    status: str = ""
    shipped: datetime | None = None
    items: tuple = ()


@dataclass(frozen=True)
class OrderItem:
    """An entry of ``orderItems``.

    :ivar charges: tuple of :class:`Charge`, ``proceeds.breakdowns``
    :ivar tax_by_kind: tuple of :class:`Charge`, the TAX breakdown by what is taxed
    :ivar tax_included: whether the other charges contain TAX, else it comes on top
    :ivar programs: Amazon's words of those that apply to the item alone
    :ivar measure: "2.5 pounds" where it is sold by weight, volume, …
    :ivar proceeds_total: ``proceeds.proceedsTotal``, None when absent
    :ivar shipping_constraints: Amazon's names of what must be observed, such as
        signatureConfirmation, cashOnDelivery
    """

    item_id: str
    sku: str = ""
    asin: str = ""
    title: str = ""
    quantity: int = 0
    quantity_fulfilled: int = 0
    quantity_unfulfilled: int = 0
    programs: tuple = ()
    measure: str = ""
    unit_price: Decimal | None = None
    charges: tuple = ()
    tax_by_kind: tuple = ()
    tax_included: bool = False
    tax_collected_by_amazon: bool = False
    proceeds_total: Decimal | None = None
    gift_message: str = field(default="", repr=False)
    gift_wrap_level: str = ""
    cancel_requested: bool = False
    cancel_reason: str = ""
    promotion_ids: tuple = ()
    condition: str = ""
    customization_url: str = field(default="", repr=False)
    ioss_number: str = ""
    scheduled_earliest: datetime | None = None
    scheduled_latest: datetime | None = None
    shipping_constraints: tuple = ()

    @property
    def needs_transparency_codes(self):
        """Whether Amazon wants to know the Transparency code on each unit."""
        return "TRANSPARENCY" in {word.upper() for word in self.programs}

    def charge(self, kind):
        """Return the sum of the charges of that kind, zero without any."""
        amounts = (entry.amount for entry in self.charges if entry.kind == kind)
        return sum(amounts, Decimal(0))

    @property
    def total(self):
        """What the charges come to, tax once."""
        amounts = sum((entry.amount for entry in self.charges), Decimal(0))
        return amounts - self.charge("TAX") if self.tax_included else amounts


@dataclass(frozen=True)
class Order:
    """An order of Orders 2026-01-01 with all of its items.

    :ivar status: Amazon's fulfillmentStatus lower-cased, unknown words kept
    :ivar order_charges: charges no item explains, e.g. DELIVERY_TIP
    :ivar order_tax_included: whether the items contain the TAX of ``order_charges``
    """

    order_id: str
    seller_order_id: str = ""
    created: datetime | None = None
    last_updated: datetime | None = None
    status: str = ""
    fulfilled_by: str = ""
    service_level: str = ""
    channel: str = ""
    marketplace_id: str = ""
    programs: tuple = ()
    replaced_order_id: str = ""
    buyer: Buyer = field(default=Buyer(), repr=False)
    address: Address | None = field(default=None, repr=False)
    delivery_instructions: str = field(default="", repr=False)
    ship_earliest: datetime | None = None
    ship_by: datetime | None = None
    deliver_earliest: datetime | None = None
    deliver_by: datetime | None = None
    currency: str = ""
    grand_total: Decimal | None = None
    order_charges: tuple = ()
    order_tax_included: bool = False
    items: tuple = ()
    packages: tuple = ()
    tax_registrations: tuple = field(default=(), repr=False)
    payment_methods: tuple = ()

    @property
    def importable(self):
        """Whether the seller has to ship it: paid, open, own stock, Amazon's shop."""
        return (
            self.status in _OPEN
            and self.fulfilled_by == "merchant"
            and self.channel == "amazon"
        )

    @property
    def shipping_constraints(self):
        """What must be observed with any of its items, in Amazon's words, sorted.

        Of those that are still wanted.
        """
        found = {
            name
            for item in self.items
            if item.quantity
            for name in item.shipping_constraints
        }
        return tuple(sorted(found))

    @property
    def is_cash_on_delivery(self):
        """Whether the buyer pays, also in part, when the parcel arrives."""
        methods = {re.sub(r"[\W_]", "", m).casefold() for m in self.payment_methods}
        return (
            bool(methods & {"cashondelivery", "cod"})
            or "cashOnDelivery" in self.shipping_constraints
        )

    def count_shipped(self, item):
        """Return how many units of one of its items Amazon counts as shipped."""
        if self.status == "shipped":
            return item.quantity
        packed = sum(
            one.quantity
            for package in self.packages
            for one in package.items
            if one.item_id == item.item_id
        )
        return min(max(item.quantity_fulfilled, packed), item.quantity)

    @property
    def buyer_registration(self):
        """The buyer's :class:`TaxRegistration`, None without a number."""
        for registration in self.tax_registrations:
            if registration.entity == "buyer" and registration.number:
                return registration
        return None

    @property
    def buyer_vat(self):
        """The buyer's tax number, "" without one."""
        registration = self.buyer_registration
        return registration.number if registration else ""

    @property
    def tax_remitted_by_amazon(self):
        """Tax that Amazon collects and pays itself; the seller never receives it."""
        return sum((part.tax for part in self.parts if part.remitted), Decimal(0))

    @cached_property
    def parts(self):
        """The money as tuple of :class:`.parts.Part`, each with its tax."""
        return split_order(self)

    @property
    def expected_total(self):
        """What a sales order has to come to, None without a grand total."""
        if self.grand_total is None:
            return None
        return self.grand_total - self.tax_remitted_by_amazon
