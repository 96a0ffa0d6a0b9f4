"""What was validated comes into the outbox by the job, and nothing is told too soon."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.shipments.amazon_job_type_send_shipments import DELIVERIES_PER_SLICE
from ...models.shipments.stock_picking import SETTLE_AGAIN_AFTER
from ..builders import ago, ahead, build_item
from ..changes_common import MUGS, PENS
from .test_not_as_ordered import NotAsOrderedCommon

REFUSAL = "The parcel has no weight."


@tagged("post_install", "-at_install")
class TestUnsettledDeliveries(NotAsOrderedCommon):
    def leave_unsettled(self, sale, **units):
        """Validate the open delivery; the job has not looked at it yet."""
        with patch.object(type(self), "settle_deliveries", lambda _test: None):
            return self.leave(sale, **units)

    def bring_back_unsettled(self, picking, **units):
        with patch.object(type(self), "settle_deliveries", lambda _test: None):
            return self.bring_back(picking, **units)

    def refuse(self, *refused):
        """Have an app refuse to work out what these deliveries hold."""
        pickings = self.env.registry["stock.picking"]
        prepare = pickings._prepare_amazon_shipment_vals

        def prepare_some(picking, package, quantities):
            if picking in refused:
                raise UserError(REFUSAL)
            return prepare(picking, package, quantities)

        return patch.object(pickings, "_prepare_amazon_shipment_vals", prepare_some)

    def find(self, state):
        return self.env["stock.picking"].search(
            [("amazon_confirmation_state", "=", state)]
        )

    # === BY THE JOB === #

    def test_who_validates_does_not_wait_for_the_outbox(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        self.assertFalse(picking.amazon_shipment_ids)
        self.assertEqual(picking.amazon_confirmation_state, "waiting")
        self.assertIn(picking, self.find("waiting"))
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertEqual(picking.amazon_confirmation_state, "confirmed")
        self.assertNotIn(picking, self.find("waiting"))
        run = self.last_run("send_shipments")
        self.assertEqual((run.seen, run.updated), (1, 1))
        self.assertEqual(run.reason, "event")

    def test_more_than_one_slice_looks_at_are_confirmed_in_one_run(self):
        self.orders_at_once = DELIVERIES_PER_SLICE * 2 + 1
        sales = [self.bring()[1] for _order in range(self.orders_at_once)]
        for sale in sales:
            document = self.build(sale.amazon_order_ids.amazon_order_id)
            self.fake.add(document)
            self.leave_unsettled(sale)
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), len(sales))
        run = self.last_run("send_shipments")
        self.assertEqual((run.seen, run.updated), (len(sales),) * 2)

    def test_switched_off_they_come_into_the_outbox_and_wait(self):
        self.connection.send_shipments = False
        _number, sale = self.bring()
        picking = self.leave_unsettled(sale)
        self.send()
        self.assertEqual(picking.amazon_shipment_ids.state, "blocked")
        self.assertFalse(self.fake.count("confirmShipment"))

    def test_who_validated_is_told_what_is_missing(self):
        told = []
        users = self.env.registry["res.users"]

        def keep(user, kind, _message, **_kwargs):
            if kind == "simple_notification":
                told.append(user.login)

        self.patch(users, "_bus_send", keep)
        _number, sale = self.bring()
        packer = new_test_user(self.env, "second", "stock.group_stock_user")
        self.leave_unsettled(sale.with_user(packer).sudo(), tracking=False)
        self.assertEqual(told, [])
        self.send()
        self.assertEqual(told, ["second"])

    def test_other_transfers_are_nothing_to_be_looked_at(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        self.assertFalse(self.ship(sale, settled=False).amazon_unsettled_since)

    # === BEFORE IT WAS LOOKED AT === #

    def test_what_came_back_meanwhile_is_not_told(self):
        _number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        self.bring_back_unsettled(picking, mugs=3, pens=1)
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertAsked(sale, {MUGS: 3, PENS: 1}, picking)

    def test_what_was_sent_again_meanwhile_is_told_once(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        self.bring_back_unsettled(picking, exchange=True, mugs=3, pens=1)
        self.leave_unsettled(sale, tracking="1ZAGAIN")
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertNotAsked(sale)

    def test_nobody_is_asked_about_what_a_second_delivery_brought(self):
        number, sale = self.bring_ready()
        self.leave_unsettled(sale, mugs=1, pens=0, backorder=True)
        self.leave_unsettled(sale, mugs=2, tracking="1ZREST")
        self.assertFalse(sale.activity_ids)
        sale.amazon_order_ids._settle_missing_units()
        self.assertNotAsked(sale)
        self.assertFalse(sale.message_ids.filtered("mail_activity_type_id"))
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_what_amazon_cancelled_meanwhile_is_not_told(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        self.change(number, status="CANCELLED")
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertEqual(picking.amazon_shipment_ids.state, "not_needed")

    def test_what_was_told_by_hand_meanwhile_did_not_leave_elsewhere(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        self.change(number, status="SHIPPED", elsewhere={MUGS: 3, PENS: 1})
        self.assertFalse(sum(sale.order_line.mapped("amazon_qty_shipped_elsewhere")))
        self.assertEqual(picking.amazon_shipment_ids.state, "not_needed")

    def test_a_number_corrected_meanwhile_is_the_one_that_is_told(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        picking.carrier_tracking_ref = "1ZRIGHT"
        self.send()
        (package,) = self.fake.documents[number]["packages"]
        self.assertEqual(package["trackingNumber"], "1ZRIGHT")

    # === THAT CANNOT BE WORKED OUT === #

    def test_one_that_cannot_be_worked_out_keeps_no_other_from_amazon(self):
        _number, sale = self.bring_ready()
        number, other = self.bring()
        with self.refuse(self.leave_unsettled(sale)):
            self.leave_unsettled(other)
            self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})

    def test_it_is_said_where_a_person_looks(self):
        _number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        with self.refuse(picking):
            self.send()
        self.assertIn(REFUSAL, picking.amazon_shipping_warning)
        for record in (picking, sale, sale.amazon_order_ids):
            self.assertIn(REFUSAL, record.amazon_confirmation_reason)
            self.assertEqual(record.amazon_confirmation_state, "blocked")
            found = record.search([("amazon_confirmation_state", "=", "blocked")])
            self.assertIn(record, found)
        self.assertEqual(len(self.get_errors()), 1)
        self.assertEqual(self.reminders(sale), ["shipment"])

    def get_errors(self):
        """Return the lines of the last run that name the refusal."""
        lines = self.last_run("send_shipments").line_ids
        return lines.filtered(
            lambda line: line.level == "error" and REFUSAL in line.message
        )

    def test_it_is_tried_again_after_an_hour_or_when_a_person_asks(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        with self.refuse(picking):
            self.send()
            self.assertEqual(self.reminders(sale), ["shipment"])
            self.send()
            self.assertFalse(self.get_errors(), "not in each run")
            with freeze_time(fields.Datetime.now() + SETTLE_AGAIN_AFTER):
                self.send()
            self.assertTrue(self.get_errors())
        self.connection.action_send_shipments()
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 3, PENS: 1})
        self.assertFalse(picking.amazon_settling_error)
        self.assertEqual(self.reminders(sale), [], sale.activity_ids.mapped("note"))

    def test_it_is_tried_again_with_the_return_that_came_meanwhile(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        with self.refuse(picking):
            self.send()
        self.bring_back_unsettled(picking, mugs=1)
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertNotAsked(sale)
        self.connection.action_send_shipments()
        self.send()
        self.assertEqual(self.confirmed(number), {MUGS: 2, PENS: 1})
        self.assertFalse(picking.amazon_settling_error)
        self.assertAsked(sale, {MUGS: 1}, picking)

    def test_nobody_is_asked_while_nobody_knows_what_left(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale)
        with self.refuse(picking):
            self.send()
        self.change(number, ship_by=ahead(days=7))
        self.assertNotAsked(sale)
        with self.assertRaises(UserError) as error:
            sale.amazon_order_ids.with_user(self.packer).sudo().action_ship_rest()
        self.assertIn(REFUSAL, str(error.exception))
        self.assertFalse(self.open_pickings(sale))

    def test_what_was_told_by_hand_takes_nothing_from_the_rest(self):
        number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale, mugs=1, pens=0, backorder=True)
        with self.refuse(picking):
            self.send()
        self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})

    def test_nothing_more_is_told_while_a_return_cannot_be_settled(self):
        _number, sale = self.bring_ready()
        picking = self.leave(sale)
        returned = self.bring_back_unsettled(picking, mugs=3, pens=1)
        orders = self.env.registry["amazon.order"]
        with patch.object(
            orders, "_take_back_returned_units", side_effect=UserError(REFUSAL)
        ):
            self.send()
        self.assertTrue(returned.amazon_settling_error)
        self.assertFalse(self.fake.count("confirmShipment"))

    def test_an_order_that_is_late_counts_as_late_before_it_is_in_the_outbox(self):
        self.bring_ready()
        _number, sale = self.bring(ship_by=ago(days=1))
        domain = [("amazon_confirmation_state", "=", "waiting")]
        self.assertNotIn(sale, sale.search(domain))
        before = self.connection.late_order_count
        self.leave_unsettled(sale)
        self.assertIn(sale, sale.search(domain))
        self.assertEqual(sale.amazon_confirmation_state, "waiting")
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.late_order_count, before)

    def test_a_person_does_not_write_how_far_it_is_worked_out(self):
        _number, sale = self.bring_ready()
        picking = self.leave_unsettled(sale).with_user(self.packer)
        with self.assertRaises(AccessError):
            picking.amazon_unsettled_since = False


@tagged("post_install", "-at_install")
class TestStatementsOfValidate(NotAsOrderedCommon):
    def count_statements(self, sale):
        picking = self.open_pickings(sale)
        picking.carrier_id = self.carrier
        picking.carrier_tracking_ref = "1Z999"
        picking.move_ids.picked = True
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        picking.with_context(skip_sms=True).button_validate()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_validate_of_amazons_costs_little_more_than_any_other(self):
        amazons = [
            self.import_order(
                order_id=f"111-0000001-000000{number}", items=[build_item(sku="MUG")]
            )
            for number in (1, 2)
        ]
        others = self.env["sale.order"]
        for _number in (1, 2):
            others |= others.create(
                {
                    "partner_id": amazons[0].partner_id.id,
                    "order_line": [(0, 0, {"product_id": self.mug.id})],
                }
            )
        others.action_confirm()
        # The first of each fills caches.
        _first, amazon = [self.count_statements(sale) for sale in amazons]
        _first, other = [self.count_statements(sale) for sale in others]
        self.assertLessEqual(amazon - other, 8)
