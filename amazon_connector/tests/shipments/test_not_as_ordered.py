"""What leaves is not what was ordered: never told wrongly, and asked about once."""

from collections import Counter
from itertools import pairwise
from random import Random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.orders.delivery_stage import is_gone
from ...models.shipments.awaited_units import AwaitedUnits, split_units
from ...models.shipments.not_as_ordered import AmazonOrder as ShipmentsOfOrder
from ...spapi.errors import AmbiguousError
from ..changes_common import MUGS, PENS, ChangesCommon, ReadyOrderCommon

#: Of the histories; what is more likely stands here twice.
EVENTS = (
    "leave",
    "leave",
    "come_and_go",
    "cancel",
    "return",
    "send",
    "less",
    "answer",
    "answer",
)


class NotAsOrderedCommon(ReadyOrderCommon):
    """3 MUG and 1 PEN were ordered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packer = new_test_user(cls.env, "packer", "stock.group_stock_user")
        cls.seller = new_test_user(
            cls.env, "seller", "sales_team.group_sale_salesman_all_leads"
        )

    # === WHAT THE WAREHOUSE DOES === #

    def leave(self, sale, mugs=3, pens=1, backorder=False, tracking="1Z999", **others):
        """Validate the open delivery with so many units, and other products beside."""
        picking = self.open_pickings(sale)
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": tracking})
        units = {"MUG": mugs, "PEN": pens, "LAMP": 1}
        for move in picking.move_ids.filtered(lambda move: move.state != "cancel"):
            move.quantity = units[move.product_id.default_code]
            move.picked = True
        if others:
            picking.move_ids = [
                Command.create(
                    {
                        "product_id": self.lamp.id,
                        "product_uom_qty": others["lamps"],
                        "quantity": others["lamps"],
                        "picked": True,
                        "location_id": picking.location_id.id,
                        "location_dest_id": picking.location_dest_id.id,
                    }
                )
            ]
        context = {"skip_backorder": True, "skip_sms": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()
        self.settle_deliveries()
        self.assertEqual(picking.state, "done")
        return picking

    def bring_back(self, picking, exchange=False, is_done=True, **units):
        """Have so many units returned; return the transfer that brings them."""
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=picking.id, active_model="stock.picking"
            )
        ).save()
        skus = {"MUG": units.get("mugs", 0), "PEN": units.get("pens", 0)}
        for line in wizard.product_return_moves:
            line.quantity = skus[line.product_id.default_code]
        action = wizard.action_create_exchanges() if exchange else None
        returned = (
            picking.browse(action["res_id"]) if exchange else wizard._create_return()
        )
        if is_done:
            self.validate(returned)
        return returned

    # === WHAT IS SEEN === #

    def confirmed(self, number):
        """Return what Amazon has of the order, ``{item ref: units}``."""
        return {
            ref: units
            for ref in (MUGS, PENS)
            if (units := self.units_shipped(number, ref))
        }

    def assertAsked(self, sale, units, picking=None):
        """See that one question is asked, about these units."""
        order = sale.amazon_order_ids
        self.assertEqual(order.missing_units or {}, units)
        self.assertEqual(self.reminders(sale).count("awaited"), 1 if units else 0)
        for delivery in picking or sale.picking_ids.filtered(
            lambda one: not one._is_amazon_return()
        ):
            shown = delivery.with_user(self.packer).amazon_missing_units_question
            self.assertEqual(bool(shown), bool(units))
        if units:
            (activity,) = sale.activity_ids.filtered(
                lambda one: (
                    one.activity_type_id
                    == self.env.ref("amazon_connector.mail_activity_type_order_awaited")
                )
            )
            self.assertIn(order.missing_units_question, activity.note)
            self.assertEqual(activity.user_id, self.connection._get_responsible())

    def assertNotAsked(self, sale):
        self.assertAsked(sale, {})


@tagged("post_install", "-at_install")
class TestNotAsOrdered(NotAsOrderedCommon):
    # === ASKED === #

    def test_a_line_set_to_nothing_is_answered_once_the_delivery_left(self):
        _number, sale = self.bring_ready()
        self.line(sale, PENS).with_user(self.seller).product_uom_qty = 0
        picking = self.open_pickings(sale)
        self.assertFalse(picking.amazon_is_answerable)
        self.leave(sale)
        self.assertTrue(picking.amazon_is_answerable)
        self.assertAsked(sale, {PENS: 1})

    def test_what_came_back_before_amazon_was_told_waits(self):
        _number, sale = self.bring_ready()
        picking = self.leave(sale, tracking=False)
        self.bring_back(picking, mugs=3, pens=1)
        self.assertAsked(sale, {MUGS: 3, PENS: 1}, picking)
        picking.carrier_tracking_ref = "1ZLATE"
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertEqual(picking.amazon_shipment_ids.state, "not_needed")

    def test_of_what_came_back_in_part_the_rest_is_told(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.bring_back(picking, mugs=1)
        self.assertAsked(sale, {MUGS: 1}, picking)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})

    def test_the_product_of_a_line_was_replaced(self):
        number, sale = self.bring_ready()
        sale._action_cancel()
        sale.action_draft()
        self.line(sale, PENS).with_user(self.seller).product_id = self.lamp
        sale.action_confirm()
        self.leave_replaced(sale)
        self.assertAsked(sale, {PENS: 1})
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3})

    def test_what_was_ordered_on_amazon_is_not_written_by_hand(self):
        _number, sale = self.bring_ready()
        line = self.line(sale, PENS).with_user(self.seller)
        with self.assertRaises(AccessError):
            line.amazon_replaced_product_id = self.lamp
        with self.assertRaises(AccessError):
            sale.with_user(self.seller).order_line = [
                Command.update(line.id, {"amazon_replaced_product_id": self.lamp.id})
            ]
        with self.assertRaises(AccessError):
            sale.with_user(self.seller).order_line = [
                Command.create(
                    {
                        "product_id": self.pen.id,
                        "amazon_replaced_product_id": self.lamp.id,
                    }
                )
            ]
        self.assertFalse(sale.order_line.amazon_replaced_product_id)

    def test_the_outbox_is_gone_through_once_for_all_items(self):
        _number, sale = self.bring_ready()
        self.leave(sale, mugs=1, backorder=True, tracking=False)
        self.leave(sale, mugs=2, pens=0, tracking=False)
        order = sale.amazon_order_ids
        with patch.object(
            ShipmentsOfOrder,
            "_get_waiting_shipments",
            autospec=True,
            side_effect=ShipmentsOfOrder._get_waiting_shipments,
        ) as look:
            order._count_awaited_units()
        self.assertEqual(look.call_count, 1)

    def leave_replaced(self, sale):
        picking = self.ship(sale)
        self.assertIn(self.lamp, picking.move_ids.product_id)
        return picking

    def test_a_product_that_is_put_back_is_confirmed(self):
        number, sale = self.bring_ready()
        sale._action_cancel()
        sale.action_draft()
        line = self.line(sale, PENS).with_user(self.seller)
        line.product_id = self.lamp
        line.product_id = self.pen
        sale.action_confirm()
        self.ship(sale)
        self.send()
        self.assertNotAsked(sale)
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    # === NEVER MORE THAN AMAZON AWAITS === #

    def test_too_much_in_a_second_package_is_left_out(self):
        number, sale = self.bring_ready()
        self.leave(sale, mugs=2, pens=1, backorder=True)
        self.send()
        second = self.ship(sale, quantities={"MUG": 3})
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertIn("2 x MUG", str(second.message_ids.mapped("body")))

    def test_an_exchange_is_not_told_twice(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.send()
        self.bring_back(picking, exchange=True, mugs=1)
        exchange = self.open_pickings(sale)
        self.assertTrue(exchange)
        self.validate(exchange)
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), 1)
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertFalse(exchange.amazon_shipment_ids)
        self.assertNotAsked(sale)
        said = str(exchange.message_ids.mapped("body"))
        self.assertIn("in place of what came back", said)
        self.assertIn("1 x MUG", said)
        self.assertNotIn("by mistake", said)
        self.assertNotIn("items", self.reminders(sale))

    def test_more_than_came_back_is_said_to_be_too_much(self):
        _number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.send()
        self.bring_back(picking, exchange=True, mugs=1)
        exchange = self.open_pickings(sale)
        exchange.move_ids.quantity = 3
        self.validate(exchange)
        again, too_much = (
            str(body)
            for body in exchange.message_ids.sorted("id").mapped("body")
            if "MUG" in body
        )
        self.assertIn("1 x MUG", again)
        self.assertIn("2 x MUG", too_much)
        self.assertIn("by mistake", too_much)
        self.assertIn("2 x MUG too much", self.get_return_note(sale))

    def get_return_note(self, sale):
        """Return what the activity says that asks for a return."""
        reminder = "amazon_connector.mail_activity_type_order_items"
        return str(sale.activity_search([reminder]).note)

    def test_what_is_too_much_is_asked_back_until_it_came_back(self):
        _number, sale = self.bring_ready()
        first = self.leave(sale, mugs=2, pens=2, backorder=True)
        self.assertIn("1 x PEN too much", self.get_return_note(sale))
        second = self.leave(sale, mugs=3)
        self.assertIn("2 x MUG, 1 x PEN too much", self.get_return_note(sale))
        self.send()
        self.assertEqual(self.reminders(sale), ["items"])
        self.bring_back(second, mugs=1)
        self.bring_back(first, pens=1)
        self.assertEqual(self.reminders(sale), ["items"])
        self.bring_back(second, mugs=1)
        self.assertNotIn("items", self.reminders(sale))

    def test_what_is_too_much_beside_what_left_elsewhere_is_asked_back(self):
        _number, sale = self.bring(status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        picking = self.leave(sale, mugs=3)
        self.assertIn("1 x MUG too much", self.get_return_note(sale))
        self.bring_back(picking, pens=1)
        self.assertIn("items", self.reminders(sale))
        self.bring_back(picking, mugs=1)
        self.assertNotIn("items", self.reminders(sale))

    def test_what_came_back_before_it_was_looked_at_is_not_asked_back(self):
        _number, sale = self.bring_ready()
        with self.patch_settling():
            picking = self.leave(sale, mugs=4)
            self.bring_back(picking, mugs=1)
        self.settle_deliveries()
        self.assertNotIn("items", self.reminders(sale))

    def test_what_amazon_does_not_await_comes_back_first(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale, mugs=4, tracking=False)
        self.bring_back(picking, mugs=1)
        self.assertNotAsked(sale)
        picking.carrier_tracking_ref = "1Z"
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_what_is_too_much_once_it_is_sent_out_again_is_asked_back(self):
        _number, sale = self.bring_ready()
        picking = self.leave(sale, mugs=4)
        returned = self.bring_back(picking, mugs=2)
        self.assertNotIn("items", self.reminders(sale))
        self.bring_back(returned, mugs=2)
        self.assertIn("1 x MUG too much", self.get_return_note(sale))

    def test_what_is_too_much_though_amazon_awaited_it_is_asked_back(self):
        number, sale = self.bring_ready()
        first = self.leave(sale, mugs=2, backorder=True, tracking=False)
        self.leave(sale, mugs=2)
        self.bring_back(first, mugs=1)
        self.assertNotIn("items", self.reminders(sale))
        self.assertAsked(sale, {MUGS: 1})
        sale.amazon_order_ids.action_ship_rest()
        self.leave(sale, mugs=1)
        first.carrier_tracking_ref = "1Z"
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertIn("1 x MUG too much", self.get_return_note(sale))

    def patch_settling(self):
        """Have what is done not looked at before the end."""
        return patch.object(type(self), "settle_deliveries", lambda self: None)

    def test_an_exchange_before_amazon_was_told_is_told_once(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale, tracking=False)
        self.bring_back(picking, exchange=True, mugs=1)
        self.assertNotAsked(sale)
        exchange = self.open_pickings(sale)
        for one in (picking, exchange):
            one.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z"})
        self.validate(exchange)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    # Odoo has the exchange leave with the backorder that is open.

    def bring_exchange_in_backorder(self, tracking="1Z999", is_back=True):
        """Have 2 MUG leave, and 1 of them exchanged while 1 MUG and 1 PEN are open.

        :param is_back: whether the buyer's parcel is there already
        :return: order number, sale order, what left first, the return
        """
        number, sale = self.bring_ready()
        first = self.leave(sale, mugs=2, pens=0, backorder=True, tracking=tracking)
        self.send()
        rest = self.open_pickings(sale)
        returned = self.bring_back(first, exchange=True, is_done=is_back, mugs=1)
        self.assertEqual(self.open_pickings(sale) - returned, rest)
        self.assertEqual(self.open_quantities_of(rest), {"MUG": 2, "PEN": 1})
        self.assertEqual(rest.partner_id, first.partner_id)
        return number, sale, first, returned

    def open_quantities_of(self, picking):
        moves = picking.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        return {
            product.default_code: sum(of_product.mapped("product_uom_qty"))
            for product, of_product in moves.grouped("product_id").items()
        }

    def said_on(self, picking):
        return str(picking.message_ids.mapped("body"))

    def test_an_exchange_that_leaves_with_the_rest_is_not_told_twice(self):
        number, sale, _first, _returned = self.bring_exchange_in_backorder()
        self.assertNotAsked(sale)
        rest = self.leave(sale, mugs=2, tracking="1Z998")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertIn("in place of what came back", self.said_on(rest))
        self.assertNotIn("by mistake", self.said_on(rest))
        self.assertNotAsked(sale)
        self.assertNotIn("items", self.reminders(sale))

    def test_of_the_rest_a_part_leaves_and_the_exchange_later(self):
        number, sale, _first, _returned = self.bring_exchange_in_backorder()
        self.leave(sale, mugs=1, backorder=True, tracking="1Z998")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)
        last = self.leave(sale, mugs=1, tracking="1Z997")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertIn("in place of what came back", self.said_on(last))
        self.assertNotAsked(sale)

    def test_an_exchange_with_the_rest_before_amazon_was_told_at_all(self):
        number, sale, first, _returned = self.bring_exchange_in_backorder(False)
        self.assertFalse(self.confirmed(number))
        self.assertNotAsked(sale)
        self.leave(sale, mugs=2, tracking="1Z998")
        first.carrier_tracking_ref = "1Z999"
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)
        self.assertNotIn("items", self.reminders(sale))

    def test_less_than_the_rest_with_the_exchange_is_asked_about(self):
        number, sale, _first, _returned = self.bring_exchange_in_backorder()
        self.leave(sale, mugs=0, tracking="1Z998")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        self.assertAsked(sale, {MUGS: 1})

    def test_the_rest_with_the_exchange_is_cancelled(self):
        number, sale, _first, _returned = self.bring_exchange_in_backorder()
        self.open_pickings(sale).action_cancel()
        self.assertAsked(sale, {MUGS: 1, PENS: 1})
        sale.amazon_order_ids.action_ship_rest()
        self.leave(sale, mugs=1, tracking="1Z998")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_the_exchange_leaves_before_the_buyers_parcel_is_back(self):
        number, sale, _first = self.have_exchange_leave_early("1Z999")
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_of_an_exchange_that_amazon_may_be_told_of_a_person_is_asked(self):
        number, sale, first = self.have_exchange_leave_early(False)
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        self.assertAsked(sale, {MUGS: 1})
        sale.amazon_order_ids.action_confirm_as_ordered()
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertEqual(first.amazon_confirmation_state, "confirmed")

    def have_exchange_leave_early(self, tracking):
        """Have the exchange leave with the rest, then the buyer's parcel come in.

        :return: order number, sale order, what left first
        """
        number, sale, first, returned = self.bring_exchange_in_backorder(
            tracking, is_back=False
        )
        self.assertEqual(self.confirmed(number), {MUGS: 2} if tracking else {})
        rest = self.open_pickings(sale) - returned
        rest.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z998"})
        self.validate(rest)
        self.assertIn("1 x MUG too much", self.get_return_note(sale))
        self.validate(returned)
        self.assertNotIn("items", self.reminders(sale))
        first.carrier_tracking_ref = "1Z999"
        self.send()
        return number, sale, first

    def test_amazon_cancels_the_rest_and_the_exchange_is_still_delivered(self):
        self.have_rest_cancelled(is_back=True)

    def test_it_is_before_the_buyers_parcel_is_back_as_well(self):
        self.have_rest_cancelled(is_back=False)

    def have_rest_cancelled(self, is_back):
        number, sale, _first, returned = self.bring_exchange_in_backorder(
            is_back=is_back
        )
        self.change(number, mugs=2)
        rest = self.open_pickings(sale) - returned
        self.assertEqual(self.open_quantities_of(rest), {"MUG": 1, "PEN": 1})
        if not is_back:
            self.validate(returned)
        self.leave(sale, mugs=1, tracking="1Z998")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        self.assertNotAsked(sale)
        self.assertNotIn("items", self.reminders(sale))

    def test_of_a_unit_cancelled_on_amazon_the_rest_of_the_parcel_is_told(self):
        number, sale = self.bring_ready()
        self.leave(sale)
        self.change(number, mugs=2)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        self.assertNotAsked(sale)
        self.assertEqual(self.reminders(sale), ["items"])

    def test_an_item_cancelled_on_amazon_is_taken_out_of_a_refused_parcel(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        picking.amazon_shipment_ids._mark_failed("Amazon refused it.")
        self.change(number, pens=0)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3})
        self.assertEqual(picking.amazon_shipment_ids.state, "done")

    def test_what_was_shipped_elsewhere_is_not_asked_about(self):
        _number, sale = self.bring(status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        picking = self.ship(sale)
        self.assertNotAsked(sale)
        self.send()
        self.assertNotAsked(sale)
        self.assertEqual(sum(picking.move_ids.mapped("quantity")), 3)

    def test_of_an_order_shipped_elsewhere_in_part_the_rest_is_asked_about(self):
        _number, sale = self.bring(status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.leave(sale, mugs=1)
        self.assertAsked(sale, {MUGS: 1})

    def test_what_counts_as_told_until_it_is_looked_up_is_asked_about_then(self):
        """Two of three were not shipped elsewhere, and the parcel is not sent."""
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.lose_request()
        self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.assertNotAsked(sale)
        self.look_up()
        self.assertEqual(picking.amazon_shipment_ids.state, "not_needed")
        self.assertAsked(sale, {MUGS: 2, PENS: 1})

    # === THE ANSWER IS LOST === #

    def lose_request(self):
        """Have a confirmation not reach Amazon, without anybody knowing."""
        self.fake.errors = [AmbiguousError("No answer.", operation="confirmShipment")]
        self.send()

    def look_up(self):
        self.put_off_is_over("send_shipments")
        self.send()

    def test_what_came_back_while_the_answer_was_lost_is_not_told(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.lose_request()
        self.bring_back(picking, mugs=1)
        self.assertNotAsked(sale)
        self.look_up()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        self.assertAsked(sale, {MUGS: 1}, picking)

    def test_all_of_it_came_back_while_the_answer_was_lost(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.lose_request()
        self.bring_back(picking, mugs=1)
        self.bring_back(picking, mugs=2, pens=1)
        self.look_up()
        self.assertFalse(self.confirmed(number))
        self.assertEqual(picking.amazon_shipment_ids.state, "not_needed")
        self.assertAsked(sale, {MUGS: 3, PENS: 1}, picking)

    def test_what_came_back_while_amazon_took_it_stays_told(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.fake.lost_answer = AmbiguousError("Lost.", operation="confirmShipment")
        self.send()
        self.bring_back(picking, mugs=1)
        self.look_up()
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "done")
        self.assertFalse(shipment.returned_units)
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    # === NOT ASKED === #

    def test_what_somebody_told_before_the_parcel_was_is_not_asked_about(self):
        """Amazon's document is older than the confirmation."""
        number, sale = self.bring_ready()
        self.ship(sale, settled=False)
        self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        sale.amazon_order_ids._settle_missing_units()
        self.assertNotAsked(sale)

    def test_deliveries_in_steps_are_not_asked_about(self):
        for steps, done in (("pick_ship", 1), ("pick_pack_ship", 1)):
            with self.subTest(steps):
                number, sale = self.bring_in_steps(steps, done)
                self.assertNotAsked(sale)
                while self.open_pickings(sale):
                    self.ship_step(sale)
                    self.assertNotAsked(sale)
                self.send()
                self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def ship_step(self, sale):
        picking = self.open_pickings(sale)
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z"})
        self.validate(picking)

    def test_who_cancels_the_sale_order_is_not_asked(self):
        _number, sale = self.bring_ready()
        sale.with_user(self.seller)._action_cancel()
        self.assertNotAsked(sale)
        self.assertFalse(sale.message_ids.filtered(lambda one: "awaits" in one.body))

    def test_programs_that_amazon_takes_no_confirmation_of_are_not_asked_about(self):
        for program in ("FBM_SHIP_PLUS", "IN_STORE_PICK_UP", "AMAZON_EASY_SHIP"):
            with self.subTest(program):
                _number, sale = self.bring(programs=[program])
                self.leave(sale, mugs=1)
                self.assertNotAsked(sale)

    def test_a_store_that_another_tool_confirms_is_not_asked_about(self):
        self.connection.send_shipments = False
        _number, sale = self.bring()
        self.leave(sale, mugs=1)
        self.assertNotAsked(sale)

    def test_what_was_not_asked_is_asked_once_odoo_tells_amazon(self):
        self.connection.send_shipments = False
        _number, sale = self.bring()
        other_number, other = self.bring()
        self.leave(sale, mugs=1)
        self.leave(other, mugs=1)
        self.change(other_number, mugs=1)
        self.connection.send_shipments = True
        self.send()
        self.assertAsked(sale, {MUGS: 2})
        self.assertNotAsked(other)
        # Nobody looks through them again.
        self.assertFalse(
            (sale + other).amazon_order_ids.filtered("is_question_delayed")
        )

    def test_a_free_sample_in_the_parcel_is_not_asked_about(self):
        number, sale = self.bring_ready()
        self.leave(sale, lamps=1)
        self.send()
        self.assertNotAsked(sale)
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_lines_that_wait_for_their_product_are_not_asked_about(self):
        self.connection.unknown_product = "partial"
        _number, sale = self.bring(pen_sku="NOBODY KNOWS")
        self.assertEqual(sale.amazon_order_ids.state, "partial")
        self.ship(sale)
        self.assertNotAsked(sale)

    def test_what_returns_after_amazon_was_told_is_not_asked_about(self):
        _number, sale = self.bring_shipped()
        self.give_back(sale.picking_ids)
        self.assertNotAsked(sale)

    # === SETTLED === #

    def test_after_a_unit_that_was_told_came_back_the_rest_is_told(self):
        number, sale = self.bring_ready()
        first = self.leave(sale, mugs=1, backorder=True)
        self.send()
        self.bring_back(first, mugs=1)
        self.leave(sale, mugs=2)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_units_cancelled_on_amazon_are_not_asked_about_any_more(self):
        number, sale = self.bring_ready()
        self.leave(sale, mugs=1)
        self.send()
        self.change(number, mugs=2)
        self.assertAsked(sale, {MUGS: 1})
        self.change(number, mugs=1)
        self.assertNotAsked(sale)

    def test_a_line_that_is_put_right_again_settles_the_question(self):
        _number, sale = self.bring_ready()
        line = self.line(sale, PENS).with_user(self.seller)
        line.product_uom_qty = 0
        self.assertAsked(sale, {PENS: 1})
        line.product_uom_qty = 1
        self.assertNotAsked(sale)

    def test_nobody_is_asked_twice_about_the_same_units(self):
        number, sale = self.bring_ready()
        self.leave(sale, mugs=1)
        sale.activity_ids.action_done()
        for wished in ({"discount": "-1.00"}, {"discount": "-2.00"}):
            self.change(number, **wished)
            self.send()
        self.assertFalse(self.reminders(sale))
        self.assertEqual(sale.amazon_order_ids.missing_units, {MUGS: 2})
        said = sale.message_ids.filtered(lambda one: "Amazon awaits" in one.body)
        self.assertEqual(len(said), len(set(said.mapped("body"))))


