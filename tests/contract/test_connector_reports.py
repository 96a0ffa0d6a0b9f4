"""The connector's client on reports and the catalogue, against the simulator."""

import tempfile

import pytest
from document_client import Reader
from spapi.catalog import parse_item
from spapi.errors import AuthError, RejectedError
from spapi.listings import parse_listing
from spapi.reports import ReportedListing, read_listings

from spapi_simulator.accounts import CA, DE, FR, NORTH_AMERICA, UK
from spapi_simulator.accounts import JP as JAPAN

SELLER = NORTH_AMERICA.seller_id
US = "ATVPDKIKX0DER"


def report(client, admin, marketplace):
    """The rows of a report of all listings, from the question to the last row."""
    report_id = client.create_report(marketplace)
    assert client.get_report(report_id).state == "waiting"
    admin.advance_clock(60)
    done = client.get_report(report_id)
    assert done.state == "done"
    document = client.get_report_document(done.document_id)
    with tempfile.TemporaryFile() as file:
        charset = client.download_report(document, file)
        file.seek(0)
        return list(read_listings(file, charset, marketplace))


def test_the_report_names_every_listing_that_the_search_shows(connector, admin):
    rows = report(connector, admin, US)
    assert all(isinstance(row, ReportedListing) for row in rows)
    page = connector.search_listings_items(SELLER, marketplace_id=US)
    documents = list(page.documents)
    while page.next_token:
        page = connector.search_listings_items(
            SELLER, marketplace_id=US, page_token=page.next_token
        )
        documents += page.documents
    listings = {doc["sku"]: parse_listing(doc, US) for doc in documents}
    reported = {row.sku: row for row in rows if row.sku}
    without = [row for row in rows if not row.sku]
    assert without and all(row.asin for row in without)
    assert len(rows) == len(listings)
    assert reported.keys() <= listings.keys()
    for sku, row in reported.items():
        listing = listings[sku]
        assert (row.asin, row.title) == (listing.asin, listing.title)
        assert row.channel == listing.channel
        assert row.quantity == listing.quantity
        assert (row.price or None) == (listing.price and listing.price.amount)


def test_japanese_headings_and_encoding_are_understood(far_east_connector, admin):
    rows = report(far_east_connector, admin, JAPAN.id)
    assert {row.channel for row in rows} == {"merchant", "amazon"}
    assert any(row.sku and row.asin and row.price for row in rows)


@pytest.mark.parametrize("place", [DE, FR, UK], ids=lambda place: place.country)
def test_european_headings_are_understood_also_where_amazon_forgets_the_language(
    europe_connector, europe, admin, place
):
    english = report(europe_connector, admin, place.id)
    admin.advance_clock(2 * 3600)
    # Somebody else asks first, in the marketplace's own language.
    europe.fetch_token()
    Reader(europe, admin).finished_report(marketplaces=[place])
    local = report(europe_connector, admin, place.id)
    assert local == english
    assert all(row.channel and row.status for row in local)
    assert any(row.sku and row.asin and row.price and row.title for row in local)


def test_a_report_without_status_is_understood(connector, admin):
    rows = report(connector, admin, CA.id)
    assert {row.status for row in rows} == {""}
    assert all(row.channel for row in rows)


def test_listings_are_looked_up_by_asin_and_in_several_marketplaces(connector, admin):
    row = next(row for row in report(connector, admin, US) if not row.sku)
    page = connector.search_listings_items(
        SELLER, marketplace_id=(US, "A2EUQ1WTGCTBG2"), asins=[row.asin]
    )
    (document,) = page.documents
    assert {one["marketplaceId"] for one in document["summaries"]} == {
        US,
        "A2EUQ1WTGCTBG2",
    }


def test_articles_of_the_catalogue_have_codes_and_pictures(connector, admin):
    rows = [row for row in report(connector, admin, US) if row.asin]
    found = []
    for start in range(0, len(rows), 20):
        asins = list(dict.fromkeys(row.asin for row in rows[start : start + 20]))
        documents = connector.search_catalog_items(asins, marketplace_id=US)
        assert {doc["asin"] for doc in documents} == set(asins)
        found += [parse_item(doc, US) for doc in documents]
    assert {len(item.identifiers) for item in found} == {0, 2, 3}
    for item in found:
        assert [image.variant for image in item.images] == ["MAIN", "PT01"]
        assert {image.width for image in item.images} == {500}


def test_what_amazon_does_not_know_is_refused_or_left_out(connector):
    with pytest.raises(RejectedError):
        connector.get_report("1")
    with pytest.raises(RejectedError):
        connector.get_report_document("none")
    with pytest.raises(AuthError):
        connector.create_report(FR.id)
    assert connector.search_catalog_items(["B0NOBODY01"], marketplace_id=US) == ()
