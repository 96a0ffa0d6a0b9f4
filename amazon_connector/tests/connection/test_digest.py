"""Who is told of what: the responsibles by kind of trouble, and the daily digest."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from ...models.connection.reminders import (
    FEED_REMINDER,
    IMPORT_REMINDER,
    KEY_REMINDER,
    ORDER_AWAITED_REMINDER,
    ORDER_CANCELLED_REMINDER,
    ORDER_SHIPMENT_REMINDER,
    RESPONSIBLES,
    SECRET_REMINDER,
    ZERO_REMINDER,
)
from ..builders import build_item, build_order
from ..common import AmazonCommon

ORDERS = [f"111-0000001-000000{number}" for number in (1, 2)]


class PeopleCommon(AmazonCommon):
    def prepare(self):
        self.general = self.create_person("example-general")
        self.seller = self.create_person("example-seller")
        self.packer = self.create_person("example-packer", "stock.group_stock_user")
        self.editor = self.create_person("example-editor")
        self.connection.user_id = self.general

    def create_person(self, login, groups="base.group_user", **values):
        user = new_test_user(
            self.env, login, groups=groups, email=f"{login}@example.com", **values
        )
        user.tz = "Europe/Berlin"
        return user

    def name_all(self):
        self.connection.write(
            {
                "order_user_id": self.seller.id,
                "warehouse_user_id": self.packer.id,
                "listing_user_id": self.editor.id,
            }
        )


@tagged("post_install", "-at_install")
class TestResponsibles(PeopleCommon):
    def test_each_kind_of_trouble_has_its_own(self):
        self.name_all()
        for reminder, person in (
            (ORDER_CANCELLED_REMINDER, self.seller),
            (ORDER_SHIPMENT_REMINDER, self.packer),
            (ORDER_AWAITED_REMINDER, self.packer),
            (ZERO_REMINDER, self.editor),
            (FEED_REMINDER, self.editor),
            (IMPORT_REMINDER, self.editor),
            (SECRET_REMINDER, self.general),
            (KEY_REMINDER, self.general),
            (None, self.general),
        ):
            with self.subTest(reminder):
                self.assertEqual(self.connection._get_responsible(reminder), person)

    def test_where_none_is_named_or_is_archived_it_is_the_responsible(self):
        for reminder in RESPONSIBLES:
            self.assertEqual(self.connection._get_responsible(reminder), self.general)
        self.name_all()
        self.packer.active = False
        self.assertEqual(
            self.connection._get_responsible(ORDER_SHIPMENT_REMINDER), self.general
        )

    def test_a_shipment_that_waits_is_the_warehouse_s_and_goes_when_mended(self):
        self.name_all()
        sale = self.import_order()
        shipment = self.ship(sale, carrier=False).amazon_shipment_ids
        self.send()
        self.assertEqual(shipment.state, "blocked")
        activity = sale.activity_ids
        self.assertEqual(activity.user_id, self.packer)
        shipment.carrier_name = False
        shipment.picking_id.carrier_id = self.carrier
        self.send()
        self.assertEqual(shipment.state, "done")
        self.assertFalse(sale.activity_ids)

    def age_orders(self):
        """An hour passes since the orders came in."""
        self.env.cr.execute(
            "UPDATE amazon_order SET create_date = create_date - interval '1 hour'"
        )
        self.env.invalidate_all()

    def test_orders_that_do_not_come_in_are_one_activity_until_they_do(self):
        self.name_all()
        self.connection.unknown_product = "hold"
        items = [build_item(sku="NOT-KNOWN")]
        self.fake.add(*(build_order(order_id, items=items) for order_id in ORDERS))
        self.download()
        activities = self.connection.activity_ids
        self.assertFalse(activities, "They may come in by themselves.")
        self.age_orders()
        self.download()
        activity = self.connection.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("not in Odoo yet: 2.", html2plaintext(activity.note))
        self.fake.add(build_order("111-0000001-0000003", items=items))
        self.download()
        self.age_orders()
        self.download()
        self.assertEqual(self.connection.activity_ids, activity)
        self.assertIn("not in Odoo yet: 3.", html2plaintext(activity.note))
        self._create_product("NOT-KNOWN")
        self.download()
        self.assertFalse(self.connection.activity_ids)

    def test_a_person_who_imports_the_last_one_has_it_taken_away(self):
        self.connection.unknown_product = "hold"
        self.fake.add(build_order(items=[build_item(sku="NOT-KNOWN")]))
        self.download()
        self.age_orders()
        self.download()
        self.assertTrue(self.connection.activity_ids)
        self.order().action_create_products()
        self.assertEqual(self.order().state, "imported")
        self.assertFalse(self.connection.activity_ids)

    def test_what_concerns_the_connection_goes_to_whom_its_kind_belongs(self):
        self.name_all()
        self.connection._schedule_reminder(
            ZERO_REMINDER, "Invented.", fields.Date.today()
        )
        self.assertEqual(self.connection.activity_ids.user_id, self.editor)


@tagged("post_install", "-at_install")
class TestDigest(PeopleCommon):
    def setUp(self):
        super().setUp()
        self.connection.send_digest = True
        self.connection.company_id.partner_id.tz = "Europe/Berlin"

    def send_digests(self, **later):
        """Return the new e-mails by who gets them; it is eight in Berlin, or later."""
        mails = self.env["mail.mail"]
        before = mails.search([])
        with freeze_time(datetime(2026, 6, 2, 6) + timedelta(**later)):
            self.env["amazon.connection"]._cron_send_digests()
        made = mails.search([]) - before
        return {mail.recipient_ids.email: mail for mail in made}

    def hold_orders(self):
        items = [build_item(sku="NOT-KNOWN")]
        self.fake.add(*(build_order(order_id, items=items) for order_id in ORDERS))
        self.connection.unknown_product = "hold"
        self.download()

    def test_it_has_the_numbers_and_nothing_of_a_buyer(self):
        self.hold_orders()
        (mail,) = self.send_digests().values()
        text = html2plaintext(mail.body_html)
        self.assertIn("Orders held", text)
        self.assertRegex(text, r"Orders held\s*\|?\s*2\b")
        self.assertNotIn("failed", text)
        self.assertIn(self.connection.display_name, text)
        for order in self.env["amazon.order"].search([]):
            self.assertNotIn(order.amazon_order_id, mail.body_html)
        self.assertIn(f"/{self.connection.id}", mail.body_html)

    def test_each_number_is_counted(self):
        listing = self.env["amazon.listing"].create(
            {
                "storefront_id": self.connection.storefront_ids.id,
                "sku": "MUG",
                "push_error": "Invented.",
            }
        )
        sale = self.import_order()
        shipment = self.ship(sale, carrier=False).amazon_shipment_ids
        self.send()
        self.assertEqual(shipment.state, "blocked")
        now = sale.create_date + timedelta(hours=1)
        since = now - timedelta(days=1)
        self.order().ship_by = fields.Datetime.now() - timedelta(minutes=1)
        numbers = dict(self.connection._get_digest_numbers(since))
        self.assertEqual(numbers["Orders imported in the last 24 hours"], 1)
        self.assertEqual(numbers["Shipments blocked or refused"], 1)
        self.assertEqual(numbers["Quantities refused"], 1)
        self.assertEqual(numbers["Orders late"], 1)
        listing.push_error = False
        numbers = dict(self.connection._get_digest_numbers(now))
        self.assertNotIn("Quantities refused", numbers)
        self.assertNotIn("Orders imported in the last 24 hours", numbers)

    def test_nothing_is_sent_when_there_is_nothing_to_tell(self):
        self.assertFalse(self.send_digests())

    def test_nothing_is_sent_while_it_is_off(self):
        self.hold_orders()
        self.connection.send_digest = False
        self.assertFalse(self.send_digests())
        self.assertFalse(self._create_connection("A2OTHER").send_digest)

    def test_it_comes_once_each_morning_by_the_company_s_clock(self):
        self.hold_orders()
        for hours, is_sent in (
            (-1.1, False),
            (-1, True),
            (0, False),
            (15, False),
            (22, False),
            (23, True),
        ):
            with self.subTest(hours):
                self.assertEqual(bool(self.send_digests(hours=hours)), is_sent)

    def test_a_person_gets_one_of_all_stores_and_only_of_the_own(self):
        self.hold_orders()
        other = self._create_connection("A2OTHER", send_digest=True)
        other.user_id = self.editor
        self.env["amazon.order"].search([("amazon_order_id", "=", ORDERS[0])]).copy(
            {"connection_id": other.id, "state": "held"}
        )
        self.connection.listing_user_id = self.editor
        mails = self.send_digests()
        self.assertEqual(set(mails), {self.general.email, self.editor.email})
        both = html2plaintext(mails[self.editor.email].body_html)
        for store in self.connection, other:
            self.assertIn(store.display_name, both)
        one = html2plaintext(mails[self.general.email].body_html)
        self.assertNotIn(other.display_name, one)
