"""Reading the report of all listings: GET_MERCHANT_LISTINGS_ALL_DATA.

Tab separated, one row for each listing of one marketplace. Columns, their language,
their number and the encoding differ by marketplace, by account and from one report to
the next, so they are found by name.
"""

import codecs
import re
import unicodedata

from ..errors import UnreadableError, clean_text
from ..json_fields import LARGEST_COUNT, check_identifier, clean_value
from ..money import parse_amount
from .types import ReportedListing, UnreadableRow

JAPAN = "A1VC38T7YXB528"
# A longer one is no row of a report.
LINE_BYTES = 1024 * 1024
_HEADINGS_SHOWN = 200
# How headings are written, by the column's English name; see _normalise.
_HEADINGS = {
    "seller-sku": (
        "seller-sku",
        "sku",
        "händler-sku",
        "sku-vendeur",
        "sku venditore",
        "sku del vendedor",
        "出品者SKU",
        "卖家 SKU",
    ),
    "asin1": ("asin1", "asin 1", "asin"),
    "product-id": (
        "product-id",
        "produkt-id",
        "id-produit",
        "identificativo del prodotto",
        "identificador del producto",
        "商品ID",
        "商品编码",
    ),
    "item-name": (
        "item-name",
        "artikelbezeichnung",
        "nom-produit",
        "nome dell'articolo",
        "título del producto",
        "商品名",
        "商品名称",
    ),
    "price": ("price", "preis", "prix", "prezzo", "precio", "cena", "価格", "价格"),
    "quantity": ("quantity", "menge", "quantité", "quantità", "cantidad", "数量"),
    "fulfillment-channel": (
        "fulfillment-channel",
        "fulfilment-channel",
        "versender",
        "canal-traitement",
        "canale di gestione",
        "canal de gestión logística",
        "フルフィルメント・チャンネル",
        "配送渠道",
    ),
    "status": ("status", "état", "stato", "estado", "ステータス", "状态"),
}
_ASIN = re.compile(r"[A-Z0-9]{10}", re.ASCII)
_ENCODINGS = {
    "windows-31j": "cp932",
    "shift_jis": "cp932",
    "sjis": "cp932",
    # What servers say where nobody told them.
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "utf-8",
}


def read_listings(file, charset, marketplace_id):
    """Yield a :class:`.ReportedListing` or an :class:`.UnreadableRow` for each row.

    :param file: the document, in binary mode at its start; it is read twice
    :param str charset: what its server called the encoding, "" for nothing
    :param str marketplace_id: Amazon's id of the marketplace that it is about
    :raises UnreadableError: when it holds no rows, is cut off, or has no column that
        is known to hold the SKUs; what was yielded before must not be used then
    """
    encoding = _choose_encoding(file, charset, marketplace_id)
    headings, columns = _read_headings(file, encoding)
    number = 1
    rows = 0
    while raw := file.readline(LINE_BYTES):
        number += 1
        is_whole = raw.endswith(b"\n")
        if not is_whole and len(raw) == LINE_BYTES:
            _skip_line(file)
            yield UnreadableRow(number, "The row is too long.")
            continue
        if not raw.strip():
            continue
        row = _read_row(raw, encoding, columns, number)
        if not is_whole and raw.count(b"\t") < headings - 1:
            raise UnreadableError("The report of the listings is cut off.")
        rows += 1
        yield row
    if not rows:
        raise UnreadableError("The report of the listings has headings only.")


def _skip_line(file):
    while (more := file.readline(LINE_BYTES)) and not more.endswith(b"\n"):
        pass


# === ENCODING === #


def _choose_encoding(file, charset, marketplace_id):
    """Return the name of the codec by which most of the document can be read.

    What Amazon says comes first. A few rows that cannot be decoded speak against
    themselves, not against the encoding.
    """
    candidates = [
        _find_codec(charset),
        "utf-8",
        "cp932" if marketplace_id == JAPAN else "cp1252",
    ]
    candidates = [name for name in dict.fromkeys(candidates) if name]
    foreign, bad = 0, dict.fromkeys(candidates, 0)
    while raw := file.readline(LINE_BYTES):
        if raw.isascii():
            continue
        foreign += 1
        for name in candidates:
            bad[name] += not _can_decode(raw, name)
    file.seek(0)
    for name in candidates:
        is_said = name == _find_codec(charset)
        if bad[name] * 10 <= foreign or (is_said and bad[name] == 1):
            return name
    return candidates[-1]


