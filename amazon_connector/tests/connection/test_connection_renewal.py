"""A connection over the years: reminders, renewal, sandbox, copies."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ...models.connection.amazon_vault import ENCRYPTED_FIELDS, ENCRYPTED_PARAMETERS
from ..common import SECRETS, AmazonCommon

CLIENT = "odoo.addons.amazon_connector.models.connection.amazon_connection_connect"


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
    def test_a_secret_is_not_made_in_the_future(self):
        # Elsewhere it is tomorrow already.
        self.connection.secret_made_on = "2026-11-24"
        settings = {"amazon_secret_made_on": "2026-11-25"}
        for attempt in (
            lambda: self.connection.write({"secret_made_on": "2026-11-25"}),
            lambda: self.env["res.config.settings"].create(settings).execute(),
        ):
            with self.assertRaisesRegex(ValidationError, "cannot be in the future"):
                attempt()

    def test_who_is_archived_is_reminded_of_nothing(self):
        users = self.env["res.users"].with_context(no_reset_password=True)
        gone, here = users.create(
            [
                {
                    "name": name,
                    "login": name,
                    "company_id": self.connection.company_id.id,
                }
                for name in ("gone", "here")
            ]
        )
        self.connection.user_id = gone
        self.assertEqual(self.connection._get_responsible(), gone)
        gone.active = False
        managers = self.env.ref("amazon_connector.amazon_connector_group_manager")
        managers.user_ids = here
        self.assertEqual(self.connection._get_responsible(), here)

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
        with patch(
            f"{CLIENT}.SpApiClient", lambda *_args, **given: opened.append(given)
        ):
            for environment in ("sandbox", "production"):
                connection = self._create_connection("A7", environment=environment)
                self.real_open_client(connection, None)
        self.assertEqual(
            [given["sp_api_url"] for given in opened],
            [
                "https://sandbox.sellingpartnerapi-na.amazon.com",
                "https://sellingpartnerapi-na.amazon.com",
            ],
        )


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
