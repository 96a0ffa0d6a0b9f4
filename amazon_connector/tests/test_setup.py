"""The guided set-up: what it keeps, what it refuses, what is left behind."""

from contextlib import suppress
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..spapi.errors import AuthError, ThrottledError, UnavailableError
from .common import SECRETS, AmazonCommon, FakeAmazon

AUTHORIZE = "odoo.addons.amazon_connector.wizards.amazon_connection_setup_authorize"
APPLICATION = {
    "application_id": "amzn1.sellerapps.app.example",
    "lwa_client_id": "amzn1.application-oa2-client.example",
    "lwa_client_secret": "example-secret",
}


class SetupCommon(AmazonCommon):
    def setUp(self):
        super().setUp()
        # One Amazon for whatever is being set up, which has no id yet.
        self.account = FakeAmazon()
        test = self

        def open_client(_connection, observer):
            return test.account.open(observer)

        self.patch(self.env.registry["amazon.connection"], "_open_client", open_client)
        setups = self.env.registry["amazon.connection.setup"]
        self.patch(setups, "_keep_exchanged", lambda setup: setup.env.flush_all())
        self.exchange = self.startPatcher(patch(f"{AUTHORIZE}.exchange_code"))
        self.exchange.return_value = "Atzr|exchanged"
        self.env["ir.config_parameter"].set_param(
            "web.base.url", "https://odoo.example"
        )

    def new_setup(self, method="own", **values):
        own = {"seller_id": "A2NEWSELLER", **SECRETS} if method == "own" else {}
        return self.env["amazon.connection.setup"].create(
            {
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_us"
                ).id,
                "method": method,
                **APPLICATION,
                **own,
                **values,
            }
        )

    def state_of(self, setup):
        """Press Open Amazon; the query of the address that opens."""
        address = setup.action_open_amazon()["url"]
        return {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}

    def come_back(self, setup, code="CODE", seller="A2NEWSELLER"):
        """Amazon sends the browser back, as after a confirmation there."""
        state = self.state_of(setup)["state"]
        found = self.env["amazon.connection.setup"]._find_by_state(state)
        return found._authorized_by_redirect(seller, code)

    def go_on(self, setup, pages=3):
        for _ in range(pages):
            self.assertFalse(setup.problem)
            setup.action_continue()

    def made(self, seller="A2NEWSELLER"):
        return (
            self.env["amazon.connection"]
            .with_context(active_test=False)
            .search([("seller_id", "=", seller)])
        )


