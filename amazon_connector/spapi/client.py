"""The connection to Amazon; the only module that knows the library and HTTP.

python-amazon-sp-api builds the requests, no more: it takes an HTML error page for
success, reads settings from environment variables and logs tokens.
"""

import logging
import os
import types
from contextlib import contextmanager

import httpx

from . import auth, transport
from .endpoints import LWA_URL, SP_API_URLS, check_url, lwa_token_url
from .errors import UnavailableError
from .listings.calls import ListingsCalls
from .orders.calls import DEFAULT, read_page, search_params
from .public import check_image_url, fetch_image
from .quota import positive_number
from .sellers import parse_participation
from .tokens import DEFAULT_TOKENS, AccessTokens, Credentials


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
    from sp_api.api.listings_items.listings_items_2021_08_01 import (
        ListingsItemsV20210801,
    )
    from sp_api.api.orders.orders_2026_01_01 import OrdersV20260101
    from sp_api.api.orders.orders_v0 import OrdersV0
    from sp_api.api.sellers.sellers import Sellers

USER_AGENT = "AmazonConnectorForOdoo/19.0 (Language=Python)"
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


def _quieten():
    """Let the libraries log warnings and worse only; never lowers a level."""
    for name in _CHATTY:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


class _Api(OrdersV20260101, OrdersV0, Sellers, ListingsItemsV20210801):
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
        rate=positive_number(response.headers.get("x-amzn-ratelimit-limit")),
        pause=positive_number(response.headers.get("retry-after")),
        request_id=response.headers.get("x-amzn-requestid", ""),
    )


class SpApiClient(ListingsCalls):
    """A seller's connection; use it as a context manager, in one thread.

    :param credentials: :class:`Credentials`
    :param sp_api_url: "" or None for Amazon's own address of the region
    :param lwa_url: base or full address of Login with Amazon
    :param region: "na", "eu" or "fe"
    :param tokens: :class:`.tokens.AccessTokens`; by default those of the process
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
        tokens=None,
        observer=None,
        timeout=(10, 30),
    ):
        if not sp_api_url and region not in SP_API_URLS:
            raise ValueError("The region must be na, eu or fe.")
        _quieten()
        self._credentials = credentials
        self._lwa_url = lwa_token_url(lwa_url or LWA_URL)
        self._tokens = tokens or DEFAULT_TOKENS
        self._observer = observer
        endpoint = check_url(sp_api_url or SP_API_URLS[region])
        connect, read = timeout
        self._http = httpx.Client(timeout=httpx.Timeout(read, connect=connect))
        self._fresh = False
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
        payload = transport.promised(operation, answer, "payload", list)
        try:
            return [parse_participation(entry) for entry in payload]
        except ValueError as error:
            raise transport.unexpected(operation, False, answer) from error

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
        """Return an :class:`.orders.OrdersPage` of up to 100 orders with their items.

        Exactly one of ``last_updated_after`` and ``created_after`` is needed; times
        are aware datetimes. A ``pagination_token`` needs the same other arguments.

        :raises ValueError: when Amazon would refuse the combination
        """
        params = search_params(
            {
                "lastUpdatedAfter": last_updated_after,
                "createdAfter": created_after,
                "lastUpdatedBefore": last_updated_before,
                "createdBefore": created_before,
            },
            marketplace_ids,
            fulfilled_by,
            pagination_token,
            included_data,
        )
        operation = "searchOrders"
        answer = self._call(operation, lambda: self._api.search_orders(**params))
        documents = transport.promised(operation, answer, "orders", list)
        page = read_page(answer.body, documents)
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
        document = transport.promised(operation, answer, "order", dict)
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

    def download_image(self, url):
        """Return the bytes of a picture that a listing names.

        Amazon keeps pictures on public servers: no token is sent and no quota asked.

        :raises RejectedError: see :func:`.public.fetch_image`
        """
        check_image_url(url)
        return _exchange(
            "downloadImage",
            lambda: fetch_image(self._http, url),
            write=False,
            read=lambda content: content,
        )

    def _call(self, operation, send, *, write=False):
        """Send a request; with a new access token once more when that is refused.

        Repeating is safe for a write as well: a refused token means not carried out.
        """
        answer = self._send(operation, send, write)
        # A token kept from earlier may be denied since the authorisation was
        # withdrawn; only a new login can tell that from a missing role.
        if answer.token_refused or (answer.status == 403 and not self._fresh):
            self._tokens.forget(
                self._credentials, self._lwa_url, self._api.restricted_data_token
            )
            answer = self._send(operation, send, write)
        return answer

    def _send(self, operation, send, write):
        self._fresh = False
        # Through this attribute the library takes a ready token without logging in.
        self._api.restricted_data_token = self._tokens.get(
            self._credentials, self._lwa_url, self._log_in
        )
        if self._observer:
            self._observer.before(operation)
        answer = _exchange(operation, send, write)
        if self._observer:
            self._observer.after(
                operation, answer.status, answer.rate, answer.request_id
            )
        return answer

    def _log_in(self):
        """Return (access token, seconds it lives) of Login with Amazon."""
        self._fresh = True
        form = auth.refresh_form(self._credentials)
        answer = _post(self._http, self._lwa_url, form, auth.REFRESH)
        return auth.read_access_token(answer)


def exchange_code(
    code,
    *,
    client_id,
    client_secret,
    redirect_uri="",
    lwa_url=LWA_URL,
    timeout=(10, 30),
):
    """Return the refresh token for the code of a website authorisation.

    :param str code: ``spapi_oauth_code``; Amazon takes it once, within five minutes
    :param str redirect_uri: the one of the authorisation, "" where there was none
    :raises AuthError: reason "code" (unknown, used or expired) or "client"
    """
    connect, read = timeout
    form = auth.code_form(code, client_id, client_secret, redirect_uri)
    url = lwa_token_url(lwa_url or LWA_URL)
    _quieten()
    with httpx.Client(timeout=httpx.Timeout(read, connect=connect)) as http:
        return auth.read_refresh_token(_post(http, url, form, auth.EXCHANGE))


def _post(http, url, form, operation):
    headers = {"user-agent": USER_AGENT, "accept": "application/json"}
    return _exchange(
        operation, lambda: http.post(url, data=form, headers=headers), False
    )


def _exchange(operation, send, write, read=_read_answer):
    """Return what ``read`` makes of the answer, or raise this package's error.

    Raised outside the handlers: httpx's exceptions hold the request's token.
    """
    try:
        return read(send())
    except _NOT_SENT:
        error = UnavailableError("Amazon cannot be reached.", operation=operation)
    except httpx.TimeoutException:
        error = transport.lost(operation, write, "Amazon did not answer in time")
    except httpx.HTTPError:
        error = transport.lost(operation, write, "The connection to Amazon broke off")
    raise error


__all__ = [
    "USER_AGENT",
    "AccessTokens",
    "Credentials",
    "SpApiClient",
    "exchange_code",
]
