"""What Amazon takes no confirmation of, since it learns of it in another way."""

NOT_CONFIRMED = (
    "FBM_SHIP_PLUS",
    "IN_STORE_PICK_UP",
    "AMAZON_EASY_SHIP",
    "DELIVERY_BY_AMAZON",
)


def get_program_reason(env, programs):
    """Return why orders of these programs are not confirmed, or ``False``.

    :param programs: Amazon's words of the programs that the order belongs to
    """
    found = [word.upper() for word in programs if word.upper() in NOT_CONFIRMED]
    return _get_reasons(env)[found[0]] if found else False


def _get_reasons(env):
    _ = env._
    return {
        "FBM_SHIP_PLUS": _(
            "This is a Ship+ order: Amazon knows the parcel by the label that was "
            "bought there, and takes no confirmation. There is nothing to do."
        ),
        "IN_STORE_PICK_UP": _(
            "The buyer collects this order in the store. Mark it as collected in "
            "Seller Central; Amazon takes no confirmation of a parcel."
        ),
        "AMAZON_EASY_SHIP": _(
            "This is an Easy Ship order: Amazon collects the parcel and knows of it. "
            "There is nothing to do."
        ),
        "DELIVERY_BY_AMAZON": _(
            "Amazon delivers this order itself and knows the parcel. There is nothing "
            "to do."
        ),
    }


def get_service_reason(env, order):
    """Return why Amazon awaits no confirmation of any parcel of an order, or ``False``.

    :param order: ``amazon.order``
    """
    if reason := get_program_reason(env, order._get_programs()):
        return reason
    if order.fulfilled_by == "amazon":
        return env._(
            "Amazon ships order %s itself. There is nothing to do.",
            order.amazon_order_id,
        )
    return False