@tagged("post_install", "-at_install")
class TestSetup(SetupCommon):
    def test_nothing_is_made_before_finish(self):
        setup = self.new_setup()
        self.go_on(setup)
        self.assertEqual(setup.step, "finish")
        self.assertFalse(self.made())

    def test_finish_makes_the_connection_and_begins_the_import(self):
        setup = self.new_setup(store_name="Mine", send_shipments=False)
        self.go_on(setup)
        action = setup.action_finish()
        connection = self.made()
        self.assertEqual(action["res_id"], connection.id)
        self.assertRecordValues(
            connection,
            [
                {
                    "name": "Example Store",
                    "store_name": "Mine",
                    "state": "importing",
                    "send_shipments": False,
                    "has_credentials": True,
                }
            ],
        )
        self.assertFalse(setup.exists(), "The secrets of the set-up are gone")
        self.download()
        self.assertEqual(connection.state, "completed")
        self.assertIn("0 orders came in", connection.import_summary)

    def test_going_back_loses_nothing(self):
        setup = self.new_setup()
        self.go_on(setup, 2)
        setup.write({"store_name": "Kept", "download_orders": False})
        setup.action_back()
        setup.action_back()
        self.assertEqual(setup.step, "connect")
        self.go_on(setup)
        setup.action_finish()
        self.assertRecordValues(
            self.made(),
            [{"store_name": "Kept", "download_orders": False, "state": "completed"}],
        )

    def test_an_inactive_connection_imports_nothing(self):
        self.connection.active = False
        setup = self.new_setup(is_active=False)
        self.go_on(setup)
        setup.action_finish()
        self.download()
        self.assertEqual(self.made().state, "authorized")
        self.assertFalse(self.account.count("searchOrders"))

    def test_by_redirect(self):
        setup = self.new_setup("redirect")
        query = self.state_of(setup)
        self.assertEqual(
            query["redirect_uri"], "https://odoo.example/amazon_connector/authorize"
        )
        self.assertEqual(query["application_id"], APPLICATION["application_id"])
        self.come_back(setup)
        self.assertEqual((setup.step, setup.seller_id), ("general", "A2NEWSELLER"))
        self.assertEqual(
            self.exchange.call_args.kwargs["redirect_uri"], query["redirect_uri"]
        )
        self.go_on(setup, 2)
        setup.action_finish()
        stored = self.made().sudo().refresh_token_encrypted
        self.assertEqual(self.env["amazon.vault"]._decrypt(stored), "Atzr|exchanged")

    def test_by_pasted_code(self):
        setup = self.new_setup(
            "code", seller_id=" A2NEWSELLER\n", authorization_code="\tCODE\u200b "
        )
        self.go_on(setup, 1)
        self.assertEqual(setup.step, "general")
        self.assertEqual(self.exchange.call_args.args, ("CODE",))
        self.assertFalse(self.exchange.call_args.kwargs["redirect_uri"])

    def test_a_code_is_exchanged_once_even_when_what_follows_fails(self):
        setup = self.new_setup(
            "code", seller_id="A2NEWSELLER", authorization_code="CODE"
        )
        self.account.errors = [UnavailableError("Refused.")]
        setup.action_continue()
        self.assertIn("could not be reached", setup.problem)
        self.assertEqual(setup.step, "connect")
        setup.problem = False
        self.go_on(setup, 1)
        self.assertEqual(setup.step, "general")
        self.assertEqual(self.exchange.call_count, 1)

    def test_a_request_that_odoo_repeats_exchanges_the_code_once(self):
        setup = self.new_setup("redirect")
        state = self.state_of(setup)["state"]
        self.account.errors = [RuntimeError("Another transaction was in the way.")]
        # Not assertRaises: it would roll back what was committed.
        with suppress(RuntimeError):
            setup._find_by_state(state)._authorized_by_redirect("A2NEWSELLER", "CODE")
        setup._find_by_state(state)._authorized_by_redirect("A2NEWSELLER", "CODE")
        self.assertEqual(setup.step, "general")
        self.assertEqual(self.exchange.call_count, 1)

    def test_the_exchange_is_kept_before_anything_else_is_asked(self):
        order = []
        setups = self.env.registry["amazon.connection.setup"]
        self.patch(setups, "_keep_exchanged", lambda setup: order.append("kept"))
        self.patch(setups, "_verify", lambda setup: order.append("verified"))
        setup = self.new_setup(
            "code", seller_id="A2NEWSELLER", authorization_code="CODE"
        )
        setup.action_continue()
        self.assertEqual(order, ["kept", "verified"])

    def test_a_set_up_that_is_inactive_can_still_come_back(self):
        setup = self.new_setup("redirect", is_active=False)
        self.come_back(setup)
        self.assertEqual(setup.step, "general")

    def test_a_change_after_the_verification_has_to_be_verified(self):
        for name, value in (
            ("seller_id", "A3OTHER"),
            ("marketplace_id", self.env.ref("amazon_connector.amazon_marketplace_ca")),
        ):
            setup = self.new_setup()
            self.go_on(setup)
            setup[name] = value
            self.assertEqual(setup.step, "connect")
            with self.assertRaisesRegex(UserError, "Connect the store first"):
                setup.action_finish()
        self.assertFalse(self.made("A3OTHER"))

    def test_the_application_of_the_settings_serves_every_store(self):
        self.env["res.config.settings"].create(
            {
                "amazon_application_id": " amzn1.sellerapps.app.shared ",
                "amazon_lwa_client_id": "amzn1.application-oa2-client.shared",
                "amazon_lwa_client_secret": "shared-secret",
                "amazon_application_draft": True,
            }
        ).execute()
        setup = self.env["amazon.connection.setup"].create(
            {"marketplace_id": self.connection.marketplace_id.id}
        )
        self.assertTrue(setup.has_shared_application)
        query = self.state_of(setup)
        self.assertEqual(query["application_id"], "amzn1.sellerapps.app.shared")
        self.assertEqual(query["version"], "beta")
        self.come_back(setup)
        self.assertEqual(
            self.exchange.call_args.kwargs["client_secret"], "shared-secret"
        )
        self.go_on(setup, 2)
        setup.action_finish()
        self.assertFalse(self.made().sudo().lwa_client_id)
        self.assertTrue(self.made().secret_ends_on)


