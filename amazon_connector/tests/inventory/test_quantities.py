"""How many units are offered, what is never synced, and what goes wrong."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...spapi.errors import ThrottledError, UnavailableError
from ..builders import ago, build_item, build_order
from ..fake_listings import CA, US, build_listing
from ..inventory_common import InventoryCommon


@tagged("post_install", "-at_install")
class TestHowMany(InventoryCommon):
    def quantity(self):
        self.listing().invalidate_recordset()
        return self.listing().odoo_quantity

    def test_never_below_nothing_and_whole_units_only(self):
        for quantity, offered in ((-150, 0), (50.5, 0), (1, 1), (0.7, 2)):
            self.add_stock(quantity)
            self.assertEqual(self.quantity(), offered)

    def test_what_is_ordered_and_not_imported_is_not_offered_again(self):
        for number, (status, open_units) in enumerate(
            (("PENDING", 2), ("UNSHIPPED", 2), ("CANCELLED", 0), ("SHIPPED", 0))
        ):
            before = self.quantity()
            self.mug.active = status != "UNSHIPPED"  # So that it is held.
            self.fake.add(
                build_order(
                    f"111-0000002-000000{number}",
                    items=[build_item(quantity=2)],
                    status=status,
                )
            )
            self.download()
            self.mug.active = True
            self.assertEqual(self.quantity(), before - open_units, status)

    def test_an_order_that_is_imported_is_counted_once(self):
        self.import_order(items=[build_item(quantity=2)])
        self.assertEqual(self.quantity(), 98)

    def test_a_pending_order_lowers_what_is_sent(self):
        self.switch_on()
        self.pushed()
        self.fake.add(build_order(items=[build_item(quantity=2)], status="PENDING"))
        self.download()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 98})

    def test_what_another_store_of_the_same_stock_sold_counts(self):
        second = self._create_connection("A2SECOND")
        self.amazon_of(second).list(build_listing("THEIR-SKU"))
        second.action_download_products()
        self.download_products()
        self.listing("THEIR-SKU", second).product_id = self.mug
        self.amazon_of(second).add(
            build_order(
                items=[build_item(sku="THEIR-SKU", quantity=5)], status="PENDING"
            )
        )
        self.download()
        self.assertEqual(self.quantity(), 95)

    def test_only_the_clients_stock_counts(self):
        client = self.env["res.partner"].create({"name": "Client"})
        self.connection.client_id = client
        self.assertEqual(self.quantity(), 0)
        self.add_stock(8, owner_id=client)
        self.assertEqual(self.quantity(), 8)
        self.assertIn("Client", self.listing().quantity_explanation)

    def test_many_are_worked_out_with_the_statements_of_one(self):
        skus = [f"SKU-{n:02d}" for n in range(9)]
        for sku in skus:
            self._create_product(sku)
        self.fake.list(*(build_listing(sku, updated=ago(days=29)) for sku in skus))
        self.download_products()
        listings = self.env["amazon.listing"].search([])
        self.assertEqual(len(listings), 10)
        counts = []
        for rows in (listings[:1], listings):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(set(rows._get_quantities().values()), {100})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)

    def test_the_number_is_explained(self):
        self.fake.add(build_order(items=[build_item(quantity=2)], status="PENDING"))
        self.download()
        text = self.listing().quantity_explanation
        self.assertIn("+100", text)
        self.assertIn("-2", text)
        self.assertIn(self.warehouse.display_name, text)
        self.assertIn("Sync Inventory is off", text)


@tagged("post_install", "-at_install")
class TestWhatIsNot(InventoryCommon):
    def refused(self, reason):
        with self.assertRaisesRegex(UserError, reason):
            self.listing().action_push_now()
        self.assertIn(reason, self.listing().quantity_explanation)
        self.connection.sync_inventory = True
        self.add_stock(1)
        self.sync()
        self.assertFalse(self.pushed())

    def test_what_amazon_fulfils(self):
        self.fake.list(build_listing(channel="AMAZON_NA", updated=ago(days=3)))
        self.download_products()
        self.refused("Amazon fulfils it")

    def test_what_amazon_keeps_no_quantity_of(self):
        self.fake.list(build_listing(quantity=None, updated=ago(days=3)))
        self.download_products()
        self.refused("keeps no quantity")

    def test_what_is_never_to_be_synced(self):
        self.listing().sync_inventory = False
        self.refused("off for this listing")

    def test_what_has_no_product(self):
        self.listing().product_id = False
        self.refused("No product")

    def test_what_is_not_storable(self):
        self.env["stock.quant"].search(
            [("product_id", "=", self.mug.id)]
        ).sudo().unlink()
        self.mug.is_storable = False
        with self.assertRaisesRegex(UserError, "not storable"):
            self.listing().action_push_now()

    def test_what_is_in_a_storefront_that_is_not_used(self):
        canada = self.open_storefront()
        self.fake.list(build_listing(marketplace=CA))
        self.download_products()
        self.assertEqual(len(self.listing()), 2)
        canada.active = False
        self.switch_on()
        self.assertEqual([market for market, *_rest in self.fake.pushed], [US])


@tagged("post_install", "-at_install")
class TestIssues(InventoryCommon):
    def test_what_amazon_refuses_is_shown_and_stops_no_other(self):
        self._create_product("BOWL")
        self.fake.list(build_listing("BOWL", updated=ago(days=29)))
        self.download_products()
        self.fake.refused = {"MUG"}
        self.switch_on()
        self.assertEqual(self.pushed(), {"BOWL": 100})
        self.assertEqual(self.listing().push_error, "Amazon dislikes it.")
        run = self.last_run("sync_inventory")
        self.assertEqual((run.failed, run.updated), (1, 1))
        self.sync()
        self.assertEqual(self.fake.count("patchListingsItem"), 2, "Not over and over")
        self.fake.refused = set()
        run.line_ids.filtered(lambda line: line.level == "error").action_retry()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
        self.assertFalse(self.listing().push_error)

    def test_a_lost_answer_or_used_up_quota_is_tried_again(self):
        for error, outcome in (
            (UnavailableError("Gone."), "failed"),
            (ThrottledError("Wait.", retry_after=60), "waiting"),
        ):
            self.add_stock(1)
            self.listing().looked_on = False
            self.fake.errors = [None, error]
            self.switch_on()
            self.assertEqual(self.last_run("sync_inventory").outcome, outcome)
            self.assertFalse(self.pushed())
            self.put_off_is_over("sync_inventory")
            self.sync()
            self.assertTrue(self.pushed())

    def test_a_store_that_would_be_emptied_stops_and_asks(self):
        skus = [f"SKU-{n:02d}" for n in range(15)]
        for sku in skus:
            self._create_product(sku)
        self.fake.list(*(build_listing(sku, quantity=4) for sku in skus))
        self.fake.list(
            *(build_listing(sku, quantity=4, updated=ago(days=29)) for sku in skus)
        )
        self.download_products()
        self.switch_on()
        self.pushed()
        self.connection.warehouse_id = self.env["stock.warehouse"].create(
            {"name": "Empty", "code": "EMPTY"}
        )
        for _ in range(2):
            self.sync()
        self.assertFalse(self.pushed())
        self.assertTrue(self.connection.inventory_halted)
        self.assertEqual(len(self.connection.activity_ids), 1, "One, not one each run")
        self.assertIn("16 of 16", self.connection.activity_ids.note)
        self.connection.action_allow_zeros()
        self.sync()
        self.assertEqual(set(self.pushed().values()), {0})
        self.assertFalse(self.connection.activity_ids)
        self.assertFalse(self.connection.inventory_halted)

    def test_a_mistake_that_is_corrected_needs_no_answer(self):
        skus = [f"SKU-{n:02d}" for n in range(15)]
        for sku in skus:
            self._create_product(sku)
        self.fake.list(
            *(build_listing(sku, quantity=4, updated=ago(days=29)) for sku in skus)
        )
        self.download_products()
        self.switch_on()
        self.pushed()
        warehouse = self.connection.warehouse_id
        self.connection.warehouse_id = self.env["stock.warehouse"].create(
            {"name": "Empty", "code": "EMPTY"}
        )
        self.sync()
        self.connection.warehouse_id = warehouse
        self.sync()
        self.assertFalse(self.pushed(), "Nothing is other than on Amazon")
        self.assertFalse(self.connection.inventory_halted)
        self.assertFalse(self.connection.activity_ids)
