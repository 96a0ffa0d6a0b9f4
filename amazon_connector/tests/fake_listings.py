"""Listings on Amazon: documents as Listings Items 2021-08-01 sends them, invented."""

from ..spapi.errors import RejectedError
from ..spapi.listings import ListingsPage, Submission
from ..spapi.reports import Report, ReportDocument
from ..spapi.times import format_time
from .builders import ago

US = "ATVPDKIKX0DER"
CA = "A2EUQ1WTGCTBG2"
# The smallest picture there is.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415"
    "408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def build_listing(sku="MUG", **more):
    """Return an item document.

    ``more``: title, asin, price, currency, quantity (None: not tracked), channel,
    barcode, codes ((type, value) of each), image, updated, status, marketplace,
    pictures (addresses of further ones), parent (a SKU), children (SKUs), varies (a
    dict: value by Amazon's name of an attribute, None: not said), language (of these
    values), issues (see :func:`build_issue`).
    """
    marketplace = more.get("marketplace", US)
    summary = {
        "marketplaceId": marketplace,
        "asin": more.get("asin", f"B0{sku}"),
        "productType": "KITCHEN",
        "itemName": more.get("title", f"Invented {sku}"),
        "status": more.get("status", ["BUYABLE", "DISCOVERABLE"]),
        "createdDate": ago(days=300),
        "lastUpdatedDate": more.get("updated", ago(days=30)),
    }
    if "image" in more:
        summary["mainImage"] = {"link": more["image"], "height": 1, "width": 1}
    document = {"sku": sku, "summaries": [summary], "attributes": {}}
    if more.get("price", "10.00"):
        price = {
            "amount": more.get("price", "10.00"),
            "currencyCode": more.get("currency", "USD"),
        }
        offer = {"marketplaceId": marketplace, "offerType": "B2C", "price": price}
        document["offers"] = [offer]
    availability = {"fulfillmentChannelCode": more.get("channel", "DEFAULT")}
    if more.get("quantity", 0) is not None and "AMAZON" not in str(availability):
        availability["quantity"] = more.get("quantity", 0)
    document["fulfillmentAvailability"] = [availability]
    codes = more.get("codes", [("ean", more["barcode"])] if "barcode" in more else [])
    if codes:
        document["attributes"]["externally_assigned_product_identifier"] = [
            {"type": kind, "value": value, "marketplace_id": marketplace}
            for kind, value in codes
        ]
    for number, address in enumerate(more.get("pictures", []), 1):
        entry = {"media_location": address, "marketplace_id": marketplace}
        document["attributes"][f"other_product_image_locator_{number}"] = [entry]
    relation = {"type": "VARIATION"}
    if "parent" in more:
        relation["parentSkus"] = [more["parent"]]
    if "children" in more:
        relation["childSkus"] = more["children"]
    if "varies" in more:
        names = list(more["varies"])
        relation["variationTheme"] = {
            "theme": "/".join(names).upper(),
            "attributes": names,
        }
        document["attributes"] |= _build_values(marketplace, more)
    if len(relation) > 1:
        family = {"marketplaceId": marketplace, "relationships": [relation]}
        document["relationships"] = [family]
    if "issues" in more:
        document["issues"] = more["issues"]
    return document


def _build_values(marketplace, more):
    language = {"language_tag": more["language"]} if "language" in more else {}
    return {
        name: [{"value": value, "marketplace_id": marketplace} | language]
        for name, value in more["varies"].items()
        if value is not None
    }


def build_issue(message="Something is missing.", severity="ERROR", **more):
    """Return an issue of a listing.

    ``more``: code, action, exemption, until, marketplace.
    """
    issue = {
        "code": more.get("code", "90220"),
        "message": message,
        "severity": severity,
        "categories": ["INVALID_ATTRIBUTE"],
    }
    if "action" in more:
        exemption = {"status": more.get("exemption", "NOT_EXEMPT")}
        if "until" in more:
            exemption["expiryDate"] = more["until"]
        issue["enforcements"] = {
            "actions": [{"action": more["action"]}],
            "exemption": exemption,
        }
    if "marketplace" in more:
        issue["marketplaceIds"] = [more["marketplace"]]
    return issue


def build_article(asin, barcodes=(), images=(), marketplace=US):
    """Return an article of the catalogue.

    :param barcodes: (kind, code) of each
    :param images: (variant, address) of each
    """
    pictures = [
        {"variant": variant, "link": link, "height": 1, "width": 1}
        for variant, link in images
    ]
    codes = [{"identifierType": kind, "identifier": code} for kind, code in barcodes]
    return {
        "asin": asin,
        "identifiers": [{"marketplaceId": marketplace, "identifiers": codes}],
        "images": [{"marketplaceId": marketplace, "images": pictures}],
    }


