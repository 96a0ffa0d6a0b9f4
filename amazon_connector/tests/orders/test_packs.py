"""A pack of 6 on Amazon is 6 units in Odoo, at Amazon's price to the cent."""

from odoo.tests import tagged

from ..builders import ago, build_item
from ..packs_common import PacksCommon
from ..tax_common import TaxCommon


@tagged("post_install", "-at_install")
class TestPackOrders(PacksCommon):
    def test_two_packs_of_six_are_twelve_units_at_amazons_amount(self):
        sale = self.sell_packs(2, "49.99")
        line = self.line(sale)
        self.assertEqual((line.product_id, line.product_uom_qty), (self.mug, 12))
        self.assertEqual((line.price_total, sale.amount_total), (99.98, 99.98))
        self.assertEqual(sale.picking_ids.move_ids.product_uom_qty, 12)
        self.assertFalse(
            sale.order_line.filtered(lambda line: line.amazon_charge == "ADJUSTMENT")
        )

    def test_the_sale_order_says_what_is_sold_on_amazon(self):
        sale = self.sell_packs()
        notes = sale.order_line.filtered("display_type").mapped("name")
        self.assertEqual(len(notes), 1)
        self.assertIn("packs of 6", notes[0])

    def test_odd_amounts_come_to_the_cent_and_so_do_their_invoices(self):
        # 7 units of 3 cents cannot be invoiced one by one at one price.
        self.pack.units_per_listing = 7
        self.mug.invoice_policy = "delivery"
        for number, price in enumerate(("0.01", "0.03", "10.00", "99.99", "33.34")):
            with self.subTest(price=price):
                sale = self.sell_packs(3, price, order_id=f"111-0000002-000000{number}")
                self.assertEqual(self.line(sale).product_uom_qty, 21)
                self.assertAlmostEqual(sale.amount_total, 3 * float(price), 2)
                invoices = self.env["account.move"]
                for mugs in (1, 5, 15):
                    self.ship_mugs(sale, f"N{mugs}", mugs)
                    invoices |= sale._create_invoices()
                self.assertAlmostEqual(
                    sum(invoices.mapped("amount_total")), 3 * float(price), 2
                )

    def test_packs_and_single_units_of_one_product_in_one_order(self):
        items = [build_item("P", "MUG-6", 1, "50.00"), build_item("S", "MUG", 2)]
        sale = self.import_order(items=items)
        quantities = {
            line.amazon_item_ref: line.product_uom_qty for line in self.line(sale)
        }
        self.assertEqual(quantities, {"P": 6, "S": 2})
        self.assertEqual(sale.amount_total, 70)

    def test_the_storefront_of_the_order_decides(self):
        canada = self.env["amazon.storefront"].create(
            {
                "connection_id": self.connection.id,
                "marketplace_id": self.env.ref(
                    "amazon_connector.amazon_marketplace_ca"
                ).id,
                "active": True,
            }
        )
        self.create_listing("MUG-6", canada, units_per_listing=4, has_own_units=True)
        sale = self.sell_packs(marketplace="A2EUQ1WTGCTBG2")
        self.assertEqual(self.line(sale).product_uom_qty, 4)
        sale = self.sell_packs(order_id="111-0000002-0000002")
        self.assertEqual(self.line(sale).product_uom_qty, 6)

    def test_a_sku_with_blanks_around_it_is_the_same_pack(self):
        sale = self.import_order(items=[build_item("P", " MUG-6 ", 1, "50.00")])
        self.assertEqual(self.line(sale).product_uom_qty, 6)

    def test_the_product_made_for_an_unknown_item_is_one_unit_of_it(self):
        self.connection.unknown_product = "create"
        self.create_listing("BOWL-4", product_id=False, units_per_listing=4)
        sale = self.import_order(items=[build_item("B", "BOWL-4", 1, "20.00")])
        line = self.line(sale)
        self.assertEqual((line.product_uom_qty, line.product_id.list_price), (4, 5))
        self.assertEqual(sale.amount_total, 20)


