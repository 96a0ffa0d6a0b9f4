"""Many deliveries of Amazon orders, sent off in mixed ways drawn from a seed.

A warehouse sends each order off whole, in several deliveries or in several packages,
with carriers of all sorts, numbers that come late and numbers that are corrected. Some
of the goods are kits, whose components leave as it happens; some units are replaced by
others, and some come back. Meanwhile Amazon fails at a tenth of what it is asked, and
Odoo's server is killed twice. What Amazon is to know in the end is written down by what
was done, never read from the addon. When the jobs see it is left to the processes, as
in life.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from failures import SLOW_SECONDS, Failures
from host.rpc import OdooError
from shop import WAIT, make_products, wait_until

AMERICA = "ATVPDKIKX0DER"
SKUS = 40
MOST_LINES, MOST_UNITS = 3, 4
# How an order leaves: in how many deliveries, and in how many packages of one.
WHOLE, TWO_PARTS, THREE_PARTS, TWO_PACKAGES, ONE_NUMBER = WAYS = (
    "whole",
    "in two deliveries",
    "in three deliveries",
    "in two packages",
    "in two packages with one number",
)
PARTS = {TWO_PARTS: 2, THREE_PARTS: 3}
# When its numbers are entered, and whether they are so right at once.
AT_ONCE, LATER, CORRECTED, ON_ITS_WAY = NUMBERS = (
    "at once",
    "later",
    "corrected",
    "corrected while Amazon is told",
)
# A number that is not there yet, or not right, becomes so after so many more orders.
LATEST = 8
# What else happens: goods of the parcel come back once Amazon knows it, or another
# product leaves in place of an item, and a person has it confirmed as ordered (of
# orders that leave whole).
NOTHING, RETURNED, REPLACED = "nothing else", "some come back", "one is replaced"
EVENTS = (*[NOTHING] * 5, RETURNED, REPLACED, REPLACED)
# Every so many of the SKUs is a kit of these components; number of each, of one kit.
KIT_EVERY = 4
COMPONENTS = {"BASE": 1, "SCREW": 3}
# The server is killed while it waits, so it never waits to the end.
HELD_SECONDS = 45
NUDGE_SECONDS = 1
NUDGE_EVERY = 10


@dataclass(frozen=True)
class Carrier:
    """A delivery method, and what Amazon shows of parcels that it carries."""

    method: str
    shown: str
    code: str = ""
    service: str | None = None
    has_tracking: bool = True

    def create(self, client):
        """Create the method with its mapping; return its id."""
        (product,) = client.call(
            "product.product", "search", [("type", "=", "service")], limit=1
        )
        values = {
            "name": self.method,
            "product_id": product,
            "amazon_has_no_tracking": not self.has_tracking,
        }
        (method,) = client.call("delivery.carrier", "create", [values])
        if self.code:
            mapping = {
                "delivery_carrier_id": method,
                "carrier_code": self.code,
                "carrier_name": self.code == "Other" and self.shown,
                "ship_method": self.service,
            }
            client.call("amazon.carrier", "create", [mapping])
        return method


CARRIERS = (
    Carrier("UPS Saver", "UPS"),
    Carrier("Northern Courier", "FedEx", code="FedEx", service="FedEx Ground"),
    Carrier("Pedal Express", "City Bikes", code="Other"),
    Carrier("Our Own Van", "Our Own Van", has_tracking=False),
)


@dataclass
class Parcel:
    """What left in one package, or in no package of a delivery.

    :ivar items: ``{Amazon's item: units}``; none when it completes no kit
    """

    items: Counter
    carrier: Carrier
    number: str

    def describe(self):
        """Return it as :func:`describe_package` does."""
        rows = tuple(sorted(self.items.items()))
        return self.carrier.shown, self.carrier.service, self.number, rows


def describe_package(package):
    """Return a package of Amazon's: carrier, service, number, and what is in it."""
    rows = [(row["orderItemId"], row["quantity"]) for row in package["packageItems"]]
    return (
        package["carrier"],
        package.get("shippingService"),
        package["trackingNumber"],
        tuple(sorted(rows)),
    )


def count_kits(needs, components, item):
    """Return how many kits are whole.

    :param needs: ``{product: units}`` of one kit
    :param components: ``{(item, product): units}`` that left
    """
    return min(components[item, product] // units for product, units in needs.items())


@dataclass
class Order:
    """An order, how it is to leave, and what left of it so far."""

    way: str
    numbers: str
    carrier: Carrier
    event: str
    order_id: str = ""
    parcels: list = field(default_factory=list)
    # Of its kits: what left, {(item, product): units}, and what Amazon is told of,
    # {item: kits}.
    components: Counter = field(default_factory=Counter)
    kits: Counter = field(default_factory=Counter)

    @property
    def told_parcels(self):
        """The parcels that Amazon is told of."""
        return [parcel for parcel in self.parcels if parcel.items]

    def count_requests(self):
        """How many confirmations it takes when nothing fails, at least."""
        parcels = PARTS.get(self.way, 1 + (self.way in (TWO_PACKAGES, ONE_NUMBER)))
        return parcels + (self.numbers in (CORRECTED, ON_ITS_WAY))

    def __str__(self):
        return (
            f"{self.order_id} leaves {self.way} by {self.carrier.method}, "
            f"numbers {self.numbers}, {self.event}"
        )


class Warehouse:
    """Sends orders off, and knows what Amazon is to know of them."""

    def __init__(self, seed, count, odoo, shop):
        self.random = Random(seed)
        self.odoo = odoo
        self.shop = shop
        self.call = shop.client.call
        self.database = shop.database
        self.amazon = shop.amazon
        self.told = Counter()
        self.failures = Failures(self.amazon, self.random, self.told)
        self.orders = self._deal(count)
        # {product: units of one kit}, by each component of it.
        self.kits = {}
        # What left in place of what was ordered, {(order, item): units}.
        self.replaced = Counter()
        self._methods = {}
        self._due = []
        self._to_return = []
        self._made = 0
        self._nudged = 0

    def _deal(self, count):
        """Return the orders; each way, carrier and moment of numbers is among them."""
        traits = []
        for values in (WAYS, NUMBERS, CARRIERS, EVENTS):
            dealt = [values[place % len(values)] for place in range(count)]
            self.random.shuffle(dealt)
            traits.append(dealt)
        orders = [Order(*dealt) for dealt in zip(*traits, strict=True)]
        for order in orders:
            if order.event == REPLACED and order.way != WHOLE:
                order.event = NOTHING
            if not order.carrier.has_tracking or order.event == REPLACED:
                order.numbers = AT_ONCE
        return orders

    # What happens

    def work(self):
        """Sell all, send all off; the server is killed twice in it."""
        self._methods = {
            carrier: carrier.create(self.shop.client) for carrier in CARRIERS
        }
        skus = [product["sku"] for product in self.amazon.products()[:SKUS]]
        self._create_kits(skus[::KIT_EVERY])
        self._sell(skus)
        kills = {
            len(self.orders) // 3: "timeout_after",
            2 * len(self.orders) // 3: "reset",
        }
        for place, order in enumerate(self.orders):
            if place in kills:
                self._send_off_and_kill(order, kills[place])
            else:
                self.failures.expect(order.order_id, order.count_requests())
                self._send_off(order)
            self._mend_numbers(place)
            if not place % NUDGE_EVERY:
                self._nudge()
        self._mend_numbers(len(self.orders) + LATEST)

    def _create_kits(self, skus):
        """Have Odoo take the products with these SKUs apart."""
        components = [{"sku": f"{sku}-{name}"} for sku in skus for name in COMPONENTS]
        make_products(
            self.shop.client, [{"title": row["sku"], **row} for row in components]
        )
        rows = self.call(
            "product.product",
            "search_read",
            [("default_code", "in", [*skus, *(row["sku"] for row in components)])],
            ["default_code", "product_tmpl_id"],
        )
        products = {row["default_code"]: row for row in rows}
        for sku in skus:
            needs = {
                products[f"{sku}-{name}"]["id"]: units
                for name, units in COMPONENTS.items()
            }
            self.kits |= dict.fromkeys(needs, needs)
            lines = [
                {"product_id": product, "product_qty": units}
                for product, units in needs.items()
            ]
            values = {
                "product_tmpl_id": products[sku]["product_tmpl_id"][0],
                "type": "phantom",
                "bom_line_ids": [(0, 0, line) for line in lines],
            }
            self.call("mrp.bom", "create", [values])

    def _sell(self, skus):
        """Have customers order, and download it all."""
        for order in self.orders:
            lines = self._draw_lines(skus, PARTS.get(order.way, 2))
            (order.order_id,) = self.shop.new_orders(
                marketplace_id=AMERICA, programs=[], lines=lines
            )
        numbers = sorted(order.order_id for order in self.orders)
        self.shop.press("action_download_orders")
        self._wait_while_it_grows(
            lambda: len(self.shop.deliveries(numbers)), len(numbers), "deliveries"
        )
        assert self.shop.deliveries(numbers) == numbers

    def _draw_lines(self, skus, least):
        """Return one line or several, with ``least`` units in all or more."""
        chosen = self.random.sample(skus, self.random.randint(1, MOST_LINES))
        units = [self.random.randint(1, MOST_UNITS) for _ in chosen]
        units[0] += max(0, least - sum(units))
        return [
            {"sku": sku, "quantity": quantity}
            for sku, quantity in zip(chosen, units, strict=True)
        ]

    def _send_off_and_kill(self, order, kind):
        """Kill the server while it waits for what becomes of a confirmation."""
        order.numbers, order.event = AT_ONCE, NOTHING
        self.failures.fail(order.order_id, kind, HELD_SECONDS)
        self._send_off(order)
        self._wait_for_request(order)
        self.odoo.kill()
        self.told["killed"] += 1
        self.odoo.start()

    def _wait_for_request(self, order):
        """Wait until Amazon is told of the order; no fault before it ends that."""

        def is_told():
            self._nudge()
            return self.shop.confirmations(order.order_id)

        wait_until(is_told, f"the confirmation of {order}")

    def _nudge(self):
        """Press Send, and let lost answers be looked up: nobody waits for minutes."""
        if time.monotonic() - self._nudged < NUDGE_SECONDS:
            return
        self.shop.let_look_up()
        self.shop.press("action_send_shipments")
        self._nudged = time.monotonic()

    # The deliveries

    def _send_off(self, order):
        if order.numbers == ON_ITS_WAY:
            self.failures.fail(order.order_id, "slow", SLOW_SECONDS)
        parts = PARTS.get(order.way, 1)
        for part in range(1, parts + 1):
            picking = self._find_open_delivery(order)
            moves = self._read_moves(picking)
            if part < parts:
                self._take_a_part(picking, moves, parts - part)
            if order.event == REPLACED:
                self._replace_one(order, picking, moves)
            if order.way in (TWO_PACKAGES, ONE_NUMBER):
                packed = self._pack(picking, moves)
            else:
                packed = [Counter({move["id"]: move["taken"] for move in moves})]
            contents = [self._count_items(order, moves, units) for units in packed]
            self._validate(order, picking, contents)
        if order.event == REPLACED:
            self._confirm_as_ordered(order)
        elif order.event == RETURNED:
            self._to_return.append((self.orders.index(order) + LATEST, order, picking))
        self.told[order.way] += 1
        self.told[f"numbers {order.numbers}"] += 1
        self.told[order.carrier.method] += 1
        self.told[order.event] += 1

    def _find_open_delivery(self, order):
        ((picking, name),) = self.database(
            "SELECT p.id, p.name FROM stock_picking p "
            "JOIN sale_order s ON s.id = p.sale_id "
            "WHERE s.amazon_order_ref = %s AND p.state NOT IN ('done', 'cancel')",
            order.order_id,
        )
        return {"id": picking, "name": name, "moves": []}

    def _read_moves(self, picking):
        rows = self.database(
            "SELECT m.id, l.amazon_item_ref, m.product_id, m.product_uom, "
            "m.product_uom_qty, m.location_id, m.location_dest_id "
            "FROM stock_move m JOIN sale_order_line l ON l.id = m.sale_line_id "
            "WHERE m.picking_id = %s AND m.state NOT IN ('done', 'cancel') "
            "ORDER BY m.id",
            picking["id"],
        )
        names = ("id", "item", "product", "uom", "taken", "place", "customer")
        moves = [dict(zip(names, row, strict=True)) for row in rows]
        for move in moves:
            move["taken"] = int(move["taken"])
        return moves

    def _take_a_part(self, picking, moves, left):
        """Leave ``left`` units at least for later deliveries, and take one at least."""
        units = [move for move in moves for _ in range(move["taken"])]
        taken = self.random.sample(
            range(len(units)), self.random.randint(1, len(units) - left)
        )
        counted = Counter(units[place]["id"] for place in taken)
        for move in moves:
            move["taken"] = counted[move["id"]]
        picking["moves"] = [
            (1, move["id"], {"quantity": move["taken"], "picked": bool(move["taken"])})
            for move in moves
        ]

    def _pack(self, picking, moves):
        """Put the units into two packages; return what is in each."""
        packages = self.call(
            "stock.package",
            "create",
            [{"name": f"{picking['name']} {n}"} for n in "AB"],
        )
        units = [move["id"] for move in moves for _ in range(move["taken"])]
        self.random.shuffle(units)
        cut = self.random.randint(1, len(units) - 1)
        packed = [Counter(units[:cut]), Counter(units[cut:])]
        for move in moves:
            lines = [
                {
                    "picking_id": picking["id"],
                    "product_id": move["product"],
                    "product_uom_id": move["uom"],
                    "location_id": move["place"],
                    "location_dest_id": move["customer"],
                    "quantity": counted[move["id"]],
                    "result_package_id": package,
                    "picked": True,
                }
                for package, counted in zip(packages, packed, strict=True)
                if counted[move["id"]]
            ]
            reserved = self.database(
                "SELECT id FROM stock_move_line WHERE move_id = %s", move["id"]
            )
            commands = [
                *((2, line_id, 0) for (line_id,) in reserved),
                *((0, 0, line) for line in lines),
            ]
            picking["moves"].append((1, move["id"], {"move_line_ids": commands}))
        return packed

    def _count_items(self, order, moves, units):
        """Return what Amazon is told of a package, a Counter of its items.

        Of kits those that are whole with it, and were not before.

        :param units: what is in it, ``{move: units}``
        """
        items = Counter()
        for move in moves:
            if move["product"] in self.kits:
                order.components[move["item"], move["product"]] += units[move["id"]]
            else:
                items[move["item"]] += units[move["id"]]
        for move in moves:
            if needs := self.kits.get(move["product"]):
                item = move["item"]
                whole = count_kits(needs, order.components, item)
                items[item] += whole - order.kits[item]
                order.kits[item] = whole
        return +items

    def _validate(self, order, picking, contents):
        """Validate the delivery with what is entered of its numbers by then."""
        numbers = self._draw_numbers(order, picking, len(contents))
        parcels = [
            Parcel(items, order.carrier, number)
            for items, number in zip(contents, numbers, strict=True)
        ]
        order.parcels += parcels
        entered = order.carrier.has_tracking and order.numbers != LATER
        values = {
            "carrier_id": self._methods[order.carrier],
            "carrier_tracking_ref": entered and self._join(order, parcels),
            "move_ids": picking["moves"],
        }
        self.call("stock.picking", "write", [picking["id"]], values)
        context = {"skip_sms": True, "skip_backorder": True}
        if order.event == REPLACED:
            context["picking_ids_not_to_backorder"] = [picking["id"]]
        done = self.call(
            "stock.picking", "button_validate", [picking["id"]], context=context
        )
        assert done is True, f"{order}: {done}"
        self.told["deliveries"] += 1
        self.told["parcels"] += len(parcels)
        if order.numbers == ON_ITS_WAY:
            if any(contents):
                self._wait_for_request(order)
            self._enter(order, picking, parcels)
        elif order.numbers in (LATER, CORRECTED):
            due = self.orders.index(order) + self.random.randint(0, LATEST)
            self._due.append((due, order, picking, parcels))

    def _draw_numbers(self, order, picking, count):
        """Return the number of each parcel, or what stands for it."""
        if not order.carrier.has_tracking:
            if count == 1:
                return [picking["name"]]
            # A package's name, after the delivery's.
            return [f"{picking['name']} {picking['name']} {n}" for n in "AB"]
        if order.way == ONE_NUMBER:
            return [self._make_number()] * count
        return [self._make_number() for _ in range(count)]

    def _make_number(self):
        self._made += 1
        return f"1Z{self._made:09}"

    @staticmethod
    def _join(order, parcels):
        """Return the numbers as Odoo keeps them."""
        numbers = [parcel.number for parcel in parcels]
        return numbers[0] if order.way == ONE_NUMBER else ",".join(numbers)

    # What is not as ordered

    def _replace_one(self, order, picking, moves):
        """Leave an item out, and put another product into the parcel."""
        plain = [move for move in moves if move["product"] not in self.kits]
        if not plain:
            order.event = NOTHING
            return
        left_out = self.random.choice(plain)
        sample = {
            "product_id": next(iter(self.kits)),
            "product_uom_qty": left_out["taken"],
            "quantity": left_out["taken"],
            "picked": True,
            "location_id": left_out["place"],
            "location_dest_id": left_out["customer"],
        }
        picking["moves"] = [
            (1, move["id"], {"picked": move is not left_out}) for move in moves
        ]
        picking["moves"] += [(1, left_out["id"], {"quantity": 0}), (0, 0, sample)]
        # The buyer got it, so that it is confirmed as ordered, in the same parcel.
        self.replaced[order.order_id, left_out["item"]] += left_out["taken"]

    def _confirm_as_ordered(self, order):
        """Answer the question about the item that was replaced, once it is asked."""

        def answer():
            self._nudge()
            found = self.call(
                "amazon.order",
                "search",
                [
                    ("amazon_order_id", "=", order.order_id),
                    ("has_missing_units", "=", True),
                ],
            )
            if not found:
                return False
            try:
                self.call("amazon.order", "action_confirm_as_ordered", found)
            except OdooError as error:
                # A person tries again in a minute.
                assert "is being processed right now" in str(error), error
                return False
            return True

        wait_until(answer, f"the question about {order}")

    def _bring_back(self, order, picking):
        """Have a unit come back of a parcel that Amazon knows."""

        def is_known():
            self._nudge()
            return not self.database(
                "SELECT 1 FROM stock_picking p "
                "JOIN sale_order s ON s.id = p.sale_id "
                "LEFT JOIN amazon_shipment a ON a.picking_id = p.id "
                "WHERE s.amazon_order_ref = %s "
                "AND (p.amazon_unsettled_since IS NOT NULL "
                "OR a.state NOT IN ('done', 'not_needed'))",
                order.order_id,
            )

        wait_until(is_known, f"the confirmation of {order}")
        context = {"active_id": picking["id"], "active_model": "stock.picking"}
        (wizard,) = self.call(
            "stock.return.picking",
            "create",
            [{"picking_id": picking["id"]}],
            context=context,
        )
        (line, *_others) = self.call(
            "stock.return.picking.line", "search", [("wizard_id", "=", wizard)]
        )
        self.call("stock.return.picking.line", "write", [line], {"quantity": 1})
        returned = self.call("stock.return.picking", "action_create_returns", [wizard])
        back = returned["res_id"]
        moves = self.call("stock.move", "search", [("picking_id", "=", back)])
        self.call("stock.move", "write", moves, {"quantity": 1, "picked": True})
        done = self.call(
            "stock.picking", "button_validate", [back], context={"skip_sms": True}
        )
        assert done is True, f"{order}: {done}"

    # The numbers

    def _mend_numbers(self, place):
        """Enter what is due by now, and have come back what does."""
        for entry in [entry for entry in self._due if entry[0] <= place]:
            self._due.remove(entry)
            _due, order, picking, parcels = entry
            self._enter(order, picking, parcels)
        for entry in [entry for entry in self._to_return if entry[0] <= place]:
            self._to_return.remove(entry)
            self._bring_back(*entry[1:])

    def _enter(self, order, picking, parcels):
        """Enter the numbers, other ones if there were some, here or there."""
        if order.numbers != LATER:
            numbers = self._draw_numbers(order, picking, len(parcels))
            for parcel, number in zip(parcels, numbers, strict=True):
                parcel.number = number
        if order.numbers == LATER or self.random.random() < 0.5:
            values = {"carrier_tracking_ref": self._join(order, parcels)}
            self.call("stock.picking", "write", [picking["id"]], values)
            self.told["numbers entered on the delivery"] += 1
            return
        shipments = self._wait_for_shipments(picking, len(parcels))
        # In the order of the packages, as the parcels are.
        shipments.sort(key=lambda row: row["package_id"] and row["package_id"][0])
        for row, parcel in zip(shipments, parcels, strict=True):
            values = {"tracking_ref": parcel.number}
            self.call("amazon.shipment", "write", [row["id"]], values)
        self.told["numbers entered on the shipments"] += 1

    def _wait_for_shipments(self, picking, count):
        """Return the rows of the delivery's shipments, once they are in the outbox."""

        def read():
            self._nudge()
            return self.call(
                "amazon.shipment",
                "search_read",
                [("picking_id", "=", picking["id"])],
                ["package_id"],
                order="package_id",
            )

        wait_until(lambda: len(read()) == count, "the shipments of a delivery")
        return read()

    # The end

    def settle(self):
        """Wait until no shipment is open; each that is over gives more time."""
        total = sum(len(order.parcels) for order in self.orders)
        self._wait_while_it_grows(self._count_settled, total, "settled shipments")

    def _count_settled(self):
        self._nudge()
        rows = self.database(
            "SELECT s.state, count(*) FROM amazon_shipment s "
            "JOIN amazon_order o ON o.id = s.order_id "
            "WHERE o.amazon_order_id = ANY(%s) GROUP BY s.state",
            [order.order_id for order in self.orders],
        )
        counts = dict(rows)
        assert "failed" not in counts, self.find_open()
        return counts.get("done", 0) + counts.get("not_needed", 0)

    def find_open(self):
        """Return the shipments that are not confirmed, with the reasons."""
        return self.database(
            "SELECT o.amazon_order_id, s.state, s.error FROM amazon_shipment s "
            "JOIN amazon_order o ON o.id = s.order_id "
            "WHERE o.amazon_order_id = ANY(%s) "
            "AND s.state NOT IN ('done', 'not_needed') ORDER BY s.id",
            [order.order_id for order in self.orders],
        )

    @staticmethod
    def _wait_while_it_grows(count, wanted, what):
        """Wait for so many; each further one gives as much time again."""
        there, deadline = 0, time.monotonic() + WAIT
        while (now := count()) < wanted:
            if now > there:
                there, deadline = now, time.monotonic() + WAIT
            assert time.monotonic() < deadline, f"{now} of {wanted} {what}"
            time.sleep(0.2)
