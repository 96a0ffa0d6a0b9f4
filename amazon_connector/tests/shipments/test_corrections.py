"""A carrier or number that is written late or corrected ends at Amazon."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestWrittenOnShipment(AmazonCommon):
    """The delivery is done; what it lacks is written on its shipment."""

    def sent(self):
        return [request["packageDetail"] for _order, request in self.fake.applied]

    def packer(self):
        return new_test_user(self.env, "packer", "stock.group_stock_user")

    def test_carrier_and_number_written_by_the_packer_free_the_shipment(self):
        picking = self.ship(self.import_order(), tracking=False, carrier=False)
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "blocked")
        shipment.with_user(self.packer()).write(
            {"carrier_id": self.carrier.id, "tracking_ref": "1Z-BY-HAND"}
        )
        self.assertEqual(shipment.state, "pending")
        self.send()
        (detail,) = self.sent()
        self.assertEqual(detail["trackingNumber"], "1Z-BY-HAND")
        self.assertEqual(detail["carrierCode"], "UPS")
        self.assertEqual(shipment.state, "done")

    def test_nobody_writes_what_is_amazons(self):
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        packer = self.packer()
        for vals in ({"state": "done"}, {"carrier_code": "DHL"}, {"error": False}):
            with self.subTest(vals), self.assertRaises(AccessError):
                shipment.with_user(packer).write(vals)

    def test_what_a_person_wrote_stands_until_the_delivery_changes_again(self):
        picking = self.ship(self.import_order(), tracking="1Z-DELIVERY")
        shipment = picking.amazon_shipment_ids
        shipment.tracking_ref = "1Z-BY-HAND"
        fedex = self.carrier.copy()
        fedex.name = "FedEx"
        picking.carrier_id = fedex
        self.assertEqual(shipment.tracking_ref, "1Z-BY-HAND")
        self.send()
        picking.carrier_tracking_ref = "1Z-CORRECTED"
        self.send()
        numbers = [detail["trackingNumber"] for detail in self.sent()]
        self.assertEqual(numbers, ["1Z-BY-HAND", "1Z-CORRECTED"])
        self.assertEqual(self.sent()[-1]["carrierCode"], "FedEx")