@tagged("post_install", "-at_install")
class TestSetupRefused(SetupCommon):
    def problem_after(self, setup, *errors):
        self.account.errors = list(errors)
        setup.action_continue()
        self.assertEqual(setup.step, "connect")
        self.assertFalse(self.made())
        return setup.problem

    def test_amazon_refuses_the_credentials(self):
        for reason, words in (
            ("client", "secret may have expired"),
            ("grant", "does not accept the refresh token"),
            ("forbidden", "lacks a role"),
        ):
            with self.subTest(reason):
                error = AuthError("Refused.", reason=reason)
                self.assertIn(words, self.problem_after(self.new_setup(), error))

    def test_a_wrong_expired_or_used_code(self):
        setup = self.new_setup("code", seller_id="A2NEW", authorization_code="CODE")
        self.exchange.side_effect = AuthError("Refused.", reason="code")
        self.assertIn("paste the new code", self.problem_after(setup))

    def test_no_network(self):
        problem = self.problem_after(self.new_setup(), UnavailableError("Refused."))
        self.assertIn("Check the network", problem)

    def test_a_used_up_quota(self):
        error = ThrottledError("Wait.", retry_after=60)
        problem = self.problem_after(self.new_setup(), error)
        self.assertIn("Try again in a few minutes", problem)

    def test_an_account_that_is_connected_already(self):
        setup = self.new_setup(seller_id=self.connection.seller_id)
        setup.action_continue()
        self.assertIn(self.connection.display_name, setup.problem)
        self.assertEqual(len(self.made(self.connection.seller_id)), 1)

    def test_an_account_of_another_region(self):
        setup = self.new_setup()
        setup.marketplace_id = self.env.ref("amazon_connector.amazon_marketplace_de")
        self.assertIn("does not sell in", self.problem_after(setup))

    def test_a_foreign_state(self):
        setups = self.env["amazon.connection.setup"]
        self.assertFalse(setups._find_by_state("never-sent"))
        self.assertFalse(setups._find_by_state(""))

    def test_the_state_of_another_user(self):
        state = self.state_of(self.new_setup("redirect"))["state"]
        boss = new_test_user(
            self.env, "boss", "amazon_connector.amazon_connector_group_manager"
        )
        others = self.env["amazon.connection.setup"].with_user(boss)
        self.assertFalse(others._find_by_state(state))

    def test_a_state_that_is_too_old(self):
        with freeze_time("2026-11-23 10:00:00"):
            setup = self.new_setup("redirect")
            state = self.state_of(setup)["state"]
        with freeze_time("2026-11-23 10:31:00"):
            self.assertFalse(setup._find_by_state(state))

    def test_a_state_that_was_used(self):
        setup = self.new_setup("redirect")
        state = self.state_of(setup)["state"]
        setup._find_by_state(state)._authorized_by_redirect("A2NEWSELLER", "CODE")
        self.assertFalse(setup._find_by_state(state))

    def test_a_redirect_needs_https(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "http://odoo.example")
        setup = self.new_setup("redirect")
        with self.assertRaisesRegex(UserError, "https addresses only"):
            setup.action_open_amazon()
        parameters.set_param("web.base.url", "http://127.0.0.1:8069")
        self.assertTrue(setup.action_open_amazon()["url"])

    def test_what_is_missing_is_named(self):
        for method, values, words in (
            ("redirect", {}, "Press Open Amazon"),
            ("code", {"seller_id": "A2"}, "Paste the code"),
            ("code", {"authorization_code": "C"}, "Selling Partner ID"),
            ("own", {"refresh_token": False}, "refresh token"),
            ("own", {"lwa_client_secret": False}, "client secret"),
        ):
            setup = self.new_setup(method, **values)
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                setup.action_continue()

    def test_finish_without_connecting(self):
        with self.assertRaisesRegex(UserError, "Connect the store first"):
            self.new_setup().action_finish()


@tagged("post_install", "-at_install")
class TestAuthorizeAgain(SetupCommon):
    def again(self, seller=None):
        self.connection.state = "reauthorize"
        action = self.connection.action_authorize_again()
        setup = self.env[action["res_model"]].browse(action["res_id"])
        setup.write(
            {
                "method": "own",
                "refresh_token": "Atzr|renewed",
                "seller_id": seller or self.connection.seller_id,
            }
        )
        return setup

    def test_the_connection_goes_on_where_it_stood(self):
        self.connection.orders_synced_until = "2026-11-20 12:00:00"
        action = self.again().action_continue()
        self.assertEqual(action["res_id"], self.connection.id)
        self.assertEqual(self.connection.state, "completed")
        stored = self.connection.sudo().refresh_token_encrypted
        self.assertEqual(self.env["amazon.vault"]._decrypt(stored), "Atzr|renewed")
        self.assertEqual(
            self.connection.sudo().lwa_client_id, "amzn1.application-oa2-client.example"
        )
        self.assertTrue(self.connection.job_ids.filtered("requested"))

    def test_another_selling_account_is_refused(self):
        setup = self.again("A9OTHER")
        setup.action_continue()
        self.assertIn("another selling account", setup.problem)
        self.assertEqual(self.connection.state, "reauthorize")

    def test_an_import_that_was_broken_off_ends_complete(self):
        self.connection.write({"state": "importing", "import_message": "Half way"})
        self.again().action_continue()
        self.assertEqual(self.connection.state, "importing")
        self.download()
        self.assertEqual(self.connection.state, "completed")
