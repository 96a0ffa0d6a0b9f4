"""Amazon's words of an order in plain English.

A word that Amazon has invented since is shown as it came: better than nothing.
"""


def describe_service_level(env, word):
    """Return what the buyer was promised, of ``fulfillmentServiceLevel``."""
    _ = env._
    return {
        "standard": _("Standard"),
        "expedited": _("Expedited"),
        "priority": _("Priority"),
        "next_day": _("Next day"),
        "second_day": _("Second day"),
        "same_day": _("Same day"),
        "scheduled": _("Scheduled delivery"),
        "free_economy": _("Free economy"),
    }.get((word or "").lower(), word or "")


def describe_status(env, word):
    """Return how far the order is, of ``fulfillmentStatus``."""
    _ = env._
    return {
        "pending": _("Pending payment"),
        "pending_availability": _("Pending: not published yet"),
        "unshipped": _("Unshipped"),
        "partially_shipped": _("Partially shipped"),
        "shipped": _("Shipped"),
        "cancelled": _("Cancelled"),
        "unfulfillable": _("Cannot be fulfilled"),
    }.get((word or "").lower(), word or "")


def describe_program(env, word):
    """Return what an entry of ``programs`` means for who ships the order."""
    _ = env._
    return {
        "PRIME": _("Prime"),
        "PREMIUM": _("Premium"),
        "AMAZON_BUSINESS": _("Business"),
        "IN_STORE_PICK_UP": _("Picked up in store"),
        "INVOICE_BY_AMAZON": _("Invoice by Amazon"),
        "PREORDER": _("Pre-order"),
        "AMAZON_BAZAAR": _("Bazaar"),
        "AMAZON_EASY_SHIP": _("Easy Ship"),
        "AMAZON_HAUL": _("Haul"),
        "DELIVERY_BY_AMAZON": _("Delivered by Amazon"),
        "FBM_SHIP_PLUS": _("FBM Ship+"),
    }.get((word or "").upper(), word or "")


def describe_constraint(env, word):
    """Return what the carrier must observe, of an item's ``shippingConstraints``."""
    _ = env._
    return {
        "signatureConfirmation": _("Recipient must sign"),
        "recipientAgeVerification": _("Recipient's age must be checked"),
        "recipientIdentityVerification": _("Only for the recipient in person"),
        "palletDelivery": _("To be delivered on a pallet"),
        "cashOnDelivery": _("Recipient pays on delivery"),
    }.get(word, word)
