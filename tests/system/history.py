"""A history: what happens on Amazon, in the warehouse and to the server, by a seed.

Orders come, change, are cancelled and shipped, data is withheld, Amazon fails, and
Odoo's server is killed while its jobs run. What happens is drawn from one
``random.Random``; when the jobs see it is left to the processes, as in life.
"""

import time
from random import Random

from host.rpc import OdooError
from shop import AGE, WAIT, wait_until

AMERICA = "ATVPDKIKX0DER"
EVENTS = (10, 13)
MOST_ORDERS = 10
# Beside as many, a download reads nothing again: what one loses stays lost.
OTHERS = 21
SKUS = 12
STREETS = ("1 Example Road", "9 New Road", "77 Sample Square")
# Rounds of all jobs that leave the same difference: nothing will end it.
ROUNDS_IN_VAIN = 4
OPERATIONS = ("searchOrders", "getOrder", "confirmShipment", "getAccessToken")
LATE = {"slow": 1, "timeout_after": 1}
HELD_SECONDS = 10
# Three denied runs, or three refusals of a question, are another subject: a person
# has to act, or the question is asked in two parts, minutes later.
ONCE = (
    {"expired_token", "forbidden", "json_401"},
    {"html_400", "json_413", "json_415"},
)
# A refused shipment waits for a person.
NOT_OF_SHIPMENTS = ONCE[1]
OTHER_SUBJECTS = {
    # The store has to be authorised again.
    "expired_secret",
    "lwa_invalid_client",
    "lwa_invalid_grant",
    # It has no meaning of its own.
    "error",
    # A wrong status, told as if it were true; the check of the night corrects it.
    "unknown_values",
}


