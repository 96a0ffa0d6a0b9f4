"""What reports contain: columns, encodings and words, marketplace by marketplace."""

import codecs
import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from document_client import (
    ORDER_DATE_REPORT,
    ORDERS_REPORT,
    Reader,
)
from simulator_client import LONG_AGO, RECOMMENDED, Api, confirmation

from spapi_simulator.accounts import (
    AU,
    CA,
    DE,
    EUROPE,
    FAR_EAST,
    FR,
    JP,
    MX,
    NORTH_AMERICA,
    UK,
    US,
)
from spapi_simulator.clock import iso, parse_iso

ACCOUNTS = {US: NORTH_AMERICA, AU: FAR_EAST}
ENGLISH = {"preferredReportDocumentLocale": "en_US"}
UTF_8 = "text/plain; charset=UTF-8"


@pytest.fixture
def reader_of(http, admin):
    """A function that gives the reader of an account."""

    def make(account):
        return Reader(Api(http, account), admin)

    return make


def table(text):
    """Rows as dictionaries."""
    source = io.StringIO(text, newline="")
    return list(csv.DictReader(source, delimiter="\t", quoting=csv.QUOTE_NONE))


def listings_of(reader, marketplace, **options):
    """(rows, text, Content-Type) of the listings report of a marketplace."""
    content, response = reader.report_content(
        marketplaces=[marketplace], reportOptions=options
    )
    content_type = response.headers["content-type"]
    encoding = {JP: "cp932", FR: "cp1252"}.get(marketplace, "utf-8")
    text = content.decode(encoding)
    return table(text), text, content_type


@pytest.mark.parametrize("marketplace", ACCOUNTS, ids=lambda m: m.country)
def test_most_marketplaces_have_all_columns_in_utf_8(reader_of, marketplace):
    reader = reader_of(ACCOUNTS[marketplace])
    rows, text, content_type = listings_of(reader, marketplace)
    assert content_type == UTF_8
    header = text.split("\r\n")[0].split("\t")
    assert len(header) == 29
    assert header[:5] == [
        "item-name",
        "item-description",
        "listing-id",
        "seller-sku",
        "price",
    ]
    assert header[-3:] == ["fulfillment-channel", "merchant-shipping-group", "status"]
    assert {row["status"] for row in rows} == {"Active", "Inactive", "Incomplete"}


def test_japan_has_its_own_words_in_cp932(reader_of):
    rows, text, content_type = listings_of(reader_of(FAR_EAST), JP)
    assert content_type == "text/plain; charset=Windows-31J"
    header = text.split("\r\n")[0].split("\t")
    assert header[:6] == ["商品名", "出品ID", "出品者SKU", "価格", "数量", "出品日"]
    assert len(header) == 16
    prices = {row["価格"] for row in rows if row["価格"]}
    assert prices
    assert all(price.isdigit() for price in prices)


def test_germany_has_german_headings_and_one_for_all_dead_columns(reader_of):
    rows, text, content_type = listings_of(reader_of(EUROPE), DE)
    header = text.split("\r\n")[0].split("\t")
    assert content_type == UTF_8
    assert {"Händler-SKU", "ASIN 1", "Versender", "Menge"} <= set(header)
    assert header.count("Deprecated column") == 8
    assert {row["Deprecated column"] for row in rows} == {""}


def test_the_united_kingdom_spells_fulfilment(reader_of):
    rows, _text, _type = listings_of(reader_of(EUROPE), UK)
    assert {row["fulfilment-channel"] for row in rows} == {"DEFAULT", "AMAZON_EU"}


def test_canada_has_columns_of_its_own_and_no_status(reader_of):
    rows, _text, _type = listings_of(reader_of(NORTH_AMERICA), CA)
    assert "status" not in rows[0]
    assert "Minimum order quantity" in rows[0]


@pytest.mark.parametrize("first", [{}, ENGLISH], ids=["own", "English"])
def test_a_report_asked_for_again_keeps_the_headings_of_the_first(
    reader_of, admin, first
):
    reader = reader_of(EUROPE)
    before = listings_of(reader, DE, **first)[1].split("\r\n")[0]
    second = {} if first else ENGLISH
    assert listings_of(reader, DE, **second)[1].split("\r\n")[0] == before
    admin.advance_clock(2 * 3600)
    reader.api.fetch_token()
    assert listings_of(reader, DE, **second)[1].split("\r\n")[0] != before


