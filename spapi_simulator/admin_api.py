"""The admin interface under /_simulator/: look at and change the simulated world."""

import copy

from starlette.responses import Response
from starlette.routing import Route

from .accounts import ACCOUNTS
from .admin_input import (
    member,
    merge,
    number,
    read_body,
    read_fault,
    read_wish,
    require_account,
    text,
    whole_number,
)
from .clock import MAX_OFFSET_SECONDS, iso
from .errors import AdminError, json_response
from .store.order_status import STATUSES, set_status

_ORDER_KEYS = (
    "seller_id",
    "count",
    "status",
    "lines",
    "marketplace_id",
    "age_seconds",
    "fulfilled_by",
    "channel_name",
    "programs",
    "document",
)


def admin_routes(simulator):
    """The routes of the admin interface."""
    admin = Admin(simulator)
    table = (
        ("/health", {"GET": admin.health}),
        ("/accounts", {"GET": admin.accounts}),
        ("/products", {"GET": admin.products}),
        ("/orders", {"GET": admin.list_orders, "POST": admin.create_orders}),
        ("/orders/{order_id}", {"GET": admin.get_order, "PATCH": admin.change_order}),
        ("/journal", {"GET": admin.journal, "DELETE": admin.clear_journal}),
        (
            "/faults",
            {
                "GET": admin.list_faults,
                "POST": admin.add_fault,
                "DELETE": admin.clear_faults,
            },
        ),
        ("/clock", {"GET": admin.clock, "POST": admin.advance_clock}),
        ("/quotas", {"GET": admin.quotas, "PUT": admin.set_quotas}),
        ("/reset", {"POST": admin.reset}),
    )
    routes = [Route(path, _endpoint(by), methods=list(by)) for path, by in table]
    return [*routes, Route("/{path:path}", _unknown, methods=["GET", "POST", "PUT"])]


def _endpoint(handlers):
    async def endpoint(request):
        method = "GET" if request.method == "HEAD" else request.method
        try:
            body = read_body(await request.body())
            document, status = handlers[method](request, body)
        except AdminError as error:
            return json_response({"error": str(error)}, error.status)
        if document is None:
            return Response(b"", status)
        return json_response(document, status)

    return endpoint


async def _unknown(request):
    error = f"The simulator has no {request.url.path}."
    return json_response({"error": error}, 404)


class Admin:
    """Handlers (request, body) -> (document, status)."""

    def __init__(self, simulator):
        self.simulator = simulator

    def health(self, _request, _body):
        """Tell that the simulator serves."""
        count = len(self.simulator.store.of())
        return {"status": "ok", "orders": count}, 200

    def accounts(self, _request, _body):
        """The well-known credentials."""
        accounts = [account.credentials() for account in ACCOUNTS.values()]
        return {"accounts": accounts}, 200

    def products(self, _request, _body):
        """The catalogue."""
        return {"products": self.simulator.store.products}, 200

    def list_orders(self, request, _body):
        """Full order documents, of one account or of all."""
        seller_id = request.query_params.get("seller_id")
        if seller_id is not None:
            require_account(seller_id)
        return {"orders": self.simulator.store.of(seller_id)}, 200

    def create_orders(self, _request, body):
        """Generate orders; returns their documents."""
        unknown = set(body) - set(_ORDER_KEYS)
        if unknown:
            raise AdminError(f"unknown properties: {', '.join(sorted(unknown))}")
        account = require_account(text(body, "seller_id", required=True))
        count = whole_number(body, "count", 1, 1, 10_000)
        age = number(body, "age_seconds", 600, 0, 2 * 365 * 86400)
        wish = read_wish(body, account, self.simulator.store.products)
        partial = member(body, "document", dict, {})
        if {"orderId", "orderItems", "packages"} & set(partial):
            raise AdminError("document must not contain ids or lists with ids")
        orders = [self._generate(account, wish, age, partial) for _ in range(count)]
        for order in orders:
            self.simulator.store.add(account.seller_id, order)
        return {"orders": orders}, 201

    def _generate(self, account, wish, age, partial):
        order = self.simulator.store.generate(account, wish, age)
        merge(order, partial)
        return order

    def get_order(self, request, _body):
        """One full order document."""
        return self._require_order(request), 200

    def change_order(self, request, body):
        """Merge a partial document; ``status`` brings the whole order into it."""
        store = self.simulator.store
        order = copy.deepcopy(self._require_order(request))
        status = text(body, "status")
        if status is not None and status not in STATUSES:
            raise AdminError(f"status must be one of {', '.join(STATUSES)}")
        if body.get("orderId", order["orderId"]) != order["orderId"]:
            raise AdminError("orderId cannot be changed")
        partial = {key: value for key, value in body.items() if key != "status"}
        if status is not None:
            set_status(order, status, self.simulator.clock.now())
        merge(order, partial)
        if "lastUpdatedTime" not in partial:
            store.touch(order)
        store.replace(order)
        return order, 200

    def _require_order(self, request):
        order = self.simulator.store.get(request.path_params["order_id"])
        if order is None:
            raise AdminError("there is no such order", 404)
        return order

    def journal(self, request, _body):
        """The requests received so far."""
        query = request.query_params
        entries = self.simulator.journal.find(
            query.get("operation"), query.get("order_id"), query.get("sku")
        )
        return {"entries": entries}, 200

    def clear_journal(self, _request, _body):
        """Forget the requests received so far."""
        self.simulator.journal.clear()
        return None, 204

    def list_faults(self, _request, _body):
        """The faults in force."""
        return {"faults": self.simulator.faults.describe()}, 200

    def add_fault(self, _request, body):
        """Put a fault in force."""
        fault = read_fault(body, self.simulator.clock.timestamp())
        self.simulator.faults.add(fault)
        return {"id": fault.id}, 201

    def clear_faults(self, _request, _body):
        """End all faults."""
        self.simulator.faults.clear()
        return None, 204

    def clock(self, _request, _body):
        """The simulated time."""
        clock = self.simulator.clock
        return {"now": iso(clock.now()), "offset_seconds": clock.offset}, 200

    def advance_clock(self, request, body):
        """Move the simulated time forward."""
        rest = MAX_OFFSET_SECONDS - self.simulator.clock.offset
        if "advance_seconds" not in body:
            raise AdminError("advance_seconds is required")
        self.simulator.clock.advance(number(body, "advance_seconds", 0, 0, rest))
        return self.clock(request, body)

    def quotas(self, _request, _body):
        """The usage plans in force and the tokens left."""
        return self.simulator.quotas.describe(), 200

    def set_quotas(self, request, body):
        """Scale the usage plans; all buckets are full again."""
        if "factor" not in body:
            raise AdminError("factor is required")
        self.simulator.quotas.set_factor(number(body, "factor", 1, 0.001, 1e6))
        return self.quotas(request, body)

    def reset(self, _request, _body):
        """Return to the state at the start."""
        self.simulator.reset()
        return {"status": "ok"}, 200
