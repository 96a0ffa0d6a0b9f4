"""The report of all listings: asked for, fetched, and read in every language of it."""

import gzip
import io
from decimal import Decimal

import pytest
from amazon_double import HTML, errors, reply
from hypothesis import given
from hypothesis import strategies as st
from spapi.errors import (
    ProtocolError,
    RejectedError,
    UnavailableError,
    UnreadableError,
)
from spapi.reports import ReportedListing, UnreadableRow, read_listings
from spapi.reports.calls import Unpacker

US, JP = "ATVPDKIKX0DER", "A1VC38T7YXB528"
REPORT = "50000000001"
ENGLISH = [
    "item-name",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "asin1",
    "fulfillment-channel",
    "status",
]
MUG = ["A mug", "1", "MUG-1", "10.50", "7", "B0EXAMPLE1", "DEFAULT", "Active"]


def table(*rows, headings=ENGLISH, encoding="utf-8", end="\r\n"):
    lines = ["\t".join(row) for row in (headings, *rows)]
    return end.join([*lines, ""]).encode(encoding)


def read(content, charset="", marketplace=US):
    return list(read_listings(io.BytesIO(content), charset, marketplace))


def test_a_row_is_read_by_the_names_of_its_columns():
    assert read(table(MUG)) == [
        ReportedListing(
            line=2,
            sku="MUG-1",
            asin="B0EXAMPLE1",
            title="A mug",
            price=Decimal("10.50"),
            quantity=7,
            channel="merchant",
            status="active",
        )
    ]
    turned = table(MUG[::-1], headings=ENGLISH[::-1], end="\n")
    assert read(turned) == read(table(MUG))


@pytest.mark.parametrize(
    "headings",
    [
        ["Seller SKU", "ASIN 1", "Price", "Quantity", "fulfilment-channel", "STATUS"],
        ["Händler-SKU", "ASIN 1", "Preis", "Menge", "Versender", "Status"],
        ["sku-vendeur", "asin1", "prix", "quantité", "canal-traitement", "état"],
        [
            "SKU venditore",
            "ASIN 1",
            "Prezzo",
            "Quantità",
            "Canale di gestione",
            "stato",
        ],
        [
            "SKU del vendedor",
            "ASIN 1",
            "Precio",
            "Cantidad",
            "Canal de gestión logística",
            "Estado",
        ],
        [
            "出品者SKU",
            "ASIN 1",
            "価格",
            "数量",
            "フルフィルメント・チャンネル",
            "ステータス",
        ],
        ["卖家 SKU", "ASIN 1", "价格", "数量", "配送渠道", "状态"],
        ["verkoper_sku", "asin", "price", "quantity", "fulfillment_channel", "status"],
    ],
    ids=lambda headings: headings[0],
)
def test_headings_are_known_in_each_language_and_spelling(headings):
    row = ["MUG-1", "B0EXAMPLE1", "10.50", "7", "AMAZON_NA", "x"]
    (listing,) = read(table(row, headings=headings))
    assert (listing.sku, listing.asin) == ("MUG-1", "B0EXAMPLE1")
    assert (listing.price, listing.quantity) == (Decimal("10.50"), 7)
    assert (listing.channel, listing.status) == ("amazon", "x")


def test_dead_columns_and_unknown_ones_are_passed_over():
    headings = ["", "Deprecated column", "quantity", "Deprecated column", "seller-sku"]
    headings += ["quantity", "在庫数", "Minimum order quantity", "optional-type"]
    row = ["", "x", "7", "y", "MUG-1", "9", "5", "2", "z"]
    (listing,) = read(table(row, headings=headings))
    assert (listing.sku, listing.quantity) == ("MUG-1", 7)
    assert (listing.asin, listing.title, listing.price) == ("", "", None)
    assert (listing.channel, listing.status) == ("", "")


@pytest.mark.parametrize(
    ("code", "asin"),
    [("B0EXAMPLE1", "B0EXAMPLE1"), ("4006381333931", ""), ("0123456789", ""), ("", "")],
)
def test_without_a_column_of_asins_the_product_id_may_be_one(code, asin):
    (listing,) = read(table(["M", code], headings=["seller-sku", "product-id"]))
    assert listing.asin == asin


