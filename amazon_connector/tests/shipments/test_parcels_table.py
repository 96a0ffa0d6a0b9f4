"""The table *When a parcel leaves* of docs/behaviour.md: what the warehouse did, what
state Amazon has the order in, what Amazon and what a person is told.

Each row is a sub-test, which begins with the same order and is undone at its end.
"""

from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from unittest.mock import patch

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import tagged

from ...spapi.errors import AmbiguousError, RejectedError
from ...spapi.times import parse_time
from ..builders import ago, ahead
from ..changes_common import MUGS, PENS
from ..shipments_common import ShipmentsCommon
from .test_not_as_ordered import NotAsOrderedCommon

#: The rows, word for word.
TABLE = [
    (
        "validated, carrier and number there",
        "to be shipped",
        "carrier, number, date, items of the parcel",
        "*Confirmed*",
    ),
    (
        "validated a part, the rest as backorder",
        "to be shipped",
        "each delivery as a package of its own",
        "*Confirmed*",
    ),
    (
        "validated several deliveries at once",
        "to be shipped",
        "each delivery as a package of its own",
        "*Confirmed*",
    ),
    (
        "shipped by the piece what is sold by the dozen",
        "to be shipped",
        "the whole dozens",
        "*Confirmed*",
    ),
    (
        "shipped serial numbers",
        "to be shipped",
        "how many, not which",
        "*Confirmed*",
    ),
    (
        "two packages, one number",
        "to be shipped",
        "two packages with that number",
        "*Confirmed*",
    ),
    ('two packages, "A,B"', "to be shipped", "two packages, A and B", "*Confirmed*"),
    (
        'three packages, "A,B"',
        "to be shipped",
        "nothing until each has its number",
        "*Blocked*, asks for the number of each parcel; activity",
    ),
    (
        "no carrier",
        "to be shipped",
        "nothing until it is chosen, on the shipment or the delivery",
        "*Blocked*; activity",
    ),
    (
        "carrier that Amazon does not know",
        "to be shipped",
        "nothing until it is mapped",
        "*Blocked*, names the carrier; activity",
    ),
    (
        "no number yet",
        "to be shipped, time left",
        "nothing until it is there",
        "*Blocked*",
    ),
    (
        "no number yet",
        "due within twelve hours, or late",
        "nothing until it is there",
        "*Blocked*; activity",
    ),
    (
        "method without tracking",
        "to be shipped",
        "the delivery's reference as number; *Other* with the method's name",
        "*Confirmed*",
    ),
    (
        "components of a kit, without bills of materials",
        "to be shipped",
        "nothing",
        "*Blocked*; activity; asked about the item ¹",
    ),
    ("parts of a unit", "to be shipped", "nothing", "*Blocked*; activity"),
    (
        "shipped an item of the Transparency program",
        "to be shipped",
        "nothing until each unit has its code",
        "*Blocked*, names the units; activity",
    ),
    (
        "Send Shipment Info off",
        "to be shipped",
        "nothing until *Send now*",
        "*Blocked*",
    ),
    (
        "corrected the number or carrier",
        "confirmed, also shipped",
        "the same package again, as it is now",
        "*Confirmed*",
    ),
    (
        "corrected it while the request is on its way",
        "to be shipped",
        "the request, then the correction",
        "*To send*, then *Confirmed*",
    ),
    (
        "corrected it while Amazon refuses the wrong one",
        "to be shipped",
        "the right one",
        "*To send*, then *Confirmed*",
    ),
    (
        "corrected it while an answer is lost",
        "taken",
        "looked up, then the correction",
        "*Answer lost*, then *Confirmed*",
    ),
    ("took a refused correction back", "confirmed", "nothing", "*Confirmed*"),
    (
        "cleared number or carrier",
        "confirmed",
        "nothing",
        "*Confirmed*, with a note that Amazon keeps it",
    ),
    (
        "changed to a carrier that Amazon does not know",
        "confirmed",
        "nothing until it is mapped",
        "*Blocked*, names the carrier; activity",
    ),
    (
        "dated before the purchase",
        "to be shipped",
        "the time of the purchase",
        "*Confirmed*",
    ),
    ("dated in the future", "to be shipped", "now", "*Confirmed*"),
    (
        "validated",
        "Ship+, in-store pick-up, Easy Ship, delivery by Amazon",
        "nothing",
        "*Nothing to tell*, says why",
    ),
    ("validated", "cancelled", "nothing", "*Nothing to tell*; ask for the return"),
    (
        "validated",
        "shipped, or these units confirmed by hand",
        "nothing",
        "*Nothing to tell*; compare the number",
    ),
    (
        "validated",
        "to be shipped, has somebody else's package of that number",
        "the parcel under another number",
        "*Confirmed*",
    ),
    (
        "validated, while the store is inactive",
        "to be shipped",
        "nothing until it is active",
        "*To send*",
    ),
    (
        "entered more Transparency codes than units",
        "to be shipped",
        "nothing until they are corrected",
        "*Refused*, says what is too much; activity",
    ),
    (
        "validated",
        "refuses since it knows the parcel otherwise",
        "nothing more",
        "*Nothing to tell*, with Amazon's words",
    ),
    (
        "validated",
        "refuses for anything else",
        "nothing until *Retry* or a correction",
        "*Refused*, what Amazon said, what to do; activity",
    ),
    (
        "was refused",
        "counts it as shipped by now",
        "nothing",
        "*Nothing to tell*; the activity goes",
    ),
    (
        "was refused",
        "cancelled it by now",
        "nothing",
        "*Nothing to tell*; ask for the return",
    ),
    (
        "validated",
        "does not answer",
        "looked up, sent again only if it is not there",
        "*Answer lost*, then *Confirmed*",
    ),
    (
        "shipped something else in place of an item",
        "to be shipped",
        "the rest of the parcel",
        "asked about the item ¹",
    ),
    (
        "shipped something else only",
        "to be shipped",
        "nothing",
        "asked about the items ¹",
    ),
    (
        "set a line of the sale order to 0, added another product",
        "to be shipped",
        "the rest of the parcel",
        "asked at once ¹",
    ),
    (
        "took a line out of the quotation, or put another product into it",
        "to be shipped",
        "the rest of the parcel",
        "asked about the item ¹",
    ),
    (
        "shipped less, without backorder",
        "to be shipped",
        "what left",
        "asked about the rest ¹",
    ),
    (
        "took less in a first step, without backorder",
        "to be shipped",
        "what leaves",
        "asked about the rest ¹",
    ),
    (
        "cancelled a delivery, or a backorder",
        "to be shipped",
        "nothing of it",
        "asked about its units ¹",
    ),
    (
        "took goods back before Amazon was told",
        "to be shipped",
        "what did not come back",
        "asked about what came back ¹; note on the delivery",
    ),
    (
        "took goods back, sent others in exchange",
        "not told yet",
        "each unit once",
        "note on the delivery",
    ),
    (
        "took goods back, sent others in exchange",
        "confirmed",
        "nothing",
        "note on the delivery",
    ),
    ("took goods back", "confirmed", "nothing", "nothing"),
    (
        "shipped more than was ordered",
        "to be shipped",
        "what Amazon awaits",
        "asks for the return; note on the delivery",
    ),
    (
        "shipped units, one of which Amazon cancelled before it was told",
        "to be shipped",
        "what Amazon still awaits",
        "asks for the return; note on the delivery",
    ),
    (
        "shipped units, an item of which Amazon refused since it was cancelled",
        "to be shipped",
        "the rest of the parcel, once Odoo knows",
        "asks for the return; note on the delivery",
    ),
    (
        "shipped the rest of what was shipped elsewhere in part",
        "partly shipped",
        "the rest",
        "nothing",
    ),
    (
        "shipped less than that rest, without backorder",
        "partly shipped",
        "what left",
        "asked about the rest ¹",
    ),
    ("put a sample into the parcel", "to be shipped", "the ordered items", "nothing"),
    (
        "shipped a part, the rest is open or in an earlier step",
        "to be shipped",
        "what left",
        "nothing",
    ),
    ("shipped less, without backorder", "shipped", "nothing", "nothing"),
    (
        "shipped less, without backorder",
        "cancelled",
        "nothing",
        "*Nothing to tell*; ask for the return",
    ),
    (
        "shipped less, without backorder",
        "Ship+, in-store pick-up, Easy Ship, delivery by Amazon",
        "nothing",
        "nothing",
    ),
    (
        "shipped less, without backorder",
        "confirmed by another tool",
        "nothing",
        "nothing",
    ),
    (
        "shipped the known lines of a partial order",
        "to be shipped",
        "what left",
        "nothing of the unknown ones",
    ),
    (
        "cancelled the sale order",
        "to be shipped",
        "nothing",
        "nothing: who cancels it knows",
    ),
]

