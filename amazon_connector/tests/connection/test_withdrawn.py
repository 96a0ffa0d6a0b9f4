"""Amazon refuses: what stops, who is reminded, and how it goes on."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...spapi.errors import AuthError, UnavailableError
from ..builders import ago, build_order, moment
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestWithdrawn(AmazonCommon):
    def test_jobs_stop_and_one_activity_stays_until_amazon_accepts_what_was_typed(self):
        self.fake.add(build_order())
        self.fake.errors = [AuthError("Refused.", reason="grant")]
        self.download()
        self.assertEqual(self.connection.state, "reauthorize")
        self.put_off_is_over()
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), 1)
        self.connection.refresh_token = "Atzr|typed"
        self.assertEqual(
            self.connection.activity_ids.mapped("summary"),
            ["Amazon refuses the authorisation"],
        )
        self.fake.errors = [AuthError("Refused.", reason="grant")]
        with self.assertRaises(UserError):
            self.connection.action_connect()
        self.assertTrue(self.connection.activity_ids)
        self.connection.action_connect()
        self.assertFalse(self.connection.activity_ids)
        self.download()
        self.assertTrue(self.order().sale_order_id, "What was missed is downloaded")

    def test_a_missing_role_stays_shown_while_the_rest_goes_on(self):
        self.connection.write({"state": "importing", "import_message": "Waiting"})
        self.connection._schedule_reminder(
            "amazon_connector.mail_activity_type_role", "Role", moment(ago()).date()
        )
        self.connection._complete_import()
        self.assertTrue(self.connection.activity_ids)
        self.connection.action_connect()
        self.assertFalse(self.connection.activity_ids)

    def save_settings(self, **values):
        self.env["res.config.settings"].create(values).execute()

    def refused_with_shared_application(self, reason="client"):
        self.save_settings(
            amazon_lwa_client_id="amzn1.application-oa2-client.shared",
            amazon_lwa_client_secret="shared-secret",
        )
        self.connection.write({"lwa_client_id": False, "state": "completed"})
        self.connection.orders_synced_until = moment(ago(days=3))
        self.fake.errors = [AuthError("Refused.", reason=reason)]
        self.download()
        self.assertEqual(self.connection.state, "reauthorize")
        self.assertEqual(self.connection.waits_for_settings, reason == "client")

    def test_a_new_secret_in_the_settings_lets_its_stores_go_on(self):
        self.refused_with_shared_application()
        self.save_settings(amazon_lwa_client_secret="newer-secret")
        self.assertEqual(self.connection.state, "completed")
        self.assertFalse(self.connection.activity_ids)
        asked = self.fake.count("searchOrders")
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), asked + 1)
        self.assertEqual(self.connection.state, "completed")

    def test_a_new_secret_that_is_wrong_too_stops_them_again(self):
        self.refused_with_shared_application()
        self.save_settings(amazon_lwa_client_secret="wrong-again")
        self.fake.errors = [AuthError("Refused.", reason="client")]
        self.download()
        self.assertEqual(self.connection.state, "reauthorize")
        self.assertEqual(len(self.connection.activity_ids), 1)

    def test_a_corrected_client_identifier_lets_its_stores_go_on(self):
        self.refused_with_shared_application()
        self.save_settings(amazon_lwa_client_id="amzn1.application-oa2-client.right")
        self.assertEqual(self.connection.state, "completed")

    def test_settings_that_do_not_matter_let_nobody_go_on(self):
        self.refused_with_shared_application()
        self.save_settings()
        self.assertEqual(self.connection.state, "reauthorize")

    def test_a_new_secret_does_not_help_who_was_refused_for_another_reason(self):
        self.refused_with_shared_application("grant")
        self.save_settings(amazon_lwa_client_secret="newer-secret")
        self.assertEqual(self.connection.state, "reauthorize")
        self.connection.refusal = "client"
        self.connection.lwa_client_id = "amzn1.application-oa2-client.own"
        self.save_settings(amazon_lwa_client_secret="newest-secret")
        self.assertEqual(self.connection.state, "reauthorize")

    def test_an_inactive_store_goes_on_without_asking_anything(self):
        self.refused_with_shared_application()
        self.connection.active = False
        self.save_settings(amazon_lwa_client_secret="newer-secret")
        self.assertEqual(self.connection.state, "completed")
        self.assertFalse(self.connection.job_ids.filtered("requested"))

    def test_a_store_without_orders_is_completed_again(self):
        self.connection.write({"state": "reauthorize", "import_summary": "Done."})
        self.connection.action_connect()
        self.assertEqual(self.connection.state, "completed")

    def test_a_single_denial_is_a_hiccup_three_are_not(self):
        self.fake.errors = [AuthError("Refused.", reason="forbidden")] * 3
        for state in ("authorized", "authorized", "reauthorize"):
            self.download()
            self.put_off_is_over()
            self.assertEqual(self.connection.state, state)

    def test_an_expired_secret_that_amazon_reports_late_is_tried_three_times(self):
        """After a new one was made, Amazon may call it expired for some minutes."""
        expired = AuthError("Expired.", reason="client", status=403)
        self.fake.errors = [expired] * 3
        for state in ("authorized", "authorized", "reauthorize"):
            self.download()
            self.put_off_is_over()
            self.assertEqual(self.connection.state, state)
        self.assertEqual(self.connection.refusal, "client")

    def denied(self, kind):
        self.fake.errors = [AuthError("Denied.", reason="forbidden", status=403)] * 3
        for _ in range(3):
            self.run_job(kind)
            self.put_off_is_over(kind)

    def test_denied_confirmations_do_not_stop_orders_and_quantities(self):
        self.ship(self.import_order())
        self.denied("send_shipments")
        self.assertTrue(self.connection._is_connected())
        self.assertEqual(
            self.connection.activity_ids.mapped("summary"),
            ["Amazon denies a function of the store"],
        )
        self.fake.add(build_order("111-0000001-0000009"))
        self.download()
        self.assertEqual(self.order("111-0000001-0000009").state, "imported")
        self.assertTrue(self.connection.activity_ids, "Orders are no confirmations")
        self.fake.errors = [UnavailableError("Gone.")]
        self.send()
        self.assertTrue(self.connection.activity_ids, "Nothing was let yet")
        self.put_off_is_over("send_shipments")
        self.send()
        self.assertFalse(self.connection.activity_ids, "Amazon lets it again")

    def test_one_activity_names_every_function_that_is_denied(self):
        self.connection.download_products = True
        self.ship(self.import_order())
        self.denied("send_shipments")
        self.denied("download_products")
        activity = self.connection.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("Send shipment info: Amazon denies", activity.note)
        self.assertIn("Download products: Amazon denies", activity.note)
        self.send()
        self.assertTrue(activity.exists(), "Products are denied still")
        self.run_job("download_products")
        self.assertFalse(activity.exists())

    def test_a_hiccup_of_another_function_leaves_what_is_shown(self):
        self.ship(self.import_order())
        self.denied("send_shipments")
        self.fake.errors = [AuthError("Denied.", reason="forbidden", status=403)]
        self.download()
        self.put_off_is_over()
        self.download()
        self.assertTrue(self.connection.activity_ids)

    def test_an_identifier_without_its_secret_stops_no_store(self):
        self.connection.state = "completed"
        self.connection.sudo().write(
            {"lwa_client_id": False, "lwa_client_secret_encrypted": False}
        )
        with self.assertRaisesRegex(UserError, "Enter the client secret together"):
            self.connection.lwa_client_id = "amzn1.lone"

    def test_a_corrected_seller_id_is_no_authorisation(self):
        self.fake.errors = [AuthError("Withdrawn.", reason="grant")]
        self.download()
        self.connection.seller_id = "A2CORRECTED"
        self.assertEqual(self.connection.state, "reauthorize")
        self.assertTrue(self.connection.activity_ids)

    def test_a_store_that_stops_is_reported_although_a_denial_is_shown_still(self):
        self.ship(self.import_order())
        self.denied("send_shipments")
        self.fake.errors = [AuthError("Withdrawn.", reason="grant")]
        self.download()
        self.assertIn(
            "Amazon refuses the authorisation",
            self.connection.activity_ids.mapped("summary"),
        )
        self.connection.action_connect()
        self.assertFalse(self.connection.activity_ids)

    def test_failures_of_the_network_are_no_denials(self):
        denied = AuthError("Refused.", reason="forbidden")
        self.fake.errors = [UnavailableError("Gone.")] * 2 + [denied]
        for _ in range(3):
            self.download()
            self.put_off_is_over()
        self.assertEqual(self.connection.state, "authorized")

    def test_inactive_stops_a_run_after_its_slice(self):
        self.fake.page_size = 1
        self.fake.add(*self.several_orders(3))
        connection = self.connection
        search = self.fake.search_orders

        def search_and_stop(**arguments):
            page = search(**arguments)
            connection.active = False
            return page

        self.fake.search_orders = search_and_stop
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), 1)
        self.assertEqual(self.last_run().outcome, "stopped")

    def several_orders(self, count):
        return [
            build_order(f"111-0000001-000000{number}") for number in range(1, count + 1)
        ]
