"""Numbers of articles: EAN and UPC with check digits, ASIN and FNSKU.

All are made from the number of a listing and can be read back into it, so that a
catalogue of any size needs no index of them.
"""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUVWXY"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_DIGITS = {letter: value for value, letter in enumerate(_ALPHABET)}
_BITS = 40
_MASK = (1 << _BITS) - 1
_FACTOR = 0x9E3779B97F | 1
_INVERSE = pow(_FACTOR, -1, 1 << _BITS)
_SHIFT = 24


def ean13(digits):
    """Add the check digit; the prefixes 20 to 29 are free for internal use."""
    total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return digits + str(-total % 10)


def upc12(digits):
    """Add the check digit; UPC that begin with 2 are free for internal use."""
    return ean13("0" + digits)[1:]


def barcode_number(text):
    """The twelfth to third digit from the right of an EAN or UPC, or None."""
    if not (text.isascii() and text.isdigit() and len(text) in (12, 13, 14)):
        return None
    full = text.zfill(14)
    if ean13(full[1:13]) != full[1:]:
        return None
    return int(full[4:13])


def asin_of(number, group, salt):
    """The ASIN of listing ``number`` of account ``group`` in the world of a seed."""
    return "B0" + _letters(_scramble(number, group, salt))


def fnsku_of(number, group, salt):
    """The FNSKU, likewise; it starts with X0 as Amazon's do."""
    return "X0" + _letters(_scramble(number, group, salt))


def number_of(code, prefix, group, salt):
    """The listing number in an ASIN (B0) or FNSKU (X0), or None."""
    if len(code) != 10 or not code.startswith(prefix):
        return None
    value = 0
    for letter in code[2:]:
        if letter not in _DIGITS:
            return None
        value = value * 32 + _DIGITS[letter]
    plain = ((value ^ salt) * _INVERSE) & _MASK
    return plain & ((1 << _SHIFT) - 1) if plain >> _SHIFT == group else None


def _scramble(number, group, salt):
    return (((group << _SHIFT | number) * _FACTOR) & _MASK) ^ salt


def _letters(value):
    return "".join(
        [
            _PAIRS[value >> 30],
            _PAIRS[value >> 20 & 1023],
            _PAIRS[value >> 10 & 1023],
            _PAIRS[value & 1023],
        ]
    )
