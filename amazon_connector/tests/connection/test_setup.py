"""The guided set-up: three ways in, what it keeps, what it makes."""

from contextlib import suppress
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...spapi.errors import AuthError, UnavailableError
from ..builders import ago, build_order, moment
from ..setup_common import APPLICATION, SetupCommon


@tagged("post_install", "-at_install")
class TestSetup(SetupCommon):
    def test_nothing_is_made_before_finish(self):
        setup = self.new_setup()
        self.go_on(setup)
        self.assertEqual(setup.step, "finish")
        self.assertFalse(self.made())

    def test_finish_makes_the_connection_and_starts_the_import(self):
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
        self.assertIn("Orders: 0 read, 0 imported.", connection.import_summary)

    @freeze_time("2026-11-24")
    def test_the_days_of_the_secret_are_counted_from_when_it_was_made(self):
        # A form sends an empty field, too.
        for made_on, days_left in ((False, 180), ("2026-11-14", 170)):
            seller = f"A2SELLER{days_left}"
            setup = self.new_setup(seller_id=seller, secret_made_on=made_on)
            self.account.store_name = f"Store {days_left}"
            self.go_on(setup)
            setup.action_finish()
            self.assertEqual(self.made(seller).secret_days_left, days_left)

    @freeze_time("2026-11-24")
    def test_a_secret_that_is_typed_once_more_keeps_its_day(self):
        setup = self.new_setup(secret_made_on="2026-06-24")
        setup.lwa_client_secret = "example-secret-without-the-mistake"
        self.assertEqual(setup.secret_made_on, date(2026, 6, 24))

    def test_a_code_that_was_pasted_outlasts_a_look_at_another_way(self):
        with Form(self.new_setup("code", seller_id="A2NEW")) as form:
            form.authorization_code = "CODE"
            form.method = "redirect"
            form.method = "code"
            self.assertEqual(form.authorization_code, "CODE")

    def test_what_amazon_proved_is_kept_with_the_connection(self):
        denied = AuthError("Denied.", reason="forbidden")
        for seller, is_proven in (("A2PROVEN", True), ("A2DOUBTED", False)):
            self.account.store_name = f"Store {seller}"
            setup = self.new_setup(seller_id=seller)
            self.account.errors = [] if is_proven else [None, None, denied]
            self.go_on(setup)
            setup.action_finish()
            self.assertEqual(self.made(seller).is_account_proven, is_proven)

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
        self.account.calls.clear()
        self.download()
        self.assertEqual(self.made().state, "authorized")
        self.assertFalse(self.account.calls)

    def test_switched_on_later_it_imports_as_after_finish(self):
        self.connection.active = False
        setup = self.new_setup(is_active=False)
        self.go_on(setup)
        setup.action_finish()
        self.made().active = True
        self.assertEqual(self.made().state, "importing")
        self.download()
        self.assertEqual(self.made().state, "completed")

    def test_an_import_that_fails_says_why_and_goes_on_by_itself(self):
        self.connection.active = False
        setup = self.new_setup()
        self.go_on(setup)
        setup.action_finish()
        connection = self.made()
        self.account.errors = [UnavailableError("Gone.")]
        self.download()
        self.assertEqual(connection.state, "importing")
        self.assertIn("could not be reached", connection.import_message)
        self.put_off_is_over()
        self.download()
        self.assertRecordValues(
            connection,
            [{"state": "completed", "import_progress": 100, "import_message": False}],
        )

    def test_the_import_shows_how_far_it_is(self):
        self.connection.active = False
        self.account.page_size = 1
        for number, days in enumerate((22, 11, 1), 1):
            self.account.add(
                build_order(f"111-0000001-000000{number}", updated=ago(days=days))
            )
        setup = self.new_setup()
        self.go_on(setup)
        setup.action_finish()
        reported = []
        connections = self.env.registry["amazon.connection"]
        report = connections._report_import

        def listen(connection, kind, share, message):
            report(connection, kind, share, message)
            reported.append((connection.import_progress, message))

        self.patch(connections, "_report_import", listen)
        self.download()
        shares = [share for share, _message in reported]
        self.assertEqual(len(shares), 3)
        self.assertEqual(shares, sorted(shares))
        self.assertTrue(0 < shares[0] < shares[1] < shares[2] == 100)
        self.assertIn("Orders read: 2, ", reported[1][1])
        self.assertIn(f"{moment(ago(days=11))} UTC", reported[1][1])

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

    def test_a_tab_that_shows_the_page_of_before_leaps_over_none(self):
        setup = self.new_setup("redirect")
        self.assertFalse(setup.is_awaited)
        self.state_of(setup)
        self.assertTrue(setup.is_awaited)
        self.come_back(setup)
        self.assertFalse(setup.is_awaited)
        stale = setup.with_context(amazon_setup_step="connect")
        self.assertFalse(stale.action_continue())
        self.assertEqual(setup.step, "general")
        setup.with_context(amazon_setup_step="general").action_continue()
        self.assertEqual(setup.step, "configuration")
        setup.with_context(amazon_setup_step="general").action_back()
        self.assertEqual(setup.step, "configuration")
        setup.with_context(amazon_setup_step="configuration").action_back()
        self.assertEqual(setup.step, "general")

    def test_a_page_of_amazon_is_awaited_for_half_an_hour(self):
        with freeze_time("2026-11-23 10:00:00"):
            setup = self.new_setup("redirect")
            self.state_of(setup)
        setup.invalidate_recordset()
        with freeze_time("2026-11-23 10:29:00"):
            self.assertTrue(setup.is_awaited)
        setup.invalidate_recordset()
        with freeze_time("2026-11-23 10:31:00"):
            self.assertFalse(setup.is_awaited)

    def test_by_pasted_code(self):
        setup = self.new_setup(
            "code", seller_id=" A2NEWSELLER\n", authorization_code="\tCODE\u200b "
        )
        self.go_on(setup, 1)
        self.assertEqual(setup.step, "general")
        self.assertEqual(self.exchange.call_args.args, ("CODE",))
        self.assertFalse(self.exchange.call_args.kwargs["redirect_uri"])

    def test_every_way_of_authorising_is_reminded_of_its_end(self):
        for method in ("redirect", "code", "own"):
            seller = f"A2{method.upper()}"
            with freeze_time("2026-01-10 12:00:00"):
                setup = self.new_setup(method)
                if method == "redirect":
                    self.come_back(setup, seller=seller)
                else:
                    typed = {"code": {"authorization_code": "CODE"}, "own": {}}
                    setup.write({"seller_id": seller, **typed[method]})
                    self.go_on(setup, 1)
                self.go_on(setup, 2)
                setup.action_finish()
            connection = self.made(seller)
            with self.subTest(method):
                self.assertEqual(connection.authorized_on, date(2026, 1, 10))
                for day in ("2026-12-16", "2026-12-17"):
                    with freeze_time(day):
                        connection._cron_remind()
                reminders = connection.activity_ids.mapped("summary")
                self.assertEqual(reminders.count("Amazon authorisation ends"), 1)

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
            setup._find_by_state(state)._process_redirect("A2NEWSELLER", "CODE")
        setup._find_by_state(state)._process_redirect("A2NEWSELLER", "CODE")
        self.assertEqual(setup.step, "general")
        self.assertEqual(self.exchange.call_count, 1)

    def test_the_exchange_is_kept_before_anything_else_is_asked(self):
        order = []
        setups = self.env.registry["amazon.connection.setup"]
        self.patch(setups, "_commit_exchange", lambda setup: order.append("kept"))
        self.patch(setups, "_verify_account", lambda setup: order.append("verified"))
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
