"""What Amazon's refusals of a shipment mean, and what a person can do about them.

Amazon gives a text, and promises neither codes nor wording; so a refusal is known by
words of its text. What Amazon said is always kept in the sentence.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """What is made of a refusal.

    :ivar sentence: what Amazon said, what it means, and what to do
    :ivar is_final: whether there is nothing to tell Amazon, so nothing to do
    """

    sentence: str
    is_final: bool = False


def explain_refusal(env, error):
    """Return the :class:`Refusal`.

    :param error: the ``RejectedError``, or the ``ValueError`` of a request that Amazon
        would refuse
    """
    said = _get_what_was_said(env, error)
    text = str(error).casefold()
    for words, is_final, meaning in _get_meanings(env):
        if all(word in text for word in words):
            return Refusal(f"{said} {meaning}", is_final)
    return Refusal(f"{said} {_get_general_advice(env)}")


def _get_what_was_said(env, error):
    """Return Amazon's words, with its code and the id that its support asks for."""
    said = str(error).strip()
    if said and said[-1] not in ".!?":
        said += "."
    if code := getattr(error, "code", ""):
        said += " " + env._("(Amazon's code: %s)", code)
    return said


def _get_general_advice(env):
    return env._(
        "Compare carrier, tracking number and quantities with the order in Seller "
        "Central, correct them on the shipment, then press Retry."
    )


def _get_meanings(env):
    """Return ``[(words, whether it is final, what it means)]``.

    The first of which all words are in the text counts, so that what is more special
    comes first.
    """
    _ = env._
    not_told = _(
        "Amazon takes no confirmation of such an order, since it knows the parcel in "
        "another way. There is nothing to do.",
    )
    already = _(
        "Amazon has nothing left to be shipped of it: the parcel was confirmed outside "
        "of Odoo, or the order was cancelled. Compare the tracking number in Seller "
        "Central; if the parcel is there, nothing is to be done. If not, press Import "
        "again on the Amazon order, then Retry.",
    )
    unknown_item = _(
        "The order has no such item on Amazon any more. Press Import again on the "
        "Amazon order, compare its items with the delivery, then press Retry, or "
        "confirm the parcel in Seller Central.",
    )
    too_many = _(
        "The parcel holds more units than Amazon has left to be shipped: some were "
        "cancelled, or confirmed outside of Odoo. Press Import again on the Amazon "
        "order to see which, then Retry; ask for the return of what left too much.",
    )
    closed = _(
        "The order is not to be shipped on Amazon. Press Import again on the Amazon "
        "order to see why. Was it cancelled, ask for the return; is it not paid yet, "
        "press Retry once it is.",
    )
    too_late = _(
        "For Amazon the date of the delivery is in the future: this server's clock is "
        "ahead. Have the clock set, then press Retry.",
    )
    too_early = _(
        "The delivery was done before the order was placed, as Amazon's clock says. "
        "Correct the delivery's date, then press Retry.",
    )
    bad_date = _(
        "Amazon does not take the date of the delivery. Correct it and press Retry.",
    )
    long_name = _(
        "Give the carrier a shorter name under Amazon > Configuration > Carriers, then "
        "press Retry.",
    )
    bad_carrier = _(
        "Amazon does not know the carrier by this name in the order's marketplace. "
        "Choose Amazon's name, or Other with the carrier's name, under Amazon > "
        "Configuration > Carriers, then press Retry.",
    )
    bad_method = _(
        "Amazon does not know this service of the carrier. Correct or empty the ship "
        "method under Amazon > Configuration > Carriers, then press Retry.",
    )
    bad_number = _(
        "Amazon does not take the tracking number. Compare it with the label, correct "
        "it on the shipment; it is then sent by itself.",
    )
    other_marketplace = _(
        "The order is one of another marketplace. Press Import again on the Amazon "
        "order, then Retry.",
    )
    transparency = _(
        "The product is in Amazon's Transparency program: enter the code on each unit "
        "in the lines of the shipment, then press Retry.",
    )
    cash = _(
        "Amazon does not take this way of collecting cash on delivery. Confirm the "
        "parcel in Seller Central.",
    )
    denied = _(
        "The application may not confirm shipments. Give it the role Inventory and "
        "Order Tracking in Seller Central (Develop Apps), authorise it again, then "
        "press Retry.",
    )
    unknown_order = _(
        "Amazon has no such order for this account. Compare its number in Seller "
        "Central, and whether the right store is connected.",
    )
    return [
        (("ship+",), True, not_told),
        (("shipplus",), True, not_told),
        (("easy ship",), True, not_told),
        (("pick up",), True, not_told),
        (("fulfilled by amazon",), True, not_told),
        (("delivered by amazon",), True, not_told),
        (("not placed on amazon",), True, not_told),
        (("packagetoupdatenotfound",), False, already),
        (("already fulfilled",), False, already),
        (("already shipped",), False, already),
        (("does not have access",), False, denied),
        (("access", "denied"), False, denied),
        (("transparency",), False, transparency),
        (("codcollectionmethod",), False, cash),
        (("quantity", "exceeds"), False, too_many),
        (("quantity", "greater"), False, too_many),
        (("orderitemid",), False, unknown_item),
        (("order item", "invalid"), False, unknown_item),
        (("cancel",), False, closed),
        (("cannot be shipped",), False, closed),
        (("status", "order", "pending"), False, closed),
        (("shipdate", "future"), False, too_late),
        (("ship date", "future"), False, too_late),
        (("shipdate", "before"), False, too_early),
        (("ship date", "before"), False, too_early),
        (("shipdate",), False, bad_date),
        (("ship date",), False, bad_date),
        (("tracking number", "valid"), False, bad_number),
        (("carrier", "characters"), False, long_name),
        (("carrier",), False, bad_carrier),
        (("shippingmethod",), False, bad_method),
        (("shipping method",), False, bad_method),
        (("tracking",), False, bad_number),
        (("marketplace",), False, other_marketplace),
        (("does not know what was asked for",), False, unknown_order),
        (("unknown order",), False, unknown_order),
    ]