ALL = {MUGS: 3, PENS: 1}
LOST = AmbiguousError("?", operation="confirmShipment")
AT_REST = {"blocked", "failed", "done", "not_needed"}
REFUSED = "The quantity exceeds the quantity that is left to ship."


def refuse(said=REFUSED):
    return RejectedError(said, operation="confirmShipment")


@dataclass(frozen=True)
class State:
    """What is with Amazon.

    :ivar brought: how the order comes in, keywords of ``build``
    :ivar is_told: whether all of it left and was confirmed before the row begins
    :ivar is_shown: whether Odoo knows how Amazon counts it since
    :ivar is_off: whether another tool confirms the store's parcels
    :ivar has_other: whether somebody else confirms a package by the parcel's number
    :ivar then: what Amazon changes before it would be told, keywords of ``build``
    :ivar answer: what it answers in place of taking the parcel
    :ivar lost: that it takes the parcel, and the answer does not come
    """

    brought: dict = field(default_factory=dict)
    is_told: bool = False
    is_shown: bool = False
    is_off: bool = False
    has_other: bool = False
    then: dict = field(default_factory=dict)
    answer: Exception | None = None
    lost: Exception | None = None


SHIPPED = {"status": "SHIPPED", "elsewhere": ALL}
CANCELLED = {"status": "CANCELLED"}
NOT_CONFIRMED = (
    "FBM_SHIP_PLUS",
    "IN_STORE_PICK_UP",
    "AMAZON_EASY_SHIP",
    "DELIVERY_BY_AMAZON",
)

