"""An Amazon whose orders live: they come, change, are cancelled and shipped, also while
they are downloaded; its calls fail now and then, pages and documents are spoilt, and
the worker dies in the middle. Its clock goes on, and this server's is set before or
behind it.

All of it is drawn from one ``random.Random``, so that a history happens again by its
seed.
"""

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ..spapi.errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from ..spapi.orders import OrdersPage
from ..spapi.times import format_time, parse_time
from .builders import NOW, build_item, build_order, money
from .common import FakeAmazon

# Amazon does not show changes younger than this.
LAG = timedelta(minutes=2)
# Amazon forgets a place in its list of orders.
TOKEN_LIFE = timedelta(hours=24)
# By how much Amazon's clock is ahead of this server's; most servers are right.
CLOCKS = tuple(timedelta(minutes=minutes) for minutes in (0, 0, 0, 5, 80, -25, -300))
# A server may be down for so long.
NIGHTS = (timedelta(hours=3), timedelta(hours=26))
ORDERS_PER_PAGE = (1, 2, 3)
# What a document cannot be read with: where, what, and the name that is said of it.
POISONS = (
    (("orderItems", 0, "quantityOrdered"), "two", "quantityOrdered"),
    (("orderItems", 0, "orderItemId"), "1\0", "orderItemId"),
    (("proceeds", "grandTotal"), money("1.299,00"), "grandTotal"),
    (("lastUpdatedTime",), "yesterday", "lastUpdatedTime"),
)
STREETS = ("1 Example Road", "9 New Road", "77 Sample Square")
SKUS = ("MUG", "PEN", "BAG")


class Killed(BaseException):
    """The server dies: nothing after it runs, and what is not committed is lost."""


