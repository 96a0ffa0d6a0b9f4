"""How far Amazon is told: read and searched on deliveries, sale and Amazon orders."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import Form, new_test_user, tagged

from ..builders import build_item
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestConfirmationState(AmazonCommon):
    def ship_in_two(self):
        """Return the sale order of two parcels, and their shipments."""
        sale = self.import_order(items=[build_item(quantity=2)])
        self.ship(sale, tracking="1Z1", quantities={"MUG": 1})
        self.ship(sale, tracking="1Z2")
        return sale, sale.amazon_order_ids.shipment_ids.sorted("id")

    def find(self, model, state):
        return self.env[model].search([("amazon_confirmation_state", "=", state)])

    def test_several_parcels_are_as_far_as_the_worst(self):
        sale, shipments = self.ship_in_two()
        one, two = shipments
        order = sale.amazon_order_ids
        cases = [
            ("done", "failed", "refused"),
            ("blocked", "failed", "refused"),
            ("blocked", "pending", "blocked"),
            ("sent", "done", "waiting"),
            ("unknown", "done", "waiting"),
            ("done", "not_needed", "confirmed"),
            ("not_needed", "not_needed", "not_needed"),
        ]
        for first, second, state in cases:
            with self.subTest(state, first=first, second=second):
                one.state, two.state = first, second
                self.assertEqual(order.amazon_confirmation_state, state)
                self.assertEqual(sale.amazon_confirmation_state, state)
                for name, _label in (
                    self.env["amazon.order"]
                    ._fields["amazon_confirmation_state"]
                    ._description_selection(self.env)
                ):
                    expected = order if name == state else order.browse()
                    self.assertEqual(self.find("amazon.order", name), expected)
                    expected = sale if name == state else sale.browse()
                    self.assertEqual(self.find("sale.order", name), expected)

    def test_each_delivery_has_its_own(self):
        _sale, shipments = self.ship_in_two()
        one, two = shipments
        one.state, two.state = "done", "blocked"
        self.assertEqual(one.picking_id.amazon_confirmation_state, "confirmed")
        self.assertEqual(two.picking_id.amazon_confirmation_state, "blocked")
        self.assertEqual(self.find("stock.picking", "blocked"), two.picking_id)
        self.assertEqual(self.find("stock.picking", "confirmed"), one.picking_id)

    def test_what_has_no_parcel_has_none(self):
        sale = self.import_order()
        picking = sale.picking_ids
        self.assertFalse(picking.amazon_confirmation_state)
        self.assertIn(picking, self.find("stock.picking", False))
        self.assertIn(sale, self.find("sale.order", False))
        told = self.env["stock.picking"].search(
            [("amazon_confirmation_state", "!=", False)]
        )
        self.assertNotIn(picking, told)
        self.ship(sale)
        self.assertNotIn(picking, self.find("stock.picking", False))

    def test_the_reason_can_be_read_by_who_sells(self):
        seller = new_test_user(
            self.env, "seller", "sales_team.group_sale_salesman_all_leads"
        )
        sale = self.import_order()
        self.ship(sale, carrier=False)
        with Form(sale.with_user(seller)) as form:
            self.assertEqual(form.amazon_confirmation_state, "blocked")
            self.assertIn("no carrier", form.amazon_confirmation_reason)
        found = self.env["sale.order"].with_user(seller)
        self.assertEqual(
            found.search([("amazon_confirmation_state", "=", "blocked")]).id, sale.id
        )

    def test_a_confirmed_one_says_so(self):
        sale = self.import_order()
        picking = self.ship(sale)
        self.assertEqual(picking.amazon_confirmation_state, "waiting")
        self.send()
        self.assertEqual(picking.amazon_confirmation_state, "confirmed")
        self.assertFalse(picking.amazon_confirmation_reason)

    # === THE LIST === #

    def test_what_waits_is_shown_by_its_time_and_then_the_newest_of_the_rest(self):
        shipments = self.env["amazon.shipment"]
        for number in range(1, 5):
            sale = self.import_order(order_id=f"111-0000001-000000{number}")
            shipments |= self.ship(sale).amazon_shipment_ids
        later, soon, old, new = shipments
        for shipment, days in ((later, 5), (soon, 1), (old, 2), (new, 3)):
            shipment.order_id.ship_by = fields.Datetime.now() + timedelta(days=days)
        for shipment, hours in ((old, 2), (new, 1)):
            shipment.state = "done"
            self.assertTrue(shipment.settled_on)
            shipment.settled_on = fields.Datetime.now() - timedelta(hours=hours)
        arch = shipments.get_view(view_type="list")["arch"]
        order = html.fragment_fromstring(arch).get("default_order")
        found = shipments.search([], order=order)
        self.assertEqual(found, soon + later + new + old)
        new.state = "pending"
        self.assertFalse(new.settled_on, "it is corrected")
        found = shipments.search([], order=order)
        self.assertEqual(found, soon + new + later + old)

    # === LATE === #

    def set_ship_by(self, sale, **delta):
        order = sale.amazon_order_ids
        order.ship_by = fields.Datetime.now() + timedelta(**delta)
        return order

    def test_a_late_shipment_is_marked_until_it_is_confirmed(self):
        sale = self.import_order()
        shipment = self.ship(sale, carrier=False).amazon_shipment_ids
        self.set_ship_by(sale, hours=-1)
        self.assertEqual(shipment.ship_by, sale.amazon_order_ids.ship_by)
        self.assertEqual(shipment.urgency, "late")
        shipment.state = "done"
        self.assertFalse(shipment.urgency)

    def test_a_connection_counts_the_orders_that_are_late(self):
        unshipped = self.import_order(order_id="111-0000001-0000001")
        blocked = self.import_order(order_id="111-0000001-0000002")
        told = self.import_order(order_id="111-0000001-0000003")
        in_time = self.import_order(order_id="111-0000001-0000004")
        self.ship(told)
        self.send()
        self.ship(blocked, carrier=False)
        for sale in unshipped + blocked + told:
            self.set_ship_by(sale, hours=-1)
        self.set_ship_by(in_time, days=3)
        self.env.flush_all()
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.late_order_count, 2)
        self.assertEqual(self.connection.due_order_count, 0)
        action = self.connection.action_open_late_orders()
        late = self.env["amazon.order"].search(action["domain"])
        self.assertEqual(late, (unshipped + blocked).amazon_order_ids)

    def test_a_connection_counts_the_orders_that_are_due_today(self):
        sale = self.import_order()
        self.env.user.tz = "UTC"
        noon = fields.Datetime.now().replace(hour=12) + timedelta(days=1)
        sale.amazon_order_ids.ship_by = noon + timedelta(hours=2)
        self.env.flush_all()
        with freeze_time(noon):
            self.assertEqual(self.connection.due_order_count, 1)
            self.assertEqual(self.connection.late_order_count, 0)
            action = self.connection.action_open_due_orders()
            found = self.env["amazon.order"].search(action["domain"])
            self.assertEqual(found, sale.amazon_order_ids)