class FakeListings:
    """The part of ``FakeAmazon`` that knows listings.

    :ivar dict listings: documents by (marketplace, SKU)
    :ivar dict articles: of the catalogue, by ASIN
    :ivar set lagging: SKUs that no search by SKU shows
    :ivar bool is_single: whether it takes one marketplace in a search only
    :ivar int report_waits: how often it says that a report is not written yet
    :ivar str report_state: how it ends then
    :ivar change_report: called with the text of each report, returns what is sent
    :ivar set refused: SKUs whose changes Amazon calls INVALID
    :ivar list pushed: (marketplace, SKU, quantity) as far as Amazon took it
    :ivar list patches: (SKU, operation, value) of each of these
    """

    def __init__(self):
        super().__init__()
        self.listings = {}
        self.refused = set()
        self.pushed = []
        self.patches = []
        self.listings_page_size = 20
        self.most_pageable = 1000
        self.picture = PNG
        self.articles = {}
        self.lagging = set()
        self.is_single = False
        self.report_waits = 0
        self.report_state = "done"
        self.change_report = lambda text: text
        self.reports = []

    def list(self, *documents):
        for document in documents:
            marketplace = document["summaries"][0]["marketplaceId"]
            self.listings[marketplace, document["sku"]] = document

    def search_listings_items(
        self,
        seller_id,
        *,
        marketplace_id,
        last_updated_after=None,
        skus=(),
        asins=(),
        page_token=None,
    ):
        self._called("searchListingsItems", marketplace_id, tuple(skus or asins))
        since = format_time(last_updated_after) if last_updated_after else ""
        several = marketplace_id if isinstance(marketplace_id, tuple) else ()
        if several and self.is_single:
            raise RejectedError("One.", operation="searchListingsItems", status=400)
        found = [
            document
            for (marketplace, sku), document in self.listings.items()
            if marketplace in (several or [marketplace_id])
            and (not skus or (sku in skus and sku not in self.lagging))
            and (not asins or document["summaries"][0]["asin"] in asins)
            and document["summaries"][0]["lastUpdatedDate"] >= since
        ]
        if several:
            found = _merge(found)
        found.sort(key=lambda d: d["summaries"][0]["lastUpdatedDate"])
        start = int(page_token or 0)
        end = min(start + self.listings_page_size, self.most_pageable)
        more = end < min(len(found), self.most_pageable)
        return ListingsPage(
            tuple(found[start:end]), str(end) if more else None, len(found)
        )

    def get_listings_item(self, seller_id, sku, *, marketplace_id):
        self._called("getListingsItem", marketplace_id, sku)
        if (marketplace_id, sku) not in self.listings:
            raise RejectedError("Unknown SKU.", operation="getListingsItem", status=404)
        return self.listings[marketplace_id, sku]

    def patch_listings_item(self, seller_id, sku, request, *, marketplace_id):
        self._called("patchListingsItem", marketplace_id, sku)
        if sku in self.refused:
            return Submission(False, "submission", "Amazon dislikes it.")
        self.take_quantity(marketplace_id, sku, request)
        return Submission(True, "submission", "")

    def take_quantity(self, marketplace_id, sku, request):
        """Have the quantity that a patch, or a message of a feed, names."""
        patch = request["patches"][0]
        value = patch["value"][0]
        self.patches.append((sku, patch["op"], value))
        quantity = value["quantity"]
        self.pushed.append((marketplace_id, sku, quantity))
        document = self.listings.get((marketplace_id, sku))
        if document:
            document["fulfillmentAvailability"][0]["quantity"] = quantity

    def create_report(self, marketplace_id):
        self._called("createReport", marketplace_id)
        self.reports.append(marketplace_id)
        return str(len(self.reports))

    def get_report(self, report_id):
        self._called("getReport", report_id)
        if self.report_waits:
            self.report_waits -= 1
            return Report(report_id, "waiting", "")
        return Report(report_id, self.report_state, report_id)

    def get_report_document(self, document_id):
        self._called("getReportDocument", document_id)
        return ReportDocument(document_id, False)

    def download_report(self, document, file):
        marketplace = self.reports[int(document.url) - 1]
        lines = [REPORT_HEADINGS]
        lines += [
            _get_report_row(listing)
            for (there, _sku), listing in self.listings.items()
            if there == marketplace
        ]
        text = "".join("\t".join(line) + "\r\n" for line in lines)
        content = self.change_report(text)
        file.write(content if isinstance(content, bytes) else content.encode())
        return "UTF-8"

    def search_catalog_items(self, asins, *, marketplace_id):
        self._called("searchCatalogItems", marketplace_id, tuple(asins))
        return tuple(self.articles[asin] for asin in asins if asin in self.articles)

    def download_image(self, url):
        self.calls.append(("downloadImage", url))
        if not self.picture:
            raise RejectedError("There is no picture.", operation="downloadImage")
        return self.picture


REPORT_HEADINGS = (
    "item-name",
    "seller-sku",
    "price",
    "quantity",
    "asin1",
    "fulfillment-channel",
    "status",
)


def _get_report_row(listing):
    summary = listing["summaries"][0]
    (availability,) = listing["fulfillmentAvailability"]
    offers = listing.get("offers", [{"price": {"amount": ""}}])
    return (
        summary["itemName"] or "",
        listing["sku"],
        offers[0]["price"]["amount"],
        str(availability.get("quantity", "")),
        summary["asin"],
        availability["fulfillmentChannelCode"],
        "Active" if "BUYABLE" in summary["status"] else "Inactive",
    )


def _merge(documents):
    """The documents of a SKU in several marketplaces as one."""
    merged = {}
    for document in documents:
        one = merged.setdefault(document["sku"], {"sku": document["sku"]})
        for name, value in document.items():
            if isinstance(value, list):
                one[name] = one.get(name, []) + value
        attributes = one.setdefault("attributes", {})
        for name, entries in document["attributes"].items():
            attributes[name] = attributes.get(name, []) + entries
    return list(merged.values())