def test_japanese_is_not_readable_as_utf_8(reader_of):
    reader = reader_of(FAR_EAST)
    content, _response = reader.report_content(marketplaces=[JP])
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_the_language_of_the_headings_can_be_chosen(reader_of):
    _rows, text, content_type = listings_of(reader_of(FAR_EAST), JP, **ENGLISH)
    assert text.startswith("item-name\tlisting-id\tseller-sku\t")
    assert content_type == "text/plain; charset=Windows-31J"


def test_france_has_thirteen_columns_in_cp1252_and_does_not_tell(reader_of):
    rows, text, content_type = listings_of(reader_of(EUROPE), FR)
    assert content_type == "text/plain"
    assert len(text.split("\r\n")[0].split("\t")) == 13
    assert {row["canal-traitement"] for row in rows} == {"DEFAULT", "AMAZON_EU"}


def test_mexicos_report_begins_with_a_byte_order_mark(reader_of):
    content, response = reader_of(NORTH_AMERICA).report_content(marketplaces=[MX])
    assert response.headers["content-type"] == UTF_8
    assert content.startswith(codecs.BOM_UTF8 + b"item-name\t")


def test_what_an_encoding_lacks_becomes_a_question_mark(reader_of):
    content, _response = reader_of(EUROPE).report_content(marketplaces=[FR])
    british, _text, _type = listings_of(reader_of(EUROPE), UK)
    foreign = [row for row in british if not row["item-name"].isascii()]
    assert foreign
    assert b"?" in content


def test_a_custom_report_has_the_columns_that_the_seller_chose(reader_of):
    rows, _text, _type = listings_of(reader_of(NORTH_AMERICA), US, custom="true")
    assert list(rows[0]) == [
        "seller-sku",
        "asin1",
        "item-name",
        "price",
        "quantity",
        "fulfillment-channel",
        "status",
    ]


def test_rows_are_the_listings_of_the_marketplace(reader_of, admin):
    rows, _text, _type = listings_of(reader_of(NORTH_AMERICA), US)
    by_sku = {row["seller-sku"]: row for row in rows}
    for product in admin.products():
        row = by_sku[product["sku"]]
        assert row["asin1"] == product["asin"]
        assert row["product-id"] == product["asin"]
        assert row["item-name"] == product["title"]
        assert row["price"] == product["price"]
        assert row["product-id-type"] == "1"
    assert by_sku["SIM-0001"]["open-date"].endswith(" UTC")


def test_listings_fulfilled_by_amazon_have_no_quantity(reader_of):
    rows, _text, _type = listings_of(reader_of(NORTH_AMERICA), US)
    by_channel = {row["fulfillment-channel"]: row for row in rows}
    assert set(by_channel) == {"DEFAULT", "AMAZON_NA"}
    assert by_channel["AMAZON_NA"]["quantity"] == ""
    merchant = [r["quantity"] for r in rows if r["fulfillment-channel"] == "DEFAULT"]
    assert any(quantity.isdigit() for quantity in merchant)


def test_some_rows_lack_the_sku(reader_of):
    rows, _text, _type = listings_of(reader_of(NORTH_AMERICA), US)
    nameless = [row for row in rows if not row["seller-sku"]]
    assert nameless
    assert len(nameless) < len(rows) / 10
    assert all(row["listing-id"] for row in nameless)


def test_of_several_marketplaces_only_the_first_counts(reader_of):
    reader = reader_of(NORTH_AMERICA)
    report = reader.finished_report(marketplaces=[CA, US])
    assert report["marketplaceIds"] == [CA.id]
    answer = reader.report_document(report["reportDocumentId"]).json()
    both = reader.download(answer)[0]
    assert both == reader.report_content(marketplaces=[CA])[0]


def test_reports_do_not_depend_on_compression(reader_of, admin):
    reader = reader_of(NORTH_AMERICA)
    contents = set()
    for gzip_bytes in (0, 2**30):
        admin.set_processing(gzip_bytes=gzip_bytes)
        contents.add(reader.report_content()[0])
    assert len(contents) == 1


def orders_of(reader, report_type=ORDERS_REPORT, **window):
    """The rows of an orders report of all marketplaces."""
    content, response = reader.report_content(
        report_type,
        reader.api.account.marketplaces,
        **{"dataStartTime": LONG_AGO, **window},
    )
    assert response.headers["content-type"] == UTF_8
    return table(content.decode("utf-8"))


