"""Invented buyers and addresses of the generated store."""

from .draws import pick, whole

GIVEN = (
    "Ada Bruno Carla Dmitri Elena Farid Greta Hugo Ines Jonas Kira Lars Mina "
    "Noel Olga Pablo Quinn Rosa Søren Tilda Uma Viktor Wanda Xavier Yara Zoë"
).split()
FAMILY = (
    "Abbot Birch Calder Dahl Ellery Fontaine Garza Holm Ibarra Jensen Kowal "
    "Larue Montes Nilsson Okafor Pereira Quist Rowan Sørensen Tremblay Ueda "
    "Vogel Winter"
).split()
STREETS = {
    "US": ("Maple Street", "Harbor Road", "Juniper Avenue", "Quarry Lane"),
    "CA": ("Spruce Crescent", "Lakeview Drive", "Rue des Érables"),
    "MX": ("Calle del Sol", "Avenida Jacaranda", "Calle Nopal"),
    "GB": ("Mill Lane", "Orchard Close", "Station Parade"),
    "DE": ("Lindenweg", "Am Mühlbach", "Gartenstraße"),
    "FR": ("Rue du Moulin", "Allée des Tilleuls", "Chemin Vert"),
    "BE": ("Lindestraat", "Rue des Ormes"),
    "ES": ("Calle del Olivo", "Avenida del Mar"),
    "IE": ("Heather Lane", "Quay Street"),
    "IT": ("Via dei Pini", "Via del Mulino"),
    "NL": ("Molenweg", "Dorpsstraat"),
    "PL": ("ulica Lipowa", "ulica Młyńska"),
    "SE": ("Björkvägen", "Kvarngatan"),
    "JP": ("桜通り", "港町", "緑ヶ丘"),
    "AU": ("Wattle Street", "Banksia Drive", "Lorikeet Lane"),
    "AE": ("Palm Grove Street", "Al Waha Road"),
    "BR": ("Rua das Palmeiras", "Avenida do Ipê"),
    "EG": ("Lotus Street", "Nile View Road"),
    "IN": ("Banyan Road", "Lotus Lane"),
    "SA": ("Date Palm Street", "Al Rawda Road"),
    "SG": ("Orchid Walk", "Angsana Road"),
    "TR": ("Çınar Sokak", "Lale Caddesi"),
    "ZA": ("Protea Street", "Baobab Avenue"),
}
#: country -> (city, state, postal code, rate of the tax added to the price). Some have
#: a marketplace that no account of the simulator sells on: it can be wished for.
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
    "BE": (("Lindendorp", "Antwerpen", "2000", "0.21"),),
    "ES": (
        ("Olivar de la Sierra", "Sevilla", "41001", "0.21"),
        ("Puerto Claro", "Valencia", "46001", "0.21"),
    ),
    "IE": (("Heatherfield", "Co. Cork", "T12 X000", "0.23"),),
    "IT": (
        ("Pinolungo", "Toscana", "50100", "0.22"),
        ("Borgo Sereno", "Lazio", "00100", "0.22"),
    ),
    "NL": (("Molenveen", "Utrecht", "3500 AA", "0.21"),),
    "PL": (("Lipowo Górne", "mazowieckie", "00-001", "0.23"),),
    "SE": (("Björkholm", "Skåne", "211 00", "0.25"),),
    "JP": (
        ("青葉市", "東京都", "100-0001", "0.10"),
        ("南海市", "大阪府", "530-0001", "0.10"),
    ),
    "AU": (
        ("Gumtree Flat", "VIC", "3000", "0.10"),
        ("Coral Bay", "QLD", "4000", "0.10"),
    ),
    "AE": (("Al Waha", "Dubai", "", "0.05"),),
    "BR": (("Vila Serena", "SP", "01000-000", "0.17"),),
    "EG": (("Madinat Alnil", "Cairo", "11511", "0.14"),),
    "IN": (("Banyanpur", "Maharashtra", "400001", "0.18"),),
    "SA": (("Al Rawda", "Riyadh", "11564", "0.15"),),
    "SG": (("Singapore", "", "018956", "0.09"),),
    "TR": (("Yeşilköy", "İstanbul", "34000", "0.20"),),
    "ZA": (("Proteadale", "Gauteng", "2000", "0.15"),),
}
COMPANIES = ("Bluefin Works", "Copperleaf Supply", "Tandem Studio", "Ostwind Bau")
GIFT_MESSAGES = (
    "Happy birthday! Enjoy it.",
    "With love from all of us",
    "Congratulations on the new home",
)
#: Units of a currency for one US dollar of the catalogue, roughly.
RATES = {
    "USD": "1",
    "CAD": "1.35",
    "MXN": "17.5",
    "GBP": "0.80",
    "EUR": "0.92",
    "JPY": "150",
    "AUD": "1.5",
    "PLN": "4",
    "SEK": "10.5",
    "AED": "3.67",
    "BRL": "5.4",
    "EGP": "48",
    "INR": "84",
    "SAR": "3.75",
    "SGD": "1.3",
    "TRY": "34",
    "ZAR": "18",
}


#: Full names in other scripts than Latin.
NON_LATIN_NAMES = (
    "青木 はると",
    "小川 みお",
    "Ольга Ветрова",
    "Νίκος Αλεξίου",
    "دانا الحسن",
    "한 지우",
)
_LOCAL = "bcdfghjkmnpqrstvwxz2345679"
#: Countries whose addresses begin with the number of the house.
_NUMBER_FIRST = ("US", "CA", "GB", "FR", "AU")


def person(rng):
    """A full name."""
    return f"{pick(rng, GIVEN)} {pick(rng, FAMILY)}"


def buyer(rng, name, business):
    """The buyer block, with company and purchase order of business buyers."""
    local = "".join(rng.choices(_LOCAL, k=15))
    block = {"buyerName": name, "buyerEmail": f"{local}@marketplace.example.com"}
    if business:
        block["buyerCompanyName"] = pick(rng, COMPANIES)
        block["buyerPurchaseOrderNumber"] = f"PO-{whole(rng, 1000, 9999)}"
    return block


def address(rng, country, name, company=None):
    """A delivery address and the tax rate of its place (text, 0.2 is 20 %)."""
    city, state, postal_code, rate = pick(rng, PLACES[country])
    number = whole(rng, 1, 250)
    street = pick(rng, STREETS[country])
    first = country in _NUMBER_FIRST
    block = {
        "name": name,
        "addressLine1": f"{number} {street}" if first else f"{street} {number}",
        "city": city,
        "stateOrRegion": state,
        "postalCode": postal_code,
        "countryCode": country,
        "phone": f"+1 555 01{whole(rng, 0, 99):02d}",
        "addressType": "COMMERCIAL" if company else "RESIDENTIAL",
    }
    if company:
        block["companyName"] = company
    if rng.random() < 0.2:
        block["addressLine2"] = f"Unit {whole(rng, 1, 40)}"
    return block, rate


def long_address(rng):
    """Very long parts of an address: a name and three lines."""
    given = " ".join(rng.sample(GIVEN, 5))
    family = "-".join(rng.sample(FAMILY, 4))
    return {
        "name": f"{given} {family}",
        "addressLine1": "Residence of the Old Granary at the Upper Mill Pond, "
        f"Staircase {whole(rng, 10, 99)}",
        "addressLine2": "c/o Association of the Friends of Historical Weaving and "
        "Spinning",
        "addressLine3": f"Third building in the yard, floor {whole(rng, 2, 30)}, "
        "apartment at the end of the corridor",
    }
