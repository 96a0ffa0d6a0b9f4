"""Invented buyers, addresses and product words of the generated store."""

GIVEN = [
    "Ada",
    "Bruno",
    "Carla",
    "Dmitri",
    "Elena",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Lars",
    "Mina",
    "Noel",
    "Olga",
    "Pablo",
    "Quinn",
    "Rosa",
    "Søren",
    "Tilda",
    "Uma",
    "Viktor",
    "Wanda",
    "Xavier",
    "Yara",
    "Zoë",
]
FAMILY = [
    "Abbot",
    "Birch",
    "Calder",
    "Dahl",
    "Ellery",
    "Fontaine",
    "Garza",
    "Holm",
    "Ibarra",
    "Jensen",
    "Kowal",
    "Larue",
    "Montes",
    "Nilsson",
    "Okafor",
    "Pereira",
    "Quist",
    "Rowan",
    "Sørensen",
    "Tremblay",
    "Ueda",
    "Vogel",
    "Winter",
]
STREETS = {
    "US": ("Maple Street", "Harbor Road", "Juniper Avenue", "Quarry Lane"),
    "CA": ("Spruce Crescent", "Lakeview Drive", "Rue des Érables"),
    "MX": ("Calle del Sol", "Avenida Jacaranda", "Calle Nopal"),
    "GB": ("Mill Lane", "Orchard Close", "Station Parade"),
    "DE": ("Lindenweg", "Am Mühlbach", "Gartenstraße"),
    "FR": ("Rue du Moulin", "Allée des Tilleuls", "Chemin Vert"),
}
#: country -> (city, state, postal code, rate of the tax added to the price)
PLACES = {
    "US": (
        ("Springvale", "WA", "98001", "0.089"),
        ("Oak Hollow", "CA", "90001", "0.095"),
        ("Riverbend", "TX", "75001", "0.0825"),
        ("Cedar Point", "NY", "10001", "0.08875"),
        ("Fairhaven", "OR", "97001", "0"),
    ),
    "CA": (
        ("Maplewood", "ON", "K1A 0A1", "0.13"),
        ("Mont-Clair", "QC", "H2X 1Y4", "0.14975"),
        ("Bayfield", "BC", "V5K 0A1", "0.12"),
    ),
    "MX": (
        ("Villa Serena", "Jalisco", "44100", "0.16"),
        ("Puerto Lindo", "Yucatán", "97000", "0.16"),
    ),
    "GB": (
        ("Little Marsh", "Kent", "ME1 1AA", "0.20"),
        ("Northcombe", "Devon", "EX1 1AA", "0.20"),
    ),
    "DE": (
        ("Neustadt am See", "Bayern", "80331", "0.19"),
        ("Grünhagen", "Niedersachsen", "30159", "0.19"),
    ),
    "FR": (
        ("Belleville-sur-Rive", "Bretagne", "35000", "0.20"),
        ("Saint-Orme", "Occitanie", "31000", "0.20"),
    ),
}
COMPANIES = ("Bluefin Works", "Copperleaf Supply", "Tandem Studio", "Ostwind Bau")
ADJECTIVES = ("Walnut", "Slate", "Copper", "Linen", "Cork", "Ivory", "Cobalt", "Moss")
NOUNS = (
    "Desk Lamp",
    "Notebook Set",
    "Water Bottle",
    "Kitchen Scale",
    "Wall Clock",
    "Tool Roll",
    "Cutting Board",
    "Garden Trowel",
)
GIFT_MESSAGES = (
    "Happy birthday! Enjoy it.",
    "With love from all of us",
    "Congratulations on the new home",
)
#: Units of a currency for one US dollar of the catalogue, roughly.
RATES = {"USD": "1", "CAD": "1.35", "MXN": "17.5", "GBP": "0.80", "EUR": "0.92"}


def products(rng, count=60):
    """The catalogue: invented articles with prices in US dollars."""
    titles = [f"{a} {n}" for a in ADJECTIVES for n in NOUNS]
    rng.shuffle(titles)
    return [_product(rng, number, titles[number - 1]) for number in range(1, count + 1)]


def _product(rng, number, title):
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return {
        "sku": f"SIM-{number:04d}",
        "asin": "B0" + "".join(rng.choice(alphabet) for _ in range(8)),
        "title": title,
        "price": f"{rng.randint(5, 120)}.{rng.choice(('00', '49', '90', '99'))}",
        "currency": "USD",
        "barcode": _ean13(f"200{number:09d}"),
    }


def _ean13(digits):
    """Add the check digit; the prefix 200 is free for internal use."""
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return digits + str(-total % 10)


def person(rng):
    """A full name."""
    return f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}"


def buyer(rng, name, business):
    """The buyer block, with company and purchase order of business buyers."""
    local = "".join(rng.choice("bcdfghjkmnpqrstvwxz2345679") for _ in range(15))
    block = {"buyerName": name, "buyerEmail": f"{local}@marketplace.example.com"}
    if business:
        block["buyerCompanyName"] = rng.choice(COMPANIES)
        block["buyerPurchaseOrderNumber"] = f"PO-{rng.randint(1000, 9999)}"
    return block


def address(rng, country, name, company=None):
    """A delivery address and the tax rate of its place."""
    city, state, postal_code, rate = rng.choice(PLACES[country])
    number = rng.randint(1, 250)
    street = rng.choice(STREETS[country])
    first = f"{number} {street}" if country in ("US", "CA", "GB", "FR") else ""
    block = {
        "name": name,
        "addressLine1": first or f"{street} {number}",
        "city": city,
        "stateOrRegion": state,
        "postalCode": postal_code,
        "countryCode": country,
        "phone": f"+1 555 01{rng.randint(0, 99):02d}",
        "addressType": "COMMERCIAL" if company else "RESIDENTIAL",
    }
    if company:
        block["companyName"] = company
    if rng.random() < 0.2:
        block["addressLine2"] = f"Unit {rng.randint(1, 40)}"
    return block, rate
