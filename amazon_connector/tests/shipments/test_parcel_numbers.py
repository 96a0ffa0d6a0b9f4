"""Each parcel its own number, and its own package on Amazon."""

from unittest.mock import patch

from odoo.tests import tagged

from ..builders import build_item
from ..shipments_common import ShipmentsCommon


@tagged("post_install", "-at_install")
class TestParcelNumbers(ShipmentsCommon):
    def ship_in_packages(self, tracking, count=2, loose=False):
        """Ship one unit in each package; the last one in none when ``loose``."""
        skus = ["MUG", "PEN", "BAG"][:count]
        for sku in skus[1:]:
            self._create_product(sku)
        sale = self.import_order(
            items=[build_item(f"item {sku}", sku=sku) for sku in skus]
        )
        picking = sale.picking_ids
        packages = self.env["stock.package"].create(
            [{"name": f"BOX {number}"} for number in range(count)]
        )
        for sku, package in zip(skus, packages, strict=True):
            lines = picking.move_line_ids.filtered(
                lambda line, sku=sku: line.product_id.default_code == sku
            )
            if not (loose and sku == skus[-1]):
                lines.result_package_id = package
        self.env.invalidate_all()
        return self.ship(sale, tracking=tracking)

    def numbers_by_item(self):
        return {
            detail["orderItems"][0]["orderItemId"]: detail["trackingNumber"]
            for detail in self.sent()
        }

    def test_the_numbers_go_to_the_packages_one_by_one(self):
        picking = self.ship_in_packages("T0")
        shipments = picking.amazon_shipment_ids.sorted("package_id")
        self.assertEqual(shipments.package_id.mapped("name"), ["BOX 0", "BOX 1"])
        for joined in ("T1,T2", "T1;T2", "T1+T2", "T1\nT2", " T1 , T2, "):
            with self.subTest(joined):
                picking.carrier_tracking_ref = "T0"
                picking.carrier_tracking_ref = joined
                self.assertEqual(shipments.mapped("tracking_ref"), ["T1", "T2"])

    def test_what_is_in_no_package_has_the_last_number(self):
        self.ship_in_packages("T1,T2,T3", count=3, loose=True)
        self.send()
        self.assertEqual(
            self.numbers_by_item(),
            {"item MUG": "T1", "item PEN": "T2", "item BAG": "T3"},
        )

    def test_numbers_that_were_entered_stay_while_the_delivery_has_them(self):
        picking = self.ship_in_packages("T1,T2", count=3)
        shipments = picking.amazon_shipment_ids.sorted("package_id")
        for number, shipment in enumerate(shipments, start=1):
            shipment.tracking_ref = f"T{number}"
        picking.carrier_tracking_ref = "T1, T2"
        self.assertEqual(shipments.mapped("tracking_ref"), ["T1", "T2", False])
        self.assertEqual(shipments[2].state, "blocked")

    def test_a_package_without_amazons_goods_has_a_number_too(self):
        """A free sample in a box of its own, say."""
        picking = self.ship_in_packages("T1,T2")
        shipment = picking.amazon_shipment_ids.sorted("package_id")[0]
        shipment.unlink()
        picking.amazon_shipment_ids._take_from_delivery()
        self.assertEqual(picking.amazon_shipment_ids.tracking_ref, "T2")

    def test_a_carrier_that_makes_numbers_is_asked_in_the_order_of_odoo(self):
        """Odoo hands it the packages as the lines show them."""
        picking = self.ship_in_packages("T0")
        # No carrier of Community's makes numbers.
        self.env.cr.execute(
            "UPDATE delivery_carrier SET delivery_type = 'courier' WHERE id = %s",
            [self.carrier.id],
        )
        self.carrier.invalidate_recordset()
        picking.carrier_tracking_ref = "T1,T2"
        packages = picking.move_line_ids.result_package_id
        numbers = {
            shipment.package_id: shipment.tracking_ref
            for shipment in picking.amazon_shipment_ids
        }
        self.assertEqual([numbers[package] for package in packages], ["T1", "T2"])

    def test_without_tracking_each_package_has_a_reference_of_its_own(self):
        self.carrier.amazon_has_no_tracking = True
        picking = self.ship_in_packages(False)
        self.send()
        self.assertEqual(
            sorted(self.sent_numbers()),
            [f"{picking.name} BOX 0", f"{picking.name} BOX 1"],
        )
        self.assertEqual(self.sent()[0]["carrierCode"], "UPS")

    def test_a_number_that_there_is_counts_more(self):
        self.carrier.amazon_has_no_tracking = True
        self.ship(self.import_order(), tracking="1Z999")
        self.send()
        self.assertEqual(self.sent_numbers(), ["1Z999"])


@tagged("post_install", "-at_install")
class TestPackageReference(ShipmentsCommon):
    def test_it_is_a_number_that_amazon_does_not_know_yet(self):
        reference = iter([0, 0, 7])
        module = "odoo.addons.amazon_connector.models.shipments.amazon_shipment.secrets"
        with self.patch_randbelow(module, reference):
            sale = self.import_order(
                items=[build_item(quantity=2)],
                packages=[
                    {
                        "packageReferenceId": "100000000",
                        "carrier": "UPS",
                        "trackingNumber": "1Z-ELSEWHERE",
                        "packageItems": [],
                    }
                ],
            )
            picking = self.ship(sale)
            self.send()
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.package_reference, "100000007")
        self.assertEqual(self.sent()[0]["packageReferenceId"], "100000007")

    def patch_randbelow(self, module, values):
        return patch(f"{module}.randbelow", lambda _span: next(values))

    def test_it_stays_whatever_happens(self):
        picking = self.ship(self.import_order())
        shipment = picking.amazon_shipment_ids
        reference = shipment.package_reference
        self.send()
        picking.carrier_tracking_ref = "1Z-RIGHT"
        self.send()
        self.assertEqual(shipment.package_reference, reference)
        self.assertRegex(reference, r"^[1-9]\d{8}$")
