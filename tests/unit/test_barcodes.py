"""One barcode out of all the identifiers of an item."""

import pytest
from spapi.barcodes import choose_barcode, get_number, get_spellings, is_valid

EAN, UPC, GTIN = "4006381333931", "012345678905", "14006381333938"


@pytest.mark.parametrize("code", [EAN, UPC, GTIN, "0" + EAN, "00" + UPC, "96385074"])
def test_these_are_barcodes(code):
    assert is_valid(code)
    assert not is_valid(code[:-1] + str((int(code[-1]) + 1) % 10)), "Check digit"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "0",
        "12 34",
        "x",
        EAN[1:] + "x",
        "0" * 13,
        "٤٠٠٦٣٨١٣٣٣٩٣١",
        "400638133393",
        "9" * 40,
        "3-598-21508",
    ],
)
def test_these_are_not(code):
    assert not is_valid(code)
    assert choose_barcode([("ean", code)]) == ""


@pytest.mark.parametrize(
    ("identifiers", "barcode"),
    [
        ([], ""),
        ([("asin", EAN)], ""),
        ([("EAN", f" {EAN} ")], EAN),
        ([("upc", UPC), ("ean", EAN)], EAN),
        ([("upc", UPC), ("gtin", "00" + UPC), ("ean", "0" + UPC)], "0" + UPC),
        ([("gtin", "0" + EAN), ("ean", EAN)], EAN),
        ([("gtin", "0" + EAN)], EAN),
        ([("gtin", "000000" + "96385074")], "96385074"),
        ([("gtin", GTIN), ("upc", UPC)], UPC),
        ([("gtin", GTIN)], GTIN),
        ([("ean", EAN[:-1] + "0"), ("upc", UPC)], UPC),
        ([("ean", "9780306406157"), ("ean", EAN)], "9780306406157"),
        ([("isbn", "0306406152"), ("isbn", "9780306406157")], "9780306406157"),
        ([("jan", "4901234567894")], "4901234567894"),
    ],
)
def test_an_ean_comes_before_a_upc_and_the_same_code_is_one(identifiers, barcode):
    assert choose_barcode(identifiers) == barcode


def test_a_number_is_known_however_it_is_written():
    spellings = get_spellings(UPC)
    assert spellings[0] == UPC
    assert set(spellings) == {UPC, "0" + UPC, "00" + UPC}
    assert {get_number(code) for code in spellings} == {"12345678905"}
    assert get_spellings("SHELF-0") == ["SHELF-0"]
    assert get_number(None) == ""
