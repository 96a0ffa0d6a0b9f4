"""A look at the simulator for people: what is there, what happened, common changes.

All that these pages change goes through the handlers of the admin interface.
"""

from dataclasses import dataclass, field

from starlette.routing import Route

from ..accounts import ACCOUNTS
from ..admin_api import faults as faults_api
from ..admin_api.faults import KINDS
from ..admin_api.listings import describe, find
from ..apis import OPERATIONS
from ..clock import iso
from ..errors import AdminError
from ..faults import OTHER_OPERATIONS
from ..store.order_status import STATUSES
from .actions import ACTIONS
from .rendering import read_form, redirect, render

BASE = "/_simulator/page"
_LAST_PAGE = 10**6
_ORDERS_PER_PAGE = 25
_LISTINGS_PER_PAGE = 25
_REQUESTS_PER_PAGE = 50
_REQUESTS_IN_OVERVIEW = 12


@dataclass
class View:
    """What a page is made of: its template, its title and what it shows."""

    template: str
    title: str
    values: dict = field(default_factory=dict)


class People:
    """The pages of one simulator; ``api`` answers what is not for people."""

    def __init__(self, simulator, api):
        self.simulator = simulator
        self.api = api

    def routes(self):
        """The routes of all pages."""
        table = (
            ("/orders", self.orders),
            ("/orders/{order_id}", self.order),
            ("/listings", self.listings),
            ("/requests", self.requests),
            ("/quotas", self.quotas),
        )
        get = ["GET"]
        return [
            Route("/", self._home, methods=get),
            *(Route(BASE + p, self._page(view), methods=get) for p, view in table),
            Route(BASE + "/act/{action}", self._act, methods=["POST"]),
        ]

    async def _home(self, request):
        # With a token it is a call to the SP-API, where there is nothing either.
        if "x-amz-access-token" in request.headers:
            return await self.api(request)
        return await self._page(self.overview)(request)

    def _page(self, make):
        async def endpoint(request):
            self.simulator.agenda.settle()
            try:
                view, status = make(request), 200
            except AdminError as error:
                view = View("problem.html", "Not found", {"problem": str(error)})
                status = error.status
            return self._render(request, view, status)

        return endpoint

    def _render(self, request, view, status):
        query = dict(request.query_params)
        messages = {name: query.pop(name, None) for name in ("done", "problem")}
        return render(
            view.template,
            status,
            title=view.title,
            base=BASE,
            here=request.url.path,
            query=query,
            messages=messages,
            now=iso(self.simulator.clock.now()),
            accounts=list(ACCOUNTS.values()),
            **view.values,
        )

    async def _act(self, request):
        """Do what a button stands for, then show the page it was on."""
        form = await read_form(request)
        action = ACTIONS.get(request.path_params["action"])
        back = form.pop("back", "/")
        if not back.startswith("/") or back.startswith("//"):
            back = "/"
        try:
            if action is None:
                raise AdminError("there is no such action", 404)
            done, problem = action(self.simulator, form), None
        except AdminError as error:
            done, problem = None, str(error)
        return redirect(back, 303, done=done, problem=problem)

    def overview(self, request):
        """Credentials, clock, faults, last requests, buttons."""
        simulator = self.simulator
        names = [operation.name for operation in OPERATIONS] + list(OTHER_OPERATIONS)
        values = {
            "url": str(request.base_url).rstrip("/"),
            "application": simulator.lwa.application.describe(),
            "authorised": {
                seller_id: simulator.lwa.authorisations.is_authorised(seller_id)
                for seller_id in ACCOUNTS
            },
            "counts": {
                seller_id: (simulator.store.count(seller_id), len(catalog))
                for seller_id, catalog in simulator.listings.items()
            },
            "offset": simulator.clock.offset,
            "factor": simulator.quotas.factor,
            "faults": faults_api.list_faults(simulator, request, {})[1]["faults"],
            "kinds": KINDS,
            "operations": sorted(names),
            "statuses": STATUSES,
            "entries": simulator.journal.entries[: -_REQUESTS_IN_OVERVIEW - 1 : -1],
        }
        return View("overview.html", "Overview", values)

    def orders(self, request):
        """A page of the orders, newest first, perhaps in one status."""
        store, query = self.simulator.store, request.query_params
        seller_id, status = _seller_id(query), query.get("status") or None
        if status not in (None, *STATUSES):
            raise AdminError(f"{status} is no status of an order", 404)
        total = store.count(seller_id, status)
        pages = _Pages(query, total, _ORDERS_PER_PAGE)
        # The store counts from the oldest order, people from the newest.
        start = max(0, total - pages.offset - pages.size)
        limit = min(pages.size, total - pages.offset)
        rows = list(store.of(seller_id, status, start, max(0, limit)))[::-1]
        values = {"orders": rows, "statuses": STATUSES, "pages": pages}
        return View("orders.html", "Orders", values)

    def order(self, request):
        """One order in detail."""
        order_id = request.path_params["order_id"]
        order = self.simulator.store.get(order_id)
        if order is None:
            raise AdminError(f"There is no order {order_id}.", 404)
        entries = [
            entry
            for entry in self.simulator.journal.entries[::-1]
            if entry.order_id == order_id
        ]
        values = {"order": order, "entries": entries[:_REQUESTS_PER_PAGE]}
        return View("order.html", f"Order {order_id}", values)

    def listings(self, request):
        """A page of the listings, or those that match a text."""
        query = request.query_params
        seller_id, search = _seller_id(query), query.get("search", "").strip()
        catalogs = [
            catalog
            for owner, catalog in self.simulator.listings.items()
            if seller_id in (None, owner)
        ]
        total = None if search else sum(len(catalog) for catalog in catalogs)
        pages = _Pages(query, total, _LISTINGS_PER_PAGE)
        found = find(catalogs, search, pages.offset, pages.size + 1)
        pages.more = len(found) > pages.size
        rows = [describe(*row) for row in found[: pages.size]]
        return View("listings.html", "Listings", {"listings": rows, "pages": pages})

    def requests(self, request):
        """The requests received, the last first."""
        entries = self.simulator.journal.entries
        pages = _Pages(request.query_params, len(entries), _REQUESTS_PER_PAGE)
        end = len(entries) - pages.offset
        rows = entries[max(0, end - pages.size) : max(0, end)][::-1]
        return View("requests.html", "Requests", {"entries": rows, "pages": pages})

    def quotas(self, _request):
        """The usage plans and the tokens left."""
        values = {"quotas": self.simulator.quotas.describe()}
        return View("quotas.html", "Quotas", values)


class _Pages:
    """Where a page is in a list; ``total`` is None when it is not known."""

    def __init__(self, query, total, size):
        text = query.get("page", "1")
        self.number = 1
        if text.isascii() and text.isdigit():
            # Python refuses to read numbers of thousands of digits.
            number = int(text) if len(text) <= len(str(_LAST_PAGE)) else _LAST_PAGE
            self.number = min(max(1, number), _LAST_PAGE)
        self.size, self.total = size, total
        self.offset = (self.number - 1) * size
        self.more = total is not None and self.offset + size < total


def _seller_id(query):
    seller_id = query.get("seller_id") or None
    if seller_id not in (None, *ACCOUNTS):
        raise AdminError(f"There is no account {seller_id}.", 404)
    return seller_id
