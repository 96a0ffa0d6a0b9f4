"""The merchant listings report: all listings of a marketplace, one row each.

As Amazon's, it differs by marketplace in columns, words and encoding:

* Japan has Japanese headings, fewer columns and cp932, named in the Content-Type;
* France has thirteen columns with French headings and cp1252, and the Content-Type
  tells no charset;
* Germany has German headings, and its dead columns share one heading;
* the United Kingdom spells *fulfilment*; Canada has columns of its own, and no status;
* all but Japan and France are in UTF-8, that of Mexico behind a byte order mark.

The reportOptions ``custom`` and ``preferredReportDocumentLocale`` change the columns
and the language of the headings. A report that is asked for again within an hour has
the headings of the one before, whatever language is asked for.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from ..accounts import ACCOUNTS, CA, DE, FR, JP, MX, UK
from .tables import ReportType, write_table

_HEADINGS = (
    "item-name",
    "item-description",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "image-url",
    "item-is-marketplace",
    "product-id-type",
    "zshop-shipping-fee",
    "item-note",
    "item-condition",
    "zshop-category1",
    "zshop-browse-path",
    "zshop-storefront-feature",
    "asin1",
    "asin2",
    "asin3",
    "will-ship-internationally",
    "expedited-shipping",
    "zshop-boldface",
    "product-id",
    "bid-for-featured-placement",
    "add-delete",
    "pending-quantity",
    "fulfillment-channel",
    "merchant-shipping-group",
    "status",
)
_JAPANESE = {
    "item-name": "商品名",
    "listing-id": "出品ID",
    "seller-sku": "出品者SKU",
    "price": "価格",
    "quantity": "数量",
    "open-date": "出品日",
    "product-id-type": "商品IDタイプ",
    "item-note": "コンディション説明",
    "item-condition": "コンディション",
    "will-ship-internationally": "国外へ配送可",
    "expedited-shipping": "迅速な配送",
    "product-id": "商品ID",
    "pending-quantity": "在庫数",
    "fulfillment-channel": "フルフィルメント・チャンネル",
    "merchant-shipping-group": "merchant-shipping-group",
    "status": "ステータス",
}
_FRENCH = {
    "item-name": "nom-produit",
    "listing-id": "id-offre",
    "seller-sku": "sku-vendeur",
    "price": "prix",
    "quantity": "quantité",
    "open-date": "date-ouverture",
    "product-id-type": "type-id-produit",
    "item-condition": "état-produit",
    "asin1": "asin1",
    "product-id": "id-produit",
    "pending-quantity": "quantité-en-attente",
    "fulfillment-channel": "canal-traitement",
    "status": "état",
}
_GERMAN = {
    "item-name": "Artikelbezeichnung",
    "item-description": "Artikelbeschreibung",
    "listing-id": "Angebotsnummer",
    "seller-sku": "Händler-SKU",
    "price": "Preis",
    "quantity": "Menge",
    "open-date": "Erstellungsdatum",
    "product-id-type": "Produkt-ID-Typ",
    "item-condition": "Artikelzustand",
    "asin1": "ASIN 1",
    "product-id": "Produkt-ID",
    "pending-quantity": "Anzahl Bestellungen",
    "fulfillment-channel": "Versender",
    "merchant-shipping-group": "Händlerversandgruppe",
    "status": "Status",
}
#: Nobody uses them any more; they keep their places.
_DEAD = (
    "image-url",
    "item-is-marketplace",
    "zshop-shipping-fee",
    "zshop-category1",
    "zshop-browse-path",
    "zshop-storefront-feature",
    "zshop-boldface",
    "bid-for-featured-placement",
)
_DEAD_HEADING = "Deprecated column"
_CANADIAN = (
    *(name for name in _HEADINGS if name != "status"),
    "Minimum order quantity",
    "Sell remainder",
)
#: What a seller may have chosen for the custom report.
_CUSTOM = (
    "seller-sku",
    "asin1",
    "item-name",
    "price",
    "quantity",
    "fulfillment-channel",
    "status",
)


@dataclass(frozen=True)
class _Style:
    """How the report of a marketplace looks.

    ``words`` are its headings in the marketplace's language, ``renamed`` those that
    it has in every language.
    """

    columns: tuple = _HEADINGS
    words: dict = field(default_factory=dict)
    renamed: dict = field(default_factory=dict)
    encoding: str = "utf-8"
    content_type: str = "text/plain; charset=UTF-8"


_USUAL = _Style()
#: {marketplace id: style}
_STYLES = {
    JP.id: _Style(
        columns=tuple(_JAPANESE),
        words=_JAPANESE,
        encoding="cp932",
        content_type="text/plain; charset=Windows-31J",
    ),
    FR.id: _Style(
        columns=tuple(_FRENCH),
        words=_FRENCH,
        encoding="cp1252",
        content_type="text/plain",
    ),
    DE.id: _Style(words=_GERMAN, renamed=dict.fromkeys(_DEAD, _DEAD_HEADING)),
    UK.id: _Style(renamed={"fulfillment-channel": "fulfilment-channel"}),
    CA.id: _Style(columns=_CANADIAN),
}
#: So long a report has the headings of the one before it.
_CACHE = timedelta(hours=1)
_BYTE_ORDER_MARK = "\ufeff"
#: The numbers that reports have for conditions.
_CONDITIONS = {
    "used_like_new": "1",
    "used_very_good": "2",
    "used_good": "3",
    "used_acceptable": "4",
    "new_new": "11",
}


def _write(simulator, job):
    marketplace_id = job.marketplace_ids[0]
    style = _STYLES.get(marketplace_id, _USUAL)
    columns = style.columns
    if job.input.options.get("custom", "").lower() == "true":
        columns = _CUSTOM
    job.input.locale = _locale(simulator, job)
    own = _language(job.seller_id, marketplace_id)
    words = style.words if job.input.locale == own else {}
    header = [style.renamed.get(name, words.get(name, name)) for name in columns]
    if marketplace_id == MX.id:
        header[0] = _BYTE_ORDER_MARK + header[0]
    listings = simulator.listings[job.seller_id].listings(marketplace_id)
    dead = {name for name, heading in style.renamed.items() if heading == _DEAD_HEADING}
    rows = (_row(listing, marketplace_id, columns, dead) for listing in listings)
    return write_table(header, rows, style.encoding, style.content_type)


def _language(seller_id, marketplace_id):
    return ACCOUNTS[seller_id].marketplace(marketplace_id).language


def _locale(simulator, job):
    """The language of the headings: asked for, or that of a report shortly before."""
    since = job.created - _CACHE
    for other in simulator.processing.of(job.kind, job.seller_id):
        if (
            other is not job
            and other.type == job.type
            and other.marketplace_ids == job.marketplace_ids
            and other.created >= since
            and other.input.locale
        ):
            return other.input.locale
    asked = job.input.options.get("preferredReportDocumentLocale")
    return asked or _language(job.seller_id, job.marketplace_ids[0])


def _row(listing, marketplace_id, columns, dead):
    asin = listing.asin(marketplace_id) or ""
    quantity = listing.quantity(marketplace_id)
    price = listing.price(marketplace_id)
    condition = _text(listing, "condition_type", marketplace_id)
    cells = {
        "item-name": _text(listing, "item_name", marketplace_id),
        "item-description": _text(listing, "product_description", marketplace_id),
        "listing-id": listing.listing_id,
        "seller-sku": listing.sku if listing.in_report else "",
        "price": price[0] if price else "",
        "quantity": "" if quantity is None else quantity,
        "open-date": _moment(listing.created),
        "item-is-marketplace": "y",
        "product-id-type": "1" if asin else "",
        "item-condition": _CONDITIONS.get(condition, ""),
        "asin1": asin,
        "product-id": asin,
        "pending-quantity": "" if listing.by_amazon(marketplace_id) else "0",
        "fulfillment-channel": listing.channel(marketplace_id),
        "merchant-shipping-group": _text(
            listing, "merchant_shipping_group", marketplace_id
        ),
        "status": listing.report_status(marketplace_id),
    }
    return ["" if name in dead else cells.get(name, "") for name in columns]


def _text(listing, name, marketplace_id):
    value = listing.value(name, marketplace_id)
    return "" if value is None else str(value)


def _moment(timestamp):
    moment = datetime.fromtimestamp(timestamp, timezone.utc)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


TYPES = (
    ReportType(
        "GET_MERCHANT_LISTINGS_ALL_DATA",
        _write,
        options=("custom", "preferredReportDocumentLocale"),
        one_marketplace=True,
    ),
)
