"""Amazon's carrier codes by marketplace, and which one a delivery method means."""

import pytest
from spapi.shipments import (
    AMAZON_CARRIERS,
    CARRIER_NAME_LIMIT,
    SHIP_METHODS,
    Carrier,
    get_carrier_codes,
    guess_carrier,
)

UNSURE = ("Bartolini", "DHL-Paket", "DHL Express", "Hermes", "YANWEN")
EVERYDAY = ("Otro", "Professional", "Self Delivery", "Sending", "Target", "Other")


@pytest.mark.parametrize(
    ("name", "delivery_type", "code"),
    [
        ("DHL Paket (2 days)", "", "DHL"),
        ("fedex ground", "", "FedEx"),
        ("Standard", "ups_rest", "UPS"),
        ("Hermes", "", "Hermes Logistik Gruppe"),
        ("COLISSIMO domicile", "", "Colissimo"),
        ("UPS Mail Innovations", "", "UPS Mail Innovations"),
        ("Evri Next Day", "", "Hermes UK"),
        ("InPost Paczkomat", "", "InPost"),
        ("PostNL pakket", "", "PostNL"),
        ("Standard", "bpost", "BPOST"),
        ("Colis Privé à domicile", "", "Colis Prive"),
        ("Mondial Relay", "", "Mondial Relay"),
        ("PostNord MyPack", "", "PostNord"),
        ("GLS Italy", "", "GLS"),
        ("Bartolini", "", "BRT"),
        ("SDA Express Courier", "", "SDA"),
        ("Nexive", "", "Nexive"),
        ("CTT Express 24h", "", "CTTExpress"),
        ("Kuehne & Nagel", "", "Kuehne+Nagel"),
        ("Österreichische Post AG", "", "AT POST"),
        ("Yurtiçi Kargo", "", "Yurtiçi Kargo"),
        ("Yamato TA-Q-BIN", "", "YamatoTransport"),
        ("ヤマト運輸（宅急便）", "", "YamatoTransport"),
        ("佐川急便", "", "SagawaExpress"),
        ("日本郵便 ゆうパック", "", "Japan Post"),
        ("Delhivery Surface", "", "Delhivery"),
        ("Blue Dart Air", "", "BlueDart"),
        ("XpressBees", "", "Xpressbees"),
        ("Purolator Ground", "", "PUROLATOR"),
        ("Estafeta", "", "Estafeta"),
        ("Correios PAC", "", "Correios"),
        ("YunExpress", "", "Yun Express"),
        ("4PX", "", "4PX"),
        ("Aramex", "", "Aramex"),
    ],
)
def test_a_carrier_is_recognised_by_whole_words(name, delivery_type, code):
    assert guess_carrier(name, delivery_type).code == code
    assert code in AMAZON_CARRIERS


@pytest.mark.parametrize(
    ("name", "carrier_name"),
    [
        ("Relais Colis", "Relais Colis"),
        ("Zásilkovna", "Packeta"),
        ("Packeta Home Delivery", "Packeta"),
        ("Bring", "Bring"),
        ("StarTrack Premium", "StarTrack"),
        ("Toll", "Toll"),
        ("Ekart Logistics", "Ekart"),
        ("Jadlog .Package", "Jadlog"),
        ("Loggi", "Loggi"),
        ("SMSA Express", "SMSA"),
        ("Naqel", "Naqel"),
        ("Cainiao", "Cainiao"),
        ("福山通運", "Fukuyama Transporting"),
    ],
)
def test_a_carrier_without_a_sure_code_is_other_with_its_name(name, carrier_name):
    assert guess_carrier(name) == Carrier("Other", carrier_name)


@pytest.mark.parametrize(
    ("name", "delivery_type"),
    [
        ("Groups and pushups", "fixed"),
        ("Bring it to the shop", "fixed"),
        ("Toll-free pick-up", "base_on_rule"),
        ("Professional", ""),
        ("Other", ""),
        ("", ""),
        (False, False),
    ],
)
def test_words_of_everyday_language_are_no_carrier(name, delivery_type):
    assert guess_carrier(name, delivery_type) is None


@pytest.mark.parametrize("code", AMAZON_CARRIERS)
def test_a_code_s_own_name_is_recognised_as_the_code(code):
    guess = guess_carrier(code.lower())
    if code in EVERYDAY:
        assert guess is None
    elif code in UNSURE:
        assert guess.code in AMAZON_CARRIERS
    else:
        assert guess.code.lower() == code.lower()


@pytest.mark.parametrize(
    ("name", "country", "carrier"),
    [
        ("Hermes", "GB", Carrier("Hermes UK")),
        ("Hermes", "IE", Carrier("Hermes UK")),
        ("Hermes", "DE", Carrier("Hermes Logistik Gruppe")),
        # Neighbours ship to each other.
        ("Colissimo", "DE", Carrier("Colissimo")),
        ("Poste Italiane", "US", Carrier("Other", "Poste Italiane")),
        ("Purolator", "GB", Carrier("Other", "PUROLATOR")),
        ("UPS", "ZA", Carrier("UPS")),
        ("UPS", "XX", Carrier("UPS")),
    ],
)
def test_the_marketplace_decides_which_code_is_meant(name, country, carrier):
    assert guess_carrier(name, country=country) == carrier


@pytest.mark.parametrize(
    ("name", "country", "carrier"),
    [
        ("DHL Paket", "DE", Carrier("DHL", ship_method="Paket")),
        ("DHL Paket International", "DE", Carrier("DHL", "", "Paket International")),
        (
            "Deutsche Post Grossbrief Einschreiben",
            "DE",
            Carrier("Deutsche Post", "", "Großbrief Einschreiben"),
        ),
        (
            "Royal Mail Tracked 24",
            "GB",
            Carrier("Royal Mail", "", "Royal Mail Tracked 24"),
        ),
        ("DHL Paket", "FR", Carrier("DHL")),
        ("DHL", "DE", Carrier("DHL")),
    ],
)
def test_the_service_is_recognised_where_seller_central_names_it(
    name, country, carrier
):
    assert guess_carrier(name, country=country) == carrier


def test_a_marketplace_offers_its_own_carriers_first_and_other_last():
    codes = get_carrier_codes("IT")
    assert codes.index("BRT") < codes.index("UPS") < codes.index("Yodel")
    assert codes[-1] == "Other"
    assert len(set(codes)) == len(codes)
    assert "Estafeta" not in codes


def test_every_code_is_offered_without_a_marketplace():
    assert set(get_carrier_codes()) == set(AMAZON_CARRIERS)
    assert get_carrier_codes()[-1] == "Other"


def test_services_belong_to_codes_of_their_marketplace():
    for country, code in SHIP_METHODS:
        assert code in get_carrier_codes(country)


@pytest.mark.parametrize("country", ["", "GB", "DE", "US", "JP", "IN"])
def test_what_is_recognised_is_always_something_amazon_takes(country):
    for code in AMAZON_CARRIERS:
        guess = guess_carrier(code, country=country)
        if guess is None:
            continue
        assert guess.code in get_carrier_codes(country)
        assert bool(guess.name) == (guess.code == "Other")
        assert len(guess.name) <= CARRIER_NAME_LIMIT
