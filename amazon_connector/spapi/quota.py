"""Amazon's request quotas: a token bucket per operation and seller account.

Source: usage plans in Amazon's models of Orders 2026-01-01, Orders v0, Sellers,
Listings Items 2021-08-01, Reports 2021-06-30, Feeds 2021-06-30 and Catalog Items
2022-04-01.
Rates are requests per second, bursts are whole requests.
"""

DEFAULT_RATES = {
    "getMarketplaceParticipations": (0.016, 15),
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2.0, 10),
    "searchListingsItems": (5.0, 5),
    "getListingsItem": (5.0, 10),
    "patchListingsItem": (5.0, 5),
    "createReport": (0.0167, 15),
    "getReport": (2.0, 15),
    "getReportDocument": (0.0167, 15),
    "createFeedDocument": (0.5, 15),
    "createFeed": (0.0083, 15),
    "getFeed": (2.0, 15),
    "getFeeds": (0.0222, 10),
    "cancelFeed": (2.0, 15),
    "getFeedDocument": (0.0222, 10),
    "searchCatalogItems": (2.0, 2),
}

# Requests per second that a header may name: from one a day to far beyond any plan.
SLOWEST_RATE = 1 / (24 * 60 * 60)
FASTEST_RATE = 10_000.0
_NUMBER_CHARACTERS = 40


def take(tokens, updated, now, rate, burst):
    """Take one token from a bucket.

    :param tokens: tokens left at ``updated``
    :param updated: timestamp of the last change, float seconds
    :param now: current timestamp, float seconds
    :param rate: tokens refilled per second, greater than 0
    :param burst: the most tokens the bucket holds
    :return: ``(tokens_after, wait_seconds)``; a wait of 0 means granted and taken,
        otherwise nothing was taken and a token is there after that many seconds
    :raises ValueError: when the rate is not positive or the burst is below 1
    """
    if rate <= 0 or burst < 1:
        raise ValueError("A quota needs a positive rate and a burst of at least 1.")
    # A clock that went backwards must not remove tokens.
    elapsed = max(0.0, now - updated)
    available = min(float(burst), max(0.0, tokens) + elapsed * rate)
    # Refilling in steps loses the last bits: without the tolerance a caller that
    # waits exactly that long would be sent away for another nanosecond.
    if available >= 1.0 - 1e-9:
        return max(0.0, available - 1.0), 0.0
    return available, (1.0 - available) / rate


def read_number(value):
    """Return a number above 0 from a header or a JSON field, None when it is none.

    :return: a finite float; text beyond all numbers ("1e400") is no number
    """
    if isinstance(value, bool) or (
        isinstance(value, str) and len(value) > _NUMBER_CHARACTERS
    ):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 < number < float("inf") else None


def read_rate(value):
    """Return requests per second from ``x-amzn-RateLimit-Limit``, None when absurd."""
    rate = read_number(value)
    return rate if rate and SLOWEST_RATE <= rate <= FASTEST_RATE else None