class History:
    """What happens to some orders of a store, and what is to come of it.

    :ivar list order_ids: Amazon's numbers of its orders
    :ivar list other_ids: of those that nothing happens to
    :ivar set handled: of the orders that the warehouse shipped, or tried to
    :ivar set disputed: of those among them that Amazon had changed before
    :ivar list told: what happened, in words
    """

    def __init__(self, seed, odoo, shop):
        self.random = Random(seed)
        self.odoo = odoo
        self.shop = shop
        self.amazon = shop.amazon
        self.order_ids = []
        self.other_ids = []
        self.handled = set()
        self.disputed = set()
        self.told = [f"seed {seed}"]
        self._changed = set()
        self._exhausted = set()
        self._is_granted = True
        self._skus = [product["sku"] for product in self.amazon.products()[:SKUS]]
        self._kinds = self.amazon.fault_kinds()

    # What happens

    def happen(self):
        """Let all of it happen; the server is killed once or twice."""
        self.amazon.clear_journal()
        self.other_ids = self._order(count=OTHERS)
        self._download()
        self._place(4)
        events = self._deal()
        for _ in range(self.random.randint(1, 2)):
            events.insert(self.random.randint(1, len(events)), self._kill)
        for event in events:
            event()

    def _deal(self):
        """Return events in a drawn order, each kind of them mostly once or twice."""
        events = [
            self._place,
            self._place,
            self._pay,
            self._change_address,
            self._change_address,
            self._cancel_units,
            self._request_cancellation,
            self._cancel,
            self._ship_elsewhere,
            self._toggle_roles,
            self._toggle_roles,
            self._fail,
            self._fail,
            self._fail,
            self._ship,
            self._come_round,
        ]
        self.random.shuffle(events)
        return events[: self.random.randint(*EVENTS)]

    def _tell(self, what):
        self.told.append(what)

    def _place(self, count=None):
        count = count or self.random.randint(1, 2)
        for _ in range(min(count, MOST_ORDERS - len(self.order_ids))):
            skus = self.random.sample(self._skus, self.random.randint(1, 2))
            lines = [
                {"sku": sku, "quantity": self.random.randint(1, 3)} for sku in skus
            ]
            status = self.random.choice(("UNSHIPPED", "UNSHIPPED", "PENDING"))
            address = {"addressLine1": self.random.choice(STREETS)}
            document = {"recipient": {"deliveryAddress": address}}
            (order_id,) = self._order(status=status, lines=lines, document=document)
            self.order_ids.append(order_id)
            self._tell(f"{order_id} is placed, {status}")

    def _order(self, **wishes):
        return self.shop.new_orders(marketplace_id=AMERICA, programs=[], **wishes)

    def _choose(self, *statuses):
        """Return an order that Amazon has in one of the statuses, or ``None``."""
        found = [
            order
            for order_id in self.order_ids
            if order_id not in self.handled
            for order in [self.amazon.order(order_id)]
            if order["fulfillment"]["fulfillmentStatus"] in statuses
        ]
        return self._pick(found)

    def _pick(self, found):
        """Draw once, however many there are: the rest of the history is the same."""
        place = self.random.random()
        return found[int(place * len(found))] if found else None

    def _change(self, order, partial=None, status=None, says=None):
        order_id = order["orderId"]
        self.amazon.change_order(order_id, partial, status, age_seconds=AGE)
        self._tell(f"{order_id} {says or status}")

    def _pay(self):
        if order := self._choose("PENDING"):
            self._change(order, status="UNSHIPPED")

    def _change_address(self):
        street = self.random.choice(STREETS)
        if order := self._choose("PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED"):
            address = {"deliveryAddress": {"addressLine1": street}}
            self._change(order, {"recipient": address}, says=f"goes to {street}")

    def _cancel_units(self):
        order = self._choose("UNSHIPPED", "PARTIALLY_SHIPPED")
        items = order["orderItems"] if order else []
        item = self._pick([one for one in items if _units_left(one)])
        if item:
            units = self._pick(range(1, _units_left(item) + 1))
            self._changed.add(order["orderId"])
            self.amazon.cancel_item(
                order["orderId"], item["orderItemId"], quantity=units, age_seconds=AGE
            )
            self._tell(f"{order['orderId']} loses {units} units")

    def _request_cancellation(self):
        if order := self._choose("UNSHIPPED"):
            self.amazon.request_cancellation(order["orderId"], age_seconds=AGE)
            self._tell(f"{order['orderId']} is asked to be cancelled")

    def _cancel(self):
        if order := self._choose("PENDING", "UNSHIPPED"):
            self._changed.add(order["orderId"])
            self._change(order, status="CANCELLED")

    def _ship_elsewhere(self):
        status = self.random.choice(("SHIPPED", "PARTIALLY_SHIPPED"))
        if order := self._choose("UNSHIPPED"):
            units = sum(map(_units_left, order["orderItems"]))
            self._changed.add(order["orderId"])
            self._change(order, status=status if units > 1 else "SHIPPED")

    def _toggle_roles(self):
        self._set_roles(not self._is_granted)

    def _set_roles(self, granted):
        self._is_granted = granted
        self.amazon.set_restricted_roles(self.shop.seller_id, granted)
        self._tell(f"personal data is {'shown' if granted else 'withheld'}")

    def _fail(self):
        """Have Amazon fail once or twice while something is asked of it."""
        operation = self.random.choice(OPERATIONS)
        kind = self.random.choice(self._get_faults(operation))
        times = self.random.randint(1, 2)
        for group in ONCE:
            if kind in group:
                self._exhausted |= group
        late = {"delay_seconds": LATE[kind]} if kind in LATE else {}
        # Who logs in has no name yet.
        store = {"seller_id": self.shop.seller_id}
        self.amazon.add_fault(
            kind,
            operation=operation,
            times=times,
            **late,
            **(store if operation != "getAccessToken" else {}),
        )
        self._tell(f"{operation} answers {times} times {kind}")
        if operation == "confirmShipment":
            self._ship()
        else:
            self._download()

    def _get_faults(self, operation):
        refused = OTHER_SUBJECTS | self._exhausted
        if operation == "confirmShipment":
            refused |= NOT_OF_SHIPMENTS
        # What is no answer of Login with Amazon would be one of its refusals.
        is_login = operation == "getAccessToken"
        return [
            one["kind"]
            for one in self._kinds
            if one["kind"] not in refused
            and operation in (one["operations"] or [operation])
            and (one["operations"] or not is_login)
        ]

    def _download(self):
        run = self.shop.run("action_download_orders")
        self._tell(f"orders are downloaded: {run.outcome}")

    def _come_round(self):
        self.shop.database.come_round()
        self._tell("the scheduled actions come round")

    def _ship(self):
        """Validate the delivery of an order that may leave; return its number."""
        self._download()
        found = [
            one["amazon_order_ref"]
            for one in self.find_deliveries()
            if not one["amazon_stop_reason"]
            and one["amazon_order_ref"] not in self.handled
        ]
        if not (order_id := self._pick(sorted(found))):
            return None
        self.handled.add(order_id)
        self.disputed |= {order_id} & self._changed
        try:
            self.shop.ship(order_id, f"T{order_id}")
        except OdooError as error:
            # A change came in at this moment.
            self._tell(f"{order_id} is not shipped: {error}")
            open_ones = self.find_deliveries(order_id)
            assert all(one["amazon_stop_reason"] for one in open_ones), self.told
            self.disputed.add(order_id)
            return None
        self._tell(f"{order_id} is shipped")
        return order_id

    def find_deliveries(self, *order_ids):
        """Return the open deliveries of its orders, or of some of them."""
        return self.shop.client.call(
            "stock.picking",
            "search_read",
            [
                ("amazon_order_ref", "in", list(order_ids or self.order_ids)),
                ("state", "not in", ("done", "cancel")),
            ],
            ["amazon_order_ref", "amazon_stop_reason", "partner_id", "state"],
        )

    def _kill(self):
        """Kill the server at the start of a run, or while it talks to Amazon."""
        moment = self.random.choice(
            ("at once", "asking for orders", "storing orders", "confirming a shipment")
        )
        if moment == "confirming a shipment":
            self._hold_answer("confirmShipment")
            order_id = self._ship()
            if order_id:
                self._wait_for_request(
                    "send_shipments", lambda: self.shop.confirmations(order_id)
                )
            else:
                self.shop.press("action_download_orders")
        else:
            if moment == "asking for orders":
                self._hold_answer("searchOrders")
            before = len(self.amazon.journal("searchOrders"))
            self.shop.press("action_download_orders")
            if moment != "at once":
                self._wait_for_request(
                    "download_orders",
                    lambda: len(self.amazon.journal("searchOrders")) > before,
                )
        self.odoo.kill()
        self._tell(f"Odoo is killed, {moment}")
        self.odoo.start()
        self.shop.database.come_round()

    def _hold_answer(self, operation):
        """Have Amazon do what it is asked, and answer too late for this server."""
        self.amazon.add_fault(
            "slow",
            operation=operation,
            seller_id=self.shop.seller_id,
            delay_seconds=HELD_SECONDS,
        )

    def _wait_for_request(self, kind, has_come):
        """Wait for a request to Amazon, unless the job was put off by a fault."""
        wait_until(
            lambda: has_come() or self.shop.put_off(kind), f"a request of {kind}"
        )

    # The end

    def settle(self, find_differences):
        """Amazon is well, persons do what waits for them: all becomes true.

        :param find_differences: a function that returns those between Amazon and Odoo
        """
        self.amazon.clear_faults()
        self._set_roles(True)
        deadline = time.monotonic() + WAIT
        before, in_vain = None, 0
        while differences := self._go_round(find_differences):
            in_vain = in_vain + 1 if differences == before else 0
            before = differences
            is_over = in_vain == ROUNDS_IN_VAIN or time.monotonic() > deadline
            assert not is_over, "\n".join([*self.told, "", *differences])

    def _go_round(self, find_differences):
        """Have all jobs run, and return what is different still."""
        self._let_persons_act()
        run = self.shop.run("action_download_orders")
        self._tell(f"orders are downloaded in the end: {run.outcome}")
        self.shop.let_look_up()
        self.shop.press("action_send_shipments")
        self.shop.database.wait_for_jobs()
        return find_differences(self)

    def _let_persons_act(self):
        call = self.shop.client.call
        mine = ("amazon_order_id", "in", [*self.order_ids, *self.other_ids])
        waiting = ("state", "in", ("failed", "held", "partial"))
        unseen = [("is_address_missing", "=", True), ("is_address_hidden", "=", True)]
        ids = call("amazon.order", "search", [mine, "|", "|", waiting, *unseen])
        if ids:
            call("amazon.order", "action_retry", ids)

    def end(self):
        """Leave the store as it was found, whatever went wrong."""
        self.amazon.clear_faults()
        self.amazon.set_restricted_roles(self.shop.seller_id, True)
        if not self.odoo.process:
            self.odoo.start()
        # Later tests look at lists in which these would come first.
        call = self.shop.client.call
        numbers = [*self.order_ids, *self.other_ids]
        open_deliveries = [
            ("amazon_order_ref", "in", numbers),
            ("state", "not in", ("done", "cancel")),
        ]
        if ids := call("stock.picking", "search", open_deliveries):
            call("stock.picking", "action_cancel", ids)
        # So many of the last minutes would keep later downloads from overlapping.
        self.shop.database(
            "UPDATE amazon_order SET last_updated = last_updated - interval '1 hour' "
            "WHERE amazon_order_id = ANY(%s)",
            numbers,
        )


def _units_left(item):
    return item["fulfillment"]["quantityUnfulfilled"]
