"""Deliveries of Amazon orders as a warehouse may send them off, in whatever order:
in parts and packages, several at once, with numbers and carriers that come late or are
corrected, with goods that come back, while Amazon fails and cancels.

Each history is drawn from its seed, which a failure names. The environment's variables
HISTORIES (how many) and HISTORY_SEED (the first) choose others.
"""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..models.orders.delivery_stage import is_gone
from .common import AmazonCommon
from .counting_amazon import ELSEWHERE, CountingAmazon, Killed

WANTED = os.environ.get("HISTORIES")
FIRST_SEED = int(os.environ.get("HISTORY_SEED", "1"))
ORDERS, ITEMS, UNITS, STEPS = (1, 1, 2), (1, 1, 2), (1, 2, 3), range(4, 9)
STOCK = 10_000
# Rounds of work after which nothing is left; mostly, three are enough.
ROUNDS_TO_SETTLE = 8
# In so many histories each of these happens, whatever the first seed is.
ENOUGH_FOR_ALL = 100
MUST_HAPPEN = (
    "AmbiguousError afterwards",
    "Killed afterwards",
    "RejectedError",
    "came back",
    "cancelled delivery",
    "confirm_as_ordered",
    "packed",
    "sent out again",
    "ship_rest",
    "too much left",
    "validated at once",
    "without backorder",
)
UNDER_WAY = ("pending", "sent", "unknown")
#: What happens; what is more likely stands here more often.
EVENTS = (
    *["ship"] * 6,
    "download",
    *["send"] * 7,
    *["send_calmly"] * 2,
    *["write_on_delivery"] * 2,
    *["write_on_shipment"] * 2,
    *["bring_back"] * 2,
    "send_back_again",
    "cancel_delivery",
    *["answer"] * 2,
    "retry",
    "cancel_a_unit",
    "cancel_order",
    "ship_elsewhere",
)


@dataclass
class Said:
    """What people said last of a parcel: its ``delivery.carrier`` and its number."""

    carrier: object
    number: str | bool


