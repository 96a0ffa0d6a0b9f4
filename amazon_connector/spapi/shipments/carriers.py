"""Amazon's carrier codes by marketplace, and a guess at the right one for a name.

Amazon's API model lists no codes. These are the values of ``CarrierCode`` in Amazon's
order fulfilment schema and of Seller Central's help. Amazon compares them
case-sensitively, anything else counts as an unknown carrier, and which of them a
marketplace offers is told to sellers only: a code that is at home in one country is
taken as known in its whole region, the others as known everywhere.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

OTHER = "Other"
#: What Amazon takes as the carrier's name at most.
CARRIER_NAME_LIMIT = 50

# Countries whose marketplaces share their carriers.
_REGIONS = (
    ("US", "CA", "MX"),
    ("BR",),
    ("GB", "IE", "DE", "FR", "IT", "ES", "NL", "BE", "SE", "PL"),
    ("TR",),
    ("AE", "SA", "EG"),
    ("ZA",),
    ("IN",),
    ("JP",),
    ("SG",),
    ("AU",),
)

# By the country where a carrier is at home; "" for those known everywhere.
_CODES_BY_COUNTRY = {
    "": (
        "4PX", "Amazon Shipping", "Aramex", "Asendia", "Best Express", "Blue Package",
        "Canada Post", "China Post", "Chukou1", "City Link", "CNE", "DB Schenker",
        "DHL", "DHL eCommerce", "DHL Express", "DHL Freight", "DHL Global Mail",
        "DPD", "DSV", "ECMS", "Equick", "EUB", "Fastway", "FedEx",
        "FedEx SmartPost", "GLS", "GO!", "Hermes Logistik Gruppe", "Hongkong Post",
        "India Post", "Japan Post", "JCEX", "Kuehne+Nagel", "Landmark Global",
        "Lasership", "Newgistics", "NipponExpress", "OnTrac", "OSM", "Parcelforce",
        "Royal Mail", "SagawaExpress", "Self Delivery", "SF Express", "SFC",
        "Singapore Post", "STO Express", "Streamlite", "Sunyou", "Target", "TNT",
        "UBI", "UPS", "UPS Mail Innovations", "UPSMI", "USPS", "WanbExpress", "WINIT",
        "YamatoTransport", "YANWEN", "Yanwen", "YDH", "YTO Express", "Yun Express",
        "Yunda Express", "ZTO Express",
    ),
    "AE": ("Emirates Post", "iMile"),
    "AU": (
        "AUSSIE_POST", "Australia Post", "Australia Post-ArticleId",
        "Australia Post-Consignment", "Couriers Please", "CouriersPlease",
        "Hunter Logistics", "Sendle", "Smartmail", "StarTrack-ArticleID",
        "StarTrack-Consignment", "Toll Global Express",
    ),
    "BE": ("BPOST",),
    "BR": ("Correios", "DirectLog", "Total Express", "TransFolha"),
    "CA": ("Canpar", "PUROLATOR"),
    "DE": (
        "AT POST", "CargoLine", "DACHSER", "Der Kurier", "Deutsche Post", "DHL-Paket",
        "Emons", "GEL Express", "Hellmann", "Hermes", "Hermes Einrichtungsservice",
        "IDS Netzwerk", "Mail Alliance", "Post Modern", "Raben Group", "Rhenus",
        "Rieck", "Seven Senders", "Swiss post", "Trans-o-Flex",
    ),
    "ES": (
        "CELERITAS", "Chrono Express", "Correos", "Correos Express", "CTT EXPRESS",
        "CTTExpress", "Endopack", "Envialia", "MRW", "Nacex", "Otro", "REDUR", "Seur",
        "Sending", "Szendex", "TIPSA", "Tourline", "Zeleris",
    ),
    "FR": (
        "Chronopost", "Colis Prive", "Coliposte", "Colissimo", "Cubyn", "Delivengo",
        "Exapaq", "France Express", "Geodis Calberson", "GEODIS", "Heppner",
        "La Poste", "Mondial Relay", "VIR",
    ),
    "GB": (
        "APC", "APC Overnight", "Arrow XL", "DHL Parcel UK", "DPD Local", "DX",
        "DX Express", "DX Freight", "DX Secure", "GFS", "Hermes UK",
        "Huxloe Logistics", "Interlink", "ITD Global", "Jersey Post", "Panther",
        "Parcelhub", "Parcelnet", "Spring GDS", "The Delivery Group", "Tuffnells",
        "UK MAIL", "Whistl", "XDP", "Yodel",
    ),
    "IN": (
        "AFL/Fedex", "BlueDart", "Bombino Express", "Delhivery", "Dotzot", "DTDC",
        "Ecom Express", "First Flight", "Gati", "ICC Worldwide", "Overnite Express",
        "Professional", "Rivigo", "Safexpress", "Ship Delight", "Shree Maruti Courier",
        "Shree Tirupati Courier", "Spoton", "The Professional Couriers", "Trackon",
        "Whizzard", "Xpressbees",
    ),
    "IT": (
        "Arco Spedizioni", "Bartolini", "BRT", "Energo", "FERCAM", "Liccardi",
        "MBE", "Milkman", "Nexive", "Poste Italiane", "Sailpost", "SDA", "TNTIT",
        "Zust Ambrosetti",
    ),
    "JP": (
        "FEDEX_JP", "JP_EXPRESS", "NITTSU", "SAGAWA", "Seino", "SEINO TRANSPORTATION",
        "YAMATO",
    ),
    "MX": ("Estafeta",),
    "NL": ("Post NL", "PostNL"),
    "PL": ("DHLPL", "InPost", "Polish Post"),
    "SE": ("DHL Home Delivery", "PostNord"),
    "SG": ("Ninjavan", "Qxpress"),
    "TR": (
        "Aras Kargo", "Ceva Lojistik", "DHL Kargo", "Fillo Kargo", "Geopost Kargo",
        "Horoz Lojistik", "MNG Kargo", "Narpost Kargo", "PTT Kargo", "Sürat Kargo",
        "TNT Kargo", "Yurtiçi Kargo",
    ),
    "US": (
        "A-1", "AAA Cooper", "ABF", "APC POSTAL LOGISTICS", "Better Trucks", "CEVA",
        "Conway", "ePost Global", "Estes", "Fedex Freight", "First Mile", "iParcel",
        "Old Dominion", "Pilot Freight", "R+L", "Roadrunner", "Saia",
        "South Eastern Freight Lines", "UPS Freight", "Urban Express",
        "Watkins and Shepard", "XPO Freight", "Yellow Freight",
    ),
}  # fmt: skip

#: All codes, "Other" last.
AMAZON_CARRIERS = (
    *sorted({code for codes in _CODES_BY_COUNTRY.values() for code in codes}),
    OTHER,
)

# Words or phrases found in a name, and the code they mean. Longer phrases win.
_ALIASES = {
    "4 px": "4PX",
    "amazon shipping": "Amazon Shipping",
    "apc overnight": "APC Overnight",
    "aramex": "Aramex",
    "arrow xl": "Arrow XL",
    "arrowxl": "Arrow XL",
    "asendia": "Asendia",
    "auspost": "Australia Post",
    "australia post": "Australia Post",
    "austrian post": "AT POST",
    "bartolini": "BRT",
    "better trucks": "Better Trucks",
    "blue dart": "BlueDart",
    "bluedart": "BlueDart",
    "bpost": "BPOST",
    "brt": "BRT",
    "canada post": "Canada Post",
    "canpar": "Canpar",
    "celeritas": "CELERITAS",
    "china post": "China Post",
    "chronopost": "Chronopost",
    "colis prive": "Colis Prive",
    "colissimo": "Colissimo",
    "correios": "Correios",
    "correos": "Correos",
    "correos express": "Correos Express",
    "couriers please": "Couriers Please",
    "couriersplease": "Couriers Please",
    "ctt express": "CTTExpress",
    "dachser": "DACHSER",
    "db schenker": "DB Schenker",
    "delhivery": "Delhivery",
    "deutsche post": "Deutsche Post",
    "dhl": "DHL",
    "dhl ecommerce": "DHL eCommerce",
    "dhl global mail": "DHL Global Mail",
    "dhl parcel uk": "DHL Parcel UK",
    "dpd": "DPD",
    "dpd local": "DPD Local",
    "dtdc": "DTDC",
    "dx express": "DX Express",
    "dx freight": "DX Freight",
    "ecom express": "Ecom Express",
    "emirates post": "Emirates Post",
    "envialia": "Envialia",
    "epost global": "ePost Global",
    "estafeta": "Estafeta",
    "estes": "Estes",
    # The new name of Hermes UK, which is what Amazon's schema has.
    "evri": "Hermes UK",
    "federal express": "FedEx",
    "fedex": "FedEx",
    "fedex freight": "Fedex Freight",
    "fedex smartpost": "FedEx SmartPost",
    "gati": "Gati",
    "geodis": "GEODIS",
    "gls": "GLS",
    "heppner": "Heppner",
    "hermes": "Hermes Logistik Gruppe",
    "hermes uk": "Hermes UK",
    "hermes einrichtungsservice": "Hermes Einrichtungsservice",
    "hongkong post": "Hongkong Post",
    "hong kong post": "Hongkong Post",
    "imile": "iMile",
    "india post": "India Post",
    "inpost": "InPost",
    "japan post": "Japan Post",
    "jersey post": "Jersey Post",
    "jp post": "Japan Post",
    "kuehne nagel": "Kuehne+Nagel",
    "kuhne nagel": "Kuehne+Nagel",
    "la poste": "La Poste",
    "landmark global": "Landmark Global",
    "lasership": "Lasership",
    "mondial relay": "Mondial Relay",
    "mrw": "MRW",
    "myhermes": "Hermes UK",
    "nacex": "Nacex",
    "nexive": "Nexive",
    "ninja van": "Ninjavan",
    "ninjavan": "Ninjavan",
    "nippon express": "NipponExpress",
    "ontrac": "OnTrac",
    "osterreichische post": "AT POST",
    "parcelforce": "Parcelforce",
    "parcelhub": "Parcelhub",
    "poczta polska": "Polish Post",
    "poste italiane": "Poste Italiane",
    "postes canada": "Canada Post",
    "post nl": "PostNL",
    "postnl": "PostNL",
    "postnord": "PostNord",
    "purolator": "PUROLATOR",
    "roadrunner freight": "Roadrunner",
    "royal mail": "Royal Mail",
    "safexpress": "Safexpress",
    "sagawa": "SagawaExpress",
    "sda": "SDA",
    "sda express": "SDA",
    "seino": "SEINO TRANSPORTATION",
    "sendle": "Sendle",
    "seur": "Seur",
    "sf express": "SF Express",
    "singapore post": "Singapore Post",
    "singpost": "Singapore Post",
    "swiss post": "Swiss post",
    "tipsa": "TIPSA",
    "tnt": "TNT",
    "total express": "Total Express",
    "trackon": "Trackon",
    "trans o flex": "Trans-o-Flex",
    "tuffnells": "Tuffnells",
    "uk mail": "UK MAIL",
    "united parcel service": "UPS",
    "united states postal service": "USPS",
    "ups": "UPS",
    "ups freight": "UPS Freight",
    "ups mail innovations": "UPS Mail Innovations",
    "usps": "USPS",
    "whistl": "Whistl",
    "xpress bees": "Xpressbees",
    "xpressbees": "Xpressbees",
    "yamato": "YamatoTransport",
    "yanwen": "Yanwen",
    "yodel": "Yodel",
    "yun express": "Yun Express",
    "yunexpress": "Yun Express",
    "yurtici kargo": "Yurtiçi Kargo",
    "zeleris": "Zeleris",
    # Written without spaces between the words.
    "クロネコ": "YamatoTransport",
    "ヤマト運輸": "YamatoTransport",
    "佐川急便": "SagawaExpress",
    "日本通運": "NipponExpress",
    "日本郵便": "Japan Post",
    "ゆうパック": "Japan Post",
    "西濃運輸": "SEINO TRANSPORTATION",
    "顺丰": "SF Express",
    "順豐": "SF Express",
}

# Carriers without a code that is certain: by the same phrases, the name to be sent.
_NAMES = {
    "airmee": "Airmee",
    "an post": "An Post",
    "budbee": "Budbee",
    "cainiao": "Cainiao",
    "ctt": "CTT",
    "ekart": "Ekart",
    "fukuyama": "Fukuyama Transporting",
    "instabox": "Instabox",
    "j t express": "J&T Express",
    "jadlog": "Jadlog",
    "lso": "LSO",
    "loggi": "Loggi",
    "matkahuolto": "Matkahuolto",
    "naqel": "Naqel",
    "omniva": "Omniva",
    "packeta": "Packeta",
    "paquetexpress": "Paquetexpress",
    "posten bring": "Bring",
    "posti": "Posti",
    "ppl": "PPL",
    "redpack": "Redpack",
    "relais colis": "Relais Colis",
    "shadowfax": "Shadowfax",
    "smsa": "SMSA",
    "startrack": "StarTrack",
    "toll ipec": "Toll IPEC",
    "toll priority": "Toll Priority",
    "vinted go": "Vinted Go",
    "zasilkovna": "Packeta",
    "福山通運": "Fukuyama Transporting",
}

# Words of everyday language: a carrier only where they are the whole name.
_WHOLE_NAMES = {"bring": "Bring", "toll": "Toll"}
# Codes that are such words, or that another code is surer for.
_UNSURE_CODES = (
    "Bartolini", "DHL Express", "DHL-Paket", "Hermes", "Otro", "Professional",
    "Self Delivery", "Sending", "Target", "YANWEN", OTHER,
)  # fmt: skip

# Where a name means another carrier, by the country of the marketplace.
_ALIASES_BY_COUNTRY = {
    "GB": {"hermes": "Hermes UK"},
    "IE": {"hermes": "Hermes UK"},
}

#: Services that Seller Central offers with a code, by country and code.
SHIP_METHODS = {
    ("AU", "Australia Post-ArticleId"): (
        "International Post International Courier",
        "International Post International Economy Air",
        "International Post International Express",
        "International Post International Standard",
        "Letter Post Express Post letter",
        "Letter Post Ordinary letter",
        "Letter Post Registered Post",
        "Parcel Post Express Post parcel",
        "Parcel Post Regular parcel",
    ),
    ("DE", "DHL"): ("Paket", "Prio", "EuroPaket", "Paket International", "Express"),
    ("DE", "Deutsche Post"): (
        "Warenpost", "Warenpost International", "Standardbrief", "Kompaktbrief",
        "Großbrief", "Maxibrief", "Standardbrief Einschreiben",
        "Kompaktbrief Einschreiben", "Großbrief Einschreiben",
        "Maxibrief Einschreiben", "Standardbrief International",
        "Kompaktbrief International", "Großbrief International",
        "Maxibrief International", "Standardbrief Einschreiben International",
        "Kompaktbrief Einschreiben International",
        "Großbrief Einschreiben International",
        "Maxibrief Einschreiben International", "Bücher-/Warensendung",
    ),
    ("DE", "DPD"): ("DPD Prio", "DPD Classic", "DPD Express"),
    ("DE", "GLS"): (
        "BusinessParcel", "BusinessSmallParcel", "EuroBusinessParcel",
        "EuroBusinessSmallParcel", "ExpressParcel", "EuroExpressParcel",
        "GlobalExpressParcel",
    ),
    ("DE", "Hermes"): ("Eilservice", "Standard"),
    ("DE", "Hermes Logistik Gruppe"): ("Eilservice", "Standard"),
    ("GB", "Royal Mail"): (
        "Royal Mail 2nd Class", "Royal Mail Special Delivery Guaranteed",
        "Royal Mail Tracked 24", "Royal Mail Tracked 48",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Carrier:
    """What Amazon is told of a carrier; ``name`` only with the code "Other"."""

    code: str
    name: str = ""
    ship_method: str = ""


def _get_words(text):
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    # An underscore separates words: Odoo's delivery types are like "fedex_rest".
    return " ".join(re.findall(r"[^\W_]+", plain))


def _get_phrases(country):
    """Return ``[(phrase in plain words, Carrier)]``, longer phrases first."""
    codes = _ALIASES | _ALIASES_BY_COUNTRY.get(country, {})
    carriers = {phrase: Carrier(code) for phrase, code in codes.items()}
    carriers |= {phrase: Carrier(OTHER, name) for phrase, name in _NAMES.items()}
    plain = {_get_words(phrase): carrier for phrase, carrier in carriers.items()}
    return sorted(plain.items(), key=lambda entry: -len(entry[0]))


# "Other" names no carrier, it is what remains when none is recognised.
_EXACT = {
    _get_words(code): Carrier(code)
    for code in reversed(AMAZON_CARRIERS)
    if code not in _UNSURE_CODES
} | {phrase: Carrier(OTHER, name) for phrase, name in _WHOLE_NAMES.items()}
_PHRASES = {country: _get_phrases(country) for country in ("", *_ALIASES_BY_COUNTRY)}


def _get_region(country):
    return next((region for region in _REGIONS if country in region), ())


@lru_cache(maxsize=64)
def get_carrier_codes(country=""):
    """Return the codes that are offered for a marketplace, the likely ones first.

    :param str country: ISO code of the marketplace's country; "" for all codes
    :return: tuple; "Other" is the last
    """
    if not country:
        return AMAZON_CARRIERS
    neighbours = [land for land in _get_region(country) if land != country]
    codes = [*_CODES_BY_COUNTRY.get(country, ()), *_CODES_BY_COUNTRY[""]]
    for land in neighbours:
        codes += _CODES_BY_COUNTRY.get(land, ())
    return (*codes, OTHER)


def guess_carrier(name, delivery_type="", country=""):
    """Return the :class:`Carrier` that a name says, or None when it says none.

    A carrier that the marketplace does not offer is "Other" with its name.

    :param name: the delivery method's name, e.g. "DHL Paket (2-3 days)"
    :param delivery_type: Odoo's provider, e.g. "ups_rest"; asked after the name
    :param str country: ISO code of the marketplace's country, "" when it is unknown
    """
    for text in (name, delivery_type):
        if carrier := _find_carrier(_get_words(text), country):
            break
    else:
        return None
    if carrier.code not in get_carrier_codes(country):
        return Carrier(OTHER, carrier.code)
    return Carrier(
        carrier.code, carrier.name, _find_ship_method(name, carrier.code, country)
    )


def _find_carrier(words, country):
    if not words:
        return None
    if words in _EXACT:
        return _EXACT[words]
    for phrase, carrier in _PHRASES.get(country, _PHRASES[""]):
        if f" {phrase} " in f" {words} " or (not phrase.isascii() and phrase in words):
            return carrier
    return None


def _find_ship_method(name, code, country):
    """Return the longest service of the carrier whose words are in the name, or ""."""
    words = f" {_get_words(name)} "
    found = [
        method
        for method in SHIP_METHODS.get((country, code), ())
        if f" {_get_words(method)} " in words
    ]
    return max(found, key=len, default="")