def _find_codec(charset):
    """Return Python's name of a text encoding, "" for one that it has not."""
    name = (charset or "").strip().strip("\"'").lower()
    name = _ENCODINGS.get(name, name)
    try:
        info = codecs.lookup(name)
    except LookupError:
        return ""
    # UTF-16 has other line ends.
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and not info.name.startswith("utf-16") else ""


def _can_decode(raw, encoding):
    try:
        raw.decode(encoding)
    except UnicodeError:
        return False
    return True


# === COLUMNS === #


def _read_headings(file, encoding):
    """Return (number of columns, ``{English name: place}``)."""
    raw = file.readline(LINE_BYTES)
    if not raw.strip():
        raise UnreadableError("The report of the listings is empty.")
    headings = raw.removeprefix(codecs.BOM_UTF8).decode(encoding, "replace")
    names = [_normalise(name) for name in headings.rstrip("\r\n").split("\t")]
    columns = {}
    for english, spellings in _HEADINGS.items():
        known = {_normalise(spelling) for spelling in spellings}
        # Dead columns repeat a heading: the first one counts.
        place = next((at for at, name in enumerate(names) if name in known), None)
        if place is not None:
            columns[english] = place
    if "seller-sku" not in columns:
        named = [at for at, name in enumerate(names) if "sku" in name.split("-")]
        if len(named) != 1:
            raise UnreadableError(
                "The report of the listings has no column that is known to hold the "
                f"SKUs. Its headings are: {clean_text(headings, _HEADINGS_SHOWN)}"
            )
        columns["seller-sku"] = named[0]
    return len(names), columns


def _normalise(heading):
    """Return a heading without differences of case, width, blanks and hyphens."""
    text = unicodedata.normalize("NFKC", heading).casefold().strip("\ufeff\"' ")
    return re.sub(r"[\s_\-’']+", "-", text)


# === ROWS === #


def _read_row(raw, encoding, columns, number):
    try:
        text = raw.decode(encoding)
    except UnicodeError:
        reason = f"It holds bytes that are no text ({encoding})."
        return UnreadableRow(number, reason)
    cells = text.rstrip("\r\n").split("\t")
    if len(cells) <= columns["seller-sku"]:
        return UnreadableRow(number, "It ends before the SKU.")

    def cell(name):
        place = columns.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    try:
        sku = check_identifier(cell("seller-sku"), "seller-sku")
    except ValueError as error:
        return UnreadableRow(number, str(error))
    unreadable = []
    return ReportedListing(
        line=number,
        sku=sku,
        asin=_get_asin(cell),
        title=clean_value(cell("item-name")),
        price=_read_value(_parse_price, cell, "price", unreadable),
        quantity=_read_value(_parse_quantity, cell, "quantity", unreadable),
        channel=_get_channel(cell("fulfillment-channel")),
        status=clean_value(cell("status")).lower(),
        unreadable=tuple(unreadable),
    )


def _get_asin(cell):
    """The ASIN, of whichever column has one."""
    for name in ("asin1", "product-id"):
        if _ASIN.fullmatch(text := cell(name).strip().upper()) and (
            name == "asin1" or not text.isdigit()
        ):
            return text
    return ""


def _get_channel(text):
    text = text.strip().upper()
    if not text:
        return ""
    return "amazon" if text.startswith("AMAZON") else "merchant"


def _read_value(parse, cell, name, unreadable):
    """Return a value, None without one; note the column when it cannot be read."""
    text = cell(name).strip()
    if not text:
        return None
    try:
        return parse(text)
    except ValueError:
        unreadable.append(name)
        return None


def _parse_price(text):
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    price = parse_amount(text)
    if price < 0:
        raise ValueError
    return price


def _parse_quantity(text):
    quantity = int(text)
    if not 0 <= quantity <= LARGEST_COUNT:
        raise ValueError
    return quantity
