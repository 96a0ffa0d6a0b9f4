"""The connection to Amazon; the only module that knows the library and HTTP.

python-amazon-sp-api builds the requests, no more: it takes an HTML error page for
success, reads settings from environment variables and logs tokens.
"""

import io
import logging
import os
import time
import types
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import cache

import httpx

from . import auth, transport
from .catalog import calls as catalog
from .endpoints import (
    LWA_URL,
    SP_API_URLS,
    check_url,
    is_on_this_machine,
    lwa_token_url,
)
from .errors import RejectedError, UnavailableError
from .feeds import calls as feeds
from .feeds.parse import REPORT_LIMIT, read_processing_report
from .listings import calls as listings
from .orders import calls as orders
from .orders.calls import INCLUDED_DATA
from .public import fetch_image, open_session
from .reports import calls as reports
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
    from sp_api.api.catalog_items.catalog_items_2022_04_01 import CatalogItemsV20220401
    from sp_api.api.listings_items.listings_items_2021_08_01 import (
        ListingsItemsV20210801,
    )
    from sp_api.api.orders.orders_2026_01_01 import OrdersV20260101
    from sp_api.api.orders.orders_v0 import OrdersV0
    from sp_api.api.reports.reports import Reports
    from sp_api.api.sellers.sellers import Sellers
    from sp_api.base import fill_query_params

USER_AGENT = "AmazonConnectorForOdoo/19.0 (Language=Python)"
# An answer of 100 large orders has some megabytes.
ANSWER_LIMIT = 32 * 1024 * 1024
# How long all of an answer may take, as a multiple of the read timeout.
READ_TIMEOUTS_IN_ALL = 4
# These log every URL, and below that headers with the access token and documents
# with buyers' addresses. Named one by one: the library sets its own levels.
_CHATTY = (
    "httpx",
    "httpcore",
    "sp_api",
    "sp_api.base.client",
    "sp_api.auth.access_token_client",
)
# What the transfer of a document is called in errors.
DOWNLOAD = "downloadReport"
UPLOAD = "uploadFeed"
# By how much Amazon's clock is ahead of this machine's, by endpoint: for all clients of
# this process, each of which lives as long as a run.
_clocks_ahead = {}
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


def _silence_libraries():
    """Let the libraries log warnings and worse only; never lowers a level."""
    for name in _CHATTY:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


class _Api(
    OrdersV20260101,
    OrdersV0,
    Sellers,
    ListingsItemsV20210801,
    Reports,
    CatalogItemsV20220401,
):
    """The library's request builders, answers left untouched.

    Made for one request, since the library keeps token and method in the object.
    Its constructor is not called: it reads environment variables and opens a second
    connection pool for a login of its own, which has no time-out.

    :param send: called with httpx's arguments of a request
    :param str token: access token
    """

    user_agent = USER_AGENT

    def __init__(self, send, endpoint, region, token):
        self._transport = types.SimpleNamespace(request=send)
        self.endpoint = endpoint
        self.region = region
        self.marketplace_id = ""
        self.version = None
        # Through this attribute the library takes a ready token without logging in.
        self.restricted_data_token = token

    @property
    def headers(self):
        # The library cuts "https://" off by length, which spoils a http address.
        return {**super().headers, "host": self.endpoint.split("://", 1)[1]}

    # The library's own would ask for marketplaces, which Amazon does not know there,
    # and write into the answer.
    def get_report(self, report_id):
        return self._get("/reports/2021-06-30/reports/{}", report_id)

    def get_report_document(self, document_id):
        return self._get("/reports/2021-06-30/documents/{}", document_id)

    def _get(self, path, *parts):
        return self._ask("GET", path, *parts)

    # The library's own add marketplaces and the path to the body, and go to the
    # documents' addresses without time-out, certificates or a look at the status.
    def create_feed_document(self, body):
        return self._ask("POST", "/feeds/2021-06-30/documents", body=body)

    def create_feed(self, body):
        return self._ask("POST", "/feeds/2021-06-30/feeds", body=body)

    def get_feed(self, feed_id):
        return self._ask("GET", "/feeds/2021-06-30/feeds/{}", feed_id)

    def get_feeds(self, query):
        return self._ask("GET", "/feeds/2021-06-30/feeds", query=query)

    def cancel_feed(self, feed_id):
        return self._ask("DELETE", "/feeds/2021-06-30/feeds/{}", feed_id)

    def get_feed_document(self, document_id):
        return self._ask("GET", "/feeds/2021-06-30/documents/{}", document_id)

    def _ask(self, method, path, *parts, query=None, body=None):
        path = fill_query_params(path, *parts)
        params = {**(query or {}), "method": method}
        return self._request(path, params=params, data=body, add_marketplace=False)

    def _check_response(self, res, *_args, **_kwargs):
        return res


