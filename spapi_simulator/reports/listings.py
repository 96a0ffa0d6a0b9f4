"""The merchant listings report: all listings of a marketplace, one row each.

As Amazon's, it differs by marketplace in columns, words and encoding:

* Japan has Japanese headings, fewer columns and cp932, named in the Content-Type;
* France has thirteen columns and cp1252, and the Content-Type tells no charset;
* all others have all columns in UTF-8, that of Mexico behind a byte order mark.

The reportOptions ``custom`` and ``preferredReportDocumentLocale`` change the columns
and the language of the headings.
"""

from datetime import datetime, timezone

from ..accounts import FR, JP, MX
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
_FRENCH = (
    "item-name",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "product-id-type",
    "item-condition",
    "asin1",
    "product-id",
    "pending-quantity",
    "fulfillment-channel",
    "status",
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
#: {marketplace id: (columns, encoding, Content-Type)}
_STYLES = {
    JP.id: (tuple(_JAPANESE), "cp932", "text/plain; charset=Windows-31J"),
    FR.id: (_FRENCH, "cp1252", "text/plain"),
}
_USUAL = (_HEADINGS, "utf-8", "text/plain; charset=UTF-8")
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
    columns, encoding, content_type = _STYLES.get(marketplace_id, _USUAL)
    options = job.input.options
    if options.get("custom", "").lower() == "true":
        columns = _CUSTOM
    locale = options.get("preferredReportDocumentLocale")
    japanese = marketplace_id == JP.id and locale in (None, JP.language)
    header = [_JAPANESE.get(name, name) if japanese else name for name in columns]
    if marketplace_id == MX.id:
        header[0] = _BYTE_ORDER_MARK + header[0]
    listings = simulator.listings[job.seller_id].listings(marketplace_id)
    rows = (_row(listing, marketplace_id, columns) for listing in listings)
    return write_table(header, rows, encoding, content_type)


def _row(listing, marketplace_id, columns):
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
    return [cells.get(name, "") for name in columns]


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
