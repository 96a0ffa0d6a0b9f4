"""How a connection is authorised again: the same account, and nothing lost."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..builders import ago, moment
from ..setup_common import SetupCommon


@tagged("post_install", "-at_install")
class TestAuthorizeAgain(SetupCommon):
    def again(self, method="own", **values):
        self.connection.state = "reauthorize"
        action = self.connection.action_authorize_again()
        setup = self.env[action["res_model"]].browse(action["res_id"])
        if method == "own":
            values["refresh_token"] = "Atzr|renewed"
        elif method == "code":
            values["authorization_code"] = "CODE"
        elif method == "redirect":
            values["application_id"] = "amzn1.sellerapps.app.example"
        setup.write({"method": method, **values})
        return setup

    def refused(self, setup, words):
        setup.action_continue()
        self.assertIn(words, setup.problem)
        self.assertEqual(self.connection.state, "reauthorize")

    def test_the_connection_goes_on_where_it_stood(self):
        self.connection.orders_synced_until = moment(ago(days=3))
        action = self.again().action_continue()
        self.assertEqual(action["res_id"], self.connection.id)
        self.assertEqual(self.connection.state, "completed")
        stored = self.connection.sudo().refresh_token_encrypted
        self.assertEqual(self.env["amazon.vault"]._decrypt(stored), "Atzr|renewed")
        self.assertEqual(
            self.connection.sudo().lwa_client_id, "amzn1.application-oa2-client.example"
        )
        job_type = self.env["amazon.job.type"]._get_type("download_orders")
        due = self.env["amazon.job"].search(
            self.env["amazon.job"]._get_due_domain(job_type)
        )
        self.assertIn(self.connection, due.connection_id)

    @freeze_time("2026-11-24")
    def test_the_days_of_a_secret_that_stays_go_on(self):
        self.connection.write(
            {"secret_made_on": "2026-06-10", "authorized_on": "2025-12-10"}
        )
        self.connection._remind_of_expiry()
        self.again().action_continue()
        self.assertEqual(self.connection.secret_made_on, date(2026, 6, 10))
        self.assertEqual(self.connection.authorized_on, date(2026, 11, 24))
        self.assertEqual(
            self.connection.activity_ids.mapped("summary"),
            ["Amazon client secret expires"],
        )
        self.again(lwa_client_secret="newer-secret").action_continue()
        self.assertEqual(self.connection.secret_made_on, date(2026, 11, 24))
        self.assertFalse(self.connection.activity_ids)

    def test_another_selling_account_is_refused(self):
        for method in ("own", "code"):
            setup = self.again(method, seller_id="A9OTHER")
            self.refused(setup, "another selling account")
        setup = self.again("redirect")
        self.come_back(setup, seller="A9OTHER")
        self.assertIn("another selling account", setup.problem)
        self.assertEqual(self.connection.state, "reauthorize")

    def test_a_code_is_pasted_with_its_selling_partner_id(self):
        setup = self.again("code")
        self.assertFalse(setup.seller_id)
        self.assertEqual(setup.connection_id, self.connection)
        with self.assertRaisesRegex(UserError, "Selling Partner ID"):
            setup.action_continue()
        setup.seller_id = self.connection.seller_id
        setup.action_continue()
        self.assertTrue(self.connection._is_connected())

    def test_a_store_of_another_name_is_refused_until_it_is_said_to_be_renamed(self):
        for method in ("own", "code"):
            seller = self.connection.seller_id
            self.account.store_name = "Example Store"
            self.connection.name = "Example Store"
            setup = self.again(method, seller_id=seller)
            self.account.store_name = "Somebody Else's"
            with self.subTest(method):
                self.refused(setup, "Amazon calls this store Somebody Else's, but that")
                self.assertIn("as Example Store and authorise again", setup.problem)
                self.assertEqual(setup.other_name, "Somebody Else's")
                self.refused(setup, "Amazon calls this store")
                setup.is_renamed = True
                setup.action_continue()
                self.assertTrue(self.connection._is_connected())
                self.assertEqual(self.connection.name, "Somebody Else's")

    def test_what_is_typed_again_has_to_be_confirmed_as_renamed_again(self):
        setup = self.again()
        self.account.store_name = "Somebody Else's"
        self.refused(setup, "Amazon calls this store")
        setup.is_renamed = True
        setup.refresh_token = "Atzr|third"
        self.assertFalse(setup.other_name)
        self.refused(setup, "Amazon calls this store")

    def test_amazon_s_own_word_for_the_account_outweighs_a_new_name(self):
        setup = self.again("redirect")
        self.account.store_name = "Renamed"
        action = self.come_back(setup, seller=self.connection.seller_id)
        self.assertEqual(action["res_id"], self.connection.id)
        self.assertEqual(self.connection.name, "Renamed")

    def test_another_way_does_not_lead_around_the_name(self):
        setup = self.again("code", seller_id=self.connection.seller_id)
        self.account.store_name = "Somebody Else's"
        self.refused(setup, "Amazon calls this store")
        setup.method = "redirect"
        self.refused(setup, "Amazon calls this store")

    def test_it_asks_for_the_marketplace_of_the_store(self):
        setup = self.again()
        setup.marketplace_id = self.env.ref("amazon_connector.amazon_marketplace_ca")
        self.assertTrue(setup.action_continue())
        self.assertEqual(self.connection.name, "Example Store")

    def test_an_import_that_was_broken_off_ends_complete(self):
        self.connection.write(
            {
                "state": "importing",
                "import_stage": "download_orders",
                "import_message": "Half way",
            }
        )
        self.again().action_continue()
        self.assertEqual(self.connection.state, "importing")
        self.download()
        self.assertEqual(self.connection.state, "completed")
