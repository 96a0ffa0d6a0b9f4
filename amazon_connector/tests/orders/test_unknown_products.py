"""Orders for unknown products that are held, or whose products are created."""

from odoo.tests import tagged

from ..builders import build_item, build_order
from ..setup_common import SetupCommon
from ..unknown_products_common import (
    ORDER,
    SECOND,
    UnknownProductsCommon,
    omit,
)


@tagged("post_install", "-at_install")
class TestHold(UnknownProductsCommon):
    def test_holding_is_the_default(self):
        connection = self._create_connection("A2OTHERSELLER")
        self.assertEqual(connection.unknown_product, "hold")

    def test_the_order_is_held_whole_until_all_its_products_are_there(self):
        items = [build_item("1"), build_item("2", sku="LAMP"), build_item("3", "PEN")]
        self.assertFalse(self.import_order(items=items))
        self.assertEqual(self.order().state, "held")
        self.assertIn("LAMP, PEN", self.order().error)
        self._create_product("LAMP")
        self.download()
        self.assertEqual(self.order().state, "held")
        self._create_product("PEN")
        self.download()
        self.assertEqual(self.order().state, "imported")
        self.assertEqual(self.order().sale_order_id.amount_total, 30)

    def test_an_item_without_sku_is_found_by_its_title(self):
        item = omit(build_item(sku="LAMP"), "sellerSku")
        self.assertFalse(self.import_order(items=[item]))
        self.assertIn("Invented LAMP", self.order().error)
        product = self._create_product("Invented LAMP")
        self.download()
        self.assertEqual(self.order().sale_order_id.order_line.product_id, product)

    def test_an_item_with_neither_sku_nor_title_is_held_with_this_reason(self):
        item = omit(build_item(), "sellerSku", "title")
        self.assertFalse(self.import_order(items=[item]))
        self.assertEqual(self.order().state, "held")
        self.assertIn("neither SKU nor title", self.order().error)

    def test_an_archived_product_is_not_used(self):
        self.mug.active = False
        self.assertFalse(self.import_order())
        self.assertIn("No active product", self.order().error)
        self.mug.active = True
        self.download()
        self.assertEqual(self.order().state, "imported")

    def test_an_item_that_amazon_cancelled_needs_no_product(self):
        sale = self.import_order(
            items=[build_item("1"), build_item("2", sku="LAMP", quantity=0)]
        )
        self.assertEqual(self.refs(sale), ["MUG"])

    def test_held_orders_follow_a_new_choice_at_the_next_download(self):
        self.fake.add(
            build_order(ORDER, [build_item("1"), build_item("2", sku="LAMP")]),
            build_order(SECOND, [build_item("3", sku="PEN")]),
        )
        self.download()
        self.connection.unknown_product = "partial"
        self.download()
        self.assertEqual(self.order(ORDER).state, "partial")
        self.assertEqual(self.order(SECOND).state, "held")
        self.connection.unknown_product = "create"
        self.download()
        self.assertEqual(self.order(ORDER).state, "imported")
        self.assertEqual(self.order(SECOND).state, "imported")


@tagged("post_install", "-at_install")
class TestChoiceInSetup(SetupCommon):
    def test_the_guided_set_up_hands_the_choice_on(self):
        setup = self.new_setup()
        self.assertEqual(setup.unknown_product, "hold")
        setup.unknown_product = "create"
        self.go_on(setup)
        setup.action_finish()
        self.assertEqual(self.made().unknown_product, "create")


