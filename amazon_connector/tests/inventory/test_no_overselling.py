"""What was sold is not offered again: between order and reservation, and after a
lost answer."""

from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ...spapi.errors import ThrottledError, UnavailableError
from ..builders import NOW, ago, ahead, build_item, build_order, moment
from ..fake_listings import build_listing
from ..inventory_common import InventoryCommon
from ..unknown_products_common import omit


@tagged("post_install", "-at_install")
class TestSold(InventoryCommon):
    def quantity(self, sku="MUG"):
        listing = self.listing(sku)
        listing.invalidate_recordset()
        return listing.odoo_quantity

    def test_an_order_that_was_pending_stays_counted_until_it_is_worked_off(self):
        self.fake.add(build_order(items=[build_item(quantity=40)], status="PENDING"))
        self.download()
        self.assertEqual(self.quantity(), 60)
        self.order().write({"status": "unshipped", "to_process": True})
        self.assertEqual(self.quantity(), 60)

    def test_the_missing_lines_of_a_partial_order_are_owed(self):
        self.connection.write(
            {"download_products": False, "unknown_product": "partial"}
        )
        items = [build_item("1"), build_item("2", sku="BOWL", quantity=40)]
        sale = self.import_order(items=items)
        self.ship(sale)
        self.fake.list(build_listing("BOWL", updated=ago(days=29)))
        bowl = self._create_product("CODE-OF-BOWL")
        self.connection.action_download_products()
        self.download_products()
        self.listing("BOWL").product_id = bowl
        self.assertEqual(self.quantity("BOWL"), 60)
        self.download()
        self.assertEqual(self.order().state, "partial")
        self.assertEqual(self.quantity("BOWL"), 60)

    def test_a_held_order_without_sku_is_owed_like_any_other(self):
        self.mug.default_code = "MUG-IN-ODOO"
        self.listing().product_id = self.mug
        item = omit(build_item(quantity=40), "sellerSku")
        item["product"]["title"] = "MUG-IN-ODOO"
        # What holds it is the other item.
        items = [item, build_item("2", sku="LAMP")]
        self.assertFalse(self.import_order(items=items))
        self.assertEqual(self.order().state, "held")
        self.assertEqual(self.quantity(), 60)

    def test_a_store_without_listings_counts_by_internal_reference(self):
        second = self._create_connection("A2SECOND")
        self.switch_on()
        self.pushed()
        self.amazon_of(second).add(
            build_order(items=[build_item(quantity=5)], status="PENDING")
        )
        self.download()
        self.assertEqual(self.quantity(), 95)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 95})

    def test_where_several_products_could_be_meant_none_is_sold_twice(self):
        second = self._create_connection("A2SECOND")
        self._create_product("MUG")
        self.amazon_of(second).add(
            build_order(items=[build_item(quantity=5)], status="PENDING")
        )
        self.download()
        self.assertEqual(self.quantity(), 95)

    def test_an_order_without_sku_lowers_what_amazon_has(self):
        second = self._create_connection("A2SECOND")
        self.switch_on()
        self.pushed()
        item = omit(build_item(quantity=5), "sellerSku")
        item["product"]["title"] = "MUG"
        self.amazon_of(second).add(build_order(items=[item], status="PENDING"))
        self.download()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 95})

    def test_what_amazon_took_off_itself_is_not_put_back_before_its_orders_are_read(
        self,
    ):
        self.switch_on()
        self.pushed()
        self.listing().pushed_on = False
        self.connection.orders_synced_until = fields.Datetime.subtract(
            fields.Datetime.now(), minutes=10
        )
        self.fake.list(build_listing(quantity=2, updated=ago()))
        self.download_products()
        self.sync()
        self.assertFalse(self.pushed())
        self.assertTrue(self.listing().to_push)
        self.add_stock(-99)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 1}, "Less is offered at once")
        self.add_stock(50)
        self.sync()
        self.assertEqual(
            self.pushed(), {"MUG": 51}, "Amazon's own count is known again"
        )

    def test_once_its_orders_are_read_the_quantity_is_sent(self):
        self.switch_on()
        self.pushed()
        self.listing().pushed_on = False
        self.fake.list(build_listing(quantity=2, updated=ago()))
        self.download_products()
        self.connection.orders_synced_until = fields.Datetime.now()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_without_orders_only_a_movement_of_stock_raises_what_amazon_lowered(self):
        self.switch_on()
        self.pushed()
        self.listing().pushed_on = False
        self.connection.download_orders = False
        self.connection.orders_synced_until = fields.Datetime.now()
        self.fake.list(build_listing(quantity=2, updated=ago()))
        self.download_products()
        self.sync()
        self.assertFalse(self.pushed())
        self.add_stock(1)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 101})

    def test_a_lost_answer_is_not_taken_for_nothing_sent(self):
        self.switch_on()
        self.pushed()
        patch = self.fake.patch_listings_item

        def lost(*args, **kwargs):
            patch(*args, **kwargs)
            raise UnavailableError("Amazon did not answer in time.")

        self.fake.patch_listings_item = lost
        self.add_stock(6)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 106})
        self.assertTrue(self.listing().is_quantity_unknown)
        self.fake.patch_listings_item = patch
        self.add_stock(-6)
        self.put_off_is_over("sync_inventory")
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100}, "Amazon may have 106")
        self.assertFalse(self.listing().is_quantity_unknown)


