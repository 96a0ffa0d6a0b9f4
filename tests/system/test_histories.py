"""Whatever happens on Amazon, in the warehouse and to the server, in whatever order: in
the end Odoo has exactly Amazon's orders in their last state, deliveries included.

A real server lives through each history with its scheduled actions, and is killed in
it. The histories inside one process, many more of them, are those of the addon's tests.
The environment's variables SYSTEM_HISTORIES (how many) and HISTORY_SEED (the first)
choose others: ``SYSTEM_HISTORIES=1 HISTORY_SEED=4711 script/test system -k histories``.
"""

import os
from decimal import Decimal

import pytest
from history import History

HISTORIES = int(os.environ.get("SYSTEM_HISTORIES", "3"))
FIRST_SEED = int(os.environ.get("HISTORY_SEED", "1"))
PAID_AND_OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED")


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + HISTORIES))
def test_in_the_end_odoo_has_amazons_orders_in_their_last_state(seed, odoo, america):
    history = History(seed, odoo, america)
    try:
        history.happen()
        history.settle(find_differences)
    finally:
        history.end()
        print("\n".join(history.told))


def find_differences(history):
    """Return in words what of Amazon's orders is not so in Odoo."""
    database = history.shop.database
    known = {
        order["orderId"] for order in history.amazon.orders(history.shop.seller_id)
    }
    there = database(
        "SELECT amazon_order_id FROM amazon_order WHERE connection_id = %s",
        history.shop.connection_id,
    )
    found = [f"{one} is none of Amazon's" for (one,) in there if one not in known]
    twice = database(
        "SELECT amazon_order_ref FROM sale_order WHERE amazon_order_ref IS NOT NULL "
        "GROUP BY amazon_order_ref HAVING count(*) > 1"
    )
    found += [f"{one} came in twice" for (one,) in twice]
    for order_id in [*history.order_ids, *history.other_ids]:
        order = Order(history, order_id)
        found += [f"{order_id}: {what}" for what in order.find_differences()]
    return found


