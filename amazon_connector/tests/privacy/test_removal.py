"""When the personal data of an order goes, and what is left alone."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...models.privacy import amazon_job_type_remove_personal_data as job_module
from ..builders import ago, build_package, moment
from ..privacy_common import PrivacyCommon, build_needle_order

OTHER = "111-0000002-0000002"


@tagged("post_install", "-at_install")
class TestWhen(PrivacyCommon):
    def assert_goes_after(self, row, since, days=30):
        """Nothing goes a moment before, everything a moment after."""
        self.assertEqual(row.personal_data_since, since)
        now = fields.Datetime.now()
        row.personal_data_since = now - timedelta(days=days, seconds=-90)
        self.remove()
        self.assertFalse(row.personal_data_removed_on)
        row.personal_data_since = now - timedelta(days=days, seconds=1)
        self.remove()
        self.assertTrue(row.personal_data_removed_on)

    def test_after_the_last_day_promised_where_nobody_knows_of_the_delivery(self):
        row = self.put_shipped(deliver_by=ago(hours=5))
        self.assert_goes_after(row, moment(ago(hours=5)))

    def test_after_the_delivery_and_a_later_change_begins_nothing_anew(self):
        request = {
            "packageDetail": {
                "packageReferenceId": "1",
                "carrierCode": "UPS",
                "trackingNumber": "1Z999",
                "orderItems": [],
            }
        }
        package = build_package(request) | {"packageStatus": {"status": "DELIVERED"}}
        row = self.put_shipped(packages=[package], updated=ago(hours=9))
        self.assertEqual(row.closed_on, moment(ago(hours=9)))
        self.put(status="SHIPPED", packages=[package], updated=ago(hours=2))
        self.assert_goes_after(row, moment(ago(hours=9)))

    def test_a_cancelled_order_counts_from_its_cancellation(self):
        self.put()
        row = self.put(status="CANCELLED", updated=ago(hours=7))
        self.assert_goes_after(row, moment(ago(hours=7)))

    def test_as_many_days_as_the_connection_says(self):
        self.connection.personal_data_days = 3
        row = self.put_shipped(deliver_by=ago(hours=5))
        self.assert_goes_after(row, moment(ago(hours=5)), days=3)

    def test_a_copy_that_is_silent_forgets_buyers_as_well(self):
        row = self.put_shipped(deliver_by=ago(hours=5))
        self.let_days_pass(row)
        self.env["amazon.copy.guard"]._get_row().state = "silent"
        self.remove()
        self.assertTrue(row.personal_data_removed_on)

    def test_more_than_amazon_allows_needs_a_law(self):
        for days in (0, -1, 31):
            with self.subTest(days=days), self.assertRaises(ValidationError):
                self.connection.personal_data_days = days
        self.connection.write(
            {"personal_data_days": 60, "personal_data_law": "Example Act, section 1"}
        )

    def test_what_is_still_to_be_shipped_is_not_touched(self):
        for status in ("UNSHIPPED", "PARTIALLY_SHIPPED", "PENDING"):
            with self.subTest(status=status):
                row = self.put(status=status, deliver_by=ago(days=90))
                self.remove()
                self.assertFalse(row.personal_data_since)
                self.assertFalse(row.personal_data_removed_on)

    def test_an_order_that_made_no_sale_order_goes_too(self):
        row = self.put(status="SHIPPED", deliver_by=ago(days=31))
        self.assertEqual(row.state, "ignored")
        self.remove()
        self.assertTrue(row.personal_data_removed_on)
        self.assertEqual(self.find_needle(), set())

    def test_an_inactive_or_withdrawn_store_goes_on(self):
        for values in ({"active": False}, {"state": "reauthorize"}):
            with self.subTest(**values):
                row = self.put_shipped()
                self.connection.write(values)
                self.let_days_pass(row)
                self.remove()
                self.assertTrue(row.personal_data_removed_on)
                self.connection.write({"active": True, "state": "completed"})
                row.personal_data_removed_on = False

    # === RUNS === #

    def test_one_row_in_the_history_and_no_call(self):
        rows = self.put_shipped() | self.put_shipped(OTHER)
        self.let_days_pass(rows)
        calls = len(self.fake.calls)
        with patch.object(job_module, "ORDERS_PER_SLICE", 1):
            self.remove()
        runs = self.env["amazon.history"].search(
            [("kind", "=", "remove_personal_data")]
        )
        self.assertEqual(len(runs), 1)
        self.assertEqual((runs.seen, runs.updated, runs.failed), (2, 2, 0))
        self.assertIn("2 orders", runs.line_ids.message)
        self.assertEqual(len(self.fake.calls), calls)

    def test_one_bad_order_never_stops_the_others(self):
        bad, good = self.put_shipped(), self.put_shipped(OTHER)
        self.let_days_pass(bad | good)
        remove = type(bad)._remove_personal_data

        reason = "An app refuses."

        def fail(rows):
            if bad in rows:
                raise UserError(reason)
            remove(rows)

        self.patch(self.env.registry["amazon.order"], "_remove_personal_data", fail)
        self.remove()
        self.assertFalse(bad.personal_data_removed_on)
        self.assertTrue(good.personal_data_removed_on)
        run = self.last_run("remove_personal_data")
        self.assertEqual((run.seen, run.updated, run.failed), (2, 1, 1))
        self.assertIn(reason, " ".join(run.line_ids.mapped("message")))

    def test_what_was_removed_is_not_looked_at_again(self):
        row = self.put_shipped()
        self.let_days_pass(row)
        self.remove()
        self.remove()
        self.assertEqual(self.last_run("remove_personal_data").seen, 0)

    def test_what_amazon_sends_afterwards_is_stored_without_the_buyer(self):
        row = self.put_shipped()
        self.let_days_pass(row)
        self.remove()
        self.put(status="SHIPPED", updated=ago(hours=1))
        self.assertEqual(row.last_updated, moment(ago(hours=1)))
        self.assertEqual(self.find_needle(), set())
        self.assertFalse(row.changes_to_confirm)
        self.assertFalse(row.is_address_hidden and row.is_address_missing)
        # The same once more is no change.
        self.download()
        self.assertEqual(self.last_run().unchanged, 1)

    def test_a_batch_costs_little_more_than_an_order(self):
        """Statements of one and of twelve orders, in one slice each."""
        one = self.put_shipped()
        twelve = self.env["amazon.order"]
        for number in range(12):
            twelve |= self.put_shipped(f"111-0000009-{number:07}")

        def count(rows):
            self.let_days_pass(rows)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.remove()
            self.assertTrue(all(row.personal_data_removed_on for row in rows))
            return self.env.cr.sql_log_count - before

        first = count(one)
        self.assertLess(count(twelve) - first, 12 * 12)

    def test_goods_and_amounts_stay(self):
        row = self.put_shipped()
        sale = row.sale_order_id
        before = row._parse_document()
        total, taxes = sale.amount_total, sale.fiscal_position_id
        self.let_days_pass(row)
        self.remove()
        after = row._parse_document()
        for name in ("order_id", "status", "grand_total", "parts", "packages"):
            self.assertEqual(getattr(after, name), getattr(before, name))
        self.assertEqual(after.items[0].sku, before.items[0].sku)
        self.assertEqual((sale.amount_total, sale.fiscal_position_id), (total, taxes))
        self.assertEqual(sale.client_order_ref, row.amazon_order_id)
        self.assertEqual(sale.partner_id.name, "Amazon buyer")


@tagged("post_install", "-at_install")
class TestWhatIsLeftAlone(PrivacyCommon):
    def prepare(self):
        super().prepare()
        self.row = self.put_shipped()
        self.buyer = self.row.sale_order_id.partner_id

    def assert_left_alone(self, name="Nedlebuyer Person"):
        self.let_days_pass(self.row)
        self.remove()
        self.assertTrue(self.row.personal_data_removed_on)
        self.assertEqual(self.buyer.name, name)
        self.assertTrue(self.buyer.email)
        self.assertTrue(self.buyer.active)
        messages = self.last_run("remove_personal_data").line_ids.mapped("message")
        self.assertIn("left alone", " ".join(messages))

    def test_a_contact_with_an_order_of_the_sellers_own(self):
        self.env["sale.order"].create({"partner_id": self.buyer.id})
        self.assert_left_alone()

    def test_a_contact_with_an_invoice_of_the_sellers_own(self):
        self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.buyer.id}
        )
        self.assert_left_alone()

    def test_the_contact_of_a_user(self):
        user = new_test_user(self.env, "colleague")
        user.partner_id = self.buyer
        self.assert_left_alone()

    def test_a_supplier(self):
        self.buyer.supplier_rank = 1
        self.assert_left_alone()

    def test_a_contact_below_which_a_person_added_one(self):
        self.buyer.create({"name": "Colleague", "parent_id": self.buyer.id})
        self.assert_left_alone()

    def test_a_contact_that_a_person_made(self):
        self.buyer.amazon_buyer_key = False
        self.assert_left_alone()

    def test_a_returning_buyer_keeps_what_the_newer_order_needs(self):
        newer = self.put(OTHER)
        self.assertEqual(newer.sale_order_id.partner_id, self.buyer)
        address = newer.sale_order_id.partner_shipping_id
        street = address.street
        self.assertIn("Nedle", street)
        self.let_days_pass(self.row)
        self.remove()
        self.assertTrue(self.row.personal_data_removed_on)
        self.assertEqual(self.buyer.name, "Nedlebuyer Person")
        self.assertEqual(address.street, street)
        self.ship(newer.sale_order_id)
        self.put(OTHER, status="SHIPPED", updated=ago(hours=3))
        self.let_days_pass(newer)
        self.remove()
        self.assertEqual(self.find_needle(), set())

    def test_who_buys_after_the_removal_is_a_new_contact(self):
        self.let_days_pass(self.row)
        self.remove()
        newer = self.put(OTHER)
        self.assertNotEqual(newer.sale_order_id.partner_id, self.buyer)
        self.assertEqual(newer.sale_order_id.partner_id.name, "Nedlebuyer Person")
        self.assertEqual(newer.state, "imported", newer.error)

    def test_an_order_that_a_person_keeps(self):
        manager = new_test_user(
            self.env, "manager", "amazon_connector.amazon_connector_group_manager"
        )
        self.row.with_user(manager).action_keep_personal_data()
        self.let_days_pass(self.row)
        self.remove()
        self.assertFalse(self.row.personal_data_removed_on)
        self.row.with_user(manager).action_release_personal_data()
        self.remove()
        self.assertEqual(self.find_needle(), set())

    def test_a_sale_order_that_was_deleted(self):
        sale = self.row.sale_order_id
        self.env["stock.picking"].search([("sale_id", "=", sale.id)]).write(
            {"sale_id": False}
        )
        sale.with_context(disable_cancel_warning=True)._action_cancel()
        sale.unlink()
        self.let_days_pass(self.row)
        self.remove()
        self.assertTrue(self.row.personal_data_removed_on)
        self.assertEqual(self.buyer.name, "Amazon buyer")

    def test_a_row_whose_document_cannot_be_understood(self):
        document = build_needle_order(OTHER, deliver_by=ago(days=60))
        document["proceeds"]["grandTotal"]["amount"] = "x,00"
        self.fake.add(document)
        self.download()
        row = self.order(OTHER)
        self.assertEqual(row.state, "failed")
        row.personal_data_since = fields.Datetime.now() - timedelta(days=31)
        self.remove()
        self.assertTrue(row.personal_data_removed_on)
        text = self.env["amazon.vault"]._decrypt(row.sudo().document_encrypted)
        self.assertNotIn("buyer", json.loads(text))

    def test_a_field_of_another_addon_goes_with_the_rest(self):
        personal = self.env.registry["amazon.personal.data"]
        declared = personal._get_personal_fields

        def extended(model):
            found = declared(model)
            kind = type(found[0])
            found.append(
                kind(
                    "sale.order.line",
                    named=("name",),
                    found_by=("order_id", "sale.order"),
                )
            )
            return found

        self.patch(personal, "_get_personal_fields", extended)
        line = self.row.sale_order_id.order_line[:1]
        line.name = "Engraved: Nedle"
        self.let_days_pass(self.row)
        self.remove()
        self.assertEqual(line.name, "Amazon buyer")

    # === MARKETING === #

    def test_a_buyer_gets_no_mailing(self):
        self.assertTrue(self.buyer.is_blacklisted)
        self.assertTrue(self.buyer.is_amazon_buyer)
        own = self.env["res.partner"].create(
            {"name": "Own Customer", "email": "own@example.com"}
        )
        self.assertFalse(own.is_blacklisted)