@tagged("post_install", "-at_install")
class TestPromised(InventoryCommon):
    def sell(self, quantity, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Anybody"}).id,
                "order_line": [
                    Command.create(
                        {"product_id": self.mug.id, "product_uom_qty": quantity}
                    )
                ],
                **values,
            }
        )
        order.action_confirm()
        return order

    def test_a_sale_that_is_not_reserved_reaches_amazon_by_itself(self):
        self.warehouse.out_type_id.reservation_method = "manual"
        self.switch_on()
        self.pushed()
        order = self.sell(100)
        self.assertFalse(order.picking_ids.move_ids.quantity)
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 0})
        order._action_cancel()
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})

    def test_goods_that_stand_in_the_shipping_zone_are_not_offered_again(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.switch_on()
        self.pushed()
        order = self.sell(60)
        self.assertEqual(self.offered(), 40, "Reserved in the first step")
        pick = order.picking_ids.filtered(lambda p: p.state == "assigned")
        pick.move_ids.picked = True
        pick.button_validate()
        self.assertEqual(self.offered(), 40, "Reserved in the second")
        ship = order.picking_ids - pick
        ship.do_unreserve()
        self.assertEqual(self.offered(), 40, "Standing there, reserved by nobody")

    def test_what_is_bought_for_an_order_takes_nothing_from_the_stock(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.mug.id,
                "product_uom_qty": 5,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "state": "waiting",
                "move_orig_ids": [
                    Command.create(
                        {
                            "product_id": self.mug.id,
                            "product_uom_qty": 5,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.stock.id,
                            "state": "assigned",
                        }
                    )
                ],
            }
        )
        self.assertEqual(move.state, "waiting")
        self.assertEqual(self.offered(), 100)

    def offered(self):
        self.env.flush_all()
        self.listing().invalidate_recordset()
        return self.listing().odoo_quantity


