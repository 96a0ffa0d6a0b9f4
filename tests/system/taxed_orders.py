"""Orders for companies of five countries: a walk through marketplaces and variants.

A company is named by its chart of accounts. The walk is the same each time: each
company meets all its places and all variants soon, and every pair of them in the end.
"""

import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from spapi_simulator.accounts import AU, CA, DE, EUROPE, FR, JP, MX, UK, US, Marketplace
from spapi_simulator.store import articles
from spapi_simulator.store.money import money, share, units_of
from spapi_simulator.store.order_generator import Generator
from spapi_simulator.store.order_wish import Wish

# Marketplaces that no account of the simulator sells on.
BE = Marketplace("AMEN7PMS3EDWL", "BE", "Amazon.com.be", "EUR", "fr_BE", "")
ES = Marketplace("A1RKKUPIHCS9HS", "ES", "Amazon.es", "EUR", "es_ES", "")
IE = Marketplace("A28R8C7NBKEWEA", "IE", "Amazon.ie", "EUR", "en_IE", "")
IT = Marketplace("APJ6JRA9NG5V4", "IT", "Amazon.it", "EUR", "it_IT", "")
NL = Marketplace("A1805IZSGTT6HS", "NL", "Amazon.nl", "EUR", "nl_NL", "")
PL = Marketplace("A1C3SOZRARQ6R3", "PL", "Amazon.pl", "PLN", "pl_PL", "")
SE = Marketplace("A2NODRKZP88ZB9", "SE", "Amazon.se", "SEK", "sv_SE", "")
AE = Marketplace("A2VIGQ35RCS4UG", "AE", "Amazon.ae", "AED", "en_AE", "")
EG = Marketplace("ARBP9OOSHTCHU", "EG", "Amazon.eg", "EGP", "ar_EG", "")
IN = Marketplace("A21TJRUUN4KGV", "IN", "Amazon.in", "INR", "en_IN", "")
SA = Marketplace("A17E79C6D8DWNP", "SA", "Amazon.sa", "SAR", "ar_SA", "")
TR = Marketplace("A33AVAJ2PDY3EV", "TR", "Amazon.com.tr", "TRY", "tr_TR", "")
ZA = Marketplace("AE08WJ6YKNBMC", "ZA", "Amazon.co.za", "ZAR", "en_ZA", "")
BR = Marketplace("A2Q3Y263D00KWC", "BR", "Amazon.com.br", "BRL", "pt_BR", "")
SG = Marketplace("A19VAU5U5O7RUS", "SG", "Amazon.sg", "SGD", "en_SG", "")

# What prices contain, in percent.
VAT_RATES = {
    "AT": 20, "BE": 21, "DE": 19, "ES": 21, "FR": 20, "GB": 20, "IE": 23, "IT": 22,
    "JP": 10, "MC": 20, "NL": 21, "PL": 23, "SE": 25,
}  # fmt: skip
UNION = VAT_RATES.keys() - {"GB", "JP", "MC"}
# Numbers that pass Odoo's check; as published in examples.
VAT_NUMBERS = {
    "AT": "ATU12345675", "BE": "BE0477472701", "DE": "DE123456788", "ES": "ESA12345674",
    "FR": "FR23334175221", "IE": "IE1519572A", "IT": "IT12345670017",
    "NL": "NL123456782B90", "PL": "PL1234567883", "SE": "SE123456789701",
}  # fmt: skip
NO_VAT_NUMBER = "12"


@dataclass(frozen=True)
class Place:
    """Where an order is made and where it goes to: by default in the same country."""

    market: Marketplace
    country: str = ""
    city: str = ""
    postal_code: str = ""


EUROPEAN = tuple(Place(market) for market in (DE, FR, UK, ES, IT, NL, BE, SE, PL, IE))
# Sold to from the United Kingdom, by one account with Europe.
OVERSEAS = tuple(Place(market) for market in (AE, EG, IN, SA, TR, ZA))
AUSTRIA = Place(DE, "AT", "Wiesental", "1010")
SWITZERLAND = Place(DE, "CH", "Seewil", "8001")
MONACO = Place(FR, "MC", "Monaco", "98000")
PLACES = {
    "de_skr03": (*EUROPEAN, AUSTRIA, SWITZERLAND),
    "uk": (*EUROPEAN, *OVERSEAS),
    "fr": (*EUROPEAN, AUSTRIA, SWITZERLAND, MONACO),
    "us": (Place(US), Place(CA), Place(MX), Place(BR)),
    "jp": (Place(JP), Place(AU), Place(SG)),
}


# === WHAT THE GENERATOR DOES NOT DRAW === #


def tell_contained_tax(document):
    """Amazon collects a tax that the prices contain, and says how much it is."""
    percent = VAT_RATES.get(country_of(document), 10)
    for item in document["orderItems"]:
        rows = item["proceeds"]["breakdowns"]
        if any(row["type"] == "TAX" for row in rows):
            continue
        details, tax = [], 0
        for row in rows:
            amount = share(units_of(row["subtotal"]), percent, 100 + percent)
            currency = row["subtotal"]["currencyCode"]
            details.append({"subtype": row["type"], "value": money(amount, currency)})
            tax += amount
        rows.append(
            {
                "type": "TAX",
                "subtotal": money(tax, currency),
                "detailedBreakdowns": details,
            }
        )
        collect(item)


