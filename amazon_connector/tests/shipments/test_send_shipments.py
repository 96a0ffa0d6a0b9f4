"""Confirming shipments: what Amazon gets when a delivery is validated."""

from odoo.tests import tagged

from ..builders import ago, build_item, build_order, build_package
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestSendShipments(AmazonCommon):
    def sent(self):
        return [request["packageDetail"] for _order, request in self.fake.applied]

    def test_amazon_gets_exactly_what_was_shipped(self):
        self._create_product("PEN")
        sale = self.import_order(
            items=[build_item("1", quantity=2), build_item("2", sku="PEN")]
        )
        picking = self.ship(sale, tracking="1Z999")
        self.send()
        (detail,) = self.sent()
        self.assertEqual(detail["carrierCode"], "UPS")
        self.assertEqual(detail["trackingNumber"], "1Z999")
        self.assertTrue(detail["packageReferenceId"].isdigit())
        self.assertEqual(
            detail["orderItems"],
            [
                {"orderItemId": "1", "quantity": 2},
                {"orderItemId": "2", "quantity": 1},
            ],
        )
        self.assertEqual(picking.amazon_shipment_ids.state, "done")
        self.assertEqual(self.last_run("send_shipments").updated, 1)

    def test_a_second_run_sends_nothing(self):
        self.ship(self.import_order())
        self.send()
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), 1)
        self.assertEqual(self.last_run("send_shipments").outcome, "nothing")

    def test_an_unknown_carrier_blocks_until_it_is_mapped(self):
        self.carrier.name = "Velo Courier"
        picking = self.ship(self.import_order())
        self.assertIn("Velo Courier", picking.amazon_shipment_ids.error)
        self.env["amazon.carrier"].create(
            {
                "delivery_carrier_id": self.carrier.id,
                "carrier_code": "Other",
                "carrier_name": "Velo Courier",
            }
        )
        self.send()
        (detail,) = self.sent()
        self.assertEqual(detail["carrierCode"], "Other")
        self.assertEqual(detail["carrierName"], "Velo Courier")

    def test_the_mapping_of_the_marketplace_wins(self):
        for marketplace, code in (
            (False, "FedEx"),
            (self.connection.marketplace_id, "USPS"),
        ):
            self.env["amazon.carrier"].create(
                {
                    "delivery_carrier_id": self.carrier.id,
                    "marketplace_id": marketplace and marketplace.id,
                    "carrier_code": code,
                }
            )
        self.ship(self.import_order())
        self.send()
        self.assertEqual(self.sent()[0]["carrierCode"], "USPS")

    def test_the_same_number_written_again_sends_nothing(self):
        picking = self.ship(self.import_order(), tracking="1Z999")
        self.send()
        picking.write({"carrier_tracking_ref": "1Z999", "carrier_id": self.carrier.id})
        self.assertEqual(picking.amazon_shipment_ids.state, "done")

    def test_a_delivery_that_is_not_amazons_leaves_no_shipment(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Someone"}).id,
                "order_line": [(0, 0, {"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        picking = self.ship(sale)
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.amazon_shipment_ids)


@tagged("post_install", "-at_install")
class TestToldByACopy(AmazonCommon):
    """A server that was cloned as a whole is the same in all but what Amazon has."""

    def prepare(self):
        super().prepare()
        self.connection.state = "completed"
        self.sale = self.import_order()
        self.ship(self.sale)
        self.shipment = self.order().shipment_ids
        self.guard = self.env["amazon.copy.guard"]._get_row()

    def amazon_has(self, **more):
        """Have Amazon know the parcel, as the clone told it."""
        package = build_package(self.shipment._prepare_confirm_request())
        document = build_order(updated=ago(minutes=1), packages=[package | more])
        self.fake.add(document)
        self.download()

    def test_a_parcel_that_was_never_sent_from_here_asks(self):
        self.amazon_has()
        self.assertEqual((self.guard.state, self.guard.sign), ("asked", "elsewhere"))
        self.send()
        self.assertEqual(self.fake.applied, [])

    def test_another_parcel_of_that_number_does_not(self):
        self.amazon_has(trackingNumber="1ZOTHER")
        self.assertEqual(self.guard.state, "clear")

    def test_what_was_sent_from_here_does_not(self):
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.amazon_has()
        self.assertEqual(self.guard.state, "clear")

    def test_a_number_that_was_counted_proves_nothing(self):
        self.shipment.package_reference = "1"
        self.amazon_has()
        self.assertEqual(self.guard.state, "clear")
