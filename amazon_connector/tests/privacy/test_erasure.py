"""Erase this buyer, erase this store: what goes at once, and the certificate of it."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.privacy import amazon_job_type_remove_personal_data as job_module
from ..builders import ago
from ..privacy_common import PrivacyCommon, build_needle_order

OTHER = "111-0000002-0000002"
THIRD = "111-0000003-0000003"
FOURTH = "111-0000004-0000004"


@tagged("post_install", "-at_install")
class TestErasure(PrivacyCommon):
    def prepare(self):
        super().prepare()
        self.manager = new_test_user(
            self.env,
            "manager",
            "amazon_connector.amazon_connector_group_manager,base.group_partner_manager,"
            "amazon_connector.amazon_connector_group_personal_data",
        )
        self.row = self.put_shipped()
        self.buyer = self.row.sale_order_id.partner_id

    def certificate(self, action):
        self.assertEqual(action["res_model"], "amazon.erasure")
        self.env.invalidate_all()
        return (
            self.env["amazon.erasure"].with_user(self.manager).browse(action["res_id"])
        )

    # === A BUYER === #

    def test_all_orders_of_the_buyer_go_at_once(self):
        other = self.put_shipped(OTHER)
        self.talk_of(self.row)
        action = self.row.with_user(self.manager).action_erase_amazon_buyer()
        self.assertTrue(self.row.personal_data_removed_on)
        self.assertTrue(other.personal_data_removed_on)
        self.assertEqual(self.find_needle(), set())
        certificate = self.certificate(action)
        self.assertEqual(certificate.state, "done")
        self.assertEqual(certificate.user_id, self.manager)
        self.assertEqual(certificate.orders, 2)
        self.assertEqual(certificate.orders_left, 0)
        self.assertGreaterEqual(certificate.contacts, 1)
        self.assertGreaterEqual(certificate.messages, 3)
        self.assertGreaterEqual(certificate.emails, 1)
        self.assertGreaterEqual(certificate.attachments, 3)

    def test_files_leave_the_disk_without_waiting_for_the_night(self):
        """What becomes of them then: tests/system/test_privacy.py."""
        cron = self.env.ref("base.autovacuum_job")
        triggers = self.env["ir.cron.trigger"]
        mine = [("cron_id", "=", cron.id)]
        triggers.search(mine).unlink()
        self.remove()
        self.assertFalse(triggers.search(mine), "Nothing was removed")
        other = self.put_shipped(OTHER)
        self.let_days_pass(other)
        self.remove()
        self.assertTrue(triggers.search(mine))
        triggers.search(mine).unlink()
        self.row.with_user(self.manager).action_erase_amazon_buyer()
        self.assertTrue(triggers.search(mine))

    def test_from_the_contact(self):
        action = self.buyer.with_user(self.manager).action_erase_amazon_buyer()
        self.assertEqual(self.certificate(action).orders, 1)
        self.assertEqual(self.find_needle(), set())

    def put_fulfilled_by_amazon(self, order_id, email):
        """Have an order of which Amazon shows the place alone, and the e-mail."""
        document = build_needle_order(order_id, fulfilled_by="AMAZON")
        document["buyer"] = {"buyerEmail": email}
        address = document["recipient"]["deliveryAddress"]
        place = ("city", "stateOrRegion", "postalCode", "countryCode")
        document["recipient"] = {
            "deliveryAddress": {name: address[name] for name in place}
        }
        del document["tax"]
        self.fake.add(document)
        self.download()
        row = self.order(order_id)
        self.assertEqual(row.state, "ignored")
        return row

    def put_shipped_before(self, order_id):
        """Have an order that had left before the store was connected."""
        document = build_needle_order(order_id, status="SHIPPED")
        document["buyer"]["buyerEmail"] = "nedleother@marketplace.example"
        self.fake.add(document)
        self.download()
        row = self.order(order_id)
        self.assertEqual(row.state, "ignored")
        return row

    def test_orders_without_a_sale_order_go_with_the_others(self):
        by_amazon = self.put_fulfilled_by_amazon(OTHER, "nedle@marketplace.example")
        before = self.put_shipped_before(THIRD)
        # The same place, and somebody else.
        neighbour = self.put_fulfilled_by_amazon(FOURTH, "else@marketplace.example")
        action = self.buyer.with_user(self.manager).action_erase_amazon_buyer()
        for row in (self.row, by_amazon, before):
            self.assertTrue(row.personal_data_removed_on, row.amazon_order_id)
        self.assertFalse(neighbour.personal_data_removed_on)
        self.assertEqual(self.certificate(action).orders, 3)
        self.assertEqual(self.find_needle(), {("amazon_order", "document_encrypted")})
        neighbour.with_user(self.manager).action_erase_amazon_buyer()
        self.assertEqual(self.find_needle(), set())

    def test_from_an_order_that_amazon_ships(self):
        by_amazon = self.put_fulfilled_by_amazon(OTHER, "nedle@marketplace.example")
        action = by_amazon.with_user(self.manager).action_erase_amazon_buyer()
        self.assertEqual(self.certificate(action).orders, 2)
        self.assertEqual(self.find_needle(), set())

    def test_the_same_number_in_another_store(self):
        other_store = self._create_connection("A2OTHERSELLER")
        twin = self.env["amazon.order"].create(
            {
                "connection_id": other_store.id,
                "amazon_order_id": self.row.amazon_order_id,
                "document_encrypted": self.env["amazon.vault"]._encrypt("{}"),
            }
        )
        self.row.with_user(self.manager).action_erase_amazon_buyer()
        self.assertTrue(twin.personal_data_removed_on)

    def test_an_order_to_ship_keeps_its_address_and_is_counted(self):
        open_row = self.put(OTHER)
        action = self.row.with_user(self.manager).action_erase_amazon_buyer()
        self.assertTrue(self.row.personal_data_removed_on)
        self.assertFalse(open_row.personal_data_removed_on)
        self.assertEqual(self.buyer.name, "Nedlebuyer Person")
        certificate = self.certificate(action)
        self.assertEqual((certificate.orders, certificate.orders_left), (1, 1))

    def test_an_order_that_is_to_be_shipped_is_refused(self):
        row = self.put(THIRD)
        self.row.personal_data_removed_on = "2020-01-01"
        with self.assertRaisesRegex(UserError, "still to be shipped"):
            row.with_user(self.manager).action_erase_amazon_buyer()

    def test_what_a_person_keeps_is_refused(self):
        self.row.is_personal_data_kept = True
        with self.assertRaisesRegex(UserError, "Release it first"):
            self.row.with_user(self.manager).action_erase_amazon_buyer()

    def test_twice_or_nobody(self):
        self.row.with_user(self.manager).action_erase_amazon_buyer()
        with self.assertRaisesRegex(UserError, "Nothing names this buyer"):
            self.row.with_user(self.manager).action_erase_amazon_buyer()
        own = self.env["res.partner"].create({"name": "Own Customer"})
        with self.assertRaisesRegex(UserError, "no buyer of Amazon's"):
            own.with_user(self.manager).action_erase_amazon_buyer()
        self.assertEqual(own.name, "Own Customer")

    def test_the_contact_of_somebody_else_is_never_touched(self):
        self.env["sale.order"].create({"partner_id": self.buyer.id})
        action = self.row.with_user(self.manager).action_erase_amazon_buyer()
        self.assertEqual(self.buyer.name, "Nedlebuyer Person")
        self.assertGreaterEqual(self.certificate(action).shared_contacts, 1)

    def test_an_administrator_alone_erases(self):
        user = new_test_user(
            self.env,
            "seller",
            "amazon_connector.amazon_connector_group_user,"
            "sales_team.group_sale_manager,stock.group_stock_manager",
        )
        for record in (self.row, self.buyer):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(user).action_erase_amazon_buyer()
        with self.assertRaises(AccessError):
            self.connection.with_user(user).action_erase_store()
        self.assertEqual(self.buyer.name, "Nedlebuyer Person")

    # === A STORE === #

    def test_all_buyers_of_the_store_in_the_background(self):
        rows = self.row | self.put_shipped(OTHER)
        open_row = self.put(THIRD)
        other_store = self._create_connection("A2OTHERSELLER")
        action = self.connection.with_user(self.manager).action_erase_store()
        certificate = self.certificate(action)
        self.assertEqual((certificate.state, certificate.orders), ("running", 0))
        again = self.connection.with_user(self.manager).action_erase_store()
        self.assertEqual(again["res_id"], certificate.id)
        with patch.object(job_module, "ORDERS_PER_SLICE", 1):
            self.remove()
        self.assertTrue(all(row.personal_data_removed_on for row in rows))
        self.assertFalse(open_row.personal_data_removed_on)
        self.assertEqual(
            (certificate.state, certificate.orders, certificate.orders_left),
            ("done", 2, 1),
        )
        self.assertFalse(other_store._get_open_erasure())
        self.assertEqual(self.last_run("remove_personal_data").reason, "button")
        # The next buyers keep their days.
        self.ship(open_row.sale_order_id)
        self.put(THIRD, status="SHIPPED", updated=ago(hours=1))
        self.remove()
        self.assertFalse(open_row.personal_data_removed_on)

    def test_asked_for_in_the_middle_of_a_run(self):
        """What the run passed over before is looked at again."""
        last = self.put_shipped(OTHER)
        self.let_days_pass(last)
        add_counts = type(self.env["amazon.erasure"])._add_counts
        asked = []

        def ask(erasures, counts):
            add_counts(erasures, counts)
            if not asked:
                asked.append(
                    self.connection.with_user(self.manager).action_erase_store()
                )

        self.patch(self.env.registry["amazon.erasure"], "_add_counts", ask)
        self.remove()
        certificate = self.certificate(asked[0])
        self.assertTrue(self.row.personal_data_removed_on)
        self.assertEqual((certificate.state, certificate.orders), ("done", 1))

    def test_the_certificate_names_nobody(self):
        self.row.with_user(self.manager).action_erase_amazon_buyer()
        tables = {table for table, _column in self.find_needle()}
        self.assertNotIn("amazon_erasure", tables)
        certificate = self.env["amazon.erasure"].search([], limit=1)
        with self.assertRaises(AccessError):
            certificate.with_user(self.manager).unlink()
