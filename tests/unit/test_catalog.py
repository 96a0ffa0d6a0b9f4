"""Articles of Amazon's catalogue: what is asked, and what is read of them."""

from urllib.parse import parse_qs, urlsplit

import pytest
from amazon_double import reply
from hypothesis import given
from hypothesis import strategies as st
from spapi.catalog import CatalogIdentifier, is_catalog_needed, parse_item
from spapi.listings import parse_listing

US, CA = "ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"


def image(variant="MAIN", link="https://images.example/1.png", size=500):
    return {"variant": variant, "link": link, "width": size, "height": size}


def item(images=(), identifiers=()):
    def there(name, entries):
        return [{"marketplaceId": CA, name: []}, {"marketplaceId": US, name: entries}]

    return {
        "asin": "B0EXAMPLE1",
        "images": there("images", list(images)),
        "identifiers": there("identifiers", list(identifiers)),
    }


def test_the_largest_picture_of_each_variant_counts_and_no_swatch():
    found = parse_item(
        item(
            [
                image("PT02", "https://images.example/3.png"),
                image("MAIN", "https://images.example/small.png"),
                image("MAIN", "https://images.example/large.png", 2000),
                image("SWCH", "https://images.example/swatch.png", 3000),
                image("PT01", "https://images.example/2.png"),
                image("PT03", ""),
            ]
        ),
        US,
    )
    assert [(one.variant, one.url[-9:]) for one in found.images] == [
        ("MAIN", "large.png"),
        ("PT01", "ple/2.png"),
        ("PT02", "ple/3.png"),
    ]
    assert found.images[0].width == 2000


def test_identifiers_are_read_for_one_marketplace():
    code = {"identifierType": "EAN", "identifier": "4006381333931"}
    found = parse_item(item(identifiers=[code, code]), US)
    assert found.identifiers == (CatalogIdentifier("ean", "4006381333931"),)
    assert found.asin == "B0EXAMPLE1"
    assert parse_item(item(identifiers=[code]), CA).identifiers == ()


def test_an_article_without_asin_cannot_be_read():
    with pytest.raises(ValueError, match="ASIN"):
        parse_item({"images": []}, US)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(sorted(item())), _JSON))
def test_nonsense_is_refused_or_read_but_breaks_nothing(parts):
    try:
        parse_item(item() | parts, US)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("barcode", "locator", "needed"),
    [
        ("4006381333931", "https://m.media-amazon.com/images/I/1.jpg", False),
        ("", "https://m.media-amazon.com/images/I/1.jpg", True),
        ("4006381333931", "https://images.example/1.jpg", True),
        ("4006381333931", "https://media-amazon.com.example/1.jpg", True),
        ("4006381333931", "https://[", True),
        ("4006381333931", None, True),
    ],
)
def test_the_catalogue_is_needed_for_what_a_listing_lacks(barcode, locator, needed):
    attributes = {}
    if barcode:
        code = {"type": "ean", "value": barcode, "marketplace_id": US}
        attributes["externally_assigned_product_identifier"] = [code]
    if locator:
        attributes["main_product_image_locator"] = [{"media_location": locator}]
    summary = {"marketplaceId": US, "asin": "B0EXAMPLE1"}
    document = {"sku": "M", "summaries": [summary], "attributes": attributes}
    assert is_catalog_needed(document, parse_listing(document, US)) is needed


def test_without_an_asin_the_catalogue_knows_nothing():
    assert not is_catalog_needed({"sku": "M"}, parse_listing({"sku": "M"}, US))


def test_twenty_articles_are_asked_for_at_a_time(amazon, client):
    amazon.replies = [reply(200, {"numberOfResults": 1, "items": [item()]})]
    found = client.search_catalog_items(["B0EXAMPLE1", "B0NOBODY01"], marketplace_id=US)
    assert found == (item(),)
    address = urlsplit(amazon.requests[0]["path"])
    assert address.path == "/catalog/2022-04-01/items"
    assert parse_qs(address.query) == {
        "identifiers": ["B0EXAMPLE1,B0NOBODY01"],
        "identifiersType": ["ASIN"],
        "marketplaceIds": [US],
        "includedData": ["identifiers,images"],
        "pageSize": ["20"],
    }
    for asins in ([], ["B0EXAMPLE1"] * 21, ["A,B"]):
        with pytest.raises(ValueError):
            client.search_catalog_items(asins, marketplace_id=US)
