"""Downloading orders: from Amazon's document to a confirmed sale order."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..builders import ago, ahead, build_item, build_order, moment
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestDownloadOrders(AmazonCommon):
    def test_an_unshipped_order_becomes_a_confirmed_sale_order_with_delivery(self):
        sale = self.import_order(items=[build_item(quantity=2, shipping="4.99")])
        self.assertRecordValues(
            sale,
            [
                {
                    "state": "sale",
                    "amazon_order_ref": "111-0000001-0000001",
                    "origin": "111-0000001-0000001",
                    "amount_total": 24.99,
                    "date_order": moment(ago(days=4)),
                    "warehouse_id": self.connection.warehouse_id.id,
                }
            ],
        )
        self.assertEqual(sale.currency_id.name, "USD")
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertEqual(line.product_id, self.mug)
        self.assertEqual(line.product_uom_qty, 2)
        ship_by = moment(ahead(days=3))
        self.assertEqual(sale.picking_ids.date_deadline, ship_by)
        self.assertEqual(self.order().state, "imported")

    def test_the_customer_has_the_address_and_is_known_again(self):
        first = self.import_order()
        self.assertRecordValues(
            first.partner_shipping_id,
            [
                {
                    "name": "Berta Beispiel",
                    "street": "1 Example Road",
                    "city": "Springfield",
                    "zip": "62701",
                    "phone": "+1 555 0100",
                }
            ],
        )
        self.assertEqual(first.partner_id.state_id.code, "IL")
        second = self.import_order(order_id="111-0000001-0000002")
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(second.partner_shipping_id, first.partner_shipping_id)
        third = self.import_order(
            order_id="111-0000001-0000003",
            address={"name": "Otto Muster", "addressLine1": "2 Other Road"},
        )
        self.assertEqual(third.partner_id, first.partner_id)
        self.assertEqual(third.partner_shipping_id.street, "2 Other Road")
        self.assertEqual(third.partner_shipping_id.parent_id, first.partner_id)

    def test_the_total_is_the_grand_total_less_what_amazon_remits(self):
        self.connection.storefront_ids.tax_account_id = self.env[
            "account.account"
        ].create(
            {
                "name": "Example Sales Tax",
                "code": "EX2200",
                "account_type": "liability_current",
            }
        )
        sale = self.import_order(
            items=[
                build_item("1", price="19.99", quantity=3, shipping="5.00"),
                build_item("2", price="7.00", discount="-1.50", tax="0.55"),
                build_item("3", price="4.00", tax="0.33", remitted=True),
            ]
        )
        self.assertEqual(sale.amount_total, 75.02)
        self.assertFalse(self.last_run().warned)

    def test_what_the_lines_do_not_explain_becomes_an_adjustment_and_a_warning(self):
        sale = self.import_order(total="10.07")
        self.assertEqual(sale.amount_total, 10.07)
        adjustment = self.env.ref("amazon_connector.product_adjustment")
        line = sale.order_line.filtered(lambda line: line.product_id == adjustment)
        self.assertEqual(line.price_total, 0.07)
        self.assertIn("0.07", self.last_run().line_ids.message)

    def test_an_order_in_another_currency_keeps_it(self):
        sale = self.import_order(
            items=[build_item(price="12.34", currency="CAD")], currency="CAD"
        )
        self.assertEqual(sale.currency_id.name, "CAD")
        self.assertEqual(sale.amount_total, 12.34)

    def test_orders_that_are_not_to_be_shipped_make_no_sale_order(self):
        cases = {
            "1": {"status": "PENDING"},
            "2": {"status": "SHIPPED"},
            "3": {"status": "CANCELLED"},
            "4": {"fulfilled_by": "AMAZON"},
            "5": {"channel": "NON_AMAZON"},
        }
        for number, more in cases.items():
            self.fake.add(build_order(f"111-0000001-000000{number}", **more))
        self.download()
        rows = self.env["amazon.order"].search([])
        self.assertEqual(len(rows), len(cases))
        self.assertEqual(set(rows.mapped("state")), {"ignored"})
        self.assertTrue(all(rows.mapped("error")))
        self.assertFalse(rows.sale_order_id)

    def test_an_unknown_sku_holds_the_order_until_the_product_is_there(self):
        self.assertFalse(self.import_order(items=[build_item(sku="LAMP")]))
        row = self.order()
        self.assertEqual(row.state, "held")
        self.assertIn("LAMP", row.error)
        self.assertEqual(self.last_run().line_ids.res_id, row.id)
        self.download()
        self.assertFalse(self.last_run().warned, "The same problem is reported once")
        self._create_product("LAMP")
        self.download()
        self.assertEqual(row.state, "imported")
        self.assertTrue(row.sale_order_id)
        self.assertEqual(
            (self.last_run().updated, self.last_run().outcome), (1, "done")
        )

    def test_two_products_with_the_sku_hold_the_order(self):
        self._create_product("MUG")
        self.assertFalse(self.import_order())
        self.assertIn("Several products", self.order().error)

    def test_without_address_the_order_comes_in_and_is_completed_by_a_change(self):
        sale = self.import_order(address=None)
        self.assertTrue(self.order().is_address_missing)
        self.assertEqual(sale.state, "sale")
        self.import_order(updated=ago(days=2))
        self.assertFalse(self.order().error)
        self.assertEqual(sale.partner_shipping_id.city, "Springfield")
        self.assertFalse(self.order().is_address_missing)

    def test_a_second_download_changes_nothing(self):
        sale = self.import_order()
        before = sale.write_date
        self.download()
        run = self.last_run()
        self.assertEqual(run.outcome, "nothing")
        self.assertEqual((run.seen, run.unchanged), (1, 1))
        self.assertEqual(sale.write_date, before)
        self.assertEqual(
            self.env["sale.order"].search_count(
                [("amazon_order_ref", "=", "111-0000001-0000001")]
            ),
            1,
        )

    def test_the_cursor_moves_to_amazons_watermark_once_all_pages_are_stored(self):
        self.fake.page_size = 2
        for number in range(5):
            self.fake.add(build_order(f"111-0000001-000000{number}"))
        self.download()
        self.assertEqual(
            self.connection.orders_synced_until,
            moment(ago()),
        )
        self.assertEqual(self.fake.count("searchOrders"), 3)
        self.assertEqual(self.last_run().created, 5)
        self.assertEqual(self.connection.state, "completed")

    def test_what_was_shipped_elsewhere_is_not_delivered_again(self):
        sale = self.import_order(
            items=[build_item(quantity=3, fulfilled=1)], status="PARTIALLY_SHIPPED"
        )
        self.assertEqual(sale.amount_total, 30)
        self.assertEqual(sale.picking_ids.move_ids.product_uom_qty, 2)

    def test_cancelled_on_amazon_is_cancelled_in_odoo_for_good(self):
        sale = self.import_order()
        self.import_order(status="CANCELLED", updated=ago(days=2))
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(sale.picking_ids.state, "cancel")
        self.assertEqual(self.order().state, "cancelled")
        with self.assertRaisesRegex(UserError, "Amazon cancelled"):
            sale.action_draft()

    def test_cancelled_after_shipping_asks_for_the_return(self):
        sale = self.import_order()
        self.ship(sale)
        self.import_order(status="CANCELLED", updated=ago(days=2))
        self.assertEqual(sale.state, "sale")
        self.assertIn("return", sale.activity_ids.note)
        self.assertEqual(sale.activity_ids.user_id, self.connection._get_responsible())

    def test_a_changed_address_changes_sale_order_and_delivery(self):
        sale = self.import_order()
        self.import_order(address={"addressLine1": "9 New Road"}, updated=ago(days=2))
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
        self.assertEqual(sale.picking_ids.partner_id, sale.partner_shipping_id)
        self.assertFalse(sale.activity_ids)

    def test_a_changed_ship_by_date_moves_the_deadline(self):
        sale = self.import_order()
        self.import_order(ship_by=ahead(days=5), updated=ago(days=2))
        deadline = moment(ahead(days=5))
        self.assertEqual(sale.picking_ids.date_deadline, deadline)

    def test_a_sale_order_deleted_in_odoo_is_not_made_again(self):
        sale = self.import_order()
        sale._action_cancel()
        sale.unlink()
        self.import_order(updated=ago(days=2))
        self.assertFalse(self.order().sale_order_id)

    def test_a_lost_inbox_row_does_not_double_the_order(self):
        sale = self.import_order()
        self.order().sudo().unlink()
        self.connection.orders_synced_until = False
        self.assertEqual(self.import_order(), sale)

    def test_an_order_without_any_amount_comes_in(self):
        document = build_order()
        document.pop("proceeds")
        document["orderItems"][0].pop("proceeds")
        document["orderItems"][0]["product"].pop("price")
        self.fake.add(document)
        self.download()
        self.assertEqual(self.order().sale_order_id.amount_total, 0)
        self.assertEqual(self.order().sale_order_id.currency_id.name, "USD")

    def test_personal_data_is_stored_encrypted(self):
        self.import_order()
        self.env.cr.execute("SELECT document_encrypted FROM amazon_order")
        self.assertNotIn("Beispiel", str(self.env.cr.fetchall()))