@tagged("post_install", "-at_install")
class TestMeanwhile(InventoryCommon):
    """What changes while a run is under way counts from the next listing on."""

    def prepare(self):
        super().prepare()
        self.skus = [f"SKU-{n}" for n in range(5)]
        for sku in self.skus:
            self._create_product(sku)
        self.fake.list(*(build_listing(sku, updated=ago(days=29)) for sku in self.skus))
        self.download_products()

    def during(self, change):
        """Let something happen once the first quantity is sent."""
        patch = self.fake.patch_listings_item

        def patch_and_change(*args, **kwargs):
            if not self.fake.pushed:
                change()
                self.env.flush_all()
                self.commit()
            return patch(*args, **kwargs)

        self.fake.patch_listings_item = patch_and_change

    def test_switched_off_nothing_more_is_sent(self):
        self.during(lambda: setattr(self.connection, "sync_inventory", False))
        self.switch_on()
        self.assertEqual(len(self.fake.pushed), 1)

    def test_what_amazon_fulfils_by_now_is_left_alone(self):
        rows = self.env["amazon.listing"].search([])
        self.during(lambda: rows.write({"channel": "amazon"}))
        self.switch_on()
        self.assertEqual(len(self.fake.pushed), 1)

    def test_stock_that_moved_is_sent_as_it_is(self):
        last = self.listing(self.skus[-1]).product_id
        self.during(lambda: self.add_stock(-60, last))
        self.switch_on()
        sent = [q for _m, sku, q in self.fake.pushed if sku == self.skus[-1]]
        self.assertEqual(sent, [40])

    def test_stock_that_moved_while_amazon_is_asked_who_fulfils_it_is_sent_as_it_is(
        self,
    ):
        second = self.listing(self.skus[0]).product_id
        search = self.fake.search_listings_items

        def move_and_search(*args, **kwargs):
            if self.fake.pushed and not moved:
                moved.append(self.add_stock(-60, second))
                self.env.flush_all()
                self.commit()
            return search(*args, **kwargs)

        moved = []
        self.fake.search_listings_items = move_and_search
        with freeze_time(NOW) as clock:
            # The look is old by the time of the next quantity.
            self.during(lambda: clock.tick(timedelta(minutes=1)))
            self.switch_on()
        sent = [q for _m, sku, q in self.fake.pushed if sku == self.skus[0]]
        self.assertEqual(sent, [40])

    def test_a_rule_that_was_made_holds_for_what_is_sent_next(self):
        self.during(
            lambda: self.env["amazon.inventory.rule"].create(
                {
                    "rule_type": "maximum",
                    "value": 7,
                    "connection_id": self.connection.id,
                }
            )
        )
        self.switch_on()
        sent = [q for _m, sku, q in self.fake.pushed if sku == self.skus[-1]]
        self.assertEqual(sent, [7])

    def test_a_rule_that_was_made_while_a_quantity_is_on_its_way_holds_afterwards(
        self,
    ):
        first = self.listing()
        self.during(
            lambda: self.env["amazon.inventory.rule"].create(
                {
                    "rule_type": "maximum",
                    "value": 7,
                    "applied_on": "listing",
                    "listing_id": first.id,
                }
            )
        )
        self.switch_on()
        self.sync()
        sent = [q for _m, sku, q in self.fake.pushed if sku == "MUG"]
        self.assertEqual(sent, [100, 7])

    def test_stock_that_came_waits_for_the_orders_that_amazon_took_off(self):
        last = self.listing(self.skus[-1])
        last.write({"amazon_quantity": 150, "quantity_seen_on": moment(ahead(days=1))})
        self.during(lambda: self.add_stock(60, last.product_id))
        self.switch_on()
        self.assertNotIn(last.sku, [sku for _m, sku, _q in self.fake.pushed])
        self.assertFalse(last.is_quantity_unknown)

    def test_an_answer_that_was_lost_before_is_not_forgotten(self):
        lost, other = self.listing(self.skus[-1]), self.listing(self.skus[-2])
        lost.is_quantity_unknown = True
        self.during(lambda: (lost + other).write({"channel": "amazon"}))
        self.switch_on()
        self.assertTrue(lost.is_quantity_unknown)
        self.assertFalse(other.is_quantity_unknown)

    def test_an_answer_that_could_not_be_written_down_is_sent_again(self):
        job_type = self.env.registry["amazon.job.type.sync_inventory"]
        record = job_type._record_answer
        collisions = [SerializationFailure("could not serialize access")]

        def be_in_the_way(*args):
            if collisions:
                raise collisions.pop()
            return record(*args)

        self.patch(job_type, "_record_answer", be_in_the_way)
        self.switch_on()
        self.assertEqual(len(self.fake.pushed), 7)
        self.assertFalse(self.env["amazon.listing"].search([("to_push", "=", True)]))

    def test_a_short_wait_for_quota_ends_no_run(self):
        self.fake.errors = [ThrottledError("Wait.", retry_after=0.2)]
        self.switch_on()
        self.assertEqual(len(self.pushed()), 6)
        self.assertEqual(self.last_run("sync_inventory").outcome, "done")

    def test_one_listing_that_amazon_fails_at_stops_no_other(self):
        patch = self.fake.patch_listings_item

        def fail(seller, sku, *args, **kwargs):
            if sku == "MUG":
                raise UnavailableError("Amazon is not available (status 500).")
            return patch(seller, sku, *args, **kwargs)

        self.fake.patch_listings_item = fail
        self.switch_on()
        self.assertEqual(set(self.pushed()), set(self.skus))
        self.assertTrue(self.listing().to_push)
        run = self.last_run("sync_inventory")
        self.assertEqual((run.outcome, run.warned), ("warning", 1))

    def test_an_archived_product_is_offered_no_more(self):
        self.switch_on()
        self.pushed()
        self.mug.active = False
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 0})
        self.assertIn("archived", self.listing().quantity_explanation)
        self.mug.active = True
        self.sync()
        self.assertEqual(self.pushed(), {"MUG": 100})
