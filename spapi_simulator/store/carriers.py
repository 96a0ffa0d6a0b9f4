"""Which carriers Amazon knows, by marketplace.

Amazon's model lists none; the values are those of ``CarrierCode`` in Amazon's order
fulfilment schema and of Seller Central's help. Which of them a marketplace has is told
to sellers only: here a carrier is known where it works, and its neighbours know it.
"""

#: What a carrier is called that Amazon does not know.
OTHER = "Other"

_EVERYWHERE = frozenset(
    (
        "4PX", "Amazon Shipping", "Aramex", "Asendia", "Best Express", "Blue Package",
        "Canada Post", "China Post", "Chukou1", "City Link", "CNE", "DB Schenker",
        "DHL", "DHL eCommerce", "DHL Express", "DHL Freight", "DHL Global Mail",
        "DPD", "DSV", "ECMS", "Equick", "EUB", "Fastway", "FedEx", "FedEx SmartPost",
        "GLS", "GO!", "Hermes Logistik Gruppe", "Hongkong Post", "India Post",
        "Japan Post", "JCEX", "Kuehne+Nagel", "Landmark Global", "Lasership",
        "Newgistics", "NipponExpress", "OnTrac", "OSM", "Parcelforce", "Royal Mail",
        "SagawaExpress", "Self Delivery", "SF Express", "SFC", "Singapore Post",
        "STO Express", "Streamlite", "Sunyou", "Target", "TNT", "UBI", "UPS",
        "UPS Mail Innovations", "UPSMI", "USPS", "WanbExpress", "WINIT",
        "YamatoTransport", "YANWEN", "Yanwen", "YDH", "YTO Express", "Yun Express",
        "Yunda Express", "ZTO Express",
    )
)  # fmt: skip

# {countries of marketplaces: codes that are known there}
_REGIONS = {
    ("US", "CA", "MX"): (
        "A-1", "AAA Cooper", "ABF", "APC POSTAL LOGISTICS", "Better Trucks", "Canpar",
        "CEVA", "Conway", "ePost Global", "Estafeta", "Estes", "Fedex Freight",
        "First Mile", "iParcel", "Old Dominion", "Pilot Freight", "PUROLATOR", "R+L",
        "Roadrunner", "Saia", "South Eastern Freight Lines", "UPS Freight",
        "Urban Express", "Watkins and Shepard", "XPO Freight", "Yellow Freight",
    ),
    ("BR",): (
        "Correios", "DirectLog", "Total Express", "TransFolha",
    ),
    ("GB", "IE", "DE", "FR", "IT", "ES", "NL", "BE", "SE", "PL"): (
        "APC", "APC Overnight", "Arco Spedizioni", "Arrow XL", "AT POST", "Bartolini",
        "BPOST", "BRT", "CargoLine", "CELERITAS", "Chrono Express", "Chronopost",
        "Coliposte", "Colis Prive", "Colissimo", "Correos", "Correos Express",
        "CTT EXPRESS", "CTTExpress", "Cubyn", "DACHSER", "Delivengo", "Der Kurier",
        "Deutsche Post", "DHL Home Delivery", "DHL Parcel UK", "DHL-Paket", "DHLPL",
        "DPD Local", "DX", "DX Express", "DX Freight", "DX Secure", "Emons",
        "Endopack", "Energo", "Envialia", "Exapaq", "FERCAM", "France Express",
        "GEL Express", "GEODIS", "Geodis Calberson", "GFS", "Hellmann", "Heppner",
        "Hermes", "Hermes Einrichtungsservice", "Hermes UK", "Huxloe Logistics",
        "IDS Netzwerk", "InPost", "Interlink", "ITD Global", "Jersey Post",
        "La Poste", "Liccardi", "Mail Alliance", "MBE", "Milkman", "Mondial Relay",
        "MRW", "Nacex", "Nexive", "Otro", "Panther", "Parcelhub", "Parcelnet",
        "Polish Post", "Post Modern", "Post NL", "Poste Italiane", "PostNL",
        "PostNord", "Raben Group", "REDUR", "Rhenus", "Rieck", "Sailpost", "SDA",
        "Sending", "Seur", "Seven Senders", "Spring GDS", "Swiss post", "Szendex",
        "The Delivery Group", "TIPSA", "TNTIT", "Tourline", "Trans-o-Flex",
        "Tuffnells", "UK MAIL", "VIR", "Whistl", "XDP", "Yodel", "Zeleris",
        "Zust Ambrosetti",
    ),
    ("TR",): (
        "Aras Kargo", "Ceva Lojistik", "DHL Kargo", "Fillo Kargo", "Geopost Kargo",
        "Horoz Lojistik", "MNG Kargo", "Narpost Kargo", "PTT Kargo", "Sürat Kargo",
        "TNT Kargo", "Yurtiçi Kargo",
    ),
    ("AE", "SA", "EG"): (
        "Emirates Post", "iMile",
    ),
    ("IN",): (
        "AFL/Fedex", "BlueDart", "Bombino Express", "Delhivery", "Dotzot", "DTDC",
        "Ecom Express", "First Flight", "Gati", "ICC Worldwide", "Overnite Express",
        "Professional", "Rivigo", "Safexpress", "Ship Delight",
        "Shree Maruti Courier", "Shree Tirupati Courier", "Spoton",
        "The Professional Couriers", "Trackon", "Whizzard", "Xpressbees",
    ),
    ("JP",): (
        "FEDEX_JP", "JP_EXPRESS", "NITTSU", "SAGAWA", "Seino", "SEINO TRANSPORTATION",
        "YAMATO",
    ),
    ("SG",): (
        "Ninjavan", "Qxpress",
    ),
    ("AU",): (
        "AUSSIE_POST", "Australia Post", "Australia Post-ArticleId",
        "Australia Post-Consignment", "Couriers Please", "CouriersPlease",
        "Hunter Logistics", "Sendle", "Smartmail", "StarTrack-ArticleID",
        "StarTrack-Consignment", "Toll Global Express",
    ),
}  # fmt: skip

_BY_COUNTRY = {
    country: _EVERYWHERE.union(codes, (OTHER,))
    for countries, codes in _REGIONS.items()
    for country in countries
}
_ELSEWHERE = _EVERYWHERE | {OTHER}


def is_known_carrier(code, country):
    """Whether a marketplace has the carrier code, in exactly this spelling."""
    return code in _BY_COUNTRY.get(country, _ELSEWHERE)
