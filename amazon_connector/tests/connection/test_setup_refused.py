"""What the guided set-up refuses."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...spapi.errors import AuthError, ThrottledError, UnavailableError
from ..setup_common import SetupCommon


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
        self.assertFalse(setup.has_code, "Of no use any more")

    def test_a_token_that_was_typed_is_no_authorisation_of_amazons_page(self):
        setup = self.new_setup()
        self.assertTrue(setup.has_token)
        for method in ("redirect", "code"):
            setup.method = method
            self.assertFalse(setup.has_token)
            with self.assertRaises(UserError):
                setup.action_continue()
        setup.method = "own"
        self.assertTrue(setup.has_token)

    def test_a_token_of_amazons_page_is_not_ones_own(self):
        setup = self.new_setup("code", seller_id="A2NEW", authorization_code="CODE")
        setup.action_continue()
        setup.action_back()
        self.assertTrue(setup.has_token)
        setup.method = "own"
        self.assertFalse(setup.has_token)
        setup.refresh_token = "Atzr|typed"
        self.assertTrue(setup.has_token)

    def test_an_authorisation_of_a_wrong_account_is_forgotten(self):
        setup = self.new_setup("redirect")
        self.come_back(setup, seller=self.connection.seller_id)
        self.assertIn("already connected", setup.problem)
        self.assertFalse(setup.has_token or setup.has_code)

    def test_a_refused_code_takes_an_older_authorisation_along(self):
        setup = self.new_setup("code", seller_id="A2NEW", authorization_code="CODE")
        setup.action_continue()
        setup.action_back()
        setup.authorization_code = "MISTYPED"
        self.exchange.side_effect = AuthError("Refused.", reason="code")
        self.assertIn("paste the new code", self.problem_after(setup))
        self.assertFalse(setup.has_code or setup.has_token)

    def test_a_code_outlasts_a_network_that_fails(self):
        setup = self.new_setup("code", seller_id="A2NEW", authorization_code="CODE")
        self.exchange.side_effect = UnavailableError("Gone.")
        self.assertIn("Check the network", self.problem_after(setup))
        self.assertTrue(setup.has_code)

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

    def test_an_account_that_was_connected_between_connect_and_finish(self):
        setup = self.new_setup()
        self.go_on(setup)
        first = self._create_connection("A2NEWSELLER")
        with self.assertRaisesRegex(ValidationError, first.display_name):
            setup.action_finish()
        connections = self.env.registry["amazon.connection"]
        nobody = first.browse()
        # Of two that finish at once, one may not see the other at first, or at all.
        for found, words in (
            ([nobody, first], first.display_name),
            ([nobody, nobody], "a store that was connected at this moment"),
        ):
            with (
                self.subTest(words),
                patch.object(connections, "_find_account", side_effect=found),
                self.assertRaisesRegex(ValidationError, words),
            ):
                setup.action_finish()
        self.assertEqual(self.made(), first)

    def test_an_account_of_another_region(self):
        setup = self.new_setup()
        setup.marketplace_id = self.env.ref("amazon_connector.amazon_marketplace_de")
        self.assertIn("does not sell in", self.problem_after(setup))

    def test_a_state_that_is_too_old(self):
        with freeze_time("2026-11-23 10:00:00"):
            setup = self.new_setup("redirect")
            state = self.state_of(setup)["state"]
        with freeze_time("2026-11-23 10:31:00"):
            self.assertFalse(setup._find_by_state(state))

    def test_a_state_that_was_used(self):
        setup = self.new_setup("redirect")
        state = self.state_of(setup)["state"]
        setup._find_by_state(state)._process_redirect("A2NEWSELLER", "CODE")
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
