"""What Amazon takes no confirmation of is not sent, and said in words."""

from odoo.tests import tagged

from ..shipments_common import ShipmentsCommon


@tagged("post_install", "-at_install")
class TestNotNeeded(ShipmentsCommon):
    def assert_nothing_told(self, shipment, words):
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertEqual(shipment.state, "not_needed")
        self.assertIn(words, shipment.error)
        self.assertFalse(self.get_reminders(shipment.picking_id.sale_id))

    def test_programs_that_amazon_knows_the_parcels_of(self):
        for number, (program, words) in enumerate(
            (
                ("FBM_SHIP_PLUS", "Ship+"),
                ("IN_STORE_PICK_UP", "collects"),
                ("AMAZON_EASY_SHIP", "Easy Ship"),
                ("DELIVERY_BY_AMAZON", "Amazon delivers"),
            )
        ):
            with self.subTest(program):
                sale = self.import_order(
                    order_id=f"111-0000001-000000{number}", programs=["PRIME", program]
                )
                shipment = self.ship(sale).amazon_shipment_ids
                self.assert_nothing_told(shipment, words)

    def test_prime_and_premium_are_confirmed_as_any_other(self):
        self.ship(self.import_order(programs=["PRIME", "PREMIUM", "AMAZON_BUSINESS"]))
        self.send()
        self.assertEqual(len(self.sent()), 1)

    def test_without_carrier_too(self):
        """Nobody is asked for what nobody needs."""
        sale = self.import_order(programs=["FBM_SHIP_PLUS"])
        picking = self.ship(sale, tracking=False, carrier=False)
        self.assert_nothing_told(picking.amazon_shipment_ids, "Ship+")

    def test_retry_asks_again_whether_it_is_needed(self):
        sale = self.import_order(programs=["FBM_SHIP_PLUS"])
        shipment = self.ship(sale).amazon_shipment_ids
        self.assertEqual(shipment.state, "not_needed")
        sale.amazon_order_ids.programs = False
        shipment.action_retry()
        self.send()
        self.assertEqual(shipment.state, "done")