class SpApiClient:
    """A seller's connection to Amazon; use it as a context manager.

    Several threads may use one client at a time. The observer is then called in
    those threads, and the client is closed when none of them uses it any more.

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
        _silence_libraries()
        self._credentials = credentials
        self._lwa_url = lwa_token_url(lwa_url or LWA_URL)
        self._tokens = tokens or DEFAULT_TOKENS
        self._observer = observer
        self._endpoint = check_url(sp_api_url or SP_API_URLS[region])
        self._region = region
        self._timeout = timeout
        self._http = _open_http(timeout)
        self._public = open_session()

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        self.close()

    def close(self):
        """Close the connections; the client cannot be used afterwards."""
        self._http.close()
        self._public.close()

    def get_time(self):
        """Return the time by Amazon's clock, an aware datetime.

        As far as it is known: by this machine's clock until Amazon has answered.
        """
        ahead = _clocks_ahead.get(self._endpoint, timedelta(0))
        return datetime.now(timezone.utc) + ahead

    # === SELLERS v1 === #

    def get_marketplace_participations(self):
        """Return a list of :class:`.sellers.Participation`."""
        operation = "getMarketplaceParticipations"
        answer = self._call(operation, lambda api: api.get_marketplace_participation())
        payload = transport.read_promised(operation, answer, "payload", list)
        try:
            return [parse_participation(entry) for entry in payload]
        except ValueError as error:
            raise transport.unexpected_error(operation, False, answer) from error

    # === ORDERS 2026-01-01 === #

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
        included_data=INCLUDED_DATA,
    ):
        """Return an :class:`.orders.OrdersPage` of up to 100 orders with their items.

        Exactly one of ``last_updated_after`` and ``created_after`` is needed; times
        are aware datetimes. A ``pagination_token`` needs the same other arguments.

        :raises ValueError: when Amazon would refuse the combination
        """
        operation = "searchOrders"
        params = orders.search_params(
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
        answer = self._call(operation, lambda api: api.search_orders(**params))
        documents = transport.read_promised(operation, answer, "orders", list)
        now = datetime.now(timezone.utc)
        page = orders.read_page(answer.body, documents, now)
        if page is None:
            raise transport.unexpected_error(operation, False, answer)
        return page

    def get_order(self, order_id, *, included_data=INCLUDED_DATA):
        """Return the document of one order, for :func:`.orders.parse_order`."""
        operation = "getOrder"
        answer = self._call(
            operation,
            lambda api: api.get_order(order_id, includedData=list(included_data)),
        )
        document = transport.read_promised(operation, answer, "order", dict)
        if document.get("orderId") != order_id:
            raise transport.unexpected_error(operation, False, answer)
        return document

    # === ORDERS v0 === #

    def confirm_shipment(self, order_id, request):
        """Confirm a package to Amazon; returns None when Amazon took it.

        :param request: body made by :func:`.shipments.confirmation_request`
        :raises AmbiguousError: when it is unknown whether Amazon took it
        """
        operation = "confirmShipment"
        answer = self._call(
            operation,
            lambda api: api.confirm_shipment(order_id, **request),
            write=True,
        )
        if answer.status != 204:
            raise transport.error_of(operation, True, answer)

    # === LISTINGS ITEMS 2021-08-01 === #

    def search_listings_items(
        self,
        seller_id,
        *,
        marketplace_id,
        last_updated_after=None,
        skus=(),
        asins=(),
        page_token=None,
    ):
        """Return a :class:`.listings.ListingsPage` of up to 20 listings.

        Those that Amazon changed longest ago come first. A ``page_token`` needs the
        same other arguments.

        :param marketplace_id: Amazon's id of a marketplace, or a tuple of several;
            of these Amazon does not say which one a quantity is of
        :param datetime last_updated_after: only those changed then or later
        :param skus: only these, 20 at most, none with a comma in it
        :param asins: only those of these articles, 20 at most; not beside ``skus``
        :raises ValueError: when Amazon would refuse or misread the identifiers
        """
        operation = "searchListingsItems"
        params = listings.search_params(
            marketplace_id, last_updated_after, skus, asins, page_token
        )
        answer = self._call(
            operation, lambda api: api.search_listings_items(seller_id, **params)
        )
        documents = transport.read_promised(operation, answer, "items", list)
        page = listings.read_page(answer.body, documents)
        if page is None:
            raise transport.unexpected_error(operation, False, answer)
        return page

    def get_listings_item(self, seller_id, sku, *, marketplace_id):
        """Return the document of one listing, for :func:`.listings.parse_listing`.

        :raises RejectedError: status 404 when it is not listed there
        """
        operation = "getListingsItem"
        params = listings.item_params(marketplace_id)
        answer = self._call(
            operation, lambda api: api.get_listings_item(seller_id, sku, **params)
        )
        if transport.read_promised(operation, answer, "sku", str) != sku:
            raise transport.unexpected_error(operation, False, answer)
        return answer.body

    def patch_listings_item(self, seller_id, sku, request, *, marketplace_id):
        """Change a listing; return Amazon's :class:`.listings.Submission`.

        It may be sent again after a lost answer: the same change twice is the same
        as once. So a lost answer raises what a read would raise.

        :param request: body made by :func:`.listings.quantity_request`
        """
        operation = "patchListingsItem"
        answer = self._call(
            operation,
            lambda api: api.patch_listings_item(
                seller_id, sku, marketplaceIds=marketplace_id, body=request
            ),
        )
        status = transport.read_promised(operation, answer, "status", str)
        return listings.read_submission(answer.body, status)

    # === REPORTS 2021-06-30 === #

    def create_report(self, marketplace_id):
        """Ask for the report of all listings of a marketplace; return its id.

        It may be asked for again after a lost answer: there are two of them then.
        """
        operation = "createReport"
        params = reports.listings_report_params(marketplace_id)
        answer = self._call(operation, lambda api: api.create_report(**params))
        return transport.read_promised(operation, answer, "reportId", str, status=202)

    def get_report(self, report_id):
        """Return the :class:`.reports.Report`: how far Amazon is with it.

        :raises RejectedError: status 404 when Amazon does not know it any more
        """
        operation = "getReport"
        answer = self._call(operation, lambda api: api.get_report(report_id))
        status = transport.read_promised(operation, answer, "processingStatus", str)
        report = reports.read_report(answer.body, status)
        if report is None or report.report_id != report_id:
            raise transport.unexpected_error(operation, False, answer)
        return report

    def get_report_document(self, document_id):
        """Return the :class:`.reports.ReportDocument`: where a document is now."""
        operation = "getReportDocument"
        answer = self._call(operation, lambda api: api.get_report_document(document_id))
        url = transport.read_promised(operation, answer, "url", str)
        document = reports.read_document(answer.body, url)
        if document is None:
            raise transport.unexpected_error(operation, False, answer)
        return document

    def download_report(self, document, file):
        """Write a report into a file as it arrives, unpacked; no token is sent.

        :param document: :class:`.reports.ReportDocument`
        :param file: open for writing in binary mode
        :return: what its server calls the encoding, "" for nothing
        :raises UnreadableError: when it is damaged, cut off or far too large
        :raises RejectedError: when it is not there (any more)
        """
        return self._download(document, file, reports.DOCUMENT_LIMIT)

    def _download(self, document, file, limit):
        """Write a document into a file; at most ``limit`` bytes, unpacked."""
        _check_document_address(document.url, DOWNLOAD)
        unpacker = reports.Unpacker(file, document.is_compressed, limit)
        return _exchange(
            DOWNLOAD, lambda: self._receive_report(document.url, unpacker), False
        )

    def _receive_report(self, url, unpacker):
        deadline = time.monotonic() + reports.DOCUMENT_SECONDS
        headers = {"user-agent": USER_AGENT}
        with self._http.stream("GET", url, headers=headers) as response:
            _check_document_status(response.status_code, DOWNLOAD)
            for piece in response.iter_bytes():
                unpacker.unpack(piece)
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("Too slow.", request=response.request)
            unpacker.finish()
            return response.charset_encoding or ""

    # === FEEDS 2021-06-30 === #

    def create_feed_document(self):
        """Return a :class:`.feeds.FeedUpload`: where to put the content of a feed.

        It may be asked for again: what no feed uses is forgotten by Amazon.
        """
        operation = "createFeedDocument"
        params = feeds.document_params()
        answer = self._call(operation, lambda api: api.create_feed_document(params))
        url = transport.read_promised(operation, answer, "url", str, status=201)
        upload = feeds.read_upload(answer.body, url)
        if upload is None:
            raise transport.unexpected_error(operation, False, answer)
        return upload

    def upload_feed(self, upload, content):
        """Put the content of a feed where it belongs; no token is sent.

        Nothing happens before :meth:`create_feed`, so it may be done again.

        :param upload: :class:`.feeds.FeedUpload`
        :param bytes content: of a :class:`.feeds.QuantityFeed`
        :raises RejectedError: when its server does not take it (any more)
        """
        _check_document_address(upload.url, UPLOAD)
        _exchange(UPLOAD, lambda: self._put_document(upload.url, content), False)

    def _put_document(self, url, content):
        headers = {
            "user-agent": USER_AGENT,
            "content-type": feeds.CONTENT_TYPE,
            # The server takes no content of unknown length.
            "content-length": str(len(content)),
        }
        pieces = _cut_pieces(content, feeds.UPLOAD_PIECE_BYTES, feeds.UPLOAD_SECONDS)
        with self._http.stream("PUT", url, headers=headers, content=pieces) as response:
            _check_document_status(response.status_code, UPLOAD)

    def create_feed(self, marketplace_id, document_id):
        """Have Amazon work a feed of quantities off; return its id.

        :param document_id: of what was uploaded
        :raises AmbiguousError: when it is unknown whether Amazon took it: look for it
            with :meth:`get_feeds`
        """
        operation = "createFeed"
        params = feeds.feed_params(marketplace_id, document_id)
        answer = self._call(operation, lambda api: api.create_feed(params), write=True)
        if answer.status != 202:
            raise transport.error_of(operation, True, answer)
        feed_id = feeds.read_feed_id(answer.body)
        if not feed_id:
            raise transport.unexpected_error(operation, True, answer)
        return feed_id

    def get_feed(self, feed_id):
        """Return the :class:`.feeds.Feed`: how far Amazon is with it.

        :raises RejectedError: status 404 when Amazon does not know it (any more)
        """
        operation = "getFeed"
        answer = self._call(operation, lambda api: api.get_feed(feed_id))
        transport.read_promised(operation, answer, "processingStatus", str)
        feed = feeds.read_feed(answer.body)
        if feed is None or feed.feed_id != feed_id:
            raise transport.unexpected_error(operation, False, answer)
        return feed

    def get_feeds(self, marketplace_id, *, created_since, created_until):
        """Return the feeds of listings of a marketplace, 100 at most, newest first.

        :param datetime created_since: aware, by Amazon's clock (:meth:`get_time`);
            likewise ``created_until``
        :return: tuple of :class:`.feeds.Feed`
        """
        operation = "getFeeds"
        query = feeds.search_params(marketplace_id, created_since, created_until)
        answer = self._call(operation, lambda api: api.get_feeds(query))
        documents = transport.read_promised(operation, answer, "feeds", list)
        found = tuple(feeds.read_feed(document) for document in documents)
        if None in found:
            raise transport.unexpected_error(operation, False, answer)
        return found

    def cancel_feed(self, feed_id):
        """Have Amazon forget a feed that it has not begun.

        It may be asked for again after a lost answer: :meth:`get_feed` says what is.

        :raises RejectedError: when Amazon has begun it, or ended it
        """
        operation = "cancelFeed"
        answer = self._call(operation, lambda api: api.cancel_feed(feed_id))
        if answer.status != 200:
            raise transport.error_of(operation, False, answer)

    def get_feed_document(self, document_id):
        """Return the :class:`.reports.ReportDocument` of a processing report."""
        operation = "getFeedDocument"
        answer = self._call(operation, lambda api: api.get_feed_document(document_id))
        url = transport.read_promised(operation, answer, "url", str)
        document = reports.read_document(answer.body, url)
        if document is None:
            raise transport.unexpected_error(operation, False, answer)
        return document

    def download_feed_report(self, document, feed_id):
        """Return the :class:`.feeds.ProcessingReport` of a feed; no token is sent.

        :param document: :class:`.reports.ReportDocument`
        :param feed_id: of which feed it has to be
        :raises UnreadableError: when it is no such report, damaged or far too large
        :raises RejectedError: when it is not there (any more)
        """
        file = io.BytesIO()
        self._download(document, file, REPORT_LIMIT)
        return read_processing_report(file.getvalue(), feed_id)

    # === CATALOG ITEMS 2022-04-01 === #

    def search_catalog_items(self, asins, *, marketplace_id):
        """Return the documents of articles, for :func:`.catalog.parse_item`.

        :param asins: 20 at most; those that Amazon does not know are left out
        :raises ValueError: when Amazon would refuse them
        """
        operation = "searchCatalogItems"
        params = catalog.search_params(asins, marketplace_id)
        answer = self._call(operation, lambda api: api.search_catalog_items(**params))
        documents = transport.read_promised(operation, answer, "items", list)
        if not all(isinstance(entry, dict) for entry in documents):
            raise transport.unexpected_error(operation, False, answer)
        return tuple(documents)

    # === PUBLIC FILES === #

    def download_image(self, url):
        """Return the bytes of a picture that a listing names.

        A simulator keeps its pictures on this machine, as it is there itself.

        :raises RejectedError: see :func:`.public.fetch_image`
        """
        return fetch_image(
            self._public,
            url,
            timeout=self._timeout,
            from_here=is_on_this_machine(self._endpoint),
        )

    # === HOW A REQUEST IS SENT === #

    def _call(self, operation, ask, *, write=False):
        """Send a request; with a new access token once more when that is refused.

        Repeating is safe for a write as well: a refused token means not carried out.

        :param ask: makes the request with the :class:`_Api` that it is called with
        :return: :class:`.transport.Answer`, of any status
        """
        token, is_new = self._get_token()
        answer = self._send(operation, ask, write, token)
        # A token kept from earlier may be denied since the authorisation was
        # withdrawn; only a new login can distinguish that from a missing role.
        if answer.token_refused or (answer.status == 403 and not is_new):
            self._tokens.forget(self._credentials, self._lwa_url, token)
            token, _is_new = self._get_token()
            answer = self._send(operation, ask, write, token)
        return answer

    def _send(self, operation, ask, write, token):
        if self._observer:
            self._observer.before(operation)
        api = _Api(self._request, self._endpoint, self._region, token)
        answer = _exchange(operation, lambda: ask(api), write)
        if answer.date:
            ahead = answer.date - datetime.now(timezone.utc)
            _clocks_ahead[self._endpoint] = ahead
        if self._observer:
            self._observer.after(
                operation, answer.status, answer.rate, answer.request_id
            )
        return answer

    def _request(self, **request):
        return _read_answer(self._http, self._timeout, **request)

    def _get_token(self):
        """Return (access token, whether this very call logged in for it)."""
        logins = []

        def log_in():
            logins.append(1)
            form = auth.refresh_form(self._credentials)
            answer = _post(self._http, self._timeout, self._lwa_url, form, auth.REFRESH)
            return auth.read_access_token(answer)

        token = self._tokens.get(self._credentials, self._lwa_url, log_in)
        return token, bool(logins)


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
    form = auth.code_form(code, client_id, client_secret, redirect_uri)
    url = lwa_token_url(lwa_url or LWA_URL)
    _silence_libraries()
    with _open_http(timeout) as http:
        answer = _post(http, timeout, url, form, auth.EXCHANGE)
    return auth.read_refresh_token(answer)


def _check_document_address(url, operation):
    """:raises UnavailableError: unless the address is https, or on this machine"""
    try:
        check_url(url.partition("?")[0])
    except ValueError:
        error = UnavailableError(
            "The address of the document is not usable.", operation=operation
        )
    else:
        return
    # Outside the handler: the other one's text may hold the address.
    raise error


def _check_document_status(status, operation):
    if status == 200:
        return
    details = {"operation": operation, "status": status}
    if status == 429 or status >= 500:
        raise UnavailableError(
            f"The server of Amazon's documents is not available at the moment (status "
            f"{status}).",
            **details,
        )
    if operation == UPLOAD:
        raise RejectedError(
            f"The server of Amazon's documents did not take the feed (status "
            f"{status}).",
            **details,
        )
    raise RejectedError(
        f"The report is not at its address (status {status}).", **details
    )


def _cut_pieces(content, size, seconds):
    """Yield content in pieces.

    :raises httpx.WriteTimeout: when the receiver takes too long for all of it
    """
    deadline = time.monotonic() + seconds
    for start in range(0, len(content), size):
        if time.monotonic() > deadline:
            raise httpx.WriteTimeout("Too slow.")
        yield content[start : start + size]


def _open_http(timeout):
    connect, read = timeout
    return httpx.Client(
        verify=_tls_context(), timeout=httpx.Timeout(read, connect=connect)
    )


@cache
def _tls_context():
    """Return what connections are checked by, the same for all clients.

    Reading all trusted certificates takes longer than a request.
    """
    return httpx.create_ssl_context()


def _post(http, timeout, url, form, operation):
    headers = {"user-agent": USER_AGENT, "accept": "application/json"}
    return _exchange(
        operation,
        lambda: _read_answer(
            http, timeout, method="POST", url=url, data=form, headers=headers
        ),
        False,
    )


def _read_answer(http, timeout, **request):
    """Send a request; return its :class:`.transport.Answer`.

    An answer above ``ANSWER_LIMIT`` counts as one without content.

    :raises httpx.ReadTimeout: also when an answer that keeps coming takes too long
    """
    deadline = time.monotonic() + READ_TIMEOUTS_IN_ALL * timeout[1]
    content = bytearray()
    with http.stream(**request) as response:
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > ANSWER_LIMIT:
                content.clear()
                break
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("Too slow.", request=response.request)
    return transport.Answer.of(response.status_code, response.headers, bytes(content))


def _exchange(operation, send, write):
    """Return what ``send`` does, or raise this package's error.

    Raised outside the handlers: httpx's exceptions hold the request's token.
    """
    try:
        return send()
    except _NOT_SENT:
        error = UnavailableError("Amazon cannot be reached.", operation=operation)
    except httpx.TimeoutException:
        error = transport.lost_error(operation, write, "Amazon did not answer in time")
    except httpx.HTTPError:
        error = transport.lost_error(
            operation, write, "The connection to Amazon broke off"
        )
    raise error


__all__ = [
    "USER_AGENT",
    "AccessTokens",
    "Credentials",
    "SpApiClient",
    "exchange_code",
]