class Order:
    """One order, as Amazon has it and as Odoo does."""

    def __init__(self, history, order_id):
        self.order_id = order_id
        self.database = history.shop.database
        self.is_handled = order_id in history.handled
        self.is_disputed = order_id in history.disputed
        self.confirmations = history.shop.applied(order_id)
        self.document = history.amazon.order(order_id)
        self.status = self.document["fulfillment"]["fulfillmentStatus"]
        self.rows = self.database(
            "SELECT status, state, error FROM amazon_order WHERE amazon_order_id = %s",
            order_id,
        )
        self.sales = self.database(
            "SELECT id, state, amount_total FROM sale_order "
            "WHERE amazon_order_ref = %s",
            order_id,
        )
        self.deliveries = history.find_deliveries(order_id)

    def find_differences(self):
        """Return what is wrong, in words."""
        return [*self._find_in_inbox(), *self._find_in_sales()]

    def _find_in_inbox(self):
        if len(self.rows) != 1:
            yield f"is {len(self.rows)} times in the inbox"
            return
        ((status, state, error),) = self.rows
        # What Odoo shipped itself Amazon shows two minutes later only.
        if status != self.status.lower() and not self.is_handled:
            yield f"is {status}, on Amazon {self.status}"
        if state in ("new", "failed", "held"):
            yield f"is {state}: {error}"

    def _find_in_sales(self):
        if not self.sales:
            if self.status in PAID_AND_OPEN:
                yield "has no sale order"
            return
        if self.status == "PENDING":
            yield "is not paid, and has a sale order"
        if len(self.sales) > 1:
            yield f"has {len(self.sales)} sale orders"
        sale_id, state, total = self.sales[0]
        units = Units(self.database, sale_id)
        if self.is_handled:
            yield from self._find_in_shipment(units)
        if self.status == "CANCELLED":
            if self.deliveries:
                yield "is cancelled, and has an open delivery"
            if state != "cancel" and not any(units.done.values()):
                yield f"is cancelled, its sale order {state}"
            return
        if state != "sale":
            yield f"its sale order is {state}"
        yield from self._find_in_deliveries(units)
        if self.status in PAID_AND_OPEN and not any(units.done.values()):
            yield from self._find_in_content(units, total)

    def _find_in_deliveries(self, units):
        wanted = {}
        for item in self.document["orderItems"]:
            item_id = item["orderItemId"]
            elsewhere = self._count_shipped_elsewhere(item_id)
            left = item["quantityOrdered"] - elsewhere - units.done.get(item_id, 0)
            if left > 0:
                wanted[item_id] = left
        if units.waiting != wanted:
            yield f"is to deliver {units.waiting}, not {wanted}"
        if len(self.deliveries) != bool(wanted):
            yield f"has {len(self.deliveries)} open deliveries"

    def _count_shipped_elsewhere(self, item_id):
        return sum(
            packed["quantity"]
            for package in self.document.get("packages", ())
            if package["trackingNumber"] != f"T{self.order_id}"
            for packed in package["packageItems"]
            if packed["orderItemId"] == item_id
        )

    def _find_in_content(self, units, total):
        wanted = {
            item["orderItemId"]: item["quantityOrdered"]
            for item in self.document["orderItems"]
            if item["quantityOrdered"]
        }
        if units.ordered != wanted:
            yield f"has the units {units.ordered}, not {wanted}"
        if total != self._get_total():
            yield f"comes to {total}, not {self._get_total()}"
        street = self.document["recipient"]["deliveryAddress"]["addressLine1"]
        rows = self.database(
            "SELECT p.street FROM res_partner p JOIN sale_order s "
            "ON s.partner_shipping_id = p.id WHERE s.amazon_order_ref = %s",
            self.order_id,
        ) + self.database(
            "SELECT p.street FROM res_partner p JOIN stock_picking d "
            "ON d.partner_id = p.id WHERE d.id = ANY(%s)",
            [delivery["id"] for delivery in self.deliveries],
        )
        for (shown,) in rows:
            if shown != street:
                yield f"goes to {shown}, not to {street}"

    def _get_total(self):
        """Amazon's total, without the tax that Amazon pays itself."""
        total = _amount(self.document["proceeds"]["grandTotal"])
        for item in self.document["orderItems"]:
            if item.get("tax", {}).get("taxCollections"):
                total -= sum(
                    _amount(part["subtotal"])
                    for part in item["proceeds"]["breakdowns"]
                    if part["type"] == "TAX"
                )
        return total

    def _find_in_shipment(self, units):
        if self.confirmations > 1:
            yield f"is confirmed {self.confirmations} times"
        states = [
            state
            for (state,) in self.database(
                "SELECT s.state FROM amazon_shipment s JOIN amazon_order o "
                "ON o.id = s.order_id WHERE o.amazon_order_id = %s",
                self.order_id,
            )
        ]
        if set(states) & {"pending", "sent", "unknown"}:
            yield f"its shipment is {states}"
        if self.is_disputed:
            # Amazon may refuse what left; a person has been told.
            return
        if (states, self.confirmations, self.status) != (["done"], 1, "SHIPPED"):
            yield f"left, its shipment is {states}, on Amazon {self.status}"


class Units:
    """The units of a sale order by item: ordered, gone, and still to be delivered."""

    def __init__(self, database, sale_id):
        self.ordered, self.done, self.waiting = {}, {}, {}
        lines = database(
            "SELECT id, amazon_item_ref, product_uom_qty FROM sale_order_line "
            "WHERE order_id = %s AND amazon_item_ref IS NOT NULL",
            sale_id,
        )
        for _id, item_id, quantity in lines:
            _add(self.ordered, item_id, quantity)
        moves = database(
            "SELECT l.amazon_item_ref, m.state, m.product_uom_qty, m.quantity "
            "FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id "
            "JOIN stock_location place ON place.id = m.location_dest_id "
            "WHERE l.order_id = %s AND place.usage = 'customer'",
            sale_id,
        )
        for item_id, state, wanted, moved in moves:
            if state == "done":
                _add(self.done, item_id, moved)
            elif state != "cancel":
                _add(self.waiting, item_id, wanted)


def _add(units, item_id, quantity):
    if quantity:
        units[item_id] = units.get(item_id, 0) + int(quantity)


def _amount(money):
    return Decimal(money["amount"])