@pytest.mark.parametrize(
    ("encoding", "charset", "marketplace"),
    [
        ("utf-8", "UTF-8", US),
        ("utf-8", "", US),
        ("utf-8-sig", "utf-8", US),
        ("utf-8-sig", "", JP),
        ("utf-8", "x-unknown", US),
        ("cp1252", "", US),
        ("cp1252", "ISO-8859-1", US),
        ("cp932", "Windows-31J", JP),
        ("cp932", "Shift_JIS", JP),
        ("cp932", "", JP),
    ],
)
def test_each_encoding_is_read(encoding, charset, marketplace):
    title = "素敵なカップ" if marketplace == JP else "Tasse, größer – für €9"
    (listing,) = read(
        table(
            ["MUG-1", title], headings=["seller-sku", "item-name"], encoding=encoding
        ),
        charset,
        marketplace,
    )
    assert (listing.sku, listing.title) == ("MUG-1", title)


def test_an_encoding_by_which_nothing_can_be_read_is_not_believed():
    rows = [[f"SKU-{n}", "Grüße"] for n in range(30)]
    content = table(*rows, headings=["seller-sku", "item-name"], encoding="cp1252")
    assert {row.title for row in read(content, "UTF-8")} == {"Grüße"}


def test_bytes_that_are_no_text_cost_their_row():
    rows = [[f"SKU-{n}", "Grüße"] for n in range(30)]
    content = table(*rows, headings=["seller-sku", "item-name"])
    broken = content.replace("SKU-7\tGrüße".encode(), b"SKU-7\tGr\xff\xfe\xe4")
    for charset in ("UTF-8", ""):
        found = read(broken, charset)
        assert len(found) == 30
        (bad,) = (row for row in found if isinstance(row, UnreadableRow))
        assert bad.line == 9
        assert "no text" in bad.reason
        assert found[8].title == "Grüße"


@pytest.mark.parametrize(
    ("sku", "reason"), [("A\0B", "cannot be stored"), ("X" * 300, "too long")]
)
def test_a_sku_that_cannot_be_stored_costs_its_row(sku, reason):
    bad, good = read(table([*MUG[:2], sku, *MUG[3:]], MUG))
    assert reason in bad.reason
    assert good.sku == "MUG-1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quantity", "3000000000"),
        ("quantity", "-1"),
        ("quantity", "many"),
        ("price", "1e30"),
        ("price", "much"),
        ("price", "-2"),
    ],
)
def test_an_absurd_value_costs_itself(name, value):
    row = list(MUG)
    row[ENGLISH.index(name)] = value
    (listing,) = read(table(row))
    assert getattr(listing, name) is None
    assert listing.unreadable == (name,)


def test_absent_values_are_none_and_blanks_of_a_sku_stay():
    (listing,) = read(table(["", "", " MUG 1 ", "", "", "", "", ""]))
    assert listing.sku == " MUG 1 "
    assert (listing.price, listing.quantity, listing.channel) == (None, None, "")
    assert listing.unreadable == ()


def test_a_decimal_comma_is_one():
    (listing,) = read(table(["M", "1299,95"], headings=["seller-sku", "price"]))
    assert listing.price == Decimal("1299.95")


def test_a_row_that_ends_early_costs_itself():
    short, good = read(table(["A mug"], MUG))
    assert "ends before the SKU" in short.reason
    assert good.sku == "MUG-1"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\r\n", "empty"),
        (table(), "headings only"),
        (table() + b"\r\n\r\n", "headings only"),
        (table(MUG)[:-20], "cut off"),
        (table(MUG, headings=["Artikel", "x"]), "Artikel"),
        (HTML.encode(), "no column"),
        (b'{"errors": []}', "no column"),
    ],
)
def test_what_is_no_whole_report_is_said_in_words(content, words):
    with pytest.raises(UnreadableError, match=words):
        read(content)


def test_a_last_row_without_its_line_end_counts():
    assert read(table(MUG).removesuffix(b"\r\n")) == read(table(MUG))


def test_a_line_without_end_costs_itself():
    endless = b"x" * 3_000_000 + b"\r\n"
    content = table(MUG) + endless + table(MUG).split(b"\r\n")[1] + b"\r\n"
    first, bad, last = read(content)
    assert isinstance(bad, UnreadableRow)
    assert (first.sku, last.sku) == ("MUG-1", "MUG-1")


@given(st.binary(max_size=400))
def test_no_bytes_break_it(content):
    try:
        rows = read(b"seller-sku\tprice\n" + content)
    except UnreadableError:
        return
    assert all(isinstance(row, ReportedListing | UnreadableRow) for row in rows)


