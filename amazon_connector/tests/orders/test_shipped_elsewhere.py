"""Units that left without Odoo: never delivered and never confirmed a second time."""

from odoo.tests import tagged

from ..builders import ago
from ..changes_common import MUGS, PENS, ReadyOrderCommon


@tagged("post_install", "-at_install")
class TestShippedElsewhere(ReadyOrderCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parts = [cls._create_product(sku) for sku in ("LID", "CUP")]

    def pack_by_hand(self, number, tracking, **units):
        """Return the packages that Seller Central made."""
        refs = {"mugs": MUGS, "pens": PENS}
        return [
            *self.fake.documents[number].get("packages", []),
            {
                "packageReferenceId": "1",
                "carrier": "UPS",
                "trackingNumber": tracking,
                "packageItems": [
                    {"orderItemId": refs[name], "quantity": quantity}
                    for name, quantity in units.items()
                ],
            },
        ]

    def change_packages(self, number, packages, **more):
        document = self.build(number, updated=ago(days=2), **more)
        document["packages"] = packages
        self.fake.add(document)
        self.download()

    # === BEFORE THE IMPORT === #

    def test_an_order_partly_shipped_before_delivers_the_rest_with_reservation(self):
        _number, sale = self.bring(status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertEqual(sum(sale.picking_ids.move_ids.mapped("quantity")), 3)
        self.assertEqual(self.line(sale, MUGS).qty_delivered, 1)
        self.ship(sale)
        self.assertEqual(self.line(sale, MUGS).qty_delivered, 3)

    def test_a_wholly_shipped_item_is_not_delivered(self):
        _number, sale = self.bring(status="PARTIALLY_SHIPPED", elsewhere={PENS: 1})
        self.assertEqual(self.open_quantities(sale), {"MUG": 3})

    def test_a_kit_partly_shipped_before_delivers_the_rest_of_each_component(self):
        self.have_kits()
        for shipped, lids, cups in ((1, 12, 2), (2, 6, 1)):
            with self.subTest(shipped=shipped):
                _number, sale = self.bring(
                    status="PARTIALLY_SHIPPED", elsewhere={MUGS: shipped}
                )
                self.assertEqual(
                    self.open_quantities(sale), {"LID": lids, "CUP": cups, "PEN": 1}
                )
                self.assertEqual(sale.picking_ids.state, "assigned")

    def test_a_kit_follows_in_proportion(self):
        self.have_kits()
        number, sale = self.bring()
        self.assertEqual(self.open_quantities(sale), {"LID": 18, "CUP": 3, "PEN": 1})
        self.change(number, mugs=2)
        self.assertEqual(self.open_quantities(sale), {"LID": 12, "CUP": 2, "PEN": 1})
        self.change(number, mugs=2, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.assertEqual(self.open_quantities(sale), {"LID": 6, "CUP": 1, "PEN": 1})
        self.assertEqual(sale.picking_ids.state, "assigned")

    def have_kits(self):
        """Have Odoo take each MUG apart, as bills of materials do: 6 LID and 1 CUP."""
        lid, cup = self.parts
        lines = self.env.registry["sale.order.line"]
        procure = lines._create_procurements

        def explode(line, quantity, uom, values):
            made = procure(line, quantity, uom, values)
            if line.product_id != self.mug:
                return made
            return [
                one._replace(product_id=part, product_qty=quantity * each)
                for one in made
                for part, each in ((lid, 6), (cup, 1))
            ]

        self.patch(lines, "_create_procurements", explode)

    # === AFTER THE IMPORT === #

    def test_the_reservation_of_the_rest_is_kept(self):
        number, sale = self.bring_ready()
        self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertEqual(sum(sale.picking_ids.move_ids.mapped("quantity")), 3)
        self.assertTrue(self.last_run().warned)
        self.download()
        self.assertFalse(self.last_run().warned, "It is said once")

    def test_more_and_more_is_shipped_elsewhere(self):
        number, sale = self.bring_ready()
        for units in (1, 2, 3):
            self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: units})
            left = {"MUG": 3 - units, "PEN": 1}
            self.assertEqual(
                self.open_quantities(sale), {sku: n for sku, n in left.items() if n}
            )
        self.assertEqual(self.line(sale, MUGS).qty_delivered, 3)

    def test_packages_alone_say_that_units_left(self):
        number, sale = self.bring_ready()
        self.change_packages(number, self.pack_by_hand(number, "1ZHAND", mugs=2))
        self.assertEqual(self.open_quantities(sale), {"MUG": 1, "PEN": 1})

    def test_what_odoo_confirmed_did_not_leave_elsewhere(self):
        number, sale = self.bring_ready()
        self.ship(sale, quantities={"MUG": 1, "PEN": 0})
        self.send()
        packages = self.fake.documents[number]["packages"]
        # Amazon counts late, then rightly.
        for counted in ([], packages):
            self.change_packages(number, counted, status="PARTIALLY_SHIPPED")
            self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})
        self.assertFalse(sale.order_line.filtered("amazon_qty_shipped_elsewhere"))

    def test_a_parcel_that_was_confirmed_by_hand_is_not_confirmed_again(self):
        """Part of the order left by Odoo; Amazon has it with its number."""
        number, sale = self.bring_ready()
        self.ship(sale, quantities={"MUG": 1, "PEN": 0}, tracking="1ZSAME")
        packages = self.pack_by_hand(number, "1ZSAME", mugs=1)
        self.change_packages(number, packages, status="PARTIALLY_SHIPPED")
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        shipment = self.env["amazon.shipment"].search([])
        self.assertEqual(shipment.state, "not_needed")
        self.assertIn("as shipped already", shipment.error)
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})

    def test_another_parcel_of_the_order_is_confirmed(self):
        number, sale = self.bring_ready()
        self.ship(sale, quantities={"MUG": 1, "PEN": 0}, tracking="1ZOURS")
        packages = self.pack_by_hand(number, "1ZHAND", mugs=1)
        self.change_packages(number, packages, status="PARTIALLY_SHIPPED")
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), 1)
        self.assertEqual(self.open_quantities(sale), {"MUG": 1, "PEN": 1})

    def test_where_amazon_has_no_units_left_nothing_is_confirmed(self):
        number, sale = self.bring_ready()
        self.ship(sale, tracking="1ZOURS")
        packages = self.pack_by_hand(number, "1ZHAND", mugs=3, pens=1)
        self.change_packages(number, packages, status="SHIPPED")
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertFalse(sale.order_line.filtered("amazon_qty_shipped_elsewhere"))

    def test_a_corrected_number_is_sent_although_amazon_counts_the_units(self):
        number, sale = self.bring_shipped()
        self.change_packages(number, self.fake.documents[number]["packages"])
        sale.picking_ids.carrier_tracking_ref = "1ZRIGHT"
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), 2)

    def test_what_left_by_odoo_is_not_delivered_twice(self):
        """Two parcels without number; one of them is confirmed in Seller Central."""
        number, sale = self.bring_ready()
        self.ship(sale, tracking=False, quantities={"MUG": 1, "PEN": 0})
        self.ship(sale, tracking=False)
        self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        self.assertEqual(self.line(sale, MUGS).qty_delivered, 3)
        self.change(number, status="SHIPPED", elsewhere={MUGS: 3, PENS: 1})
        self.assertEqual(self.line(sale, MUGS).qty_delivered, 3)
        self.assertFalse(sale.order_line.filtered("amazon_qty_shipped_elsewhere"))

    def test_another_tool_that_confirms_leaves_the_rest_to_odoo(self):
        self.connection.send_shipments = False
        number, sale = self.bring()
        self.ship(sale, tracking=False, quantities={"MUG": 1, "PEN": 0})
        self.change_packages(number, self.pack_by_hand(number, "1ZTOOL", mugs=1))
        self.assertEqual(self.open_quantities(sale), {"MUG": 2, "PEN": 1})

    def test_never_more_than_what_is_left_counts_as_shipped_elsewhere(self):
        number, sale = self.bring_ready()
        self.ship(sale, tracking="1ZOURS", quantities={"MUG": 2, "PEN": 1})
        packages = self.pack_by_hand(number, "1ZHAND", mugs=3)
        self.change_packages(number, packages, status="PARTIALLY_SHIPPED")
        self.assertEqual(self.line(sale, MUGS).qty_delivered, 3)
        self.assertEqual(self.open_quantities(sale), {})

    def test_the_note_says_what_becomes_of_the_stock(self):
        number, sale = self.bring_ready()
        self.change(number, status="PARTIALLY_SHIPPED", elsewhere={MUGS: 1})
        said = str(sale.message_ids.mapped("body"))
        self.assertIn("take them out of its stock", said)