@tagged("post_install", "-at_install")
class TestCreate(UnknownProductsCommon):
    choice = "create"

    def test_the_product_is_made_and_the_order_comes_in_whole(self):
        sale = self.import_order(
            items=[build_item("1"), build_item("2", sku="LAMP", price="12.34")]
        )
        self.assertEqual(self.order().state, "imported")
        self.assertEqual(sale.amount_total, 22.34)
        self.assertEqual(self.refs(sale), ["LAMP", "MUG"])
        self.assertRecordValues(
            self.product("LAMP"),
            [
                {
                    "name": "Invented LAMP",
                    "type": "consu",
                    "is_storable": True,
                    "company_id": self.connection.company_id.id,
                    "list_price": 12.34,
                }
            ],
        )
        self.assertEqual(len(sale.picking_ids.move_ids), 2)

    def test_a_note_in_the_history_says_which_were_made(self):
        self.import_order(items=[build_item("1", "PEN"), build_item("2", "LAMP")])
        run = self.last_run()
        self.assertRecordValues(
            run, [{"created": 1, "warned": 0, "failed": 0, "outcome": "done"}]
        )
        self.assertEqual(run.line_ids.level, "info")
        self.assertIn("LAMP, PEN", run.line_ids.message)

    def test_two_orders_of_one_download_make_it_once(self):
        self.fake.add(
            build_order(ORDER, [build_item("1", "LAMP"), build_item("2", "LAMP")]),
            build_order(SECOND, [build_item("3", "LAMP")]),
        )
        self.download()
        self.assertEqual(len(self.product("LAMP")), 1)
        orders = self.order(ORDER) | self.order(SECOND)
        self.assertEqual(orders.mapped("state"), ["imported", "imported"])
        self.assertEqual(self.last_run().created, 2)

    def test_the_next_download_makes_nothing(self):
        self.import_order(items=[build_item(sku="LAMP")])
        self.import_order(order_id=SECOND, items=[build_item(sku="LAMP")])
        self.assertEqual(len(self.product("LAMP")), 1)
        self.assertFalse(self.last_run().line_ids)

    def test_without_title_the_sku_is_the_name(self):
        self.import_order(items=[omit(build_item(sku="LAMP"), "title")])
        self.assertEqual(self.product("LAMP").name, "LAMP")

    def test_without_sku_the_title_is_the_reference(self):
        for number in (ORDER, SECOND):
            self.fake.add(
                build_order(number, [omit(build_item(sku="LAMP"), "sellerSku")])
            )
        self.download()
        self.assertEqual(len(self.product("Invented LAMP")), 1)
        self.assertEqual(self.order(SECOND).state, "imported")

    def test_with_neither_the_order_is_held_and_nothing_is_made(self):
        items = [build_item("1", "LAMP"), omit(build_item("2"), "sellerSku", "title")]
        self.assertFalse(self.import_order(items=items))
        self.assertIn("neither SKU nor title", self.order().error)
        self.assertFalse(self.product("LAMP"))

    def test_two_products_with_the_reference_still_hold_the_order(self):
        self._create_product("MUG")
        items = [build_item("1"), build_item("2", sku="LAMP")]
        self.assertFalse(self.import_order(items=items))
        self.assertIn("Several products", self.order().error)
        self.assertFalse(self.product("LAMP"), "Nothing is made for a held order")

    def test_an_archived_product_is_not_doubled(self):
        self.mug.active = False
        self.assertFalse(self.import_order())
        self.assertIn("No active product", self.order().error)
        self.assertEqual(self.product("MUG"), self.mug)

    def test_an_order_without_address_comes_in_with_its_product_all_the_same(self):
        sale = self.import_order(items=[build_item(sku="LAMP")], address=None)
        self.assertEqual(self.product("LAMP"), sale.order_line.product_id)

    def test_an_order_that_is_not_to_be_shipped_makes_nothing(self):
        self.import_order(items=[build_item(sku="LAMP")], status="SHIPPED")
        self.assertFalse(self.product("LAMP"))

    def test_a_price_in_another_currency_is_not_the_sales_price(self):
        currency = "CAD" if self.env.company.currency_id.name != "CAD" else "USD"
        sale = self.import_order(
            items=[build_item(sku="LAMP", currency=currency)], currency=currency
        )
        self.assertEqual(sale.amount_total, 10)
        self.assertEqual(self.product("LAMP").list_price, 0)

    def test_the_product_belongs_to_the_company_of_the_connection(self):
        company = self.env["res.company"].create({"name": "Other Company"})
        connection = self._create_connection(
            "A2OTHERSELLER", company_id=company.id, unknown_product="create"
        )
        self._create_product("LAMP").company_id = self.env.company
        self.amazon_of(connection).add(build_order(items=[build_item(sku="LAMP")]))
        self.download()
        made = self.product("LAMP").filtered(lambda p: p.company_id == company)
        self.assertEqual(self.order().sale_order_id.order_line.product_id, made)

    def test_a_bad_order_beside_it_does_not_take_the_product_away(self):
        bad = build_order(ORDER, [build_item("1", "LAMP")], currency="XXY")
        bad["orderItems"][0]["proceeds"] = {}
        bad["orderItems"][0]["product"].pop("price")
        self.fake.add(bad, build_order(SECOND, [build_item("2", "LAMP")]))
        self.download()
        self.assertEqual(self.order(ORDER).state, "failed")
        self.assertEqual(self.order(SECOND).state, "imported")
        self.assertEqual(len(self.product("LAMP")), 1)