# === FETCHED === #


def download(amazon, client, answer, compressed=True):
    described = {"reportDocumentId": "D1", "url": amazon.url + "/documents/1?signed=1"}
    if compressed:
        described["compressionAlgorithm"] = "GZIP"
    amazon.replies = [reply(200, described), answer]
    file = io.BytesIO()
    charset = client.download_report(client.get_report_document("D1"), file)
    return file.getvalue(), charset


def test_a_report_is_asked_for_in_english_and_for_one_marketplace(amazon, client):
    amazon.replies = [reply(202, {"reportId": REPORT})]
    assert client.create_report(US) == REPORT
    (request,) = amazon.requests
    assert (request["method"], request["path"]) == (
        "POST",
        "/reports/2021-06-30/reports",
    )
    assert request["body"] == {
        "reportType": "GET_MERCHANT_LISTINGS_ALL_DATA",
        "marketplaceIds": [US],
        "reportOptions": {"preferredReportDocumentLocale": "en_US"},
    }


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("IN_QUEUE", "waiting"),
        ("IN_PROGRESS", "waiting"),
        ("DONE", "done"),
        ("CANCELLED", "cancelled"),
        ("FATAL", "failed"),
    ],
)
def test_amazon_says_how_far_it_is(amazon, client, status, state):
    body = {"reportId": REPORT, "processingStatus": status, "reportDocumentId": "D1"}
    amazon.replies = [reply(200, body)]
    assert client.get_report(REPORT).state == state


@pytest.mark.parametrize(
    "changes",
    [{"processingStatus": "NEW"}, {"reportId": "other"}, {"reportDocumentId": ""}],
)
def test_a_report_that_amazon_does_not_describe_is_no_answer(amazon, client, changes):
    body = {"reportId": REPORT, "processingStatus": "DONE", "reportDocumentId": "D1"}
    amazon.replies = [reply(200, body | changes)]
    with pytest.raises(ProtocolError):
        client.get_report(REPORT)


def test_a_compressed_report_is_unpacked_and_no_token_goes_along(amazon, client):
    kind = {"Content-Type": "text/plain; charset=Windows-31J"}
    answer = reply(200, gzip.compress(table(MUG)), kind)
    assert download(amazon, client, answer) == (table(MUG), "windows-31j")
    assert "x-amz-access-token" not in amazon.requests[-1]["headers"]
    assert amazon.requests[-1]["path"].endswith("?signed=1")


@pytest.mark.parametrize("compressed", [True, False])
def test_a_report_that_is_unpacked_already_stays_as_it_is(amazon, client, compressed):
    answer = reply(200, table(MUG), {"Content-Type": "text/plain"})
    assert download(amazon, client, answer, compressed) == (table(MUG), "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(table(MUG))[:-9], "cut off"),
        (gzip.compress(table(MUG))[:12] + b"garbage of some length", "damaged"),
    ],
)
def test_a_spoilt_report_is_said_in_words(amazon, client, content, words):
    with pytest.raises(UnreadableError, match=words):
        download(amazon, client, reply(200, content, {"Content-Type": "x/y"}))


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 50_000_000)
    unpacker = Unpacker(io.BytesIO(), True, limit=1_000_000)
    with pytest.raises(UnreadableError, match="too large"):
        unpacker.take(bomb)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(403, HTML), RejectedError),
        (reply(404, HTML), RejectedError),
        (reply(503, HTML), UnavailableError),
        ("reset", UnavailableError),
    ],
)
def test_a_report_that_cannot_be_had(amazon, client, answer, kind):
    with pytest.raises(kind) as caught:
        download(amazon, client, answer)
    assert "signed" not in str(caught.value)
    assert caught.value.__context__ is None, "It would show the address"


def test_a_report_is_fetched_by_https_only(amazon, client):
    described = {"reportDocumentId": "D1", "url": "http://192.0.2.1/1"}
    amazon.replies = [reply(200, described)]
    document = client.get_report_document("D1")
    with pytest.raises(UnavailableError, match="not usable"):
        client.download_report(document, io.BytesIO())


def test_a_refused_report_is_a_refusal(amazon, client):
    amazon.replies = [errors(400, "InvalidInput", "No such report.")]
    with pytest.raises(RejectedError, match="No such report"):
        client.create_report(US)