#: What the words of a column stand for: the states, each of which is tried.
STATES = {
    "to be shipped": [State()],
    "to be shipped, time left": [State({"ship_by": ahead(days=3)})],
    "due within twelve hours, or late": [
        State({"ship_by": ahead(hours=11)}),
        State({"ship_by": ago(hours=1)}),
    ],
    "confirmed": [State(is_told=True)],
    "confirmed, also shipped": [
        State(is_told=True),
        State(is_told=True, is_shown=True),
    ],
    "taken": [State(lost=LOST)],
    "not told yet": [State()],
    "partly shipped": [
        State({"status": "PARTIALLY_SHIPPED", "elsewhere": {MUGS: 1}}),
    ],
    "Ship+, in-store pick-up, Easy Ship, delivery by Amazon": [
        State({"programs": [program]}) for program in NOT_CONFIRMED
    ],
    "cancelled": [State(then=CANCELLED)],
    "shipped": [State(then=SHIPPED)],
    "shipped, or these units confirmed by hand": [
        State(then=SHIPPED),
        State(then=SHIPPED | {"status": "PARTIALLY_SHIPPED"}),
    ],
    "to be shipped, has somebody else's package of that number": [
        State(has_other=True),
    ],
    "refuses since it knows the parcel otherwise": [
        State(answer=refuse("The operation does not support Ship+ orders.")),
    ],
    "refuses for anything else": [State(answer=refuse())],
    "counts it as shipped by now": [State(then=SHIPPED)],
    "cancelled it by now": [State(then=CANCELLED)],
    "does not answer": [State(answer=LOST), State(lost=LOST)],
    "confirmed by another tool": [State(is_off=True)],
}

#: What is done, by the methods ``do_...``: each is tried.
STEPS = {
    "validated, carrier and number there": ["leave"],
    "validated a part, the rest as backorder": ["leave_in_two"],
    "validated several deliveries at once": ["leave_in_two_at_once"],
    "shipped by the piece what is sold by the dozen": ["leave_a_dozen"],
    "shipped serial numbers": ["leave_serial_numbers"],
    "two packages, one number": ["pack_with_one_number"],
    'two packages, "A,B"': ["pack_in_two"],
    'three packages, "A,B"': ["pack_in_three"],
    "no carrier": ["leave_without_carrier"],
    "carrier that Amazon does not know": ["leave_with_unknown_carrier"],
    "no number yet": ["leave_without_number"],
    "method without tracking": ["leave_without_tracking"],
    "components of a kit, without bills of materials": ["leave_kit"],
    "parts of a unit": ["leave_half_a_unit", "leave_half_a_dozen"],
    "shipped an item of the Transparency program": ["leave_without_codes"],
    "Send Shipment Info off": ["leave_switched_off"],
    "corrected the number or carrier": ["correct_number", "correct_carrier"],
    "corrected it while the request is on its way": ["correct_meanwhile"],
    "corrected it while Amazon refuses the wrong one": ["correct_while_refused"],
    "corrected it while an answer is lost": ["correct_meanwhile"],
    "took a refused correction back": ["take_correction_back"],
    "cleared number or carrier": ["clear_number", "clear_carrier"],
    "changed to a carrier that Amazon does not know": ["change_to_unknown_carrier"],
    "dated before the purchase": ["date_before_purchase"],
    "dated in the future": ["date_in_the_future"],
    "validated": ["leave"],
    "validated, while the store is inactive": ["leave_while_inactive"],
    "entered more Transparency codes than units": ["leave_with_too_many_codes"],
    "was refused": ["be_refused"],
    "shipped something else in place of an item": ["substitute_item"],
    "shipped something else only": ["substitute_all"],
    "set a line of the sale order to 0, added another product": ["replace_line"],
    "took a line out of the quotation, or put another product into it": [
        "delete_line",
        "replace_product",
    ],
    "shipped less, without backorder": ["leave_less"],
    "shipped less than that rest, without backorder": ["leave_less_than_rest"],
    "took less in a first step, without backorder": ["pick_less"],
    "cancelled a delivery, or a backorder": ["cancel_delivery", "cancel_backorder"],
    "took goods back before Amazon was told": ["take_one_back", "take_all_back"],
    "took goods back, sent others in exchange": ["exchange"],
    "took goods back": ["take_told_back"],
    "shipped more than was ordered": ["leave_more"],
    "shipped units, one of which Amazon cancelled before it was told": [
        "have_unit_cancelled",
    ],
    "shipped units, an item of which Amazon refused since it was cancelled": [
        "have_item_cancelled",
    ],
    "shipped the rest of what was shipped elsewhere in part": ["leave_rest"],
    "put a sample into the parcel": ["add_sample"],
    "shipped a part, the rest is open or in an earlier step": [
        "leave_part",
        "leave_part_in_steps",
    ],
    "shipped the known lines of a partial order": ["leave_known_lines"],
    "cancelled the sale order": ["cancel_sale"],
}

