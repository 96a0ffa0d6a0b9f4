"""Which of the pictures that Amazon names are taken, and where they may be."""

import pytest
from spapi.pictures import Picture, choose_pictures, get_addresses, is_on_amazon


def test_of_each_variant_the_largest_is_taken():
    pictures = [
        Picture("PT02", "two"),
        Picture("MAIN", "small", 500, 333),
        Picture("MAIN", "large", 2560, 1707),
        Picture("MAIN", "unknown"),
        Picture("SWCH", "colour", 30, 30),
        Picture("PT01", "first", 500, 500),
        Picture("PT01", "second", 500, 500),
        Picture("PT03", ""),
    ]
    chosen = choose_pictures(pictures)
    assert [one.url for one in chosen] == ["large", "first", "two"]


def test_no_item_has_pictures_without_end():
    assert len(choose_pictures(Picture(f"PT{n:03}", "x") for n in range(500))) == 20


@pytest.mark.parametrize(
    "host",
    [
        "m.media-amazon.com",
        "M.MEDIA-AMAZON.COM",
        "images-na.ssl-images-amazon.com",
        "images-eu.ssl-images-amazon.com",
        "images-fe.ssl-images-amazon.com",
        "m.media-amazon.com:443",
    ],
)
def test_these_are_amazons_servers(host):
    assert is_on_amazon(f"https://{host}/images/I/1.jpg")


@pytest.mark.parametrize("host", ["media-amazon.com", "amazon.com", "", "x:y", "[::1"])
def test_these_are_not(host):
    assert not is_on_amazon(f"https://{host}/images/I/1.jpg")


@pytest.mark.parametrize(
    "path", ["I/61a.jpg", "I/61a._AC_SX679_.jpg", "G/01/x._SL500_.jpg", "I/._SL5_.jpg"]
)
def test_another_name_is_left_as_it_is(path):
    url = f"https://m.media-amazon.com/images/{path}"
    assert get_addresses(url) == [url]


def test_a_size_in_the_name_is_left_out_at_amazons_servers_alone():
    path = "/images/I/61a%2Bb._SX300_.png"
    amazon = "https://m.media-amazon.com"
    assert get_addresses(amazon + path) == [
        amazon + "/images/I/61a%2Bb.png",
        amazon + path,
    ]
    for other in ("https://example.com", "http://127.0.0.1:1"):
        assert get_addresses(other + path) == [other + path]
