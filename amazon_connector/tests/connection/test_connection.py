"""Connecting a store: credentials, storefronts, what is said when it fails."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...spapi.errors import AuthError, UnavailableError
from ..builders import ago, ahead, moment
from ..common import SECRETS, AmazonCommon, client_methods


@tagged("post_install", "-at_install")
class TestConnection(AmazonCommon):
    def new_connection(self, seller="A2NEWSELLER"):
        return self._create_connection(seller, connected=False, store_name=False)

    def test_connecting_reads_the_store_name_and_its_storefronts(self):
        connection = self.new_connection()
        connection.action_connect()
        self.assertEqual(connection.state, "importing")
        self.assertEqual(connection.name, "Example Store")
        self.assertEqual(connection.display_name, "Example Store")
        storefronts = connection.with_context(active_test=False).storefront_ids
        self.assertEqual(
            {
                front.marketplace_id.amazon_marketplace_id: front.active
                for front in storefronts
            },
            {"ATVPDKIKX0DER": True, "A2EUQ1WTGCTBG2": False},
            "The chosen marketplace is on, the other off, Non-Amazon left out",
        )

    def test_connecting_again_keeps_what_was_ticked(self):
        connection = self.new_connection()
        connection.action_connect()
        storefronts = connection.with_context(active_test=False).storefront_ids
        storefronts.active = True
        connection.action_connect()
        again = connection.with_context(active_test=False).storefront_ids
        self.assertEqual(again, storefronts)
        self.assertTrue(all(again.mapped("active")))

    def test_refused_credentials_are_explained_and_nothing_is_connected(self):
        cases = {
            "client": "client secret",
            "grant": "refresh token",
            "forbidden": "role",
        }
        connection = self.new_connection()
        for reason, words in cases.items():
            error = AuthError("Refused.", reason=reason, request_id="req-1")
            self.amazon_of(connection).errors = [error]
            with self.subTest(reason), self.assertRaisesRegex(UserError, words) as why:
                connection.action_connect()
            self.assertIn("req-1", str(why.exception))
            self.assertEqual(connection.state, "draft")
            self.assertFalse(connection.name)
            self.assertFalse(connection.with_context(active_test=False).storefront_ids)

    def test_what_is_pasted_is_cleaned_once(self):
        cleaned = []
        models = self.env.registry
        clean = models["amazon.connection"]._clean_pasted

        def clean_and_count(records, vals):
            cleaned.append(vals)
            return clean(records, vals)

        self.patch(models["amazon.connection"], "_clean_pasted", clean_and_count)
        connection = self.env["amazon.connection"].create(
            {
                "marketplace_id": self.connection.marketplace_id.id,
                "seller_id": " a2newseller\u200b",
            }
        )
        self.assertEqual(connection.seller_id, "A2NEWSELLER")
        self.assertEqual(len(cleaned), 1)
        connection.store_name = "My Store"
        self.assertEqual(len(cleaned), 2)

    def test_no_network_is_said(self):
        connection = self.new_connection()
        self.amazon_of(connection).errors = [UnavailableError("Refused.")]
        with self.assertRaisesRegex(UserError, "could not be reached"):
            connection.action_test_connection()

    def test_an_account_outside_the_chosen_marketplace_is_refused(self):
        connection = self.new_connection()
        connection.marketplace_id = self.env.ref(
            "amazon_connector.amazon_marketplace_br"
        )
        with self.assertRaisesRegex(UserError, "CA, US"):
            connection.action_connect()
        self.assertEqual(connection.state, "draft")

    def test_one_account_is_connected_once_in_a_region(self):
        with self.assertRaisesRegex(ValidationError, self.connection.display_name):
            self._create_connection(self.connection.seller_id)

    def test_an_account_is_not_taken_by_moving_to_it(self):
        seller = self.connection.seller_id
        for name, other, value in (
            ("environment", "sandbox", "production"),
            (
                "marketplace_id",
                self.env.ref("amazon_connector.amazon_marketplace_jp").id,
                self.connection.marketplace_id.id,
            ),
        ):
            draft = self._create_connection(seller, connected=False, **{name: other})
            with (
                self.subTest(name),
                self.assertRaisesRegex(ValidationError, self.connection.display_name),
            ):
                draft[name] = value
            draft.unlink()

    def test_a_connected_store_keeps_its_account_for_good(self):
        company = self.env["res.company"].create({"name": "Other Example"})
        canada = self.env.ref("amazon_connector.amazon_marketplace_ca")
        others = {
            "seller_id": "A9OTHER",
            "environment": "sandbox",
            "marketplace_id": canada.id,
            "company_id": company.id,
            "state": "draft",
        }
        mine = self.connection.with_user(self.env.ref("base.user_admin"))
        self.prove_account()
        for state in ("authorized", "importing", "completed", "reauthorize"):
            self.connection.state = state
            for name, value in others.items():
                with (
                    self.subTest(f"{state} {name}"),
                    self.assertRaisesRegex(UserError, "Connect a new store"),
                ):
                    mine.write({name: value})
            # The same again is no change.
            self.connection.write(
                self.connection._convert_to_write(
                    {name: self.connection[name] for name in others if name != "state"}
                )
            )
        draft = self.new_connection()
        draft.write({"seller_id": "A9OTHER", "marketplace_id": canada.id})
        self.assertEqual(draft.marketplace_id, canada)

    def test_blanks_around_pasted_values_are_removed(self):
        connection = self.new_connection("  A3PASTED\u0007 \n")
        self.assertEqual(connection.seller_id, "A3PASTED")

    def test_a_selling_partner_id_in_small_letters_is_the_same_account(self):
        self.assertEqual(self.new_connection("a3small").seller_id, "A3SMALL")
        with self.assertRaisesRegex(ValidationError, self.connection.display_name):
            self._create_connection(self.connection.seller_id.lower())

    def test_secrets_are_stored_encrypted_and_not_read_back(self):
        row = self.connection.read()[0]
        self.assertFalse(row["lwa_client_secret"] or row["refresh_token"])
        self.env.cr.execute(
            "SELECT * FROM amazon_connection WHERE id = %s", [self.connection.id]
        )
        stored = str(self.env.cr.fetchall())
        for secret in SECRETS.values():
            self.assertNotIn(secret, stored)
        self.assertEqual(
            self.env["amazon.vault"]._decrypt(
                self.connection.sudo().refresh_token_encrypted
            ),
            SECRETS["refresh_token"],
        )

    def test_saving_without_typing_a_secret_keeps_it(self):
        before = self.connection.sudo().refresh_token_encrypted
        self.connection.write({"refresh_token": False, "store_name": "Other"})
        self.assertEqual(self.connection.sudo().refresh_token_encrypted, before)

    def test_a_blank_in_a_secret_field_keeps_what_is_stored(self):
        stored = self.connection.sudo()
        names = ["refresh_token_encrypted", "lwa_client_secret_encrypted"]
        day = moment(ago(days=100)).date()
        stored.write({"authorized_on": day, "secret_made_on": day})
        names += ["authorized_on", "secret_made_on"]
        before = stored.read(names)
        self.connection.write({"refresh_token": " ", "lwa_client_secret": "\t\n"})
        self.assertEqual(stored.read(names), before)
        self.assertTrue(self.connection.has_credentials)

    def test_a_blank_in_the_settings_keeps_the_secret(self):
        settings = self.env["res.config.settings"]
        settings.create({"amazon_lwa_client_secret": "secret"}).execute()
        before = self.env["amazon.application"]._get("lwa_client_secret_encrypted")
        settings.create({"amazon_lwa_client_secret": " "}).execute()
        after = self.env["amazon.application"]._get("lwa_client_secret_encrypted")
        self.assertTrue(before)
        self.assertEqual(after, before)

    def test_a_copy_has_no_credentials(self):
        copy = self.connection.copy()
        self.assertFalse(copy.seller_id)
        self.assertFalse(copy.has_credentials)
        self.assertEqual(copy.state, "draft")

    def test_a_secret_that_would_never_be_used_is_not_taken(self):
        self.connection.lwa_client_id = False
        with self.assertRaisesRegex(UserError, "uses the application of the Settings"):
            self.connection.lwa_client_secret = "lone-secret"
        self.connection.write(
            {"lwa_client_id": "amzn1.own", "lwa_client_secret": "own-secret"}
        )
        self.assertTrue(self.connection.has_credentials)

    def test_without_a_storefront_in_use_the_form_says_so(self):
        self.assertTrue(self.connection.has_storefront)
        self.connection.storefront_ids.active = False
        self.assertFalse(self.connection.has_storefront)

    def test_a_store_whose_quantities_are_sent_can_be_copied(self):
        self.connection.state = "completed"
        self.connection.sync_inventory = True
        self.assertFalse(self.connection.copy().sync_inventory)

    def test_a_store_without_credentials_can_be_edited(self):
        self.connection.sudo().write(
            {"refresh_token_encrypted": False, "lwa_client_secret_encrypted": False}
        )
        self.assertFalse(self.connection.has_credentials)
        with Form(self.connection) as form:
            form.active = False
            form.store_name = "A copy"
        self.assertFalse(self.connection.active)

    def test_a_store_is_found_by_its_own_name_and_by_amazons(self):
        self.connection.write({"name": "Amazon's name", "store_name": "Our shop"})
        for name in ("our sh", "amazon's n"):
            found = self.env["amazon.connection"].name_search(name)
            self.assertIn(self.connection.id, [found_id for found_id, _name in found])

    def prove_account(self):
        """Let a listing of the Selling Partner ID have come in."""
        storefront = self.connection.storefront_ids[0]
        self.env["amazon.listing"].create(
            {"storefront_id": storefront.id, "sku": "PROOF"}
        )

    def test_a_mistyped_seller_id_is_corrected_until_a_listing_proved_it(self):
        denied = AuthError("Denied.", reason="forbidden")
        self.fake.errors = [None, None, denied]
        self.connection.action_connect()
        job = self.connection._get_job("download_products")
        job.write({"denials": 3, "not_before": moment(ahead(days=1))})
        self.connection.seller_id = "A2CORRECTED"
        self.assertFalse(job.denials or job.not_before)
        for values in (
            {"seller_id": False},
            {"seller_id": "A3", "environment": "sandbox"},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(UserError, "stay as they"),
            ):
                self.connection.write(values)
        self.prove_account()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            self.connection.seller_id = "A4"

    def test_a_seller_id_that_amazon_answered_for_is_kept(self):
        self.connection.action_test_connection()
        self.assertTrue(self.connection.is_account_proven)
        with self.assertRaisesRegex(UserError, "stay as they are"):
            self.connection.seller_id = "A2OTHER"

    def test_only_https_or_loopback_endpoints_are_accepted(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("amazon_connector.sp_api_url", "http://shop.example")
        with self.assertRaisesRegex(UserError, "loopback"):
            self.connection._endpoint("sp_api_url", "")

    def test_scheduled_actions_are_on_only_while_a_store_is_connected(self):
        cron = self.env.ref("amazon_connector.ir_cron_download_orders")
        self.assertTrue(cron.active)
        self.connection.active = False
        self.assertFalse(cron.active)

    def test_a_connection_with_sale_orders_is_not_deleted(self):
        self.import_order()
        with self.assertRaisesRegex(UserError, "inactive"):
            self.connection.unlink()

    def test_setting_the_cursor_back_starts_a_new_window(self):
        job = self.connection._get_job("download_orders")
        job.position = {"since": ago(days=20), "token": "x", "token_time": ago()}
        self.connection.orders_synced_until = moment(ago(days=50))
        self.assertFalse(job.position)

    def test_switching_a_storefront_on_downloads_its_open_orders(self):
        self.connection.action_connect()
        self.connection.orders_synced_until = moment(ago())
        storefronts = self.connection.with_context(active_test=False).storefront_ids
        storefronts.filtered(lambda front: not front.active).active = True
        self.assertLess(
            self.connection.orders_synced_until,
            fields.Datetime.now() - timedelta(days=29),
        )

    def test_the_23_marketplaces_are_there(self):
        self.assertEqual(self.env["amazon.marketplace"].search_count([]), 23)

    def test_the_fake_of_the_tests_has_the_signatures_of_the_client(self):
        fake, real = client_methods()
        self.assertEqual(fake, real)
