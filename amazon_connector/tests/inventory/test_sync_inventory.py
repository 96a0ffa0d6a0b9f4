"""Amazon's quantities follow the warehouse: when, and which of them."""

from contextlib import closing
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..builders import ago, build_item, build_order
from ..fake_listings import build_listing
from ..inventory_common import InventoryCommon


@tagged("post_install", "-at_install")
class TestSwitch(InventoryCommon):
    def test_it_can_be_switched_on_only_once_set_up_is_completed_and_says_so(self):
        for state in ("draft", "authorized", "importing", "reauthorize"):
            self.connection.state = state
            with self.assertRaisesRegex(UserError, "once the set-up is completed"):
                self.connection.sync_inventory = True
        with self.assertRaisesRegex(UserError, "once the set-up is completed"):
            self._create_connection("A2EARLY", sync_inventory=True)
        self.connection.state = "completed"
        self.connection.sync_inventory = True
        self.connection.state = "reauthorize"
        self.assertTrue(self.connection.sync_inventory, "What was on stays on")

    def test_switched_on_all_quantities_are_compared_and_sent(self):
        self.switch_on()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertRecordValues(
            self.listing(),
            [{"amazon_quantity": 100, "to_push": False, "push_error": False}],
        )
        run = self.last_run("sync_inventory")
        self.assertRecordValues(run, [{"seen": 1, "updated": 1, "outcome": "done"}])

    def test_off_nothing_is_sent(self):
        self.add_stock(5)
        self.sync()
        self.assertFalse(self.pushed())
        with self.assertRaisesRegex(UserError, "Sync Inventory is off"):
            self.connection.action_sync_inventory()

    def test_push_now_works_while_it_is_off(self):
        self.listing().action_push_now()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.add_stock(5)
        self.sync()
        self.assertFalse(self.pushed(), "Once, not from now on")

    def test_inactive_nothing_is_sent_and_afterwards_what_was_missed(self):
        self.switch_on()
        self.pushed()
        self.connection.active = False
        self.add_stock(5)
        self.sync()
        self.assertFalse(self.pushed())
        self.connection.active = True
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 105})


@tagged("post_install", "-at_install")
class TestWhatChanges(InventoryCommon):
    def prepare(self):
        super().prepare()
        self._create_product("BOWL")
        self.fake.list(build_listing("BOWL", updated=ago(days=29)))
        self.download_products()
        self.switch_on()
        self.pushed()

    def test_only_the_changed_sku_is_sent_and_once(self):
        self.add_stock(2)
        self.add_stock(3)
        self.commit()
        changes = self.env["amazon.stock.change"].search([])
        self.assertEqual(changes.product_id, self.mug)
        self.assertEqual(len(changes), 1)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 105})
        self.assertEqual(self.last_run("sync_inventory").reason, "event")
        self.assertFalse(self.env["amazon.stock.change"].search([]))
        self.sync()
        self.assertFalse(self.pushed())

    def test_a_change_wakes_the_job_once(self):
        self.commit()
        before = self.triggers()
        self.add_stock(2)
        self.add_stock(3)
        self.commit()
        self.assertEqual(self.triggers(), before + 1)

    def test_who_moves_stock_waits_for_one_statement_more(self):
        self.commit()
        for sku in ("MUG", "BOWL"):
            self.add_stock(2, self.listing(sku).product_id)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env.cr.flush()
        self.assertEqual(self.changed(), ["BOWL", "MUG"])

    def test_savepoints_add_no_second_row_and_no_second_trigger(self):
        self.commit()
        before = self.triggers()
        for _number in range(3):
            with self.env.cr.savepoint():
                self.add_stock(1)
                self.listing("BOWL").sync_inventory = True
        self.assertEqual(self.changed(), ["MUG"])
        self.assertEqual(self.triggers(), before + 1)
        self.commit()
        self.add_stock(1)
        self.commit()
        self.assertEqual(self.changed(), ["MUG", "MUG"], "A transaction of its own")
        self.assertEqual(self.triggers(), before + 2)

    def test_many_orders_of_a_product_add_one_row_and_one_trigger(self):
        self.commit()
        before = self.triggers()
        items = [build_item(), build_item("2", sku="BOWL")]
        documents = [
            build_order(f"111-0000003-000000{number}", items=items)
            for number in range(5)
        ]
        run = self.last_run("sync_inventory")
        self.env["amazon.order"]._store_documents(self.connection, documents, run)
        self.commit()
        self.assertEqual(self.changed(), ["BOWL", "MUG"])
        self.assertEqual(self.triggers(), before + 1)

    def test_what_a_savepoint_took_back_is_added_again(self):
        self.commit()
        before = self.triggers()
        with closing(self.env.cr.savepoint()):
            self.add_stock(1)
            self.env.cr.flush()
            self.assertEqual(self.changed(), ["MUG"])
        self.assertEqual(self.changed(), [])
        self.add_stock(2)
        self.commit()
        self.assertEqual(self.changed(), ["MUG"])
        self.assertEqual(self.triggers(), before + 1)

    def changed(self):
        changes = self.env["amazon.stock.change"].search([])
        return sorted(change.product_id.default_code for change in changes)

    def test_stock_of_other_products_wakes_nobody(self):
        other = self._create_product("NOT-LISTED")
        self.commit()
        before = self.triggers()
        self.add_stock(2, other)
        self.commit()
        self.assertEqual(self.triggers(), before)

    def test_a_sale_of_any_kind_lowers_it_and_its_cancellation_raises_it(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Anybody"}).id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": self.mug.id, "product_uom_qty": 4}
                    )
                ],
            }
        )
        sale.action_confirm()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 96})
        sale._action_cancel()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_a_delivery_that_is_not_reserved_yet_counts(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        sale = self.import_order(items=[build_item(quantity=4)])
        self.assertFalse(sale.picking_ids.move_ids.quantity)
        self.sync()
        self.connection.action_sync_inventory()
        self.sync()
        self.assertEqual(self.pushed()["MUG"], 96)

    def test_a_delivered_order_changes_nothing_more(self):
        self.ship(self.import_order(items=[build_item(quantity=4)]))
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 96})
        self.sync()
        self.assertFalse(self.pushed())

    def test_an_inventory_adjustment(self):
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.mug.id), ("location_id", "=", self.stock.id)]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = 42
        quant.action_apply_inventory()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 42})

    def test_what_drifted_on_amazon_is_repaired(self):
        self.fake.list(build_listing(quantity=7, updated=ago(days=3)))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=30)):
            self.download_products()
            self.assertEqual(self.listing().amazon_quantity, 7)
            self.connection.orders_synced_until = fields.Datetime.now()
            self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_an_old_quantity_that_amazon_still_shows_is_not_taken_for_drift(self):
        self.fake.list(build_listing(quantity=3, updated=ago(days=3)))
        self.download_products()
        self.assertEqual(self.listing().amazon_quantity, 100)

    def test_once_a_day_all_listings_are_compared(self):
        self.env.cr.execute(
            "UPDATE amazon_listing SET amazon_quantity = 1 WHERE sku = 'BOWL'"
        )
        self.env.invalidate_all()
        self.sync()
        self.assertFalse(self.pushed())
        with freeze_time(fields.Datetime.now() + timedelta(days=1)):
            self.sync()
        self.assertEqual(self.pushed(), {"BOWL": 100})

    def test_a_changed_warehouse_is_another_stock(self):
        self.connection.warehouse_id = self.env["stock.warehouse"].create(
            {"name": "Second", "code": "WH2"}
        )
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 0, "BOWL": 0})
