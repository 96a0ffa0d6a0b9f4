"""What Amazon needs of a parcel, and the sentence for a person where it is missing.

A delivery is told so before it is validated, a shipment afterwards: in the same words.
Which state a shipment then has: ``AmazonShipment._get_state_and_reason``.
Each function returns the sentence, or ``False`` when nothing is missing.
"""

# Odoo gives their parcels no number: a person has to enter it.
TYPES_WITHOUT_LABEL = ("fixed", "base_on_rule")


def get_carrier_reason(env, carrier, is_known):
    """Return what is missing of the carrier.

    :param carrier: ``delivery.carrier``, may be empty
    :param is_known: whether Amazon's name of it is known
    """
    if not carrier:
        return env._("The parcel has no carrier, and Amazon demands one. Choose it.")
    if not is_known:
        return env._(
            "Amazon's name of the carrier %s is not known. Press Map Carrier on the "
            "delivery and say what Amazon calls it.",
            carrier.name,
        )
    return False


def is_carrier_unknown(env, carrier, marketplace):
    """Whether there is a carrier of which Amazon's name is not known."""
    return bool(carrier) and not env["amazon.carrier"]._find_for(carrier, marketplace)


def get_number_reason(env, carrier, number):
    if carrier.amazon_has_no_tracking or (number or "").strip():
        return False
    return env._(
        "The parcel has no tracking number, and Amazon demands one. Enter it; it goes "
        "to Amazon by itself. If the carrier gives none, tick Has No Tracking on "
        "the delivery method."
    )


def get_numbers_reason(env, error):
    """Return that nobody knows which number is whose.

    :param error: ``parcel_numbers.UnknownNumberError``
    """
    return env._(
        "The delivery has %(numbers)s tracking numbers for %(parcels)s parcels, and it "
        "cannot be known which is whose. Enter the number of each parcel on its "
        "shipment.",
        numbers=error.numbers,
        parcels=error.parcels,
    )


def get_codes_reason(env, what):
    """Return that a shipment lacks Transparency codes.

    :param what: the units without, as ``2 x MUG``, "" for none
    """
    if not what:
        return False
    return env._(
        "Transparency codes missing: %s. Amazon demands the code on each unit. Press "
        "Items in Amazon Shipments on the delivery and enter them, with a comma "
        "between them.",
        what,
    )


def get_coming_codes_reason(env, what):
    """Return that a delivery will need Transparency codes once it is validated.

    :param what: the units with a code, as ``2 x MUG``, "" for none
    """
    if not what:
        return False
    return env._(
        "Transparency codes missing: %s. Amazon demands the code on each unit. Scan or "
        "note them while packing; once the delivery is validated, they are entered in "
        "Amazon Shipments on the delivery, under Items.",
        what,
    )


def get_pack_reason(env, what):
    """Return that a parcel holds parts of packs, and nothing to tell besides.

    :param what: the parts, as ``5 x MUG``
    """
    return env._(
        "The parcel holds a part of a pack (%s). Amazon is told of the pack with the "
        "parcel that completes it: ship the rest.",
        what,
    )


def get_units_reason(env, quantities):
    if all(quantity == int(quantity) for quantity in quantities):
        return False
    return env._("Amazon takes whole units only. Confirm it in Seller Central.")
