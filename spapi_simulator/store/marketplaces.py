"""What differs between marketplaces: channels of Amazon's fulfilment, currencies."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from .people import RATES

#: The code of the fulfilment network by region.
CHANNEL_OF_REGION = {"na": "AMAZON_NA", "eu": "AMAZON_EU", "fe": "AMAZON_JP"}
FBA_CHANNELS = frozenset(CHANNEL_OF_REGION.values())
#: Barcodes as sellers of the region know them.
BARCODE_OF_REGION = {"na": "upc", "eu": "ean", "fe": "jan"}


def decimals(currency):
    """How many decimals prices have; the yen has none."""
    return 0 if currency == "JPY" else 2


@lru_cache(maxsize=8192)
def local_price(dollars, currency):
    """A price in US dollars (Decimal) as a number in another currency."""
    step = Decimal(1).scaleb(-decimals(currency))
    amount = (dollars * Decimal(RATES[currency])).quantize(step, ROUND_HALF_UP)
    return int(amount) if amount == int(amount) else float(amount)