#: What Amazon is told: the method ``told_...`` that sees it, or what has a blocked
#: shipment go, the methods ``mend_...``: each is tried.
TOLD = {
    "carrier, number, date, items of the parcel": "parcel",
    "each delivery as a package of its own": "two_deliveries",
    "two packages with that number": "one_number",
    "two packages, A and B": "two_numbers",
    "nothing until each has its number": ["each_number"],
    "nothing until it is chosen, on the shipment or the delivery": [
        "carrier_on_shipment",
        "carrier_on_delivery",
    ],
    "nothing until it is mapped": ["mapping"],
    "nothing until each unit has its code": ["codes"],
    "nothing until it is there": ["number"],
    "nothing until *Send now*": ["send_now"],
    "nothing until it is active": ["activate"],
    "nothing until they are corrected": ["codes"],
    "the whole dozens": "units",
    "how many, not which": "numbers_of_units",
    "the parcel under another number": "beside_other",
    "nothing until *Retry* or a correction": ["retry", "number"],
    "the delivery's reference as number; *Other* with the method's name": "reference",
    "the same package again, as it is now": "correction",
    "the request, then the correction": "request_and_correction",
    "the right one": "right_number",
    "looked up, then the correction": "lookup_and_correction",
    "the time of the purchase": "time_of_purchase",
    "now": "time_of_now",
    "nothing": "nothing",
    "nothing more": "nothing_more",
    "looked up, sent again only if it is not there": "once",
    "the rest of the parcel": "units",
    "the rest of the parcel, once Odoo knows": "units",
    "what left": "units",
    "what leaves": "units",
    "nothing of it": "units",
    "what did not come back": "units",
    "each unit once": "units",
    "what Amazon awaits": "units",
    "what Amazon still awaits": "units",
    "the rest": "units",
    "the ordered items": "units",
}

ASKED = {"reminders": ["awaited"]}
#: What a person is told, keywords of ``assertPersonTold``: all of it, nothing else.
PERSON = {
    "*Confirmed*": {"states": ["Confirmed"]},
    "*Blocked*": {"states": ["Blocked"]},
    "*Blocked*; activity": {"states": ["Blocked"], "is_reminded": True},
    "*Blocked*, asks for the number of each parcel; activity": {
        "states": ["Blocked"],
        "reason": "2 tracking numbers for 3 parcels",
        "is_reminded": True,
    },
    "*Blocked*, names the carrier; activity": {
        "states": ["Blocked"],
        "reason": "Velo Courier",
        "is_reminded": True,
    },
    "*Blocked*, names the units; activity": {
        "states": ["Blocked"],
        "reason": "codes missing: 1 x PEN",
        "is_reminded": True,
    },
    "*To send*": {"states": ["To send"]},
    "*Refused*, says what is too much; activity": {
        "states": ["Refused"],
        "reason": "more transparency codes than units",
        "is_reminded": True,
    },
    "*To send*, then *Confirmed*": {"states": ["To send", "Confirmed"]},
    "*Answer lost*, then *Confirmed*": {"states": ["Answer lost", "Confirmed"]},
    "*Confirmed*, with a note that Amazon keeps it": {
        "states": ["Confirmed"],
        "reason": "Amazon keeps",
    },
    "*Nothing to tell*, says why": {"states": ["Nothing to tell"], "reason": "Amazon"},
    "*Nothing to tell*; ask for the return": {
        "states": ["Nothing to tell"],
        "reason": "Ask for the return",
        "reminders": ["cancelled"],
    },
    "*Nothing to tell*; compare the number": {
        "states": ["Nothing to tell"],
        "reason": "Compare the tracking number",
    },
    "*Nothing to tell*, with Amazon's words": {
        "states": ["Nothing to tell"],
        "reason": "does not support Ship+",
    },
    "*Refused*, what Amazon said, what to do; activity": {
        "states": ["Refused"],
        "reason": f"{REFUSED} The parcel holds more units",
        "is_reminded": True,
    },
    "*Nothing to tell*; the activity goes": {"states": ["Nothing to tell"]},
    "*Blocked*; activity; asked about the item ¹": {
        "states": ["Blocked"],
        "is_reminded": True,
        **ASKED,
    },
    "asked about the item ¹": ASKED,
    "asked about the items ¹": ASKED,
    "asked at once ¹": ASKED,
    "asked about the rest ¹": ASKED,
    "asked about its units ¹": ASKED,
    "asked about what came back ¹; note on the delivery": {**ASKED, "has_note": True},
    "nothing": {},
    "nothing of the unknown ones": {},
    "nothing: who cancels it knows": {},
    "note on the delivery": {"has_note": True},
    "asks for the return; note on the delivery": {
        "reminders": ["items"],
        "has_note": True,
    },
}


