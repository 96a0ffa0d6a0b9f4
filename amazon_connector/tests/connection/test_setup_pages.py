"""The guided set-up as it is shown and left, and the card that leads to it."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..setup_common import APPLICATION, SetupCommon

SETUP = "amazon.connection.setup"


@tagged("post_install", "-at_install")
class TestPages(SetupCommon):
    def share_application(self):
        self.env["res.config.settings"].create(
            {
                "amazon_application_id": "amzn1.sellerapps.app.shared",
                "amazon_lwa_client_id": "amzn1.application-oa2-client.shared",
                "amazon_lwa_client_secret": "shared-secret",
            }
        ).execute()

    def test_the_address_to_register_is_shown_here_and_in_the_settings(self):
        address = "https://odoo.example/amazon_connector/authorize"
        setup = self.new_setup("redirect")
        self.assertEqual(setup.address_to_register, address)
        self.assertFalse(setup.address_problem)
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.amazon_redirect_uri, address)
        self.assertFalse(settings.amazon_redirect_problem)

    def test_what_the_address_is_for_is_shown_below_it_on_both_screens(self):
        for model, name in (
            (SETUP, "address_to_register"),
            ("res.config.settings", "amazon_redirect_uri"),
        ):
            with self.subTest(model):
                view = self.env[model].get_view(view_type="form")
                shown = f"//widget[@name='amazon_field_help'][@field='{name}']"
                self.assertTrue(etree.fromstring(view["arch"]).xpath(shown))
                field = self.env[model].fields_get([name], ["help"])[name]
                self.assertIn("OAuth Redirect URI", field["help"])

    def test_a_tab_of_a_set_up_that_is_finished_leads_to_the_connections(self):
        setup = self.new_setup()
        self.go_on(setup)
        setup.action_finish()
        for name in dir(type(setup)):
            if name.startswith("action_") and not hasattr(BaseModel, name):
                with self.subTest(name):
                    params = getattr(setup, name)()["params"]
                    self.assertIn("finished or cancelled", params["message"])
                    self.assertEqual(params["next"]["res_model"], "amazon.connection")

    def test_a_half_filled_application_of_the_settings_serves_nobody(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("amazon_connector.lwa_client_id", "amzn1.half")
        setup = self.new_setup()
        self.assertFalse(setup.has_shared_client or setup.has_shared_application)
        self.share_application()
        setup.invalidate_recordset()
        self.assertTrue(setup.has_shared_client and setup.has_shared_application)

    def test_an_address_without_https_is_said_before_amazon_is_opened(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "http://odoo.example")
        setup = self.new_setup("redirect")
        self.assertIn("Serve it over https", setup.address_problem)
        self.assertEqual(
            setup.address_to_register, "http://odoo.example/amazon_connector/authorize"
        )
        parameters.set_param("web.base.url", "http://127.0.0.1:8069")
        self.assertFalse(self.new_setup("redirect").address_problem)

    def test_the_application_of_the_settings_is_named_and_may_be_replaced(self):
        self.share_application()
        market = {"marketplace_id": self.connection.marketplace_id.id}
        setup = self.env[SETUP].create(market)
        self.assertEqual(setup.shared_application, "amzn1.sellerapps.app.shared")
        self.assertFalse(setup.own_application)
        self.assertEqual(
            self.state_of(setup)["application_id"], setup.shared_application
        )
        setup.own_application = True
        with self.assertRaisesRegex(UserError, "Enter the application"):
            setup.action_open_amazon()
        setup.write(APPLICATION)
        self.assertTrue(setup.own_application)
        self.assertEqual(
            self.state_of(setup)["application_id"], APPLICATION["application_id"]
        )

    def test_cancel_forgets_the_set_up(self):
        setup = self.new_setup()
        action = setup.action_cancel()
        self.assertFalse(setup.exists())
        self.assertEqual(action["res_model"], "amazon.integration")
        self.assertFalse(self.made())

    def test_cancel_returns_to_the_store_that_was_to_be_authorised_again(self):
        again = self.env[SETUP].browse(
            self.connection.action_authorize_again()["res_id"]
        )
        self.assertEqual(again.action_cancel()["res_id"], self.connection.id)
        self.assertTrue(self.connection.exists())

    def test_a_state_that_did_its_work_is_found_again_by_its_user_alone(self):
        setup = self.new_setup("redirect")
        state = self.state_of(setup)["state"]
        self.assertFalse(self.env[SETUP]._find_by_spent_state(state))
        setup._process_redirect("A2NEWSELLER", "CODE")
        self.assertFalse(self.env[SETUP]._find_by_state(state))
        self.assertEqual(self.env[SETUP]._find_by_spent_state(state), setup)
        other = new_test_user(
            self.env, "other", "amazon_connector.amazon_connector_group_manager"
        )
        self.assertFalse(self.env[SETUP].with_user(other)._find_by_spent_state(state))


@tagged("post_install", "-at_install")
class TestCard(SetupCommon):
    def setUp(self):
        super().setUp()
        everything = self.env["amazon.connection"].with_context(active_test=False)
        everything.search([("id", "!=", self.connection.id)]).unlink()
        self.card = self.env.ref("amazon_connector.amazon_integration_amazon")

    def said(self):
        self.card.invalidate_recordset()
        names = ("connected_text", "reauthorize_text", "others_text")
        return tuple(self.card[name] or "" for name in names)

    def test_it_counts_by_state(self):
        self.assertEqual(self.said(), ("1 store connected", "", ""))
        second = self._create_connection("A2SECOND")
        self.assertEqual(self.said()[0], "2 stores connected")
        second.state = "reauthorize"
        self.assertEqual(
            self.said(),
            ("1 store connected", "1 store needs to be authorised again", ""),
        )
        self.connection.active = False
        second.state = "draft"
        self.assertEqual(self.said(), ("", "", "1 not connected yet, 1 inactive"))

    def test_it_opens_those_that_it_counts(self):
        pressed = self.card.with_context(amazon_filter="reauthorize")
        action = pressed.action_open_connections()
        self.assertEqual(action["res_model"], "amazon.connection")
        self.assertTrue(action["context"]["search_default_reauthorize"])
        everything = self.card.action_open_connections()
        self.assertEqual(everything["context"], {})
        self.connection.active = False
        shown = self.env["amazon.connection"].search(safe_eval(everything["domain"]))
        self.assertEqual(shown, self.connection)

    def test_it_offers_to_resume_a_set_up(self):
        self.env[SETUP].search([]).unlink()
        self.assertFalse(self.card.has_unfinished_setup)
        self.connection.action_authorize_again()
        setup = self.new_setup()
        self.card.invalidate_recordset()
        self.assertTrue(self.card.has_unfinished_setup)
        self.assertEqual(self.card.action_resume_setup()["res_id"], setup.id)
        self.assertFalse(self.card.action_set_up().get("res_id"))
        clerk = new_test_user(
            self.env, "clerk", "amazon_connector.amazon_connector_group_user"
        )
        self.assertFalse(self.card.with_user(clerk).has_unfinished_setup)