class LivingAmazon(FakeAmazon):
    """Stands for ``SpApiClient``, with a clock and a memory of its own.

    :param set_clock: sets the clock of this server to a time (aware)
    :ivar datetime now: the time by Amazon's clock
    :ivar bool is_granted: whether the application may see personal data
    :ivar refused: a moment; each question that it is in is refused
    :ivar list wrong_dates: ship dates that it was told of and cannot be
    :ivar dict poisons: order number to the entry of :data:`POISONS` that it is
        shown with
    """

    def __init__(self, random, set_clock):
        super().__init__(random.choice(ORDERS_PER_PAGE))
        self.random = random
        self.set_clock = set_clock
        self.now = NOW - timedelta(days=2)
        self.clock_ahead = random.choice(CLOCKS)
        # Amazon promises no order of its pages.
        self.is_newest_first = random.random() < 0.3
        self.poisons = {}
        self.refused = None
        self.wrong_dates = []
        self.is_granted = True
        self.is_calm = False
        self.denials = 0

    # === WHAT HAPPENS ON AMAZON === #

    def live(self):
        """Let something happen: mostly to one of the orders that are there."""
        self._pass_time()
        events = [self._place]
        if self.documents:
            events += [
                self._place,
                self._change_address,
                self._change_quantity,
                self._change_price,
                self._change_ship_by,
                self._cancel,
                self._ship,
                self._pay,
                self._request_cancellation,
                self._toggle_role,
                self._poison,
                self._mend,
                self._turn_clock,
                self._sleep,
                self._fall_ill,
            ]
        self.random.choice(events)()

    def _pass_time(self):
        self.pass_time(timedelta(minutes=self.random.randint(1, 30)))

    def pass_time(self, span):
        """Let both clocks go on."""
        self.now += span
        self.set_clock(self.now - self.clock_ahead)

    def _turn_clock(self):
        """This server's clock is set, be it wrong."""
        self.clock_ahead = self.random.choice(CLOCKS)
        self.pass_time(timedelta(0))

    def _sleep(self):
        self.pass_time(self.random.choice(NIGHTS))

    def _place(self):
        number = f"111-{len(self.documents):07d}-{self.random.randrange(10**7):07d}"
        items = [
            build_item(
                item_id=f"{len(self.documents)}{position}",
                sku=sku,
                quantity=self.random.randint(1, 3),
                price=str(Decimal(self.random.randint(100, 9999)) / 100),
            )
            for position, sku in enumerate(
                self.random.sample(SKUS, self.random.randint(1, 2))
            )
        ]
        document = build_order(
            number,
            items,
            buyer=f"Buyer {len(self.documents)}",
            status=self.random.choice(("UNSHIPPED", "UNSHIPPED", "PENDING")),
        )
        document["createdTime"] = format_time(self.now)
        self.add(document)
        self._touch(document)

    def _touch(self, document):
        document["lastUpdatedTime"] = format_time(self.now)

    def _choose(self, *statuses):
        """Return an order in one of the statuses, or ``None``."""
        found = [
            document
            for document in self.documents.values()
            if document["fulfillment"]["fulfillmentStatus"] in statuses
        ]
        return self.random.choice(found) if found else None

    def _pay(self):
        if document := self._choose("PENDING"):
            document["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
            self._touch(document)

    def _change_address(self):
        if document := self._choose("PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"):
            address = document["recipient"]["deliveryAddress"]
            address["addressLine1"] = self.random.choice(STREETS)
            self._touch(document)

    def _change_quantity(self):
        """Cancel units of an item, as a seller does who has too few of them."""
        if document := self._choose("PENDING", "UNSHIPPED"):
            item = self.random.choice(document["orderItems"])
            others = sum(
                one["quantityOrdered"]
                for one in document["orderItems"]
                if one is not item
            )
            least = 0 if others else 1
            if item["quantityOrdered"] > least:
                item["quantityOrdered"] -= 1
                item["fulfillment"]["quantityUnfulfilled"] -= 1
                self._reprice(document)

    def _change_price(self):
        if document := self._choose("UNSHIPPED"):
            item = self.random.choice(document["orderItems"])
            price = Decimal(item["product"]["price"]["unitPrice"]["amount"])
            item["product"]["price"]["unitPrice"] = money(price + 1)
            self._reprice(document)

    def _reprice(self, document):
        total = Decimal(0)
        for item in document["orderItems"]:
            price = Decimal(item["product"]["price"]["unitPrice"]["amount"])
            amount = price * item["quantityOrdered"]
            item["proceeds"] = {
                "proceedsTotal": money(amount),
                "breakdowns": [{"type": "ITEM", "subtotal": money(amount)}],
            }
            total += amount
        document["proceeds"]["grandTotal"] = money(total)
        self._touch(document)

    def _change_ship_by(self):
        if document := self._choose("PENDING", "UNSHIPPED"):
            ship_by = NOW + timedelta(days=self.random.randint(1, 9))
            window = document["fulfillment"]["shipByWindow"]
            window["latestDateTime"] = format_time(ship_by)
            self._touch(document)

    def _cancel(self):
        if document := self._choose("PENDING", "UNSHIPPED"):
            document["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
            self._touch(document)

    def _request_cancellation(self):
        if document := self._choose("UNSHIPPED"):
            item = self.random.choice(document["orderItems"])
            item["cancellation"] = {"cancellationRequest": {"requester": "BUYER"}}
            self._touch(document)

    def _ship(self):
        """Ship some or all of an order in Seller Central."""
        if document := self._choose("UNSHIPPED", "PARTIALLY_SHIPPED"):
            items = {}
            for item in document["orderItems"]:
                left = item["fulfillment"]["quantityUnfulfilled"]
                if left and self.random.random() < 0.7:
                    items[item["orderItemId"]] = self.random.randint(1, left)
            if items:
                reference = f"elsewhere-{len(document.get('packages', ()))}"
                self._take_package(document, reference, "ELSEWHERE", items)

    def _take_package(self, document, reference, tracking, items):
        """Note a package, the units in it and what that makes of the order.

        :param items: ``{item id: units}``
        """
        document.setdefault("packages", []).append(
            {
                "packageReferenceId": reference,
                "carrier": "UPS",
                "trackingNumber": tracking,
                "packageItems": [
                    {"orderItemId": item_id, "quantity": units}
                    for item_id, units in items.items()
                ],
            }
        )
        for item in document["orderItems"]:
            units = items.get(item["orderItemId"], 0)
            item["fulfillment"]["quantityFulfilled"] += units
            item["fulfillment"]["quantityUnfulfilled"] -= units
        is_open = any(
            item["fulfillment"]["quantityUnfulfilled"] > 0
            for item in document["orderItems"]
        )
        document["fulfillment"]["fulfillmentStatus"] = (
            "PARTIALLY_SHIPPED" if is_open else "SHIPPED"
        )
        self._touch(document)

    def _toggle_role(self):
        self.is_granted = not self.is_granted

    def _poison(self):
        """An order is shown with a value that nobody can read."""
        if document := self._choose("PENDING", "UNSHIPPED", "SHIPPED", "CANCELLED"):
            self.poisons[document["orderId"]] = self.random.choice(POISONS)
            self._touch(document)

    def _mend(self):
        if self.poisons:
            number = self.random.choice(sorted(self.poisons))
            del self.poisons[number]
            self._touch(self.documents[number])

    def _fall_ill(self):
        """Refuse each question about the moment at which some order changed."""
        document = self.random.choice(list(self.documents.values()))
        self.refused = parse_time(document["lastUpdatedTime"])

    def get_well(self):
        self.refused = None

    # === WHAT AMAZON ANSWERS === #

    def get_time(self):
        return self.now

    def _called(self, operation, *details):
        super()._called(operation, *details)
        if self.is_calm or self.random.random() > 0.15:
            self.denials = 0
            return
        errors = [
            UnavailableError("Busy.", operation=operation),
            ProtocolError("Nonsense.", operation=operation),
            ThrottledError("Too often.", operation=operation, retry_after=30),
            ThrottledError("Too often.", operation=operation),
            Killed(),
        ]
        if operation != "confirmShipment":
            # A right question; also one for the next page, whose token is forgotten.
            errors += 2 * [RejectedError("No.", operation=operation, status=400)]
        if not self.denials:
            # Several in a row are no hiccup, and a person has to act.
            errors.append(
                AuthError(
                    "Denied.", reason="forbidden", operation=operation, status=403
                )
            )
        error = self.random.choice(errors)
        self.denials += isinstance(error, AuthError)
        raise error

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
        included_data=(),
    ):
        self._called("searchOrders", pagination_token)
        key = "lastUpdatedTime" if last_updated_after else "createdTime"
        since = last_updated_after or created_after
        before = last_updated_before or created_before
        until, place = self._read_window(since, before, pagination_token)
        found = sorted(
            (
                (document[key], document["orderId"])
                for document in self.documents.values()
                if since <= parse_time(document[key]) <= until
            ),
            reverse=self.is_newest_first,
        )
        left = [
            one
            for one in found
            if place is None or (one < place if self.is_newest_first else one > place)
        ]
        page = left[: self.page_size]
        token = None
        if len(left) > len(page):
            token = self._make_token(page[-1], until)
        clock = self.now - self.clock_ahead
        answer = OrdersPage(
            documents=tuple(self._show(number) for _stamp, number in page),
            next_token=token,
            watermark=min(until, clock),
            clock_ahead=max(until - clock, timedelta(0)),
        )
        if self.is_calm:
            return answer
        first = ("~", "") if self.is_newest_first else ("", "")
        answer = self._spoil(answer, place or first, until)
        if self.random.random() < 0.5:
            self.live()
        return answer

    def _read_window(self, since, before, token):
        """Return up to when orders are shown, and behind which one or ``None``."""
        newest = self.now - LAG
        if token:
            stamp, number, end, given = token.split("|")
            is_forgotten = not self.is_calm and self.random.random() < 0.2
            if not is_forgotten and self.now - parse_time(given) < TOKEN_LIFE:
                return parse_time(end), (stamp, number)
        elif not before or before <= newest:
            until = before or newest
            if not (self.refused and since <= self.refused <= until):
                return until, None
        raise RejectedError("Not so.", operation="searchOrders", status=400)

    def _make_token(self, place, until):
        return "|".join((*place, format_time(until), format_time(self.now)))

    def _spoil(self, page, place, until):
        """Return a page, now and then one that leads nowhere, or is in disorder."""
        chance = self.random.random()
        again = self._make_token(place, until)
        if chance < 0.08:
            return replace(page, next_token=again)
        if chance < 0.16:
            return replace(page, documents=(), next_token=again)
        if chance < 0.24:
            return replace(page, documents=page.documents[::-1])
        return page

    def get_order(self, order_id, *, included_data=()):
        self._called("getOrder", order_id)
        return self._show(order_id)

    def _show(self, order_id):
        document = deepcopy(self.documents[order_id])
        if order_id in self.poisons:
            (*path, last), value, _name = self.poisons[order_id]
            place = document
            for key in path:
                place = place[key]
            place[last] = value
        if not self.is_granted:
            document.pop("buyer", None)
            address = document["recipient"]["deliveryAddress"]
            for name in ("name", "addressLine1", "postalCode", "phone"):
                address.pop(name, None)
        return document

    def confirm_shipment(self, order_id, request):
        self._called("confirmShipment", order_id, request)
        document = self.documents[order_id]
        detail = request["packageDetail"]
        items = {item["orderItemId"]: item["quantity"] for item in detail["orderItems"]}
        reference = detail["packageReferenceId"]
        known = [one["packageReferenceId"] for one in document.get("packages", ())]
        if document["fulfillment"]["fulfillmentStatus"] == "CANCELLED":
            raise RejectedError("Cancelled.", operation="confirmShipment", status=400)
        shipped = parse_time(detail["shipDate"])
        if not parse_time(document["createdTime"]) <= shipped <= self.now:
            self.wrong_dates.append(shipped)
            raise RejectedError("When?", operation="confirmShipment", status=400)
        if reference not in known:
            left = {
                item["orderItemId"]: item["fulfillment"]["quantityUnfulfilled"]
                for item in document["orderItems"]
            }
            if any(units > left.get(item_id, 0) for item_id, units in items.items()):
                raise RejectedError(
                    "Too many.", operation="confirmShipment", status=400
                )
            self._take_package(document, reference, detail["trackingNumber"], items)
        self.applied.append((order_id, request))
        if not self.is_calm and self.random.random() < 0.15:
            lost = AmbiguousError("No answer.", operation="confirmShipment")
            raise self.random.choice((lost, lost, Killed()))

    @contextmanager
    def calm(self):
        """Let nothing happen, and nothing fail, but what is asked."""
        self.is_calm = True
        try:
            yield
        finally:
            self.is_calm = False