@tagged("post_install", "-at_install")
class TestAnswers(NotAsOrderedCommon):
    def bring_asked(self):
        """Return an order of which 2 MUG did not leave, and its delivery."""
        number, sale = self.bring()
        picking = self.leave(sale, mugs=1)
        return number, sale, picking.with_user(self.packer)

    # === CONFIRM AS ORDERED === #

    def test_confirmed_as_ordered_before_the_parcel_was_told(self):
        number, sale, picking = self.bring_asked()
        picking.action_confirm_amazon_as_ordered()
        self.assertNotAsked(sale)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertEqual(self.fake.count("confirmShipment"), 1)

    def test_confirmed_as_ordered_after_the_parcel_was_told(self):
        number, sale, picking = self.bring_asked()
        self.send()
        picking.action_confirm_amazon_as_ordered()
        self.assertNotAsked(sale)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertEqual(len(self.fake.documents[number]["packages"]), 1)

    def test_a_substitute_is_confirmed_as_the_ordered_item(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale, mugs=0, pens=0, lamps=1)
        picking.with_user(self.packer).action_confirm_amazon_as_ordered()
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.line_ids.product_id, self.mug | self.pen)
        self.assertEqual(shipment.tracking_ref, "1Z999")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_what_was_handed_over_is_confirmed_with_the_cancelled_delivery(self):
        number, sale = self.bring_ready()
        picking = sale.picking_ids
        picking.action_cancel()
        picking.with_user(self.packer).action_confirm_amazon_as_ordered()
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "blocked")
        shipment.write({"carrier_id": self.carrier.id, "tracking_ref": "1ZHAND"})
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_what_came_back_can_be_confirmed_all_the_same(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.bring_back(picking, mugs=3, pens=1)
        picking.with_user(self.packer).action_confirm_amazon_as_ordered()
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_beside_packages_that_amazon_knows_another_shipment_is_made(self):
        number, sale = self.bring_ready()
        picking = self.open_pickings(sale)
        picking.move_ids.move_line_ids.result_package_id = self.env[
            "stock.package"
        ].create({})
        self.leave(sale, mugs=1)
        self.send()
        picking.action_confirm_amazon_as_ordered()
        self.assertEqual(len(picking.amazon_shipment_ids), 2)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_nothing_is_confirmed_of_an_order_of_which_nothing_is_over(self):
        _number, sale = self.bring_ready()
        self.line(sale, PENS).with_user(self.seller).product_uom_qty = 0
        message = "Validate it first"
        with self.assertRaisesRegex(UserError, message):
            sale.picking_ids.with_user(self.packer).action_confirm_amazon_as_ordered()
        self.assertAsked(sale, {PENS: 1})

    # === SHIP THE REST === #

    def test_the_rest_is_shipped(self):
        number, sale, picking = self.bring_asked()
        total = sale.amount_total
        picking.action_ship_amazon_rest()
        self.assertNotAsked(sale)
        self.assertEqual(self.open_quantities(sale), {"MUG": 2})
        self.ship(sale, tracking="1ZREST")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertEqual(sale.amount_total, total)
        self.assertNotAsked(sale)

    def test_the_goods_of_a_cancelled_delivery_are_shipped(self):
        number, sale = self.bring_ready()
        picking = sale.picking_ids
        picking.action_cancel()
        picking.with_user(self.packer).action_ship_amazon_rest()
        self.assertEqual(self.open_quantities(sale), {"MUG": 3, "PEN": 1})
        self.ship(sale)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_what_was_set_to_nothing_is_shipped(self):
        _number, sale = self.bring_ready()
        self.line(sale, PENS).with_user(self.seller).product_uom_qty = 0
        sale.picking_ids.with_user(self.packer).action_ship_amazon_rest()
        self.assertEqual(self.open_quantities(sale), {"MUG": 3, "PEN": 1})
        self.assertEqual(self.line(sale, PENS).product_uom_qty, 1)
        self.assertEqual(self.line(sale, PENS).price_unit, 5)
        self.assertNotAsked(sale)

    def test_what_came_back_is_shipped_again(self):
        number, sale = self.bring_ready()
        picking = self.leave(sale)
        self.bring_back(picking, mugs=2)
        picking.with_user(self.packer).action_ship_amazon_rest()
        self.assertEqual(self.open_quantities(sale), {"MUG": 2})
        self.ship(sale, tracking="1ZREST")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_the_ordered_product_is_shipped_in_place_of_another(self):
        number, sale = self.bring_ready()
        sale._action_cancel()
        sale.action_draft()
        self.line(sale, PENS).with_user(self.seller).product_id = self.lamp
        sale.action_confirm()
        picking = self.ship(sale)
        picking.with_user(self.packer).action_ship_amazon_rest()
        self.assertEqual(self.open_quantities(sale), {"PEN": 1})
        self.ship(sale, tracking="1ZREST")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_a_deleted_line_is_shipped(self):
        number, sale = self.bring_ready()
        sale._action_cancel()
        sale.action_draft()
        self.line(sale, PENS).with_user(self.seller).unlink()
        sale.with_user(self.seller).action_confirm()
        self.open_pickings(sale).with_user(self.packer).action_ship_amazon_rest()
        self.assertEqual(self.open_quantities(sale), {"MUG": 3, "PEN": 1})
        self.ship(sale)
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_what_has_no_product_cannot_be_shipped(self):
        _number, sale = self.bring_ready()
        sale._action_cancel()
        sale.action_draft()
        self.line(sale, PENS).with_user(self.seller).unlink()
        sale.with_user(self.seller).action_confirm()
        self.pen.default_code = "ANOTHER"
        message = "product is not known"
        with self.assertRaisesRegex(UserError, message):
            sale.picking_ids[-1:].with_user(self.packer).action_ship_amazon_rest()

    # === TELL AMAZON NOTHING === #

    def test_amazon_is_told_nothing_until_it_is_undone(self):
        number, sale, picking = self.bring_asked()
        picking.action_tell_amazon_nothing()
        self.assertNotAsked(sale)
        self.assertIn("2 x MUG", picking.amazon_untold_units_note)
        self.send()
        self.change(number, discount="-1.00")
        self.assertEqual(self.confirmed(number), {MUGS: 1, PENS: 1})
        self.assertNotAsked(sale)
        picking.action_ask_amazon_again()
        self.assertFalse(picking.amazon_untold_units_note)
        self.assertAsked(sale, {MUGS: 2})
        picking.action_ship_amazon_rest()
        self.assertNotAsked(sale)

    def test_further_units_are_asked_about(self):
        _number, sale = self.bring_ready()
        picking = self.leave(sale, mugs=2, pens=0)
        self.assertAsked(sale, {MUGS: 1, PENS: 1})
        picking.with_user(self.packer).action_tell_amazon_nothing()
        self.bring_back(picking, mugs=1)
        self.assertAsked(sale, {MUGS: 1})
        picking.with_user(self.packer).action_tell_amazon_nothing()
        self.assertNotAsked(sale)
        self.assertEqual(sale.amazon_order_ids.untold_units, {MUGS: 2, PENS: 1})

    # === WHO MAY ANSWER, AND WHEN === #

    def test_a_question_is_answered_once(self):
        _number, _sale, picking = self.bring_asked()
        picking.action_tell_amazon_nothing()
        for answer in (
            picking.action_confirm_amazon_as_ordered,
            picking.action_ship_amazon_rest,
            picking.action_tell_amazon_nothing,
        ):
            message = "Nothing is missing"
            with self.assertRaisesRegex(UserError, message):
                answer()

    def test_who_does_not_work_in_the_warehouse_does_not_answer(self):
        _number, sale, picking = self.bring_asked()
        for record, name in (
            (picking, "action_tell_amazon_nothing"),
            (sale.amazon_order_ids, "action_tell_nothing"),
        ):
            with self.assertRaises(AccessError):
                getattr(record.with_user(self.seller), name)()

    def test_the_amazon_order_has_the_same_buttons(self):
        user = new_test_user(
            self.env,
            "clerk",
            "stock.group_stock_user,amazon_connector.amazon_connector_group_user",
        )
        self.orders_at_once = 3
        answers = (
            "action_confirm_as_ordered",
            "action_ship_rest",
            "action_tell_nothing",
        )
        for answer in answers:
            with self.subTest(answer):
                _number, sale, _picking = self.bring_asked()
                order = sale.amazon_order_ids.with_user(user)
                self.assertIn("2 x MUG", order.missing_units_question)
                self.assertIn(order, order.search([("has_missing_units", "=", True)]))
                getattr(order, answer)()
                self.assertNotAsked(sale)
        order.action_ask_again()
        self.assertAsked(sale, {MUGS: 2})

    def test_forms_show_the_question(self):
        _number, sale, picking = self.bring_asked()
        with Form(picking) as form:
            self.assertIn("2 x MUG", form.amazon_missing_units_question)
        with Form(sale.amazon_order_ids) as form:
            self.assertIn("2 x MUG", form.missing_units_question)


@tagged("post_install", "-at_install")
class TestAwaitedUnits(ChangesCommon):
    def test_what_is_awaited_and_what_is_missing(self):
        for units, awaited, free, missing in (
            (AwaitedUnits(ordered=3), 3, 3, 3),
            (AwaitedUnits(ordered=3, coming=3), 3, 3, 0),
            (AwaitedUnits(ordered=3, in_parts=2), 3, 3, 1),
            (AwaitedUnits(ordered=3, fulfilled=2, confirmed=1), 1, 1, 1),
            (AwaitedUnits(ordered=3, fulfilled=1, confirmed=1, elsewhere=1), 1, 1, 1),
            (AwaitedUnits(ordered=3, fulfilled=1, confirmed=1, by_others=1), 1, 1, 1),
            (AwaitedUnits(ordered=3, waiting=1, coming=1), 3, 2, 1),
            (AwaitedUnits(ordered=3, waiting=1, left_untold=1), 3, 2, 1),
            (AwaitedUnits(ordered=2, confirmed=3), 0, 0, 0),
            (AwaitedUnits(ordered=0.3, waiting=0.1 + 0.2), 0.3, 0, 0),
        ):
            with self.subTest(units):
                self.assertEqual(
                    (units.awaited, units.free, units.missing),
                    (awaited, free, missing),
                )

    def test_more_supply_never_asks_for_more(self):
        counts = (0, 0.5, 1, 2, 5)
        for name in ("fulfilled", "confirmed", "elsewhere", "waiting", "coming"):
            missing = [AwaitedUnits(ordered=3, **{name: n}).missing for n in counts]
            for more, less in pairwise(missing):
                self.assertGreaterEqual(more, less)

    def test_units_are_split(self):
        self.assertEqual(split_units(3, 2), (2, 1))
        self.assertEqual(split_units(3, 5), (3, 0))
        self.assertEqual(split_units(3, -1), (0, 3))


@tagged("post_install", "-at_install")
class TestAnyOrder(NotAsOrderedCommon):
    """What people and Amazon do to an order, drawn from a seed that a failure names."""

    HISTORIES = 8
    STEPS = 9

    def test_nothing_is_told_twice_and_nobody_is_asked_twice(self):
        self.happened = Counter()
        for seed in range(1, self.HISTORIES + 1):
            with self.subTest(seed=seed):
                self._tell(Random(seed))
        # A history in which nothing happens would show nothing.
        for event in ("asked", "withdrawn", "confirm", "ship", "tell"):
            self.assertTrue(self.happened[event], event)

    def _tell(self, random):
        self.random = random
        self.ordered = {MUGS: 3, PENS: 1}
        self.number, self.sale = self.bring()
        self.order_row = self.sale.amazon_order_ids
        self.withdrawn, self.confirmed_by_person = Counter(), Counter()
        for _step in range(self.STEPS):
            name = random.choice(EVENTS)
            before = self.order_row.missing_units or {}
            told = len(self._get_questions())
            getattr(self, f"_{name}")()
            self._check(before, told)
        self._end()

    # === WHAT HAPPENS === #

    def _leave(self):
        if self.open_pickings(self.sale):
            self.leave(
                self.sale,
                mugs=self.random.randint(0, 4),
                pens=self.random.randint(1, 2),
                backorder=self.random.random() < 0.4,
                tracking=self.random.choice(("1Z1", "1Z2", False)),
            )

    def _cancel(self):
        self.open_pickings(self.sale)[:1].action_cancel()

    def _return(self):
        done = self.sale.picking_ids.filtered(
            lambda one: one.state == "done" and not one._is_amazon_return()
        )
        fresh = done.filtered(lambda one: not one.return_ids)[:1]
        if not fresh:
            return
        for shipment in fresh.amazon_shipment_ids & (
            self.order_row._get_waiting_shipments()
        ):
            self.withdrawn += shipment._count_units()
            self.happened["withdrawn"] += bool(shipment.line_ids)
        self.give_back(fresh)

    def _come_and_go(self):
        self._leave()
        self._return()
        self._send()

    def _send(self):
        self.send()

    def _less(self):
        units = self.units_shipped(self.number, MUGS)
        self.ordered[MUGS] = max(self.ordered[MUGS] - 1, units, 1)
        self.change(self.number, mugs=self.ordered[MUGS])

    def _answer(self, names=("confirm", "ship", "tell", "ask")):
        picking = self.order_row._get_last_delivery().with_user(self.packer)
        asked = bool(self.order_row.missing_units)
        name = self.random.choice(names)
        if name == "ask" and picking:
            picking.action_ask_amazon_again()
        elif asked and picking:
            self.happened[name] += 1
            if name == "confirm":
                self.confirmed_by_person.update(self.order_row.missing_units)
            {
                "confirm": picking.action_confirm_amazon_as_ordered,
                "ship": picking.action_ship_amazon_rest,
                "tell": picking.action_tell_amazon_nothing,
                "ask": picking.action_ask_amazon_again,
            }[name]()

    # === WHAT HOLDS === #

    def _check(self, before, told):
        missing = self.order_row.missing_units or {}
        is_more = any(units > before.get(ref, 0) for ref, units in missing.items())
        self.assertEqual(self.reminders(self.sale).count("awaited"), bool(missing))
        if not is_more:
            self.assertLessEqual(len(self._get_questions()) - told, bool(missing))
        self.happened["asked"] += is_more
        for ref, units in self.confirmed(self.number).items():
            self.assertLessEqual(units, {MUGS: 3, PENS: 1}[ref])
            gone = sum(
                self.line(self.sale, ref).move_ids.filtered(is_gone).mapped("quantity")
            )
            certain = gone - self.withdrawn[ref] + self.confirmed_by_person[ref]
            self.assertLessEqual(units, certain)

    def _get_questions(self):
        return self.sale.message_ids.filtered(
            lambda one: "no open delivery brings it" in (one.body or "")
        )

    def _end(self):
        """Answer all, ship all: Amazon gets each unit once, and nobody is asked."""
        self.order_row._ask_again()
        for _time in range(4):
            if self.open_pickings(self.sale):
                self.leave(self.sale, mugs=0, pens=0)
            if self.order_row.missing_units:
                self._answer(("confirm",))
        self.sale.picking_ids.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": "1ZEND"}
        )
        self.send()
        self.assertFalse(self.order_row.missing_units)
        self.assertNotIn("awaited", self.reminders(self.sale))
        self.assertEqual(self.confirmed(self.number), self.ordered)
