"""The page that says how safe the place is where buyers' data lies."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..privacy_common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestSecurityCheck(PrivacyCommon):
    def prepare(self):
        super().prepare()
        self.manager = new_test_user(
            self.env, "manager", "amazon_connector.amazon_connector_group_manager"
        )
        self.parameters = self.env["ir.config_parameter"].sudo()

    def look(self, name):
        """Return the line whose name begins so, as the manager sees it."""
        checks = self.env["amazon.security.check"].with_user(self.manager)
        action = checks.action_open()
        rows = checks.search(action["domain"])
        (row,) = [row for row in rows if row.name.startswith(name)]
        return row

    def assert_verdict(self, name, verdict):
        row = self.look(name)
        self.assertEqual(row.verdict, verdict, row.finding)
        self.assertTrue(row.finding)
        self.assertEqual(bool(row.advice), verdict != "good")

    def test_only_an_administrator_sees_it(self):
        user = new_test_user(
            self.env, "plain", "amazon_connector.amazon_connector_group_user"
        )
        with self.assertRaises(AccessError):
            self.env["amazon.security.check"].with_user(user).action_open()

    def test_each_line_has_a_verdict_and_something_to_do(self):
        checks = self.env["amazon.security.check"].with_user(self.manager)
        rows = checks.search(checks.action_open()["domain"])
        self.assertGreaterEqual(len(rows), 8)
        for row in rows:
            with self.subTest(row.name):
                self.assertTrue(row.verdict)
                self.assertTrue(row.advice or row.verdict == "good")

    def test_https(self):
        for url, verdict in (
            ("https://odoo.example.com", "good"),
            ("http://odoo.example.com", "bad"),
            ("http://localhost:8069", "look"),
        ):
            with self.subTest(url):
                self.parameters.set_param("web.base.url", url)
                self.assert_verdict("Encrypted connection", verdict)

    def test_two_factor(self):
        self.parameters.set_param("auth_totp.policy", False)
        self.assert_verdict("Two-factor", "bad")
        self.parameters.set_param("auth_totp.policy", "employee_required")
        self.assert_verdict("Two-factor", "good")

    def test_passwords(self):
        policy = self.env["ir.module.module"].search(
            [("name", "=", "auth_password_policy")]
        )
        policy.state = "uninstalled"
        self.assert_verdict("Passwords", "bad")
        policy.state = "installed"
        for length, verdict in (("0", "bad"), ("11", "bad"), ("12", "good")):
            with self.subTest(length):
                self.parameters.set_param("auth_password_policy.minlength", length)
                self.assert_verdict("Passwords", verdict)

    def test_key(self):
        vault = self.env.registry["amazon.vault"]
        with patch.dict("os.environ", {"AMAZON_CONNECTOR_KEY": "a" * 43 + "="}):
            self.assert_verdict("Key", "good")
        with patch.dict("os.environ", clear=False) as environ:
            environ.pop("AMAZON_CONNECTOR_KEY", None)
            self.assert_verdict("Key", "look")

        reason = "The key is not there."

        def fail(_vault):
            raise UserError(reason)

        self.patch(vault, "_get_keys", fail)
        self.assert_verdict("Key", "bad")

    def test_ages_of_secrets(self):
        name = f"Secret of {self.connection.display_name}"
        today = fields.Date.context_today(self.connection)
        ends = self.env.registry["amazon.connection"]

        def ending_in(days):
            def compute(connections):
                for connection in connections:
                    connection.authorization_ends_on = False
                    connection.authorization_days_left = 0
                    connection.secret_ends_on = days and today + timedelta(days=days)
                    connection.secret_days_left = 0

            return compute

        for days, verdict in ((90, "good"), (10, "look"), (-1, "bad"), (None, "look")):
            with (
                self.subTest(days=days),
                patch.object(ends, "_compute_ends", ending_in(days)),
            ):
                self.env.invalidate_all()
                self.assert_verdict(name, verdict)

    def test_data_that_should_be_gone(self):
        self.assert_verdict("Time that personal data", "good")
        row = self.put_shipped()
        self.let_days_pass(row, days=33)
        self.assert_verdict("Time that personal data", "bad")
        self.remove()
        self.assert_verdict("Time that personal data", "good")
        self.connection.write(
            {"personal_data_days": 60, "personal_data_law": "Example Act"}
        )
        self.assert_verdict("Time that personal data", "look")

    def test_who_reads_is_counted(self):
        before = self.look("Who reads").finding
        new_test_user(
            self.env, "reader", "amazon_connector.amazon_connector_group_personal_data"
        )
        self.assertNotEqual(self.look("Who reads").finding, before)
