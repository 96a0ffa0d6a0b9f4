"""What Amazon and the connector say cannot be changed by hand, not even over RPC."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..builders import build_order
from ..fake_listings import build_listing
from ..listings_common import ListingsCommon


@tagged("post_install", "-at_install")
class TestGuarded(ListingsCommon):
    def prepare(self):
        super().prepare()
        self.fake.list(build_listing())
        self.fake.add(build_order())
        self.download_products()
        self.download()
        self.ship(self.order().sale_order_id)
        group = "amazon_connector.amazon_connector_group_"
        self.user = new_test_user(self.env, "worker", groups=f"{group}user")
        self.manager = new_test_user(self.env, "boss", groups=f"{group}manager")

    def test_nobody_writes_what_amazon_says(self):
        order = self.order()
        attempts = [
            (order, {"status": "shipped"}),
            (order, {"state": "ignored"}),
            (order, {"sale_order_id": False}),
            (order.sale_order_id.amazon_order_ids, {"amazon_order_id": "1"}),
            (self.env["amazon.shipment"].search([]), {"state": "done"}),
            (self.env["amazon.shipment"].search([]), {"carrier_code": "DHL"}),
            (self.env["amazon.shipment.line"].search([]), {"quantity": 7}),
            (self.listing(), {"amazon_quantity": 7}),
            (self.listing(), {"channel": "amazon"}),
            (self.connection, {"state": "completed"}),
            (self.connection, {"name": "Hacked"}),
            (self.connection.storefront_ids, {"suspended": True}),
        ]
        for who in (self.user, self.manager):
            for records, values in attempts:
                with self.subTest(records=records, who=who.login):
                    self.assertTrue(records)
                    with self.assertRaises(AccessError):
                        records.with_user(who).write(values)

    def test_nobody_brings_it_along_at_the_start(self):
        connections = self.env["amazon.connection"].with_user(self.manager)
        values = {"marketplace_id": self.connection.marketplace_id.id}
        with self.assertRaises(AccessError):
            connections.create({**values, "state": "completed"})
        self.assertEqual(connections.create(values | {"state": "draft"}).state, "draft")

    def test_a_salesman_cannot_give_an_order_to_another_client(self):
        salesman = new_test_user(
            self.env, "salesman", groups="sales_team.group_sale_salesman_all_leads"
        )
        sale = self.order().sale_order_id.with_user(salesman)
        for values in ({"amazon_client_id": False}, {"amazon_order_ref": "1"}):
            with self.assertRaises(AccessError):
                sale.write(values)

    def test_what_users_are_for_goes_on(self):
        listing = self.listing().with_user(self.user)
        listing.write({"product_id": False})
        listing.write({"product_id": self.mug.id, "sync_inventory": False})
        listing.action_retry()
        listing.sync_inventory = True
        listing.action_push_now()
        self.order().with_user(self.user).action_retry()
        self.env["amazon.shipment"].search([]).with_user(self.user).action_retry()
        self.run_job("sync_inventory")
        self.assertEqual(self.fake.pushed[0][1], "MUG")
