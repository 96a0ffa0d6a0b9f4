"""Who may do what."""

import re
from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.models import BaseModel
from odoo.tests import new_test_user, tagged

from ..common import SECRETS, AmazonCommon


@tagged("post_install", "-at_install")
class TestSecurity(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "boss",
            "amazon_connector.amazon_connector_group_manager,base.group_allow_export",
        )
        cls.user = new_test_user(
            cls.env, "clerk", "amazon_connector.amazon_connector_group_user"
        )
        cls.stranger = new_test_user(cls.env, "stranger", "base.group_user")
        cls.packer = new_test_user(cls.env, "packer", "stock.group_stock_user")

    def test_a_stranger_sees_nothing_and_calls_nothing(self):
        connection = self.connection.with_user(self.stranger)
        with self.assertRaises(AccessError):
            connection.read(["name"])
        for name in dir(type(connection)):
            if name.startswith("action_"):
                with self.subTest(name), self.assertRaises(AccessError):
                    getattr(connection, name)()

    def test_a_stranger_opens_no_screen(self):
        for name in self.env.registry:
            if not name.startswith("amazon.") or self.env[name]._abstract:
                continue
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.stranger).get_views([(False, "form")])

    def test_a_stranger_presses_nothing_on_the_cards(self):
        card = self.env["amazon.integration"].search([], limit=1)
        for name in dir(type(card)):
            if name.startswith("action_") and not hasattr(BaseModel, name):
                with self.subTest(name), self.assertRaises(AccessError):
                    getattr(card.with_user(self.stranger), name)()

    def test_only_an_administrator_of_the_connector_sets_up(self):
        setups = self.env["amazon.connection.setup"]
        values = {"marketplace_id": self.connection.marketplace_id.id}
        mine = setups.create(values)
        for user in (self.user, self.stranger):
            with self.assertRaises(AccessError):
                setups.with_user(user).create(values)
            for name in dir(type(setups)):
                if name.startswith("action_") and not hasattr(BaseModel, name):
                    with self.subTest(name), self.assertRaises(AccessError):
                        getattr(mine.with_user(user), name)()

    def test_a_set_up_belongs_to_who_started_it(self):
        setups = self.env["amazon.connection.setup"].with_user(self.manager)
        values = {"marketplace_id": self.connection.marketplace_id.id}
        mine = self.env["amazon.connection.setup"].create(values)
        own = setups.create(values)
        self.assertEqual(setups.search([]), own)
        with self.assertRaises(AccessError):
            setups.browse(mine.id).read(["seller_id"])

    def test_a_stranger_does_not_see_the_cards(self):
        cards = self.env["amazon.integration"]
        self.assertTrue(cards.with_user(self.user).search([]))
        with self.assertRaises(AccessError):
            cards.with_user(self.stranger).search([])

    def test_a_user_works_but_neither_connects_nor_configures(self):
        connection = self.connection.with_user(self.user)
        self.assertEqual(connection.display_name, f"Store {connection.seller_id}")
        connection.action_download_orders()
        for call in (connection.action_connect, connection.action_test_connection):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            connection.store_name = "Mine"
        with self.assertRaises(AccessError):
            connection.read(["refresh_token"])

    def test_an_administrator_of_the_connector_needs_no_other_right(self):
        connection = (
            self.env["amazon.connection"]
            .with_user(self.manager)
            .create(
                {
                    "marketplace_id": self.connection.marketplace_id.id,
                    "seller_id": "A4BOSS",
                    "lwa_client_id": "amzn1.application-oa2-client.boss",
                    **SECRETS,
                }
            )
        )
        connection.action_connect()
        connection.action_test_connection()
        connection.action_download_orders()
        connection.action_send_shipments()
        self.assertEqual(connection.state, "importing")

    def test_two_companies_do_not_see_each_others_stores(self):
        company = self.env["res.company"].create({"name": "Other Example"})
        other = new_test_user(
            self.env,
            "other",
            "amazon_connector.amazon_connector_group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.import_order()
        self.ship(self.order().sale_order_id, tracking=False)
        self.last_run()._warn("Example", self.connection)
        for model in (
            "connection",
            "storefront",
            "order",
            "order.line",
            "shipment",
            "shipment.line",
            "history",
            "history.line",
            "job",
        ):
            mine = self.env[f"amazon.{model}"].search([])
            self.assertTrue(mine, model)
            theirs = mine.with_user(other)
            self.assertFalse(theirs.search([]), model)
            with self.assertRaises(AccessError):
                theirs.read(["display_name"])
        connection = self.connection.with_user(other)
        for name in dir(type(connection)):
            if name.startswith("action_"):
                with self.subTest(name), self.assertRaises(AccessError):
                    getattr(connection, name)()
        with self.assertRaisesRegex(UserError, "by another company") as refused:
            self.env["amazon.connection"].with_user(other).create(
                {
                    "marketplace_id": self.connection.marketplace_id.id,
                    "seller_id": self.connection.seller_id,
                }
            )
        self.assertNotIn(self.connection.display_name, str(refused.exception))

    def test_a_set_up_renews_no_store_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other Example"})
        other = new_test_user(
            self.env,
            "other",
            "amazon_connector.amazon_connector_group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        setups = self.env["amazon.connection.setup"].with_user(other)
        values = {"marketplace_id": self.connection.marketplace_id.id, **SECRETS}
        foreign = {"connection_id": self.connection.id}
        with self.assertRaises(AccessError):
            setups.create(values | foreign)
        with self.assertRaises(AccessError):
            setups.with_context(default_connection_id=self.connection.id).create(values)
        setup = setups.create(values)
        with self.assertRaises(AccessError):
            setup.write(foreign)
        # As it stands in a set-up of before.
        setup.sudo().write(foreign)
        with self.assertRaises(AccessError):
            setup._connect()
        before = self.connection.sudo().refresh_token_encrypted
        # Not assertRaises: it would take back what was written before the refusal.
        with suppress(AccessError):
            setup._update_connection()
        self.assertEqual(self.connection.sudo().refresh_token_encrypted, before)

    def test_a_store_is_set_up_with_what_belongs_to_its_company(self):
        company = self.env["res.company"].create({"name": "Other Example"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self.assertTrue(theirs)
        with self.assertRaises(UserError):
            self.connection.warehouse_id = theirs
        partner = self.env["res.partner"].create(
            {"name": "Their client", "company_id": company.id}
        )
        with self.assertRaises(UserError):
            self.connection.client_id = partner
        with self.assertRaises(UserError):
            self.connection.client_id = company.partner_id
        for owner in (company, self.env.company):
            contact = self.env["res.partner"].create(
                {"name": "Purchasing", "parent_id": owner.partner_id.id}
            )
            with (
                self.subTest(owner.name),
                self.assertRaisesRegex(UserError, re.escape(self.env.company.name)),
            ):
                self.connection.client_id = contact
        setup = self.env["amazon.connection.setup"].create(
            {
                "marketplace_id": self.connection.marketplace_id.id,
                "company_id": company.id,
            }
        )
        self.assertEqual(setup.warehouse_id, theirs)
        self.assertEqual(setup.client_id, company.partner_id)

    def test_a_client_and_his_contacts_may_be_the_client(self):
        client = self.env["res.partner"].create({"name": "Client", "is_company": True})
        office = client.create({"name": "Office", "parent_id": client.id})
        subsidiary = client.create(
            {
                "name": "Subsidiary",
                "is_company": True,
                "parent_id": self.env.company.partner_id.id,
            }
        )
        for partner in (client, office, subsidiary, self.env.company.partner_id):
            self.connection.client_id = partner
            self.assertEqual(self.connection.client_id, partner)

    def test_a_user_retries_and_sends_shipments(self):
        picking = self.ship(self.import_order(), tracking=False)
        shipment = picking.amazon_shipment_ids.with_user(self.user)
        shipment.action_retry()
        shipment.action_send_now()
        self.assertEqual(shipment.state, "blocked")

    def test_a_salesman_reads_deliveries_as_before(self):
        salesman = new_test_user(self.env, "seller", "sales_team.group_sale_salesman")
        picking = self.import_order().picking_ids.with_user(salesman)
        view = picking.get_view(view_type="form")["arch"]
        self.assertIn("amazon_order_ref", view)
        self.assertNotIn("amazon_shipment_ids", view)
        self.assertTrue(picking.read(["amazon_order_ref"])[0]["amazon_order_ref"])

    def test_a_packer_without_amazon_rights_ships_an_amazon_order(self):
        sale = self.import_order()
        picking = sale.picking_ids.with_user(self.packer)
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z999"})
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.button_validate()
        self.settle_deliveries()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.sudo().amazon_shipment_ids.state, "pending")
