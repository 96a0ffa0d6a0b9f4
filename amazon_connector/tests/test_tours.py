"""The connection form, and the mapping of a carrier, in a real browser."""

from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .common import FakeAmazon


@tagged("post_install", "-at_install")
class TestConnectionTour(HttpCase):
    def test_an_administrator_completes_tests_and_connects_a_new_store(self):
        fake = FakeAmazon()
        connection = self.env["amazon.connection"].create(
            {
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_us"
                ).id
            }
        )

        def open_client(_connection, observer):
            return fake.open(observer)

        connections = self.env.registry["amazon.connection"]
        with patch.object(connections, "_open_client", open_client):
            self.start_tour(
                "/odoo/action-amazon_connector.amazon_connection_action/"
                f"{connection.id}",
                "amazon_connection_tour",
                login="admin",
            )
        self.assertRecordValues(
            connection,
            [
                {
                    "seller_id": "A1TOURSELLER",
                    "state": "importing",
                    "name": "Example Store",
                    "display_name": "Tour Store",
                    "has_credentials": True,
                    "download_orders": True,
                    "unknown_product": "create",
                }
            ],
        )
        self.assertEqual(fake.count("getMarketplaceParticipations"), 2)


@tagged("post_install", "-at_install")
class TestCarrierTour(HttpCase):
    def test_an_administrator_maps_a_delivery_method_with_a_code_of_the_list(self):
        method = self.env["delivery.carrier"].create(
            {
                "name": "Tour Courier",
                "product_id": self.env.ref("amazon_connector.product_shipping").id,
            }
        )
        connection = self.env["amazon.connection"].create(
            {
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_us"
                ).id
            }
        )
        storefront = self.env["amazon.storefront"].create(
            {
                "connection_id": connection.id,
                "marketplace_id": connection.marketplace_id.id,
                "active": True,
            }
        )
        self.env["amazon.delivery.method"].create(
            {
                "storefront_id": storefront.id,
                "service_level": "standard",
                "carrier_id": method.id,
            }
        )
        self.start_tour(
            "/odoo/action-amazon_connector.delivery_carrier_action_amazon",
            "amazon_carrier_tour",
            login="admin",
        )
        self.assertEqual(method.amazon_carrier_ids.carrier_code, "OnTrac")
        self.assertEqual(method.amazon_recognised_as, "OnTrac")