@pytest.mark.parametrize("report_type", [ORDERS_REPORT, ORDER_DATE_REPORT])
def test_orders_have_one_row_per_item(reader_of, report_type):
    reader = reader_of(NORTH_AMERICA)
    rows = orders_of(reader, report_type)
    found = reader.api.search(includedData=RECOMMENDED).json()["orders"]
    expected = {
        (order["orderId"], item["product"]["sellerSku"])
        for order in found
        for item in order["orderItems"]
    }
    assert {(row["amazon-order-id"], row["sku"]) for row in rows} == expected
    assert len(next(iter(rows))) == 31


WORDS = {
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Canceled",
}


@pytest.mark.parametrize("status", WORDS)
def test_orders_have_the_old_words_of_status(reader_of, admin, status):
    reader = reader_of(NORTH_AMERICA)
    lines = [{"sku": "SIM-0001", "quantity": 4}]
    order = admin.create_order(
        NORTH_AMERICA.seller_id, status=status, lines=lines, programs=[]
    )
    (row,) = [r for r in orders_of(reader) if r["amazon-order-id"] == order["orderId"]]
    assert row["order-status"] == WORDS[status]
    assert row["quantity"] == ("0" if status == "CANCELLED" else "4")
    assert bool(row["item-price"]) == (status not in ("PENDING", "CANCELLED"))


def test_amounts_are_those_of_the_order(reader_of, admin):
    reader = reader_of(NORTH_AMERICA)
    orders = admin.create_orders(NORTH_AMERICA.seller_id, count=30)
    rows = {}
    for row in orders_of(reader):
        rows.setdefault(row["amazon-order-id"], []).append(row)
    for order in orders:
        for row, item in zip(rows[order["orderId"]], order["orderItems"], strict=True):
            expected = {
                part["type"]: part["subtotal"]
                for part in item["proceeds"]["breakdowns"]
            }
            assert row["item-price"] == expected["ITEM"]["amount"]
            assert row["currency"] == expected["ITEM"]["currencyCode"]
            given = Decimal(row["item-promotion-discount"] or 0)
            given += Decimal(row["ship-promotion-discount"] or 0)
            discount = expected.get("DISCOUNT", {"amount": "0"})
            assert given == -Decimal(discount["amount"])


def test_orders_tell_nothing_about_persons(reader_of, admin):
    reader = reader_of(EUROPE)
    orders = admin.create_orders(EUROPE.seller_id, count=10)
    content, _response = reader.report_content(
        ORDERS_REPORT, EUROPE.marketplaces, dataStartTime=LONG_AGO
    )
    text = content.decode("utf-8")
    for order in orders:
        address = order["recipient"]["deliveryAddress"]
        assert order["orderId"] in text
        for name in ("name", "addressLine1", "phone", "postalCode"):
            assert address.get(name, "-none-") not in text
        assert order["buyer"]["buyerEmail"] not in text


def test_a_shipment_moves_an_order_to_the_latest_updates(reader_of, admin):
    reader = reader_of(NORTH_AMERICA)
    order = admin.create_order(
        NORTH_AMERICA.seller_id, age_seconds=2 * 86400, programs=[]
    )
    before = admin.clock()["now"]
    admin.advance_clock(1)
    assert reader.api.confirm(order["orderId"], confirmation(order)).status_code == 204
    admin.advance_clock(1)
    rows = orders_of(reader, dataStartTime=before, dataEndTime=admin.clock()["now"])
    assert {row["amazon-order-id"] for row in rows} == {order["orderId"]}
    assert {row["order-status"] for row in rows} == {"Shipped"}


def test_the_window_ends_where_it_was_asked_to(reader_of, admin):
    reader = reader_of(NORTH_AMERICA)
    older, newer = (
        admin.create_order(NORTH_AMERICA.seller_id, age_seconds=age)["orderId"]
        for age in (7200, 3600)
    )
    moment = parse_iso(reader.api.order(newer).json()["order"]["createdTime"])
    end = iso(moment - timedelta(seconds=1))
    rows = orders_of(reader, ORDER_DATE_REPORT, dataEndTime=end)
    ids = {row["amazon-order-id"] for row in rows}
    assert older in ids
    assert newer not in ids
