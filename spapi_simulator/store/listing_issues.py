"""The issues of listings: those found by Amazon, and those of missing attributes.

The codes are ones that Amazon uses, the wording is the simulator's.
"""

SUPPRESSED = "LISTING_SUPPRESSED"
#: Actions that also hide the listing from shoppers.
HIDING = frozenset({"SEARCH_SUPPRESSED", "CATALOG_ITEM_REMOVED"})


def suppressed_price(marketplace_ids):
    """An ERROR that takes the offer down."""
    return _issue(
        "18155",
        "The price is below the minimum price of the listing.",
        "ERROR",
        ["purchasable_offer"],
        ["INVALID_PRICE"],
        marketplace_ids,
        SUPPRESSED,
    )


def suppressed_image(marketplace_ids):
    """An ERROR that hides the listing."""
    return _issue(
        "18027",
        "The main image shows text or a logo.",
        "ERROR",
        ["main_product_image_locator"],
        ["INVALID_IMAGE"],
        marketplace_ids,
        "SEARCH_SUPPRESSED",
    )


def short_description(marketplace_ids):
    """A WARNING without any consequence."""
    return _issue(
        "100339",
        "The product description is very short.",
        "WARNING",
        ["product_description"],
        ["INVALID_ATTRIBUTE"],
        marketplace_ids,
    )


def missing_attributes(listing, marketplace_id):
    """Names of the attributes without which a listing is incomplete."""
    names = []
    if not (
        listing.value("item_name", marketplace_id)
        or listing.value("merchant_suggested_asin", marketplace_id)
    ):
        names.append("item_name")
    if not listing.is_parent(marketplace_id) and not listing.price(marketplace_id):
        names.append("purchasable_offer")
    return names


def missing_issues(listing, marketplace_id):
    """An ERROR for each missing attribute."""
    return [
        missing(name, marketplace_id)
        for name in missing_attributes(listing, marketplace_id)
    ]


def missing(name, marketplace_id):
    """The ERROR that an attribute is required."""
    return _issue(
        "90220",
        f"'{name}' is required but not supplied.",
        "ERROR",
        [name],
        ["MISSING_ATTRIBUTE"],
        [marketplace_id],
    )


def invalid(message, names=(), code="90244"):
    """The ERROR that a submission cannot be accepted as it is."""
    return {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": list(names),
        "categories": ["INVALID_ATTRIBUTE"],
    }


def enforced(issues, marketplace_id):
    """The actions that Amazon takes on a listing in a marketplace because of issues."""
    return {
        step["action"]
        for issue in issues
        if marketplace_id in issue["marketplaceIds"] and "enforcements" in issue
        for step in issue["enforcements"]["actions"]
    }


def _issue(code, message, severity, names, categories, marketplace_ids, action=None):
    issue = {
        "code": code,
        "message": message,
        "severity": severity,
        "attributeNames": names,
        "categories": categories,
        "marketplaceIds": list(marketplace_ids),
    }
    if action:
        exemption = {"status": "NOT_EXEMPT"}
        issue["enforcements"] = {
            "actions": [{"action": action}],
            "exemption": exemption,
        }
    return issue