def collect(item):
    """Amazon collects the tax of an item."""
    item.setdefault("tax", {})["taxCollections"] = [
        {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services"}
    ]


def leave_tax(document):
    """Amazon collects no tax: the seller owes it."""
    for item in document["orderItems"]:
        item.pop("tax", None)


def collect_some(document):
    """Amazon collects the tax of the first item only."""
    leave_tax(document)
    collect(document["orderItems"][0])


def give_vat_number(document):
    """The buyer has a VAT number that is valid."""
    number = VAT_NUMBERS.get(country_of(document))
    if number:
        registration = {
            "entityType": "BUYER",
            "legalName": document["buyer"]["buyerCompanyName"],
            "taxRegistrationType": "VAT",
            "taxRegistrationNumber": number,
        }
        document["tax"] = {"taxRegistrations": [registration]}


# Traits of the simulator, and what is changed of the document afterwards.
VARIANTS = (
    ((), None),
    (("TAX_INCLUDED",), None),
    (("TAX_ADDED",), None),
    (("TAX_INCLUDED",), tell_contained_tax),
    (("PROMOTION", "TAX_INCLUDED"), None),
    (("IOSS",), None),
    (("GIFT", "PROMOTION", "TAX_ADDED"), None),
    (("BUSINESS", "TAX_INCLUDED"), give_vat_number),
    (("UOSS", "PROMOTION"), None),
    (("TAX_ADDED",), leave_tax),
    (("PROMOTION", "TAX_ADDED"), collect_some),
    (("GIFT", "TAX_INCLUDED"), None),
    (("PARTIAL_CANCELLATION", "PROMOTION"), None),
    (("COD",), None),
    (("BUSINESS",), None),
    (("REPLACEMENT",), None),
    (("GIFT", "PROMOTION", "TAX_INCLUDED"), tell_contained_tax),
    (("MEASUREMENT", "POINTS", "SEVERAL_PAYMENTS"), None),
    (("ITEM_CANCELLED", "TAX_ADDED"), None),
)


def generate_orders(count):
    """Return {chart of accounts: order documents}.

    :param count: how many there are in all
    """
    generator = Generator(articles.products(1))
    created = datetime.now(timezone.utc) - timedelta(days=2)
    charts = list(PLACES)
    orders = {chart: [] for chart in charts}
    for number in range(count):
        chart, turn = charts[number % len(charts)], number // len(charts)
        place, traits, change = choose(chart, turn)
        document = generator.order(
            random.Random(f"books:{number}"),
            EUROPE,
            Wish(marketplace=place.market, traits=traits),
            f"200-{number:07}-0000001",
            f"200-{number:07}-0000002",
            created,
            created,
        )
        if place.country:
            document["recipient"]["deliveryAddress"].update(
                countryCode=place.country,
                city=place.city,
                postalCode=place.postal_code,
                stateOrRegion="",
            )
        for registration in document.get("tax", {}).get("taxRegistrations", ()):
            # What is drawn may pass the check of a country by chance.
            registration["taxRegistrationNumber"] = NO_VAT_NUMBER
        if change:
            change(document)
        orders[chart].append(document)
    return orders


def choose(chart, turn):
    """Return (place, traits, change or None) of an order of a company's walk."""
    places = PLACES[chart]
    lap = turn // math.lcm(len(places), len(VARIANTS))
    place = places[turn % len(places)]
    traits, change = VARIANTS[(turn + lap) % len(VARIANTS)]
    if place.country:
        # The simulator knows the rates of the marketplaces' own countries.
        traits = tuple({"TAX_INCLUDED", *traits} - {"TAX_ADDED", "IOSS", "UOSS"})
    elif place.market.country not in UNION and {"IOSS", "UOSS"} & {*traits}:
        traits = tuple({"TAX_ADDED", *traits} - {"IOSS", "UOSS"})
    return place, tuple(sorted(traits)), change


# === WHAT A DOCUMENT SAYS, READ WITHOUT THE ADDON === #


def country_of(document):
    """Where it is delivered to."""
    return document["recipient"]["deliveryAddress"]["countryCode"]


def currency_of(document):
    """The code of the currency that it is paid in."""
    return document["proceeds"]["grandTotal"]["currencyCode"]


def is_collected(item):
    """Whether Amazon collects the tax of an item and pays it itself."""
    entries = item.get("tax", {}).get("taxCollections", [])
    return any(entry["model"] == "MARKETPLACE_FACILITATOR" for entry in entries)


def tax_of(item):
    """The tax that Amazon names for an item."""
    rows = item["proceeds"]["breakdowns"]
    return sum(
        (Decimal(r["subtotal"]["amount"]) for r in rows if r["type"] == "TAX"),
        Decimal(0),
    )


def total_of(document):
    """What Amazon owes: the grand total less the tax that it pays itself."""
    total = Decimal(document["proceeds"]["grandTotal"]["amount"])
    items = document["orderItems"]
    return total - sum(tax_of(item) for item in items if is_collected(item))


def collected_of(document):
    """How much of it is owed for items whose tax Amazon collects."""
    return sum(
        Decimal(item["proceeds"]["proceedsTotal"]["amount"]) - tax_of(item)
        for item in document["orderItems"]
        if is_collected(item)
    )


def owed_tax_of(document):
    """The tax that Amazon names and leaves to the seller."""
    items = document["orderItems"]
    return sum(tax_of(item) for item in items if not is_collected(item))


def has_vat_number(document):
    """Whether the buyer has a valid VAT number of the country delivered to."""
    numbers = {
        entry["taxRegistrationNumber"]
        for entry in document.get("tax", {}).get("taxRegistrations", ())
    }
    return VAT_NUMBERS.get(country_of(document)) in numbers
