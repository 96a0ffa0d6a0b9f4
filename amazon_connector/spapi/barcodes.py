"""Trade item numbers: one number may be written as EAN-13, UPC-12, GTIN-14 or EAN-8.

Source: GS1 General Specifications, section 7.9 (check digits), and ``identifierType``
of the Listings Items and Catalog Items APIs.
"""

from collections.abc import Iterable

# What Amazon calls an identifier that may be printed as a barcode; an ISBN of 13
# digits is an EAN.
_KINDS = frozenset(("ean", "upc", "gtin", "jan", "isbn"))
# Digits of the ways to write a number, what is chosen first comes first. A number
# with 14 digits that are needed is that of a case.
_LENGTHS = (13, 12, 14, 8)


def choose_barcode(identifiers: Iterable[tuple[str, str]]) -> str:
    """Return the one barcode of an item: EAN-13 before UPC-12, "" without a valid one.

    A code whose check digit is wrong is none. A GTIN-14 of an EAN-13 is that EAN-13.

    :param identifiers: (kind, value) in Amazon's words and order
    """
    codes = [
        _shorten(value.strip())
        for kind, value in identifiers
        if kind.strip().lower() in _KINDS and is_valid(value.strip())
    ]
    return min(codes, key=lambda code: _LENGTHS.index(len(code)), default="")


def is_valid(code: str) -> bool:
    """Whether it is the digits of a trade item number with the right check digit."""
    if not (code.isascii() and code.isdecimal() and len(code) in _LENGTHS):
        return False
    weighed = (
        int(digit) * (3, 1)[place % 2] for place, digit in enumerate(code[-2::-1])
    )
    return bool(get_number(code)) and (sum(weighed) + int(code[-1])) % 10 == 0


def get_number(code: str | None) -> str:
    """Return what a barcode means, in whichever length it is written; "" for none."""
    return (code or "").strip().lstrip("0")


def get_spellings(code: str) -> list[str]:
    """Return all ways to write the number of a barcode, ``code`` itself first."""
    number = get_number(code)
    if not (number.isascii() and number.isdecimal()):
        return [code]
    lengths = [length for length in _LENGTHS if length >= len(number)]
    return list(dict.fromkeys([code, *(number.zfill(length) for length in lengths)]))


def _shorten(code):
    """Return a GTIN-14 as the EAN that it contains, where it contains one."""
    number = get_number(code)
    if len(code) == 14 and len(number) <= 13:
        return number.zfill(8 if len(number) <= 8 else 13)
    return code
