"""The connection to Amazon; the only module that knows the library and HTTP.

python-amazon-sp-api builds the requests. Sending them, the access token and the
meaning of the answers are here, because the library takes an HTML error page for
success, reads settings from environment variables and logs tokens.
"""

import logging
import os
import types
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from . import transport
from .endpoints import LWA_URL, SP_API_URLS, check_url, lwa_token_url
from .errors import ProtocolError, SpApiError, UnavailableError
from .sellers import parse_participation
from .times import format_time, parse_time
from .tokens import DEFAULT_TOKENS


@contextmanager
def _without_environment():
    """Hide the variables that the library reads, and trips over, when imported."""
    names = (
        "SP_API_DEFAULT_MARKETPLACE",
        "SP_API_AUTH_CACHE_SIZE",
        "SP_API_AUTH_CACHE_TTL",
        "AWS_ENV",
    )
    hidden = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(hidden)


with _without_environment():
    from sp_api.api.orders.orders_2026_01_01 import OrdersV20260101
    from sp_api.api.orders.orders_v0 import OrdersV0
    from sp_api.api.sellers.sellers import Sellers

USER_AGENT = "AmazonConnectorForOdoo/19.0 (Language=Python)"
DEFAULT = (
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
# These log every URL, and below that headers with the access token and documents
# with buyers' addresses. Named one by one: the library sets its own levels.
_CHATTY = (
    "httpx",
    "httpcore",
    "sp_api",
    "sp_api.base.client",
    "sp_api.auth.access_token_client",
)
# The request certainly never left: even a write may be called not done.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)


def _silence():
    for name in _CHATTY:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


@dataclass(frozen=True)
class Credentials:
    """What the seller's application logs in with; secrets stay out of ``repr``."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)


@dataclass(frozen=True)
class OrdersPage:
    """A page of searchOrders.

    :ivar documents: tuple of order documents, for :func:`.orders.parse_order`
    :ivar next_token: for the next page, None on the last; valid for 24 hours
    :ivar watermark: Amazon's ``lastUpdatedBefore`` or ``createdBefore``; the first
        page's value is where the next run has to start
    """

    documents: tuple = field(repr=False)
    next_token: str | None = field(repr=False)
    watermark: datetime | None


class _Api(OrdersV20260101, OrdersV0, Sellers):
    """The library's request builders on one connection, answers left untouched.

    The library's constructor is not called: it reads environment variables and
    opens a second connection pool for a login of its own, which has no time-out.
    """

    user_agent = USER_AGENT

    def __init__(self, http, endpoint, region):
        self._transport = types.SimpleNamespace(request=http.request, close=http.close)
        self.endpoint = endpoint
        self.region = region
        self.marketplace_id = ""
        self.version = None
        self.restricted_data_token = None

    @property
    def headers(self):
        # The library cuts "https://" off by length, which spoils a http address.
        return {**super().headers, "host": self.endpoint.split("://", 1)[1]}

    def _check_response(self, res, *_args, **_kwargs):
        return res


def _number(text):
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if 0 < number < float("inf") else None


def _read_answer(response):
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = None
    content_type = response.headers.get("content-type", "").lower()
    return transport.Answer(
        status=response.status_code,
        body=body,
        html="html" in content_type or response.content[:64].lstrip()[:1] == b"<",
        rate=_number(response.headers.get("x-amzn-ratelimit-limit")),
        pause=_number(response.headers.get("retry-after")),
        request_id=response.headers.get("x-amzn-requestid", ""),
    )


class SpApiClient:
    """A seller's connection; use it as a context manager, in one thread.

    :param credentials: :class:`Credentials`
    :param sp_api_url: "" or None for Amazon's own address of the region
    :param lwa_url: base or full address of Login with Amazon
    :param region: "na", "eu" or "fe"
    :param observer: ``before(operation)`` runs ahead of each request and may raise
        ThrottledError; ``after(operation, status, rate_limit, request_id)`` runs
        after each answer, with the rate in requests per second or None
    :param timeout: (connect, read) seconds
    :raises ValueError: when an address or the region is not acceptable

    Every method may raise the errors of :mod:`.errors`.
    """

    def __init__(
        self,
        credentials,
        *,
        sp_api_url=None,
        lwa_url=LWA_URL,
        region="",
        tokens=DEFAULT_TOKENS,
        observer=None,
        timeout=(10, 30),
    ):
        if not sp_api_url and region not in SP_API_URLS:
            raise ValueError("The region must be na, eu or fe.")
        _silence()
        self._credentials = credentials
        self._lwa_url = lwa_token_url(lwa_url or LWA_URL)
        self._tokens = tokens
        self._observer = observer
        endpoint = check_url(sp_api_url or SP_API_URLS[region])
        connect, read = timeout
        self._http = httpx.Client(timeout=httpx.Timeout(read, connect=connect))
        self._api = _Api(self._http, endpoint, region)

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        self.close()

    def close(self):
        """Close the connections; the client cannot be used afterwards."""
        self._http.close()

    def get_marketplace_participations(self):
        """Return a list of :class:`.sellers.Participation`."""
        operation = "getMarketplaceParticipations"
        answer = self._call(operation, self._api.get_marketplace_participation)
        payload = self._promised(operation, answer, "payload", list)
        try:
            return [parse_participation(entry) for entry in payload]
        except ValueError:
            pass
        raise transport.unexpected(operation, False, answer)

    def search_orders(
        self,
        *,
        last_updated_after=None,
        created_after=None,
        last_updated_before=None,
        created_before=None,
        marketplace_ids,
        fulfilled_by=("MERCHANT",),
        pagination_token=None,
        included_data=DEFAULT,
    ):
        """Return an :class:`OrdersPage` of up to 100 orders with their items.

        Exactly one of ``last_updated_after`` and ``created_after`` is needed; times
        are aware datetimes. A ``pagination_token`` needs the same other arguments.

        :raises ValueError: when Amazon would refuse the combination
        """
        if (last_updated_after is None) == (created_after is None):
            raise ValueError("Give either last_updated_after or created_after.")
        if not 0 < len(marketplace_ids) <= _MARKETPLACES_LIMIT:
            raise ValueError("Orders are searched in 1 to 50 marketplaces at a time.")
        times = {
            "lastUpdatedAfter": last_updated_after,
            "createdAfter": created_after,
            "lastUpdatedBefore": last_updated_before,
            "createdBefore": created_before,
        }
        lists = {
            "marketplaceIds": marketplace_ids,
            "fulfilledBy": fulfilled_by,
            "includedData": included_data,
        }
        params = {key: format_time(value) for key, value in times.items() if value}
        params.update((key, list(value)) for key, value in lists.items() if value)
        params["maxResultsPerPage"] = _PAGE_SIZE
        if pagination_token:
            params["paginationToken"] = pagination_token
        operation = "searchOrders"
        answer = self._call(operation, lambda: self._api.search_orders(**params))
        documents = self._promised(operation, answer, "orders", list)
        page = self._read_page(answer.body, documents)
        if page is None:
            raise transport.unexpected(operation, False, answer)
        return page

    def get_order(self, order_id, *, included_data=DEFAULT):
        """Return the document of one order, for :func:`.orders.parse_order`."""
        operation = "getOrder"
        answer = self._call(
            operation,
            lambda: self._api.get_order(order_id, includedData=list(included_data)),
        )
        document = self._promised(operation, answer, "order", dict)
        if document.get("orderId") != order_id:
            raise transport.unexpected(operation, False, answer)
        return document

    def confirm_shipment(self, order_id, request):
        """Tell Amazon about a package; returns None when Amazon took it.

        :param request: body made by :func:`.shipments.confirmation_request`
        :raises AmbiguousError: when it is unknown whether Amazon took it
        """
        operation = "confirmShipment"
        answer = self._call(
            operation,
            lambda: self._api.confirm_shipment(order_id, **request),
            write=True,
        )
        if answer.status != 204:
            raise transport.failure(operation, True, answer)

    @staticmethod
    def _read_page(body, documents):
        """Return the page, None when it is not as the model promises."""
        if not all(isinstance(d, dict) and d.get("orderId") for d in documents):
            return None
        pagination = body.get("pagination") or {}
        if not isinstance(pagination, dict):
            return None
        next_token = pagination.get("nextToken") or None
        until = body.get("lastUpdatedBefore") or body.get("createdBefore")
        if not isinstance(next_token, str | None):
            return None
        try:
            watermark = parse_time(until) if until else None
        except ValueError:
            return None
        return OrdersPage(tuple(documents), next_token, watermark)

    @staticmethod
    def _promised(operation, answer, key, kind):
        if answer.status != 200:
            raise transport.failure(operation, False, answer)
        body = answer.body if isinstance(answer.body, dict) else {}
        if body.get("errors") or not isinstance(body.get(key), kind):
            raise transport.unexpected(operation, False, answer)
        return body[key]

    def _call(self, operation, send, *, write=False):
        """Send a request; with a new access token once more when that is refused.

        Repeating is safe for a write as well: a refused token means not carried out.
        """
        answer = self._send(operation, send, write)
        if answer.token_refused:
            self._tokens.forget(
                self._credentials, self._lwa_url, self._api.restricted_data_token
            )
            answer = self._send(operation, send, write)
        return answer

    def _send(self, operation, send, write):
        # Through this attribute the library takes a ready token without logging in.
        self._api.restricted_data_token = self._tokens.get(
            self._credentials, self._lwa_url, self._log_in
        )
        if self._observer:
            self._observer.before(operation)
        answer = self._exchange(operation, send, write)
        if self._observer:
            self._observer.after(
                operation, answer.status, answer.rate, answer.request_id
            )
        return answer

    @staticmethod
    def _exchange(operation, send, write):
        """Return the :class:`.transport.Answer`, or raise this package's error.

        The error is raised outside the handler on purpose: httpx's exceptions hold
        the request with its token, and would stay attached.
        """
        try:
            return _read_answer(send())
        except _NOT_SENT:
            error = UnavailableError("Amazon cannot be reached.", operation=operation)
        except httpx.TimeoutException:
            error = transport.lost(operation, write, "Amazon did not answer in time")
        except httpx.HTTPError:
            error = transport.lost(
                operation, write, "The connection to Amazon broke off"
            )
        raise error

    def _log_in(self):
        """Return (access token, seconds it lives) of Login with Amazon."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._credentials.refresh_token,
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        headers = {"user-agent": USER_AGENT, "accept": "application/json"}

        def send():
            return self._http.post(self._lwa_url, data=form, headers=headers)

        answer = self._exchange(transport.LWA_OPERATION, send, False)
        body = answer.body if isinstance(answer.body, dict) else {}
        token, seconds = body.get("access_token"), body.get("expires_in", 3600)
        usable = isinstance(token, str) and token.isascii() and token.isprintable()
        if answer.status != 200 or not token or not usable:
            raise transport.login_failure(answer)
        return token, _number(seconds) or 0.0


__all__ = [
    "DEFAULT",
    "USER_AGENT",
    "Credentials",
    "OrdersPage",
    "ProtocolError",
    "SpApiClient",
    "SpApiError",
]
