"""How long it takes to ship, and when there will be some again, as Odoo knows it."""

from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..inventory_common import InventoryCommon


@tagged("post_install", "-at_install")
class TestLeadTimes(InventoryCommon):
    def prepare(self):
        super().prepare()
        self.pen = self._create_product("PEN")
        self.mug.sale_delay = 2
        self.mug.seller_ids = [
            fields.Command.create({"partner_id": self._vendor().id, "delay": 5})
        ]
        self.today = fields.Date.context_today(self.connection)

    def _vendor(self):
        return self.env["res.partner"].create({"name": "Potter"})

    def offer_without_stock(self):
        """Offer some although none is there, so that the vendor's days count."""
        self.env["amazon.inventory.rule"].create(
            {
                "rule_type": "fixed",
                "value": 4,
                "applied_on": "listing",
                "listing_id": self.listing().id,
            }
        )
        self.add_stock(-100)

    def switch_lead_times_on(self):
        self.connection.send_lead_times = True
        self.switch_on()

    def last_patch(self):
        """What was last sent beside the quantity: (operation, the rest)."""
        _sku, operation, value = self.fake.patches[-1]
        left_out = ("fulfillment_channel_code", "quantity")
        return operation, {k: v for k, v in value.items() if k not in left_out}

    def expect_goods(self, days, quantity=10):
        """Have some of the mug come in at noon, in so many days."""
        day = self.today + timedelta(days=days)
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": quantity,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.stock.id,
                "date": datetime.combine(day, time(12)),
            }
        )
        move._action_confirm()
        return move

    def test_at_first_only_the_quantity_is_sent(self):
        self.switch_on()
        self.assertEqual(self.last_patch(), ("merge", {}))

    def test_the_customer_lead_time_while_there_is_some(self):
        self.switch_lead_times_on()
        self.assertEqual(
            self.last_patch(), ("merge", {"lead_time_to_ship_max_days": 2})
        )
        self.assertEqual(self.listing().sent_lead_days, 2)

    def test_and_the_vendor_s_where_there_is_none(self):
        self.offer_without_stock()
        self.switch_lead_times_on()
        self.assertEqual(self.pushed(), {"MUG": 4})
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 7})

    def test_when_there_will_be_some_again(self):
        self.add_stock(-100)
        self.expect_goods(days=20)
        self.expect_goods(days=9)
        self.switch_lead_times_on()
        self.assertEqual(self.pushed(), {"MUG": 0})
        expected = self.today + timedelta(days=9)
        self.assertEqual(self.last_patch()[1]["restock_date"], expected.isoformat())
        self.add_stock(3)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 3})
        operation, more = self.last_patch()
        self.assertEqual(operation, "replace", "The date is taken back")
        self.assertNotIn("restock_date", more)
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.last_patch()[0], "merge")

    def test_goods_that_are_late_are_expected_today(self):
        self.add_stock(-100)
        self.expect_goods(days=-3)
        self.switch_lead_times_on()
        self.assertEqual(self.last_patch()[1]["restock_date"], self.today.isoformat())

    def test_goods_of_another_place_of_the_warehouse_do_not_come_in(self):
        self.add_stock(-100)
        move = self.expect_goods(days=9)
        move.location_id = self.warehouse.view_location_id
        self.switch_lead_times_on()
        self.assertNotIn("restock_date", self.last_patch()[1])

    def change(self, **vals):
        """Change the vendor's price list of the mug."""
        self.mug.seller_ids.write(vals)

    def test_other_days_alone_are_told_at_once(self):
        self.switch_lead_times_on()
        self.pushed()
        self.mug.sale_delay = 4
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 4})
        self.connection._request_comparison()
        self.sync()
        self.assertFalse(self.pushed())

    def test_so_is_whatever_changes_at_the_vendor(self):
        self.offer_without_stock()
        self.switch_lead_times_on()
        other = self.env["product.supplierinfo"]
        values = {
            "partner_id": self._vendor().id,
            "product_tmpl_id": self.mug.product_tmpl_id.id,
            "delay": 1,
            "sequence": 0,
        }
        for change, days in (
            (lambda: self.change(delay=6), 8),
            (lambda: self.change(delay=6, price=9), None),
            (lambda: other.create(values), 3),
            (lambda: self.mug.seller_ids[0].write({"sequence": 99}), 8),
            (lambda: self.mug.seller_ids[0].unlink(), 3),
            (lambda: self.change(product_tmpl_id=self.pen.product_tmpl_id.id), 2),
        ):
            with self.subTest(days=days):
                change()
                self.sync()
                self.assertEqual(self.pushed(), {"MUG": 4} if days else {})
                if days:
                    self.assertEqual(
                        self.last_patch()[1], {"lead_time_to_ship_max_days": days}
                    )
                self.mug.invalidate_recordset()

    def test_so_is_another_date_of_goods_that_come_in(self):
        self.add_stock(-100)
        move = self.expect_goods(days=9)
        self.switch_lead_times_on()
        self.pushed()
        move.date += timedelta(days=3)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 0})
        expected = self.today + timedelta(days=12)
        self.assertEqual(self.last_patch()[1]["restock_date"], expected.isoformat())

    def test_who_does_not_tell_them_is_told_of_no_change(self):
        self.switch_on()
        self.pushed()
        self.mug.sale_delay = 4
        self.change(delay=6)
        self.expect_goods(days=9).date += timedelta(days=3)
        self.commit()
        changes = self.env["amazon.stock.change"].search([])
        self.assertFalse(changes.filtered("is_lead_time"))
        self.sync()
        self.assertFalse(self.pushed())

    def test_lead_times_show_nothing_of_what_amazon_sold(self):
        self.connection.download_orders = False
        self.switch_lead_times_on()
        seen = fields.Datetime.now()
        self.listing().write({"amazon_quantity": 90, "quantity_seen_on": seen})
        self.pushed()
        self.mug.sale_delay = 4
        self.sync()
        self.assertFalse(self.pushed(), "Orders that are not read may take them")
        self.assertEqual(self.listing().quantity_seen_on, seen)
        self.mug.sale_delay = 5
        self.commit()
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 101})

    def test_stock_that_moves_after_a_lead_time_counts_all_the_same(self):
        self.switch_lead_times_on()
        before = self.triggers()
        self.mug.sale_delay = 4
        self.env.cr.flush()
        self.add_stock(1)
        self.env.cr.flush()
        self.mug.sale_delay = 3
        self.env.cr.flush()
        changes = self.env["amazon.stock.change"].search([])
        self.assertEqual(changes.mapped("is_lead_time"), [True, False])
        self.assertEqual(self.triggers(), before + 1)

    def test_who_validates_waits_for_no_statement_more(self):
        self.switch_on()
        statements, execute = [], Cursor.execute

        def remember(cursor, query, *args, **kwargs):
            text = getattr(query, "code", query)
            statements.append(str(text))
            return execute(cursor, query, *args, **kwargs)

        goods = self.expect_goods(days=1)
        goods.write({"quantity": 4, "picked": True})
        self.commit()
        with patch.object(Cursor, "execute", remember):
            goods._action_done()
            self.commit()
        added = [
            text for text in statements if "INSERT INTO amazon_stock_change" in text
        ]
        self.assertEqual(len(added), 1)

    def test_no_lead_time_any_more_is_a_day(self):
        self.switch_lead_times_on()
        self.mug.sale_delay = 0
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 1})

    def test_more_days_than_amazon_takes(self):
        self.mug.sale_delay = 90.5
        self.switch_lead_times_on()
        self.assertEqual(self.last_patch()[1], {"lead_time_to_ship_max_days": 30})
