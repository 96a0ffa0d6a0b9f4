"""The question searchOrders of Orders 2026-01-01 asks, and a page of its answer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..errors import UnreadableError
from ..json_fields import is_page_token
from ..times import format_time, parse_time
from .parse import read_order_number

# Without FULFILLMENT there is no status; Amazon adds nothing of this by itself.
INCLUDED_DATA = (
    "FULFILLMENT",
    "PROCEEDS",
    "RECIPIENT",
    "BUYER",
    "PROMOTION",
    "CANCELLATION",
    "TAX",
    "PACKAGES",
    "PAYMENT",
)
_PAGE_SIZE = 100
_MARKETPLACES_LIMIT = 50


@dataclass(frozen=True)
class OrdersPage:
    """A page of searchOrders.

    :ivar documents: tuple of order documents, for :func:`.orders.parse_order`
    :ivar next_token: for the next page, None on the last; valid for 24 hours
    :ivar watermark: Amazon's ``lastUpdatedBefore`` or ``createdBefore``, never later
        than the clock of this machine; the first page's value is where the next run
        has to start
    :ivar clock_ahead: by how much Amazon's clock shows a later time than this machine's
    :ivar set_aside: how many entries are no document of an order, or one without a
        number by which it could be kept
    """

    documents: tuple = field(repr=False)
    next_token: str | None = field(repr=False)
    watermark: datetime | None
    clock_ahead: timedelta = timedelta(0)
    set_aside: int = 0

    @property
    def last_updated(self):
        """``lastUpdatedTime`` of the last order, the watermark at most.

        None without a time that can be read.
        """
        text = self.documents[-1].get("lastUpdatedTime") if self.documents else None
        try:
            moment = parse_time(text) if text else None
        except ValueError:
            return None
        return min(moment, self.watermark) if moment and self.watermark else moment


def search_params(times, marketplace_ids, fulfilled_by, token, included_data):
    """Return the query of searchOrders as the library takes it.

    :param times: dict of parameter name to aware datetime or None
    :raises ValueError: with a sentence, when Amazon would refuse the combination
    """
    if (times["lastUpdatedAfter"] is None) == (times["createdAfter"] is None):
        raise ValueError("Give either last_updated_after or created_after.")
    if not 0 < len(marketplace_ids) <= _MARKETPLACES_LIMIT:
        raise ValueError("Orders are searched in 1 to 50 marketplaces at a time.")
    lists = {
        "marketplaceIds": marketplace_ids,
        "fulfilledBy": fulfilled_by,
        "includedData": included_data,
    }
    params = {key: format_time(value) for key, value in times.items() if value}
    params.update((key, list(value)) for key, value in lists.items() if value)
    params["maxResultsPerPage"] = _PAGE_SIZE
    if token:
        params["paginationToken"] = token
    return params


def find_readable(entries):
    """Return the documents among the entries of a page that have an order's number.

    Without it nothing can be kept of an order; one such entry costs itself only.
    """
    return tuple(entry for entry in entries if _has_number(entry))


def _has_number(entry):
    try:
        read_order_number(entry)
    except UnreadableError:
        return False
    return True


def read_page(body, entries, now):
    """Return the :class:`OrdersPage`, None when it is not as the model promises.

    :param dict body: the answer of searchOrders
    :param entries: its ``orders``
    :param datetime now: aware; Amazon's clock may be ahead, and a run that starts in
        the future would ask for nothing
    """
    pagination = body.get("pagination") or {}
    if not isinstance(pagination, dict):
        return None
    next_token = pagination.get("nextToken") or None
    until = body.get("lastUpdatedBefore") or body.get("createdBefore")
    if next_token is not None and not is_page_token(next_token):
        return None
    try:
        watermark = parse_time(until) if until else None
    except ValueError:
        return None
    ahead = max(watermark - now, timedelta(0)) if watermark else timedelta(0)
    watermark = watermark and min(watermark, now)
    documents = find_readable(entries)
    set_aside = len(entries) - len(documents)
    return OrdersPage(documents, next_token, watermark, ahead, set_aside)