class DeliveryHistories(AmazonCommon):
    """A subclass has a test that tells histories.

    :cvar HISTORIES: how many, unless the environment says so
    :cvar SKUS: what is sold
    :cvar STOCKED: SKUs of the products that are in stock
    """

    HISTORIES = 100
    SKUS = STOCKED = ("MUG", "PEN", "BAG")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for sku in cls.STOCKED:
            product = cls.env["product.product"].search([("default_code", "=", sku)])
            cls.env["stock.quant"]._update_available_quantity(
                product or cls._create_product(sku, 0),
                cls.connection.warehouse_id.lot_stock_id,
                STOCK,
            )
        cls.connection.write({"download_orders": True, "send_shipments": True})
        cls.unknown_carrier, cls.van = (cls.carrier.copy() for _carrier in range(2))
        cls.unknown_carrier.name = "Nobody Knows"
        cls.van.write({"name": "Our Own Van", "amazon_has_no_tracking": True})
        # What Amazon is told of each; of another one nothing.
        cls.codes = {cls.carrier: "UPS", cls.van: "Other"}
        cls.download_run = cls.env["amazon.history"].create(
            {
                "connection_id": cls.connection.id,
                "kind": "download_orders",
                "reason": "schedule",
            }
        )
        cls.happened = Counter()

    def tell_histories(self):
        histories = int(WANTED or self.HISTORIES)
        seeds = range(FIRST_SEED, FIRST_SEED + histories)
        worlds = {seed: self._place_orders(seed) for seed in seeds}
        # All come in at once, which is quicker; then each history is told alone.
        for counting in worlds.values():
            self.fake.add(*counting.documents.values())
        self.run_job("download_orders")
        for seed, counting in worlds.items():
            with self.subTest(seed=seed):
                self._tell(counting)
        # A history in which nothing happens would show nothing.
        if histories >= ENOUGH_FOR_ALL:
            for event in MUST_HAPPEN:
                self.assertTrue(self.happened[event], f"{event}: {self.happened}")

    # === A HISTORY === #

    def _place_orders(self, seed):
        """Return an Amazon on which one order, or two, were placed."""
        counting = CountingAmazon(Random(seed), self._judge)
        random = counting.random
        for place in range(random.choice(ORDERS)):
            skus = random.sample(self.SKUS, random.choice(ITEMS))
            items = [(f"{place}{sku}", sku, random.choice(UNITS)) for sku in skus]
            counting.place(f"111-{seed:07}-{place:07}", items)
        return counting

    def _tell(self, counting):
        self.random, self.counting = counting.random, counting
        self.amazon[self.connection.id] = counting
        # By delivery and package; the package is empty for what is in none.
        self.said = {}
        # What a person said to have left as ordered, by delivery and item.
        self.answered = Counter()
        # What came back after Amazon was told of it, by delivery and item.
        self.told_and_back = Counter()
        self.numbers = 0
        savepoint = self.env.cr.savepoint()
        try:
            self.sales = self._get_orders().sale_order_id
            self.assertEqual(len(self.sales), len(counting.orders))
            # Before something left, little can happen.
            events = ["ship", *self.random.choices(EVENTS, k=self.random.choice(STEPS))]
            for event in events:
                getattr(self, f"_{event}")()
                self.env.flush_all()
                self.assertFalse(self.counting.wrong, event)
            self._settle()
            self._compare()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.happened.update(self.counting.happened)

    def _get_orders(self):
        return self.env["amazon.order"].search(
            [("amazon_order_id", "in", list(self.counting.orders))]
        )

    def _get_shipments(self, *states):
        shipments = self._get_orders().shipment_ids.sorted("id")
        return shipments.filtered(lambda one: not states or one.state in states)

    def _get_deliveries(self, *states):
        """Return the deliveries in these states; returns are none."""
        return self.sales.picking_ids.filtered(
            lambda one: one.state in states and one.location_dest_id.usage == "customer"
        ).sorted("id")

    def _get_open_deliveries(self):
        return self._get_deliveries("confirmed", "waiting", "assigned")

    def _draw(self, records):
        return self.random.choice(records) if records else records

    # === EVENTS - THE JOBS === #

    def _download(self):
        """Have Odoo know what changed on Amazon, as the job does slice by slice."""
        orders = self.env["amazon.order"]
        orders._store_documents(
            self.connection, self.counting.show_changes(), self.download_run
        )
        while orders._process_next_batch(self.connection, self.download_run):
            continue
        self.env.flush_all()

    def _send_calmly(self):
        """Nothing fails, so that afterwards each unit is accounted for."""
        self._download()
        with self.counting.calm():
            if self._get_job().open_run_id:
                # A run that waited goes on; what was refused is looked at by the next.
                self._send()
            self._send()
            if self._get_shipments(*UNDER_WAY):
                # Of what a killed run left, it looked up nothing at once.
                self._send()
        self._check_nothing_is_silent()

    def _get_job(self):
        return self.connection.job_ids.filtered(
            lambda one: one.kind == "send_shipments"
        )

    # What fails is said in the history; the server's log has its own tests.
    @mute_logger("odoo.addons.amazon_connector")
    def _send(self):
        """Let the job run although it was put off; the server may die of it."""
        job = self._get_job()
        job.not_before = False
        # It is due, whether or not there is anything to send.
        job.last_run_id.start = fields.Datetime.now() - timedelta(days=1)
        self.env["amazon.quota"].search([]).unlink()
        self._get_shipments().next_try = False
        cron = self.env["amazon.job.type"]._get_type(job.kind)._get_cron()
        try:
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        except Killed:
            # The next run finds what was committed.
            self.env.invalidate_all()
        self.env.invalidate_all()

    # === EVENTS - THE WAREHOUSE === #

    def _ship(self):
        """Validate an open delivery, or several at once, in full or in part."""
        pickings = self._get_open_deliveries()
        count = self.random.choice((1, 1, len(pickings)))
        pickings = pickings.browse(
            one.id for one in self.random.sample(pickings, min(count, len(pickings)))
        )
        for picking in pickings:
            self._prepare_delivery(picking)
        without_backorder = pickings.filtered(lambda one: self.random.random() < 0.2)
        if self.random.random() < 0.1:
            self._cancel_a_unit()
        if pickings:
            self._validate(pickings, without_backorder)

    def _prepare_delivery(self, picking, is_complete=False):
        """Enter what is taken, packed and written on the labels."""
        moves = picking.move_ids.filtered(lambda one: one.state not in ("cancel",))
        is_complete = is_complete or self.random.random() < 0.5
        units = {
            move: int(move.product_uom_qty)
            if is_complete
            else self.random.randint(0, int(move.product_uom_qty))
            for move in moves
        }
        if not any(units.values()):
            units[moves[:1]] = int(moves[:1].product_uom_qty)
        if self.random.random() < 0.05 and not is_complete:
            units[moves[:1]] += 1
            self.counting.happened["too much left"] += 1
        for move, quantity in units.items():
            move.quantity = quantity
            move.picked = True
        if self.random.random() < 0.25:
            self._pack(picking)
        carriers = [self.carrier] * 5 + [self.van]
        if not is_complete:
            carriers += [self.unknown_carrier, self.env["delivery.carrier"]]
        self._write_on_delivery(
            picking,
            self.random.choice(carriers),
            self._draw_number(picking, is_complete),
        )

    def _pack(self, picking):
        """Put the units into packages, one after the other; some stay in none."""
        boxes = self.env["stock.package"].create([{}, {}])
        for line in picking.move_line_ids.filtered("quantity"):
            if line.quantity >= 2:
                line.quantity -= 1
                line.copy({"quantity": 1, "result_package_id": boxes[0].id})
            line.result_package_id = self.random.choice((*boxes, boxes[:0]))
        self.counting.happened["packed"] += 1

    def _draw_number(self, picking, is_certain=False):
        """Return a number for a delivery, of several parcels mostly several."""
        count = len(picking._get_amazon_parcels())
        if not is_certain and self.random.random() < 0.3:
            return False
        if self.random.random() < 0.3:
            count = 1
        elif not is_certain and self.random.random() < 0.1:
            # Nobody can know which is whose.
            count += 2
        return ",".join(self._make_number() for _number in range(count))

    def _make_number(self):
        self.numbers += 1
        return f"T{self.numbers}"

    def _validate(self, pickings, without_backorder):
        context = {
            "skip_backorder": True,
            "skip_sms": True,
            "picking_ids_not_to_backorder": without_backorder.ids,
        }
        self._press_validate(pickings.with_context(**context))
        self.assertEqual(set(pickings.mapped("state")), {"done"})
        for picking in pickings:
            self.said |= self._get_said(picking)
        self.counting.happened["validated"] += len(pickings)
        self.counting.happened["validated at once"] += len(pickings) > 1
        self.counting.happened["without backorder"] += len(without_backorder)

    def _press_validate(self, pickings):
        pickings.button_validate()

    def _get_said(self, picking):
        """Return what the labels of a delivery say of each parcel."""
        parcels = picking._get_amazon_parcels()
        numbers = (picking.carrier_tracking_ref or "").split(",")
        if len(numbers) == 1:
            numbers *= len(parcels)
        is_known = len(numbers) == len(parcels)
        return {
            (picking, parcel): Said(
                picking.carrier_id, (is_known and numbers[place]) or False
            )
            for place, parcel in enumerate(parcels)
        }

    def _write_on_delivery(self, picking=None, carrier=None, number=None):
        """Enter carrier and number, late or corrected."""
        picking = picking or self._draw(self._get_deliveries("done"))
        if not picking:
            return
        carrier = carrier if carrier is not None else self._draw_carrier()
        if number is None:
            number = self._draw_number(picking)
        before = picking.carrier_id, picking.carrier_tracking_ref
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": number})
        text = number or ""
        for key, new in self._get_said(picking).items():
            if not (old := self.said.get(key)):
                continue
            if carrier != before[0]:
                old.carrier = carrier
            is_kept = not new.number and old.number and old.number in text.split(",")
            if number != before[1] and not is_kept:
                old.number = new.number

    def _draw_carrier(self):
        return self.random.choice([*[self.carrier] * 4, self.van, self.unknown_carrier])

    def _write_on_shipment(self):
        """Enter or correct what the shipment says, maybe while Amazon is told."""
        if self.random.random() < 0.3:
            self.counting.meanwhile = self._correct_a_shipment
        else:
            self._correct_a_shipment()

    def _correct_a_shipment(self):
        shipment = self._draw(self._get_shipments())
        if not shipment:
            return
        carrier, number = self._draw_carrier(), self._make_number()
        self._write_shipment(shipment, carrier, number)
        # As the transaction of a person ends.
        self.env.flush_all()

    def _write_shipment(self, shipment, carrier, number):
        shipment.write({"carrier_id": carrier.id, "tracking_ref": number})
        key = shipment.picking_id, shipment.package_id
        self.said[key] = Said(carrier, number)

    def _bring_back(self):
        """Have the buyer send some of a delivery back."""
        picking = self._draw(self._get_deliveries("done"))
        number = picking.amazon_order_ref
        refs = self.counting.orders[number].skus if picking else ()
        before = {ref: self._count_at_customer(number, ref) for ref in refs}
        if picking and (returned := self._return(picking)):
            self.counting.happened["came back"] += 1
            self.assertEqual(returned.state, "done")
            for ref, units in before.items():
                lost = units - self._count_at_customer(number, ref)
                told = self._count_told_and_back(picking, ref, lost)
                self.told_and_back[picking, ref] += told

    def _send_back_again(self):
        """Send out again what came back, as an exchange does."""
        returned = self._draw(
            self.sales.picking_ids.filtered(
                lambda one: one.state == "done" and one.location_id.usage == "customer"
            )
        )
        if returned and (again := self._return(returned, is_done=False)):
            self._write_on_delivery(again, self.carrier, self._make_number())
            self._validate(again, again.browse())
            self.counting.happened["sent out again"] += 1

    def _return(self, picking, is_done=True):
        """Return the transfer that brings some units of a transfer back, if any."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            moved = line.move_id
            back = moved.returned_move_ids.filtered(lambda one: one.state == "done")
            most = int(moved.quantity - sum(back.mapped("quantity")))
            line.quantity = self.random.randint(0, max(most, 0))
        if not any(wizard.product_return_moves.mapped("quantity")):
            return None
        returned = wizard._create_return()
        returned.move_ids.picked = True
        if is_done:
            returned.with_context(skip_sms=True).button_validate()
        return returned

    def _cancel_delivery(self):
        if picking := self._draw(self._get_open_deliveries()):
            picking.action_cancel()
            self.counting.happened["cancelled delivery"] += 1

    # === EVENTS - DECISIONS === #

    def _answer(self):
        """Answer what the delivery asks, or have it asked again."""
        order = self._draw(self._get_orders())
        answers = ["ship_rest", "tell_nothing", "confirm_as_ordered"]
        if order.untold_units and self.random.random() < 0.5:
            order.action_ask_again()
        order._settle_missing_units()
        if order.missing_units:
            self._give_answer(order, self.random.choice(answers))

    def _give_answer(self, order, answer):
        picking = order._get_last_delivery()
        missing = order.missing_units
        try:
            with self.env.cr.savepoint():
                getattr(order, f"action_{answer}")()
        except UserError:
            # Of a delivery that was confirmed by hand, or where none left yet.
            self.assertEqual(answer, "confirm_as_ordered")
            return self._give_answer(order, "ship_rest")
        if answer == "confirm_as_ordered":
            for ref, units in missing.items():
                self.answered[picking, ref] += units
        self.counting.happened[answer] += 1

    def _retry(self):
        self._get_shipments("failed", "blocked").action_retry()

    # === EVENTS - AMAZON === #

    def _cancel_a_unit(self):
        self.counting.cancel_a_unit(self.random.choice(list(self.counting.orders)))

    def _cancel_order(self):
        if self.random.random() < 0.5:
            self.counting.cancel(self.random.choice(list(self.counting.orders)))

    def _ship_elsewhere(self):
        self.counting.ship_elsewhere(self.random.choice(list(self.counting.orders)))

    # === WHAT HOLDS WHENEVER AMAZON IS TOLD === #

    def _judge(self, placed, detail):
        """Return what is wrong with a parcel that Amazon is told of, or ``None``."""
        shipment = self._get_shipments().filtered(
            lambda one: (
                one.order_id.amazon_order_id == placed.number
                and one.package_reference == detail["packageReferenceId"]
            )
        )
        told = Counter(
            {item["orderItemId"]: item["quantity"] for item in detail["orderItems"]}
        )
        return (
            self._judge_number(shipment, detail)
            or self._judge_contents(shipment, told)
            or self._judge_units(shipment, placed, told)
        )

    def _judge_number(self, shipment, detail):
        picking, package = shipment.picking_id, shipment.package_id
        said = self.said.get((picking, package))
        if not said:
            # Of what is said to have left with it, without a parcel of its own.
            siblings = [one for key, one in self.said.items() if key[0] == picking]
            said = next(iter(siblings), Said(picking.carrier_id, False))
        number = said.number
        if not number and said.carrier == self.van:
            number = picking.name
            if package and len(picking._get_amazon_parcels()) > 1:
                number += f" {package.name}"
        if detail["trackingNumber"] != number:
            return f"The number is {number}."
        if detail["carrierCode"] != self.codes.get(said.carrier):
            return f"The carrier is {said.carrier.name}."
        return None

    def _judge_contents(self, shipment, told):
        """No parcel holds more than was put into it, or was said to be in it."""
        for ref, units in told.items():
            answered = self.answered[shipment.picking_id, ref]
            if units > self._count_in_parcel(shipment, ref) + answered:
                return "That is more than left in the parcel."
        return None

    def _count_in_parcel(self, shipment, ref):
        """Return how many units of an item were put into the parcel."""
        lines = shipment.picking_id.move_line_ids.filtered(
            lambda line: (
                line.result_package_id == shipment.package_id
                and line.move_id.sale_line_id.amazon_item_ref == ref
            )
        )
        return sum(lines.mapped("quantity"))

    def _judge_units(self, shipment, placed, told):
        """What the customer does not have is not told, unless Amazon knows it.

        What came back after Amazon was told of it stays told: what leaves afterwards is
        told beside it.
        """
        before = self._count_told(placed)
        others = self._count_told(placed, but=shipment.package_reference)
        for ref, units in told.items():
            has = self._count_at_customer(placed.number, ref)
            has += self._count_of(self.answered, placed.number, ref)
            has += self._count_of(self.told_and_back, placed.number, ref)
            if others[ref] + units > max(before[ref], has):
                return f"Of {ref} the customer has {has}."
        return None

    def _count_told(self, placed, but=None):
        """Return what the addon told of an order, ``{item ref: units}``."""
        units = placed.count_shipped(but)
        for package in placed.packages.values():
            if package["trackingNumber"] == ELSEWHERE:
                for item in package["packageItems"]:
                    units[item["orderItemId"]] -= item["quantity"]
        return units

    def _count_at_customer(self, number, ref):
        """Return how many units of an item the customer has by Odoo."""
        return sum(
            self._count_of_line(line) for line in self._get_sale_lines(number, ref)
        )

    def _count_of_line(self, line):
        left, back = self._get_moves(line)
        return sum(left.mapped("quantity")) - sum(back.mapped("quantity"))

    def _get_moves(self, line):
        """Return what went to the customer, and what came back."""
        left = line.move_ids.filtered(is_gone)
        back = line.move_ids.filtered(
            lambda move: move.state == "done" and move.location_id.usage == "customer"
        )
        return left, back

    def _get_sale_lines(self, number, ref):
        sale = self.sales.filtered(lambda one: one.amazon_order_ref == number)
        return sale.order_line.filtered(lambda line: line.amazon_item_ref == ref)

    @staticmethod
    def _count_of(units, number, ref):
        """Return how many of these units are of an item.

        :param units: by delivery and item
        """
        return sum(
            count
            for (picking, of_ref), count in units.items()
            if of_ref == ref and picking.amazon_order_ref == number
        )

    def _count_told_and_back(self, picking, ref, lost):
        """Return how many units of a delivery Amazon knew of before they came back.

        What Amazon did not know comes back first.

        :param lost: how many the customer has not any more
        """
        placed = self.counting.orders[picking.amazon_order_ref]
        own = picking.amazon_shipment_ids.mapped("package_reference")
        moves = picking.move_ids & self._get_sale_lines(placed.number, ref).move_ids
        back = moves.returned_move_ids.filtered(lambda move: move.state == "done")
        there = sum(moves.mapped("quantity")) - sum(back.mapped("quantity"))
        known = there + self.answered[picking, ref] + self.told_and_back[picking, ref]
        return max(placed.count_in(own)[ref] - known, 0)

    # === NOTHING IS SILENT === #

    def _check_nothing_is_silent(self):
        """What Amazon awaits comes, waits with its reason, or is asked about."""
        self.assertFalse(self.counting.wrong)
        for order in self._get_orders():
            placed = self.counting.orders[order.amazon_order_id]
            with self.subTest(order=placed.number):
                self._check_waiting(order, placed)
                self._check_reminders(order, placed)
                if placed.status in ("UNSHIPPED", "PARTIALLY_SHIPPED"):
                    self._check_awaited(order, placed)

    def _check_waiting(self, order, placed):
        """Each shipment that Amazon does not know says why, also on its delivery."""
        awaited = placed.count_awaited()
        for shipment in order.shipment_ids:
            self.assertNotIn(shipment.state, UNDER_WAY)
            if shipment.state in ("blocked", "failed"):
                self.assertTrue(shipment.error)
                self.assertIn(
                    shipment.error, shipment.picking_id.amazon_shipping_warning
                )
                if not shipment.is_confirmed:
                    refs = set(shipment.line_ids.mapped("amazon_item_ref"))
                    self.assertTrue(refs & awaited.keys(), "Amazon awaits it")

    def _check_reminders(self, order, placed):
        """Somebody is told of what waits for a person, and of nothing else."""
        states = set(order.shipment_ids.mapped("state"))
        reminded = self._has_reminder(order, "shipment")
        if "failed" in states:
            self.assertTrue(reminded, "of what was refused")
        if not states & {"failed", "blocked"}:
            self.assertFalse(reminded, "of no shipment")
        self.assertEqual(
            self._has_reminder(order, "awaited"), bool(order.missing_units)
        )
        if not placed.is_cancelled and not placed.is_shipped_elsewhere:
            surplus = any(
                self._count_at_customer(placed.number, ref) > units
                for ref, units in placed.ordered.items()
            )
            if surplus:
                self.assertTrue(self._has_reminder(order, "items"), "of what to return")

    def _has_reminder(self, order, name):
        kind = f"amazon_connector.mail_activity_type_order_{name}"
        return bool(order.sale_order_id.activity_search([kind]))

    def _check_awaited(self, order, placed):
        asked, untold = order.missing_units or {}, order.untold_units or {}
        waiting = Counter()
        for shipment in self._get_shipments("blocked", "failed") & order.shipment_ids:
            waiting += self._count_waiting(shipment)
        for ref, units in placed.count_awaited().items():
            coming = self._count_coming(placed, ref)
            known = {
                "coming": coming,
                "asked": asked.get(ref, 0),
                "untold": untold.get(ref, 0),
                "waiting": waiting[ref],
            }
            self.assertLessEqual(units, sum(known.values()), f"{ref}: {known}")

    def _count_waiting(self, shipment):
        units = Counter()
        for line in shipment.line_ids.filtered(lambda line: not line.is_component):
            units[line.amazon_item_ref] += line.quantity
        return units

    def _count_coming(self, placed, ref):
        return sum(self._get_open_moves(placed, ref).mapped("product_uom_qty"))

    def _get_open_moves(self, placed, ref):
        return self._get_sale_lines(placed.number, ref).move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_dest_id.usage == "customer"
            )
        )

    # === THE END === #

    def _settle(self):
        """Amazon and the server are well, and people do all that is to be done."""
        self.counting.meanwhile = None
        for _round in range(ROUNDS_TO_SETTLE):
            self._send_calmly()
            if not self._do_what_is_left():
                return
        self.fail("there is always something left to do")

    def _do_what_is_left(self):
        """Ship, mend and answer; return whether there was anything."""
        orders = self._get_orders()
        orders.filtered("untold_units").action_ask_again()
        asked = orders.filtered("missing_units")
        for order in asked:
            answer = self.random.choice(("ship_rest", "confirm_as_ordered"))
            self._give_answer(order, answer)
        pickings = self._get_open_deliveries()
        for picking in pickings:
            self._prepare_delivery(picking, is_complete=True)
        if pickings:
            self._validate(pickings, pickings.browse())
        waiting = self._get_shipments("blocked", "failed")
        for shipment in waiting:
            self._write_shipment(shipment, self.carrier, self._make_number())
        return bool(asked or pickings or waiting)

    def _compare(self):
        for order in self._get_orders():
            placed = self.counting.orders[order.amazon_order_id]
            with self.subTest(order=placed.number):
                self._compare_shipments(order, placed)
                if not placed.is_cancelled:
                    self.assertFalse(placed.count_awaited(), "Amazon awaits nothing")

    def _compare_shipments(self, order, placed):
        self.assertLessEqual(
            set(order.shipment_ids.mapped("state")), {"done", "not_needed"}
        )
        numbers = {
            shipment.package_reference: shipment.tracking_ref
            or placed.packages[shipment.package_reference]["trackingNumber"]
            for shipment in order.shipment_ids
            if shipment.state == "done"
        }
        told = {
            reference: package["trackingNumber"]
            for reference, package in placed.packages.items()
            if package["trackingNumber"] != ELSEWHERE
        }
        if not placed.is_cancelled:
            self.assertEqual(told, numbers)
        self.assertFalse(self._has_reminder(order, "shipment"))
        self.assertFalse(self._has_reminder(order, "awaited"))
