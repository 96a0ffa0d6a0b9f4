"""What Amazon denies is found out at Connect, and named; storefronts stay true."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...spapi.errors import AuthError, ThrottledError, UnavailableError
from ..builders import ago
from ..setup_common import SetupCommon

DENIED = AuthError("Denied.", reason="forbidden", request_id="req-7")


@tagged("post_install", "-at_install")
class TestProbe(SetupCommon):
    """The account is asked for participations, orders and listings, in this order."""

    def test_a_store_whose_orders_are_denied_is_not_connected(self):
        setup = self.new_setup()
        self.account.errors = [None, DENIED]
        setup.action_continue()
        self.assertEqual(setup.step, "connect")
        self.assertIn("Inventory and Order Tracking", setup.problem)
        self.assertIn("req-7", setup.problem)
        self.assertFalse(setup.participations)

    def test_denied_listings_are_reported_and_the_seller_id_doubted(self):
        self.account.store_name = "New Store"
        setup = self.new_setup()
        self.account.errors = [None, None, DENIED]
        setup.action_continue()
        self.assertEqual(setup.step, "general")
        self.assertIn("Product Listing", setup.warning)
        self.assertIn("A2NEWSELLER", setup.warning)

    def test_a_mistyped_seller_id_does_not_connect_a_store_twice(self):
        """Amazon's name of the store shows it, where the ID cannot be proven."""
        setup = self.new_setup(seller_id="A2MISTYPED")
        self.account.errors = [None, None, DENIED]
        setup.action_continue()
        self.assertEqual(setup.step, "connect")
        self.assertIn("Example Store", setup.problem)
        self.assertIn("A2MISTYPED. Correct the ID, or use that", setup.problem)

    def test_two_stores_may_have_a_name_when_their_ids_are_proven(self):
        setup = self.new_setup()
        setup.action_continue()
        self.assertEqual(setup.step, "general")

    def test_a_company_without_a_warehouse_is_named_on_its_page(self):
        company = self.env["res.company"].create({"name": "Bare"})
        warehouses = self.env["stock.warehouse"]
        warehouses.search([("company_id", "=", company.id)]).active = False
        setup = self.new_setup(company_id=company.id)
        setup.action_continue()
        self.assertEqual(setup.step, "general")
        setup.action_continue()
        self.assertEqual(setup.step, "general")
        self.assertIn("Choose the warehouse that orders are deliv", setup.problem)
        self.assertIn("Bare", setup.problem)

    def test_all_well_nothing_is_said(self):
        setup = self.new_setup()
        setup.action_continue()
        self.assertEqual((setup.step, setup.warning), ("general", ""))
        self.assertEqual(self.account.count("searchOrders"), 1)
        self.assertEqual(self.account.count("searchListingsItems"), 1)

    def test_used_up_quota_is_no_denial(self):
        setup = self.new_setup()
        wait = ThrottledError("Wait.", retry_after=60)
        self.account.errors = [None, wait, None]
        setup.action_continue()
        self.assertEqual(setup.step, "general")

    def test_no_answer_is_reported_as_such(self):
        setup = self.new_setup()
        self.account.errors = [None, UnavailableError("Gone.")]
        setup.action_continue()
        self.assertIn("could not be reached", setup.problem)
        self.assertEqual(setup.step, "connect")

    def test_a_secret_that_expired_is_no_missing_role(self):
        expired = AuthError("Too old.", reason="client", status=403)
        for calls_before in range(3):
            self.account.errors = [None] * calls_before + [expired]
            with (
                self.subTest(calls_before),
                self.assertRaisesRegex(UserError, "The secret may have expired"),
            ):
                self.connection.action_test_connection()

    def test_a_store_that_stands_still_is_not_said_to_be_well(self):
        self.connection.state = "reauthorize"
        message = self.connection.action_test_connection()["params"]["message"]
        self.assertIn("press Connect to let the store go on", message)
        self.assertEqual(self.connection.state, "reauthorize")

    def test_test_connection_says_what_is_denied(self):
        self.account.errors = [None, DENIED]
        with self.assertRaisesRegex(UserError, "denies this store's orders"):
            self.connection.action_test_connection()
        self.account.errors = [None, None, DENIED]
        answer = self.connection.action_test_connection()["params"]
        self.assertEqual(answer["type"], "warning")
        self.assertIn("Product Listing", answer["message"])
        answer = self.connection.action_test_connection()["params"]
        self.assertEqual(answer["type"], "success")


@tagged("post_install", "-at_install")
class TestStorefronts(SetupCommon):
    def fronts(self):
        found = self.connection.with_context(active_test=False).storefront_ids
        return {f.marketplace_id.country_id.code: f.active for f in found}

    def test_test_connection_brings_new_storefronts(self):
        self.assertEqual(self.fronts(), {"US": True})
        self.connection.action_test_connection()
        self.assertEqual(self.fronts(), {"US": True, "CA": False})

    def test_where_the_account_sells_no_more_is_switched_off(self):
        self.connection.action_test_connection()
        self.connection.with_context(active_test=False).storefront_ids.active = True
        self.account.countries = {"US"}
        self.connection.action_test_connection()
        self.assertEqual(self.fronts(), {"US": True, "CA": False})
        self.assertIn("Amazon.ca", self.connection.message_ids[0].body)

    def test_a_storefront_that_is_ticked_skips_nothing_that_was_missed(self):
        self.connection.action_test_connection()
        missed_since = fields.Datetime.now() - timedelta(days=60)
        self.connection.orders_synced_until = missed_since
        self.connection.with_context(active_test=False).storefront_ids.active = True
        self.assertEqual(self.connection.orders_synced_until, missed_since)

    def test_a_storefront_that_is_ticked_starts_the_window_again(self):
        job = self.connection._get_job("download_orders")
        job.position = {"since": ago(days=20), "token": "t"}
        self.connection.action_test_connection()
        self.connection.with_context(active_test=False).storefront_ids.active = True
        self.assertFalse(job.position)


@tagged("post_install", "-at_install")
class TestSandbox(SetupCommon):
    def test_the_sandbox_tries_the_application_and_brings_nothing(self):
        self.connection.active = False
        setup = self.new_setup(environment="sandbox", download_products=True)
        self.go_on(setup)
        self.assertFalse(self.account.count("searchOrders"))
        setup.action_finish()
        sandbox = self.made()
        self.assertEqual(sandbox.state, "completed")
        self.assertIn("invented examples", sandbox.import_summary)
        self.account.calls.clear()
        for kind in ("download_products", "download_orders", "send_shipments"):
            self.run_job(kind)
        self.assertFalse(self.account.calls)
        with self.assertRaisesRegex(UserError, "static sandbox"):
            sandbox.action_download_orders()
        answer = sandbox.action_test_connection()["params"]
        self.assertEqual(answer["type"], "success")

    def test_the_sandbox_names_the_united_states_whatever_one_chose(self):
        self.connection.active = False
        self.account.countries = {"US"}
        germany = self.env.ref("amazon_connector.amazon_marketplace_de")
        setup = self.new_setup(environment="sandbox", marketplace_id=germany.id)
        self.go_on(setup)
        self.assertFalse(setup.problem)
        setup.action_finish()
        self.assertEqual(self.made().region, germany.region)
        self.assertEqual(self.made().name, "Example Store")
