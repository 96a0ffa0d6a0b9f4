"""The buyers of Amazon orders as customers and delivery addresses in Odoo.

Read :meth:`Customers.find_or_create` first. A buyer is known again by what stays the
same: name and address (:func:`make_key`), a company by its tax number or its name and
place. The e-mail address that Amazon makes up may be absent or change; it only helps to
know a buyer at another address.

What is there is never written to: it may have been edited, and belongs to people then.
"""

import hashlib

from odoo.tools import plaintext2html

from .places import Places, squeeze

# Longer ones cannot be indexed by PostgreSQL, or printed by anybody.
NAME_CHARACTERS = 200
TAX_NUMBER_CHARACTERS = 64
# Tax numbers of persons; whoever has another one is a business.
_PERSONAL_NUMBERS = ("cpf",)
_COMPARED_TEXTS = ("name", "street", "street2", "city", "zip")


def make_key(*parts):
    """Return the hash of what someone is known by, as squeezed texts."""
    text = "|".join(squeeze(str(part)) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()


class Purchase:
    """One order as seen by its buyer: who bought, and where it goes.

    :ivar customer: the ``res.partner`` who bought, once found or created
    :ivar delivery: the ``res.partner`` to whom it goes, likewise
    """

    def __init__(self, row, order, places):
        self.row = row
        self.order = order
        self.places = places
        self.customer = self.delivery = self.company = row.env["res.partner"]

    # === WHO === #

    @property
    def is_address_known(self):
        return bool(self.order.address and self.order.address.complete)

    @property
    def recipient(self):
        return self.order.address.name if self.order.address else ""

    @property
    def buyer_name(self):
        return self.order.buyer.name or self.recipient

    @property
    def email(self):
        return self.order.buyer.email.lower()

    @property
    def company_name(self):
        """The name of the business that buys, "" for a person."""
        registration = self.order.buyer_registration
        is_business = registration and registration.kind not in _PERSONAL_NUMBERS
        return self.order.buyer.company or (
            registration.legal_name if is_business else ""
        )

    @property
    def is_for_buyer(self):
        """Whether the goods go to the buyer, and not to somebody else."""
        own = {squeeze(name) for name in (self.buyer_name, self.company_name)} - {""}
        address = self.order.address
        return bool(own & {squeeze(address.name), squeeze(address.company)})

    # === BY WHAT THEY ARE KNOWN === #

    @property
    def key(self):
        """That of the contact to whom it goes."""
        address = self.order.address
        return make_key(
            "delivery",
            self.company_key if self.company_name else self.buyer_name,
            address.name,
            *address.lines,
            address.postal_code or address.city,
            address.country_code,
        )

    @property
    def buyer_key(self):
        """That of the customer who has another address, or none."""
        return make_key("buyer", self.key)

    @property
    def company_key(self):
        if number := self.order.buyer_vat:
            return make_key("company", "".join(squeeze(number).split()))
        address = self.order.address
        place = address.postal_code or address.city
        return make_key("company", self.company_name, place, address.country_code)

    @property
    def contact_key(self):
        """That of the person who buys for the company."""
        return make_key("contact", self.company_key, self.buyer_name)

    @property
    def unknown_key(self):
        """That of the contact that stands for an address Amazon does not show."""
        return get_unknown_key(self.row)

    # === VALUES === #

    def prepare_address_vals(self, address, company=""):
        """Return the values of a contact at an ``spapi.orders.Address``.

        Nothing is dropped because Odoo has no such state, country or line.

        :param company: the company that is printed above the address anyway
        """
        country = self.places.get_country(address.country_code)
        state = self.places.find_state(country, address.state)
        is_known = state or self.places.is_country(country, address.state)
        lines = list(address.lines)
        if address.company and squeeze(address.company) not in (
            squeeze(company),
            squeeze(address.name),
        ):
            lines.append(address.company)
        said = {squeeze(address.city)}
        for part in (
            address.district,
            address.municipality,
            "" if is_known else address.state,
            "" if country else address.country_code,
        ):
            if part and squeeze(part) not in said:
                said.add(squeeze(part))
                lines.append(part)
        return {
            "name": shorten(address.name),
            "street": lines[0] if lines else False,
            "street2": ", ".join(lines[1:]) or False,
            "city": address.city or False,
            "zip": address.postal_code or False,
            "state_id": state.id,
            "country_id": country.id,
            "phone": address.phone or False,
        }

    def prepare_delivery_vals(self, parent):
        """Return the values of a contact to whom the goods go, below the buyer."""
        commercial = parent.commercial_partner_id
        company = commercial.name if commercial.is_company else ""
        return self.prepare_address_vals(self.order.address, company) | {
            "parent_id": parent.id,
            "type": "delivery",
            "amazon_buyer_key": self.key,
        }

    def prepare_person_vals(self):
        """Return the values of a customer who is a person."""
        values = {"name": shorten(self.buyer_name), "amazon_buyer_key": self.buyer_key}
        if self.is_for_buyer:
            address = self.order.address
            values |= self.prepare_address_vals(address, address.company) | {
                "company_name": shorten(address.company) or False,
                "amazon_buyer_key": self.key,
            }
        values |= self._prepare_tax_vals(values.get("country_id"))
        return values | self._prepare_buyer_vals()

    def prepare_company_vals(self):
        """Return the values of a customer that is a company."""
        registration = self.order.buyer_registration
        values = {}
        if registration and registration.address:
            values = self.prepare_address_vals(registration.address, self.company_name)
        elif self.is_for_buyer:
            values = self.prepare_address_vals(self.order.address, self.company_name)
        if not values.get("country_id"):
            country = self.places.get_country(self.order.address.country_code)
            values["country_id"] = country.id
        values |= self._prepare_tax_vals(values["country_id"])
        return values | {
            "name": shorten(self.company_name),
            "is_company": True,
            "customer_rank": 1,
            "amazon_buyer_key": self.company_key,
        }

    def prepare_contact_vals(self):
        """Return the values of the person who buys for a company."""
        return self._prepare_buyer_vals() | {
            "name": shorten(self.buyer_name),
            "parent_id": self.company.id,
            "type": "contact",
            "amazon_buyer_key": self.contact_key,
        }

    def prepare_unknown_vals(self, parent):
        """Return the values of a contact whose address Amazon does not show."""
        address = self.order.address
        name = self.buyer_name or self.row.env._(
            "Amazon customer of %s", self.row.amazon_order_id
        )
        values = self.prepare_address_vals(address) if address else {}
        if parent:
            values |= {"parent_id": parent.id, "type": "delivery"}
        else:
            values |= self._prepare_buyer_vals()
        return values | {"name": shorten(name), "amazon_buyer_key": self.unknown_key}

    def _prepare_buyer_vals(self):
        return {"email": self.order.buyer.email or False, "customer_rank": 1}

    def _prepare_tax_vals(self, country_id):
        """Return tax number, country and comment; what is not valid is a comment."""
        env = self.row.env
        registration = self.order.buyer_registration
        if not registration:
            return {}
        country = env["res.country"].browse(country_id)
        values = {}
        notes = []
        if number := self.check_tax_number(country):
            values["vat"] = number
        else:
            notes.append(
                env._("Tax number on Amazon, not valid: %s", registration.number)
            )
        if registration.tax_office:
            notes.append(env._("Tax office: %s", registration.tax_office))
        named = {squeeze(self.buyer_name), squeeze(self.company_name), ""}
        if squeeze(registration.legal_name) not in named:
            notes.append(env._("Legal name: %s", registration.legal_name))
        if notes:
            values["comment"] = plaintext2html("\n".join(notes))
        return values

    def check_tax_number(self, country):
        """Return the buyer's tax number as Odoo writes it, "" when it is not valid.

        :param country: that of the customer, may be empty
        """
        env = self.row.env
        number = self.order.buyer_vat.strip().upper()
        if len(number) > TAX_NUMBER_CHARACTERS:
            return ""
        if country and "EU_PREFIX" in country.country_group_codes:
            prefixes = env.ref("base.europe_prefix").country_ids.mapped("code")
            bare = "".join(squeeze(number).split()).upper()
            if bare[:2] not in {*prefixes, "EL", "XI"}:
                number = {"GR": "EL"}.get(country.code, country.code) + bare
        checked, _code = env["res.partner"]._run_vat_checks(
            country, number, validation="setnull"
        )
        return checked


class Customers:
    """Finds or creates the buyers of one connection's orders, a batch at a time.

    :param connection: one ``amazon.connection``, in whose environment contacts are
        created
    :param run: the ``amazon.history`` row of the job's run
    """

    def __init__(self, connection, run):
        self.connection = connection
        self.env = connection.env
        self.run = run
        # Numbers are checked here, and what is not valid is kept as a comment.
        self.partners = self.env["res.partner"].with_context(no_vat_validation=True)

    def find_or_create(self, orders):
        """Return ``{row: (customer, delivery address)}``, twice the same or not.

        :param orders: ``{amazon.order: spapi.orders.Order}``
        """
        purchases = self._prepare_purchases(orders)
        self._load(purchases)
        known = [one for one in purchases if one.is_address_known]
        self._resolve_companies([one for one in known if one.company_name])
        self._resolve_persons([one for one in known if not one.company_name])
        self._resolve_deliveries(known)
        self._resolve_unknown([one for one in purchases if not one.is_address_known])
        for one in purchases:
            self._warn(one)
        return {one.row: (one.customer, one.delivery) for one in purchases}

    def _prepare_purchases(self, orders):
        codes = set()
        for order in orders.values():
            registration = order.buyer_registration
            for address in (order.address, registration and registration.address):
                if address:
                    codes.add(address.country_code)
        places = Places(self.env, codes)
        return [Purchase(row, order, places) for row, order in orders.items()]

    # === WHO IS THERE === #

    def _load(self, purchases):
        """Look up all contacts of these purchases with two queries."""
        keys = set()
        emails = set()
        for one in purchases:
            emails.add(one.email)
            if not one.is_address_known:
                keys.add(one.unknown_key)
            else:
                keys.add(one.key)
                if one.company_name:
                    keys |= {one.company_key, one.contact_key}
        company = ("company_id", "=", self.connection.company_id.id)
        found = self.partners.search(
            [("amazon_buyer_key", "in", list(keys)), company], order="id"
        )
        # Below an archived customer nothing is used either.
        found = found.filtered(lambda partner: partner.commercial_partner_id.active)
        self._by_key = dict(found.grouped("amazon_buyer_key"))
        by_email = self.partners.search(
            [
                ("email_normalized", "in", list(emails - {""})),
                ("parent_id", "=", False),
                ("is_company", "=", False),
                company,
            ],
            order="id DESC",
        )
        self._by_email = {partner.email_normalized: partner for partner in by_email}

    def _find(self, key):
        return self._by_key.get(key, self.partners)

    def _create(self, values):
        """Create contacts, each key once.

        :param values: ``{key: values}``
        """
        company_id = self.connection.company_id.id
        created = self.partners.create(
            [vals | {"company_id": company_id} for vals in values.values()]
        )
        for key, partner in zip(values, created, strict=True):
            self._by_key[key] = self._find(key) | partner

    # === CUSTOMERS === #

    def _resolve_companies(self, purchases):
        """Set company and customer of purchases by businesses."""
        missing = {}
        for one in purchases:
            if not self._find(one.company_key):
                missing.setdefault(one.company_key, one.prepare_company_vals())
        self._create(missing)
        contacts = {}
        for one in purchases:
            one.company = self._find(one.company_key)[:1]
            is_person = squeeze(one.buyer_name) != squeeze(one.company_name)
            if is_person and not self._find(one.contact_key):
                contacts.setdefault(one.contact_key, one.prepare_contact_vals())
        self._create(contacts)
        for one in purchases:
            one.customer = self._find(one.contact_key)[:1] or one.company

    def _resolve_persons(self, purchases):
        """Set the customer of purchases by persons; one who buys twice is one."""
        new = {}
        for one in purchases:
            found = self._find(one.key)[:1]
            one.customer = (
                found.parent_id or found or self._by_email.get(one.email, found)
            )
            if not one.customer:
                names = {one.key, one.email} - {""}
                values = next((new[name] for name in names if name in new), None)
                values = values or one.prepare_person_vals()
                new |= dict.fromkeys(names, values)
        by_key = {vals["amazon_buyer_key"]: vals for vals in new.values()}
        self._create(by_key)
        for one in purchases:
            if not one.customer:
                key = new[one.key]["amazon_buyer_key"]
                one.customer = self._find(key)[-1:]

    # === WHERE IT GOES === #

    def _resolve_deliveries(self, purchases):
        """Set the contact to whom each goes, of those that are the buyer's own."""
        missing = {}
        for one in purchases:
            self._set_delivery(one)
            if not one.delivery:
                parent = one.company or one.customer
                missing.setdefault(one.key, one.prepare_delivery_vals(parent))
        self._create(missing)
        for one in purchases:
            if not one.delivery:
                self._set_delivery(one)

    def _set_delivery(self, one):
        candidates = one.customer | one.company | self._find(one.key)
        for partner in candidates:
            if _is_at(partner, one):
                one.delivery = partner
                return

    def _resolve_unknown(self, purchases):
        """Have a contact of its own stand for each address that Amazon withholds."""
        missing = {}
        for one in purchases:
            one.customer = self._by_email.get(one.email, self.partners)
            if not self._find(one.unknown_key):
                missing[one.unknown_key] = one.prepare_unknown_vals(one.customer)
        self._create(missing)
        for one in purchases:
            one.delivery = self._find(one.unknown_key)[:1]
            one.customer = one.customer or one.delivery

    # === WARNINGS === #

    def _warn(self, one):
        """Say what a person has to look at, without naming anybody."""
        _ = self.env._
        number = one.row.amazon_order_id
        address = one.order.address
        if one.is_address_known and not one.places.get_country(address.country_code):
            self.run._warn(
                _(
                    "Odoo knows no country with the code of the address of order %s. "
                    "Choose the country on the delivery address.",
                    number,
                ),
                one.row,
            )
        if one.order.buyer_vat and not one.check_tax_number(
            one.customer.commercial_partner_id.country_id
        ):
            self.run._warn(
                _(
                    "The tax number of the buyer of order %s is not valid; it is kept "
                    "as a note on the customer. Ask the buyer for the right one.",
                    number,
                ),
                one.row,
            )
        names = [one.buyer_name, one.recipient, one.company_name]
        if any(len(name) > NAME_CHARACTERS for name in names):
            self.run._warn(
                _(
                    "A name in order %(ref)s was shortened to %(count)s characters. "
                    "Compare the delivery address with Seller Central.",
                    ref=number,
                    count=NAME_CHARACTERS,
                ),
                one.row,
            )


def get_unknown_key(row):
    """Return the key of the contact that stands for a withheld address.

    :param row: ``amazon.order``
    """
    return make_key("order", row.connection_id.id, row.amazon_order_id)


def shorten(name):
    """Return a name as it can be stored and printed."""
    return name if len(name) <= NAME_CHARACTERS else name[: NAME_CHARACTERS - 1] + "…"


def _is_at(partner, one):
    """Whether a contact still says what the order says, but for the spelling."""
    commercial = partner.commercial_partner_id
    company = commercial.name if commercial.is_company else partner.company_name
    values = one.prepare_address_vals(one.order.address, company or "")
    return all(
        squeeze(partner[name] or "") == squeeze(values[name] or "")
        for name in _COMPARED_TEXTS
    ) and all(partner[name].id == values[name] for name in ("state_id", "country_id"))
