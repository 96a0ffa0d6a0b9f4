"""What Amazon takes no confirmation of is not sent, and said in words."""

from odoo.tests import tagged

from ...spapi.errors import RejectedError
from ..builders import build_item
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

    def test_an_order_that_was_shipped_on_amazon(self):
        sale = self.import_order(items=[build_item(quantity=2)])
        shipment = self.ship(sale).amazon_shipment_ids
        self.change_on_amazon(sale, fulfillmentStatus="SHIPPED")
        self.assert_nothing_told(shipment, "confirmed outside of Odoo")

    def test_an_order_that_amazon_cancelled_after_it_left(self):
        sale = self.import_order()
        shipment = self.ship(sale).amazon_shipment_ids
        self.change_on_amazon(sale, fulfillmentStatus="CANCELLED")
        self.assert_nothing_told(shipment, "Ask for the return")

    def test_a_number_of_an_order_shipped_by_odoo_can_still_be_corrected(self):
        sale = self.import_order()
        picking = self.ship(sale, tracking="1Z-WRONG")
        self.send()
        self.change_on_amazon(sale, fulfillmentStatus="SHIPPED")
        picking.carrier_tracking_ref = "1Z-RIGHT"
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z-WRONG", "1Z-RIGHT"])

    def test_what_amazon_calls_so_when_it_refuses(self):
        sale = self.import_order()
        shipment = self.ship(sale).amazon_shipment_ids
        self.fake.errors = [
            RejectedError(
                "Amazon refused the request: The operation does not support Ship+ "
                "orders.",
                operation="confirmShipment",
            )
        ]
        self.send()
        self.assertEqual(shipment.state, "not_needed")
        self.assertIn("does not support Ship+", shipment.error)
        self.assertFalse(self.get_reminders(sale))

    def test_retry_asks_again_whether_it_is_needed(self):
        sale = self.import_order(programs=["FBM_SHIP_PLUS"])
        shipment = self.ship(sale).amazon_shipment_ids
        self.assertEqual(shipment.state, "not_needed")
        sale.amazon_order_ids.programs = False
        shipment.action_retry()
        self.send()
        self.assertEqual(shipment.state, "done")
