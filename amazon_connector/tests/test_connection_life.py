"""A connection over the years: reminders, renewal, sandbox, keys."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography.fernet import Fernet
from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import config

from ..models.amazon_vault import ENCRYPTED_FIELDS, ENCRYPTED_PARAMETERS
from ..spapi.errors import AuthError, UnavailableError
from .builders import build_order
from .common import SECRETS, AmazonCommon

CLIENT = "odoo.addons.amazon_connector.models.amazon_connection_client"


@tagged("post_install", "-at_install")
class TestReminders(AmazonCommon):
    def reminders(self):
        self.env["amazon.connection"]._cron_remind()
        return self.connection.activity_ids.mapped("summary")

    @freeze_time("2026-11-23")
    def test_the_days_of_secret_and_authorisation_are_counted(self):
        self.connection.write(
            {"secret_made_on": "2026-11-13", "authorized_on": "2026-11-22"}
        )
        self.assertEqual(self.connection.secret_days_left, 170)
        self.assertEqual(self.connection.authorization_days_left, 364)
        self.assertFalse(self.reminders())

    @freeze_time("2026-11-23")
    def test_the_responsible_is_reminded_once_of_each_end(self):
        self.connection.write(
            {"secret_made_on": "2026-06-10", "authorized_on": "2025-12-10"}
        )
        self.reminders()
        self.assertEqual(
            sorted(self.reminders()),
            ["Amazon authorisation ends", "Amazon client secret expires"],
        )
        self.assertEqual(
            self.connection.activity_ids.mapped("user_id"), self.connection.user_id
        )

    @freeze_time("2026-11-23")
    def test_a_new_authorisation_takes_the_reminders_away(self):
        self.connection.write(
            {"secret_made_on": "2026-06-10", "authorized_on": "2025-12-10"}
        )
        self.assertEqual(len(self.reminders()), 2)
        self.connection.refresh_token = "Atzr|new"
        self.assertEqual(self.reminders(), ["Amazon client secret expires"])
        self.connection.lwa_client_secret = "new-secret"
        self.assertFalse(self.reminders())
        self.assertEqual(self.connection.secret_days_left, 180)

    @freeze_time("2026-11-23")
    def test_a_new_secret_in_the_settings_takes_the_reminder_away(self):
        settings = self.env["res.config.settings"]
        settings.create(
            {
                "amazon_lwa_client_id": "amzn1.application-oa2-client.shared",
                "amazon_lwa_client_secret": "shared-secret",
                "amazon_secret_made_on": "2026-06-10",
            }
        ).execute()
        self.connection.lwa_client_id = False
        self.assertEqual(self.reminders(), ["Amazon client secret expires"])
        settings.create({"amazon_lwa_client_secret": "newer-secret"}).execute()
        self.assertFalse(self.reminders())


@tagged("post_install", "-at_install")
class TestWithdrawn(AmazonCommon):
    def test_a_withdrawn_authorisation_stops_the_jobs_with_one_activity(self):
        self.fake.errors = [AuthError("Refused.", reason="grant")] * 2
        self.download()
        self.assertEqual(self.connection.state, "reauthorize")
        self.put_off_is_over()
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), 1)
        self.assertEqual(len(self.connection.activity_ids), 1)

    def test_a_single_denial_is_a_hiccup_three_are_not(self):
        self.fake.errors = [AuthError("Refused.", reason="forbidden")] * 3
        for state in ("authorized", "authorized", "reauthorize"):
            self.download()
            self.put_off_is_over()
            self.assertEqual(self.connection.state, state)

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
        self.assertEqual(self.last_run().outcome, "partial")

    def several_orders(self, count):
        return [
            build_order(f"111-0000001-000000{number}") for number in range(1, count + 1)
        ]


@tagged("post_install", "-at_install")
class TestEnvironment(AmazonCommon):
    def setUp(self):
        # The seam as it is, before the tests' own Amazon is put there.
        self.real_open_client = self.env.registry["amazon.connection"]._open_client
        super().setUp()
        self.env["ir.config_parameter"].set_param("amazon_connector.sp_api_url", False)

    def test_the_sandbox_is_visible_wherever_the_connection_is(self):
        sandbox = self._create_connection(
            self.connection.seller_id, environment="sandbox", store_name="Trial"
        )
        self.assertEqual(sandbox.display_name, "Trial (sandbox)")

    def test_the_sandbox_has_its_own_address(self):
        opened = []
        with patch(f"{CLIENT}.SpApiClient", lambda *_args, **told: opened.append(told)):
            for environment in ("sandbox", "production"):
                connection = self._create_connection("A7", environment=environment)
                self.real_open_client(connection, None)
        self.assertEqual(
            [told["sp_api_url"] for told in opened],
            [
                "https://sandbox.sellingpartnerapi-na.amazon.com",
                "https://sellingpartnerapi-na.amazon.com",
            ],
        )


@tagged("post_install", "-at_install")
class TestKeys(AmazonCommon):
    def setUp(self):
        super().setUp()
        # What was stored before the test, by the demonstration, has another key.
        others = self.env["amazon.connection"].with_context(active_test=False)
        others.search([("id", "!=", self.connection.id)]).unlink()

    def keys(self, *keys):
        value = ",".join(key.decode() for key in keys)
        return patch.dict(os.environ, {"AMAZON_CONNECTOR_KEY": value})

    def store(self):
        self.connection.refresh_token = SECRETS["refresh_token"]
        self.connection.lwa_client_secret = SECRETS["lwa_client_secret"]

    def token(self):
        vault = self.env["amazon.vault"]
        return vault._decrypt(self.connection.sudo().refresh_token_encrypted)

    def test_the_key_can_be_changed_without_losing_anything(self):
        old, new = Fernet.generate_key(), Fernet.generate_key()
        with self.keys(old):
            self.store()
        with self.keys(new, old):
            self.assertEqual(self.token(), SECRETS["refresh_token"])
            self.env["res.config.settings"].create({}).action_amazon_rotate_key()
        with self.keys(new):
            self.assertEqual(self.token(), SECRETS["refresh_token"])
        with self.keys(old), self.assertRaisesRegex(UserError, "Nothing was lost"):
            self.token()

    def test_a_wrong_key_says_so_and_loses_nothing(self):
        right, wrong = Fernet.generate_key(), Fernet.generate_key()
        with self.keys(right):
            self.store()
        with self.keys(wrong), self.assertRaisesRegex(UserError, "Put back the key"):
            self.env["amazon.vault"]._rotate()
        with self.keys(right):
            self.assertEqual(self.token(), SECRETS["refresh_token"])

    def test_the_key_file_is_made_once_and_for_nobody_else(self):
        vault = self.env["amazon.vault"]
        self.connection.unlink()
        with TemporaryDirectory() as folder, self.data_dir(folder):
            token = vault._encrypt("text")
            (file,) = Path(folder).iterdir()
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertEqual(vault._decrypt(token), "text")

    def test_a_missing_key_file_is_not_replaced_while_secrets_are_stored(self):
        with TemporaryDirectory() as folder, self.data_dir(folder):
            with self.assertRaisesRegex(UserError, "Put the file back"):
                self.token()
            self.assertFalse(list(Path(folder).iterdir()))
        self.assertEqual(self.token(), SECRETS["refresh_token"])

    def data_dir(self, folder):
        return patch.dict(config.options, {"data_dir": folder})

    def test_a_key_that_is_none_says_so(self):
        with self.keys(b"short"), self.assertRaisesRegex(UserError, "not valid"):
            self.token()


@tagged("post_install", "-at_install")
class TestNeutralize(AmazonCommon):
    def test_a_copy_of_the_database_knows_no_credential(self):
        parameters = self.env["ir.config_parameter"]
        vault = self.env["amazon.vault"]
        for name in ENCRYPTED_PARAMETERS:
            parameters.set_param(name, vault._encrypt("secret"))
        self.env["amazon.connection.setup"].create(
            {
                "marketplace_id": self.connection.marketplace_id.id,
                "authorization_code": "code",
                **SECRETS,
            }
        )
        self.env.flush_all()
        for query in get_neutralization_queries(["amazon_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual(self.connection.state, "reauthorize")
        for model, name in ENCRYPTED_FIELDS:
            if model != "amazon.order":
                records = self.env[model].sudo().with_context(active_test=False)
                self.assertFalse(records.search([(name, "!=", False)]), name)
        for name in (*ENCRYPTED_PARAMETERS, "amazon_connector.sp_api_url"):
            parameters.invalidate_model()
            self.assertFalse(parameters.search([("key", "=", name)]), name)