class ParcelsTableCommon(NotAsOrderedCommon, ShipmentsCommon):
    """Goes through a table.

    :cvar meanings: what the words of its four columns stand for, a dict each
    """

    meanings = (STEPS, STATES, TOLD, PERSON)

    def check_table(self, table):
        steps, states, tellings, persons = self.meanings
        self.first = self.bring()
        self.document = self.fake.documents[self.first[0]]
        for did, state, told, person in table:
            for step in steps[did]:
                for case in states[state]:
                    with (
                        self.subTest(did=did, step=step, state=state, case=case),
                        closing(self.env.cr.savepoint()),
                    ):
                        self.check_case(step, case, tellings[told], persons[person])

    def check_case(self, step, case, told, person):
        """Do a step in a state of Amazon's; see what is told.

        :param told: value of ``TOLD``
        :param person: value of ``PERSON``
        """
        self.amazon.clear()
        self.began = Datetime.now()
        # What of the order Amazon is told in the end, and what a person is asked about.
        self.right, self.missing = ALL, {}
        self.bring_to(case)
        getattr(self, f"do_{step}")()
        if case.has_other:
            self.add_other_package()
        if case.then:
            self.change(self.number, **case.then)
        self.send_until_at_rest()
        self.assertPersonTold(**person)
        if isinstance(told, str):
            getattr(self, f"told_{told}")()
        else:
            self.told_once_mended(told)

    def bring_to(self, case):
        self.connection.send_shipments = not case.is_off
        self.number, self.sale = self.first
        self.fake.add(deepcopy(self.document))
        if case.brought:
            self.number, self.sale = self.bring(**case.brought)
        self.picking = self.sale.picking_ids
        if case.is_told:
            self.do_leave()
            self.send()
        if case.is_shown:
            self.change(self.number)
        self.forget_calls()
        self.fake.errors = [case.answer] if case.answer else []
        self.fake.lost_answer = case.lost

    def bring_anew(self, **more):
        """Have another order in place of that which came in."""
        self.number, self.sale = self.bring(ship_by=ahead(days=3), **more)

    def forget_calls(self):
        self.fake.applied.clear()
        self.fake.calls.clear()

    def send_until_at_rest(self):
        """Send, and keep in which states a person sees the shipments meanwhile."""
        self.seen = []
        for _time in range(4):
            self.send()
            if not self.shipments:
                break
            (state,) = set(self.shipments.mapped("state"))
            labels = dict(self.shipments._fields["state"].selection)
            if self.seen[-1:] != [labels[state]]:
                self.seen.append(labels[state])
            if state in AT_REST:
                break
            self.put_off_is_over("send_shipments")

    @property
    def shipments(self):
        return self.sale.amazon_order_ids.shipment_ids.sorted("id")

    def add_other_package(self):
        """Have Amazon know a package of somebody else's by the shipment's number."""
        other = {
            "packageReferenceId": self.shipments.package_reference,
            "carrier": "FedEx",
            "trackingNumber": "F-OTHER",
            "packageItems": [],
        }
        self.fake.documents[self.number]["packages"] = [other]
        self.change(self.number)

    # === WHAT THE WAREHOUSE DOES === #

    def do_leave(self, **units):
        self.picking = self.leave(self.sale, **units)

    def do_leave_in_two(self):
        self.do_leave(mugs=1, backorder=True)
        self.do_leave(mugs=2, pens=0, tracking="1ZREST")

    def do_leave_in_two_at_once(self):
        """Take a mug and the pen into a second delivery, and validate both together."""
        first = self.picking
        first.do_unreserve()
        second = first.copy({"move_ids": []})
        mugs, pens = first.move_ids.sorted("id")
        moves = pens | mugs.create(mugs._split(1))
        moves.picking_id = second
        self.picking = first | second
        self.picking.action_confirm()
        self.picking.action_assign()
        for one, number in zip(self.picking, ("1Z999", "1ZREST"), strict=True):
            one.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": number})
        self.validate(self.picking)

    def sell_by_the_dozen(self):
        """Have the pen be a dozen of pens."""
        self.sale._action_cancel()
        self.sale.action_draft()
        pens = self.line(self.sale, PENS)
        pens.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.sale.action_confirm()
        self.assertEqual(self.open_quantities(self.sale), {"MUG": 3, "PEN": 12})

    def do_leave_a_dozen(self):
        self.sell_by_the_dozen()
        self.do_leave(pens=12)

    def do_leave_half_a_dozen(self):
        self.sell_by_the_dozen()
        self.do_leave(pens=6, backorder=True)

    def do_leave_serial_numbers(self):
        watch = self._create_product("WATCH", quantity=0)
        watch.tracking = "serial"
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": watch.id} for name in ("SN1", "SN2")]
        )
        for lot in lots:
            self.env["stock.quant"]._update_available_quantity(
                watch, self.warehouse.lot_stock_id, 1, lot_id=lot
            )
        self.bring_anew(pen_sku="WATCH", pens=2)
        self.picking = self.ship(self.sale)
        self.assertEqual(self.picking.move_line_ids.lot_id, lots)
        self.right = {MUGS: 3, PENS: 2}

    def do_leave_while_inactive(self):
        self.connection.active = False
        self.do_leave()

    def do_leave_with_too_many_codes(self):
        self.do_leave()
        lines = self.shipments.line_ids.with_user(self.packer)
        lines[-1:].transparency_codes = "AZ:1 AZ:2"

    def pack(self, numbers, count=2):
        """Ship the pen in the second package, a mug in the third one."""
        boxes = self.env["stock.package"].create([{}] * count)
        mugs, pens = self.picking.move_line_ids.sorted("id")
        self.assertEqual((mugs.product_id, pens.product_id), (self.mug, self.pen))
        mugs.result_package_id, pens.result_package_id = boxes[:2]
        for box in boxes[2:]:
            mugs.quantity -= 1
            mugs.copy({"quantity": 1, "result_package_id": box.id})
        self.picking.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": numbers}
        )
        self.validate(self.picking)

    def do_pack_with_one_number(self):
        self.pack("A")

    def do_pack_in_two(self):
        self.pack("A,B")

    def do_pack_in_three(self):
        self.pack("A,B", count=3)

    def do_leave_without_carrier(self):
        self.ship(self.sale, carrier=False)

    def do_leave_with_unknown_carrier(self):
        self.carrier.name = "Velo Courier"
        self.do_leave()

    def do_leave_without_number(self):
        self.do_leave(tracking=False)

    def do_leave_without_tracking(self):
        self.carrier.write({"name": "Our Van", "amazon_has_no_tracking": True})
        self.do_leave(tracking=False)

    def do_leave_kit(self):
        """Odoo takes a PEN apart, as bills of materials do."""
        lines = self.env.registry["sale.order.line"]
        procure = lines._create_procurements
        parts = {self.pen: self.lamp}

        def explode(line, quantity, uom, values):
            return [
                one._replace(product_id=parts.get(one.product_id, one.product_id))
                for one in procure(line, quantity, uom, values)
            ]

        with patch.object(lines, "_create_procurements", explode):
            self.bring_anew()
        self.do_leave()
        self.missing = {PENS: 1}

    def do_leave_half_a_unit(self):
        self.do_leave(mugs=1.5, backorder=True)

    def do_leave_without_codes(self):
        self.bring_anew(pen_programs=["TRANSPARENCY"])
        self.do_leave()

    def do_leave_switched_off(self):
        self.connection.send_shipments = False
        self.do_leave()

    def copy_carrier(self, name):
        carrier = self.carrier.copy()
        carrier.name = name
        return carrier

    def do_correct_number(self):
        self.picking.carrier_tracking_ref = "1Z-RIGHT"

    def do_correct_carrier(self):
        self.picking.carrier_id = self.copy_carrier("FedEx")

    def do_correct_meanwhile(self):
        self.do_leave()
        self.before_answer(self.do_correct_number)

    def do_correct_while_refused(self):
        self.do_correct_meanwhile()
        self.fake.errors = [refuse()]

    def do_take_correction_back(self):
        self.picking.carrier_tracking_ref = "NONSENSE"
        self.have_refused()
        self.picking.carrier_tracking_ref = "1Z999"

    def have_refused(self):
        self.fake.errors = [refuse()]
        self.send()
        self.assertEqual(self.shipments.state, "failed")
        self.assertTrue(self.get_reminders(self.sale))
        self.forget_calls()

    def do_clear_number(self):
        self.picking.carrier_tracking_ref = False

    def do_clear_carrier(self):
        self.picking.carrier_id = False

    def do_change_to_unknown_carrier(self):
        self.picking.carrier_id = self.copy_carrier("Velo Courier")

    def do_date_before_purchase(self):
        self.do_leave()
        self.picking.date_done = Datetime.now() - timedelta(days=20)

    def do_date_in_the_future(self):
        self.do_leave()
        self.picking.date_done = Datetime.now() + timedelta(days=3)

    def do_be_refused(self):
        self.do_leave()
        self.have_refused()

    def do_substitute_item(self):
        self.do_leave(pens=0, lamps=1)
        self.right, self.missing = {MUGS: 3}, {PENS: 1}

    def do_substitute_all(self):
        self.do_leave(mugs=0, pens=0, lamps=1)
        self.assertFalse(self.shipments)
        self.right, self.missing = {}, ALL

    def do_replace_line(self):
        self.sale.with_user(self.seller).order_line = [
            Command.update(self.line(self.sale, PENS).id, {"product_uom_qty": 0}),
            Command.create({"product_id": self.lamp.id, "product_uom_qty": 1}),
        ]
        self.right, self.missing = {MUGS: 3}, {PENS: 1}
        self.assertAsked(self.sale, self.missing)
        self.do_leave()

    def return_to_quotation(self):
        self.sale._action_cancel()
        self.sale.action_draft()
        self.right, self.missing = {MUGS: 3}, {PENS: 1}
        return self.line(self.sale, PENS).with_user(self.seller)

    def do_delete_line(self):
        self.return_to_quotation().unlink()
        self.sale.with_user(self.seller).action_confirm()
        self.assertAsked(self.sale, self.missing)
        self.do_leave()

    def do_replace_product(self):
        self.return_to_quotation().product_id = self.lamp
        self.sale.with_user(self.seller).action_confirm()
        self.do_leave()

    def do_leave_less(self):
        self.do_leave(mugs=1)
        self.right, self.missing = {MUGS: 1, PENS: 1}, {MUGS: 2}

    def do_leave_less_than_rest(self):
        self.do_leave(mugs=1)
        self.right, self.missing = {MUGS: 1, PENS: 1}, {MUGS: 1}

    def do_pick_less(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.bring_anew()
        self.do_leave_less()
        self.assertAsked(self.sale, self.missing)
        self.do_leave_less()

    def do_cancel_delivery(self):
        self.picking.with_user(self.packer).action_cancel()
        self.right, self.missing = {}, ALL

    def do_cancel_backorder(self):
        self.do_leave(mugs=1, backorder=True)
        self.open_pickings(self.sale).with_user(self.packer).action_cancel()
        self.right, self.missing = {MUGS: 1, PENS: 1}, {MUGS: 2}

    def do_take_one_back(self):
        self.do_leave()
        self.bring_back(self.picking, mugs=1)
        self.right, self.missing = {MUGS: 2, PENS: 1}, {MUGS: 1}

    def do_take_all_back(self):
        self.do_leave()
        self.bring_back(self.picking, mugs=3, pens=1)
        self.right, self.missing = {}, ALL

    def do_exchange(self):
        if self.picking.state != "done":
            self.do_leave()
        self.bring_back(self.picking, exchange=True, mugs=1)
        exchange = self.open_pickings(self.sale)
        exchange.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1ZX"})
        self.validate(exchange)

    def do_take_told_back(self):
        self.bring_back(self.picking, mugs=3, pens=1)

    def do_leave_more(self):
        self.do_leave(mugs=4)

    def do_have_unit_cancelled(self):
        self.do_leave()
        self.change(self.number, mugs=2)
        self.right = {MUGS: 2, PENS: 1}

    def do_have_item_cancelled(self):
        self.do_leave()
        self.have_refused()
        self.change(self.number, pens=0)
        self.right = {MUGS: 3}

    def do_leave_rest(self):
        self.do_leave(mugs=2)
        self.right = {MUGS: 2, PENS: 1}

    def do_add_sample(self):
        self.do_leave(lamps=1)

    def do_leave_part(self):
        self.do_leave(mugs=1, backorder=True)
        self.right = {MUGS: 1, PENS: 1}

    def do_leave_part_in_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.bring_anew()
        self.do_leave_part()
        last = self.open_pickings(self.sale) - self.picking.backorder_ids
        last.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z999"})
        self.validate(last)

    def do_leave_known_lines(self):
        self.connection.unknown_product = "partial"
        self.bring_anew(pen_sku="NOBODY KNOWS")
        self.do_leave()
        self.right = {MUGS: 3}

    def do_cancel_sale(self):
        self.sale.with_user(self.seller)._action_cancel()

    # === WHAT A PERSON IS TOLD === #

    def assertPersonTold(
        self, states=None, reason="", reminders=(), is_reminded=False, has_note=False
    ):
        """See that all this is told, and nothing else.

        :param states: in which the shipments are seen, ``None`` for any
        :param reason: words of what they say
        :param reminders: what else is asked of a person, as ``reminders`` returns it
        :param is_reminded: whether the shipments are an activity
        """
        if states is not None:
            self.assertEqual(self.seen, states)
        for shipment in self.shipments if reason else ():
            self.assertIn(reason, shipment.error or "")
        self.assertEqual(len(self.get_reminders(self.sale)), is_reminded)
        others = ["shipment"] if is_reminded else []
        self.assertEqual(self.reminders(self.sale), sorted([*reminders, *others]))
        self.assertAsked(self.sale, self.missing if "awaited" in reminders else {})
        notes = self.sale.picking_ids.message_ids.filtered(
            lambda one: any(
                words in one.body
                for words in (
                    "than Amazon awaits",
                    "Taken out of",
                    "in place of what came back",
                )
            )
        )
        self.assertEqual(bool(notes), has_note, notes.mapped("body"))

    # === WHAT AMAZON IS TOLD === #

    def told_parcel(self):
        (detail,) = self.sent()
        self.assertEqual(
            (detail["carrierCode"], detail["trackingNumber"]), ("UPS", "1Z999")
        )
        self.assertEqual(self.get_told_date(), self.picking.date_done)
        self.told_units()

    def get_told_date(self):
        (detail,) = self.sent()
        date = parse_time(detail["shipDate"]).astimezone(timezone.utc)
        return date.replace(tzinfo=None)

    def told_units(self):
        self.assertEqual(self.confirmed(self.number), self.right)

    def told_numbers(self, *numbers):
        """See that each number was told in a package of its own."""
        self.assertEqual(self.sent_numbers(), list(numbers))
        references = {detail["packageReferenceId"] for detail in self.sent()}
        self.assertEqual(len(references), len(numbers))
        self.told_units()

    def told_two_deliveries(self):
        self.told_numbers("1Z999", "1ZREST")
        first, second = self.sent()
        self.assertEqual(sum(item["quantity"] for item in first["orderItems"]), 2)
        self.assertEqual(sum(item["quantity"] for item in second["orderItems"]), 2)

    def told_one_number(self):
        self.told_numbers("A", "A")

    def told_two_numbers(self):
        self.told_numbers("A", "B")
        items = [detail["orderItems"][0]["orderItemId"] for detail in self.sent()]
        self.assertEqual(items, [MUGS, PENS])

    def told_numbers_of_units(self):
        self.told_units()
        self.assertNotIn("SN1", str(self.sent()))

    def told_beside_other(self):
        other, own = self.fake.documents[self.number]["packages"]
        self.assertEqual(other["trackingNumber"], "F-OTHER")
        self.assertEqual(own["trackingNumber"], "1Z999")
        self.assertEqual(own["packageReferenceId"], self.shipments.package_reference)
        self.told_units()

    def told_reference(self):
        (detail,) = self.sent()
        self.assertEqual(detail["trackingNumber"], self.picking.name)
        self.assertEqual(detail["carrierCode"], "Other")
        self.assertEqual(detail["carrierName"], "Our Van")

    def told_correction(self):
        (detail,) = self.sent()
        (package,) = self.fake.documents[self.number]["packages"]
        self.assertEqual(detail["packageReferenceId"], self.shipments.package_reference)
        carrier = "FedEx" if self.picking.carrier_id != self.carrier else "UPS"
        for told in (detail["carrierCode"], package["carrier"]):
            self.assertEqual(told, carrier)
        self.assertEqual(package["trackingNumber"], self.picking.carrier_tracking_ref)

    def told_request_and_correction(self):
        self.assertEqual(self.sent_numbers(), ["1Z999", "1Z-RIGHT"])
        self.assertEqual(len(self.fake.documents[self.number]["packages"]), 1)

    def told_lookup_and_correction(self):
        self.assertEqual(self.fake.count("getOrder"), 1)
        self.told_request_and_correction()

    def told_right_number(self):
        self.assertEqual(self.sent_numbers(), ["1Z-RIGHT"])

    def told_time_of_purchase(self):
        late = self.get_told_date() - self.sale.amazon_order_ids.purchase_date
        self.assertTrue(timedelta(0) <= late <= timedelta(seconds=2), late)

    def told_time_of_now(self):
        date = self.get_told_date()
        self.assertTrue(self.began <= date <= Datetime.now(), date)

    def told_nothing(self):
        self.assertFalse(self.fake.count("confirmShipment"))

    def told_nothing_more(self):
        calls = self.fake.count("confirmShipment")
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), calls)
        self.assertFalse(self.sent())

    def told_once(self):
        self.assertEqual(self.fake.count("getOrder"), 1)
        self.assertEqual(len(self.sent()), 1)
        self.told_units()

    def told_once_mended(self, mends):
        """See that nothing is told until a person did something."""
        self.assertFalse(self.sent())
        for mend in mends:
            with self.subTest(mend=mend), closing(self.env.cr.savepoint()):
                getattr(self, f"mend_{mend}")()
                self.send()
                self.assertEqual(set(self.shipments.mapped("state")), {"done"})
                self.assertEqual(len(self.sent()), len(self.shipments))
                self.assertFalse(self.get_reminders(self.sale))
            self.forget_calls()

    # === WHAT HAS A BLOCKED SHIPMENT GO === #

    def mend_each_number(self):
        for number, shipment in enumerate(self.shipments):
            shipment.with_user(self.packer).tracking_ref = f"T{number}"

    def mend_carrier_on_shipment(self):
        self.shipments.with_user(self.packer).carrier_id = self.carrier

    def mend_carrier_on_delivery(self):
        self.shipments.picking_id.with_user(self.packer).carrier_id = self.carrier

    def mend_mapping(self):
        self.env["amazon.carrier"].create(
            {
                "delivery_carrier_id": self.shipments.carrier_id.id,
                "carrier_code": "Other",
                "carrier_name": "Velo Courier",
            }
        )

    def mend_codes(self):
        lines = self.shipments.line_ids.with_user(self.packer)
        protected = lines.filtered(lambda line: line.amazon_item_ref == PENS)
        protected.transparency_codes = "AZ:1"

    def mend_number(self):
        self.picking.with_user(self.packer).carrier_tracking_ref = "1Z-RIGHT"

    def mend_send_now(self):
        self.shipments.with_user(self.packer).action_send_now()

    def mend_activate(self):
        self.connection.active = True

    def mend_retry(self):
        self.shipments.with_user(self.packer).action_retry()


@tagged("post_install", "-at_install")
class TestParcelsTable(ParcelsTableCommon):
    def test_each_row(self):
        self.check_table(TABLE)