@tagged("post_install", "-at_install")
class TestPackChanges(PacksCommon):
    def test_more_packs_and_fewer_packs(self):
        sale = self.sell_packs(2)
        for packs in (3, 1):
            with self.subTest(packs=packs):
                item = build_item("P", "MUG-6", packs, "50.00")
                self.change(item, updated=ago(days=2, minutes=packs))
                self.assertEqual(self.line(sale).product_uom_qty, 6 * packs)
                self.assertEqual(self.open_mugs(sale), 6 * packs)
                self.assertEqual(sale.amount_total, 50 * packs)

    def test_another_price(self):
        sale = self.sell_packs(2)
        self.change(build_item("P", "MUG-6", 2, "47.77"), updated=ago(days=2))
        self.assertEqual(self.line(sale).product_uom_qty, 12)
        self.assertEqual(sale.amount_total, 95.54)

    def test_another_pack_of_the_same_product(self):
        self.create_listing("MUG-4", units_per_listing=4)
        sale = self.sell_packs(2)
        self.change(build_item("P", "MUG-4", 2, "40.00"), updated=ago(days=2))
        self.assertEqual(self.line(sale).product_uom_qty, 8)
        self.assertEqual(self.open_mugs(sale), 8)
        self.assertEqual(sale.amount_total, 80)

    def test_an_order_keeps_the_units_that_it_came_in_with(self):
        sale = self.sell_packs(2)
        self.pack.units_per_listing = 4
        self.change(build_item("P", "MUG-6", 1, "50.00"), updated=ago(days=2))
        self.assertEqual(self.line(sale).product_uom_qty, 6)
        self.assertEqual(sale.amount_total, 50)
        later = self.sell_packs(order_id="111-0000002-0000002")
        self.assertEqual(self.line(later).product_uom_qty, 4)

    def test_a_packed_delivery_says_how_many_packs_are_wanted_now(self):
        sale = self.sell_packs(2)
        sale.picking_ids.move_ids.picked = True
        self.change(build_item("P", "MUG-6", 1, "50.00"), updated=ago(days=2))
        self.assertIn("MUG-6 2 → 1", sale.picking_ids.amazon_stop_reason)
        sale.picking_ids.action_confirm_amazon_change()
        self.assertEqual(self.open_mugs(sale), 6)

    def test_fewer_packs_than_have_left(self):
        sale = self.sell_packs(2)
        self.ship_mugs(sale, "A", 12)
        self.change(build_item("P", "MUG-6", 1, "50.00"), updated=ago(days=2))
        note = self.reminders(sale, "items").note
        self.assertIn("1 x MUG-6 not wanted any more", note)
        self.give_back(sale.picking_ids[:1], 3)
        self.assertTrue(self.reminders(sale, "items"))
        self.give_back(sale.picking_ids[:1], 3)
        self.assertFalse(self.reminders(sale, "items"))

    def test_cancelled_after_a_part_of_a_pack_left(self):
        sale = self.sell_packs(2)
        self.ship_mugs(sale, "A", 8)
        self.change(build_item("P", "MUG-6", 1, "50.00"), updated=ago(days=2))
        note = self.reminders(sale, "items").note
        self.assertIn("2 x MUG not wanted any more", note)
        self.assertEqual(self.open_mugs(sale), 0)

    def test_a_pack_that_was_shipped_elsewhere_is_not_delivered(self):
        sale = self.sell_packs(3)
        item = build_item("P", "MUG-6", 3, "50.00", fulfilled=1)
        self.change(item, status="PARTIALLY_SHIPPED", updated=ago(days=2))
        line = self.line(sale)
        self.assertEqual((line.qty_delivered, self.open_mugs(sale)), (6, 12))
        self.assertIn("6 x MUG", sale.message_ids[:1].body)

    def test_the_rest_of_an_order_that_was_shipped_in_part_before(self):
        item = build_item("P", "MUG-6", 3, "50.00", fulfilled=2)
        sale = self.import_order(items=[item], status="PARTIALLY_SHIPPED")
        self.assertEqual(self.line(sale).product_uom_qty, 18)
        self.assertEqual(self.open_mugs(sale), 6)
        self.assertEqual(sale.amount_total, 150)


@tagged("post_install", "-at_install")
class TestPackTaxes(TaxCommon):
    """Taxes are worked out of what the pack costs."""

    def test_order_and_invoice_come_to_amazons_amount_with_tax(self):
        self.env["amazon.listing"].create(
            {
                "storefront_id": self.storefront.id,
                "sku": "MUG-7",
                "product_id": self.mug.id,
                "units_per_listing": 7,
            }
        )
        pack = build_item(
            "P", "MUG-7", 2, "33.33", currency="EUR", shipping="4.99", discount="-1.01"
        )
        sale = self.import_from("de", pack)
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertEqual((line.product_uom_qty, line.price_total), (14, 66.66))
        self.assertAlmostEqual(line.price_tax, 66.66 - 66.66 / 1.19, 2)
        self.assertAlmostEqual(sale.amount_total, 70.64)
        self.assertFalse(self.adjustments(sale))
        self.assertAlmostEqual(self.invoice(sale).amount_total, 70.64)
