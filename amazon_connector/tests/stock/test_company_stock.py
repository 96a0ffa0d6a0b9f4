"""A store of the company itself: no client's stock serves it; free quantities."""

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from ..builders import ago, moment
from ..client_stock_common import ClientStockCommon


@tagged("post_install", "-at_install")
class TestClientIsTheCompany(ClientStockCommon):
    def test_stock_of_others_is_not_reserved(self):
        # Older goods go out first, in Odoo: these would.
        self.env["stock.quant"].search(
            [("product_id", "=", self.bowl.id)]
        ).in_date = moment(ago(days=20))
        self.put_into_stock(20, self.other, in_date=moment(ago(days=300)))
        move = self.import_bowls()
        self.assertEqual(move.state, "assigned")
        self.assertFalse(move.move_line_ids.owner_id)
        self.assertEqual(self.stock_of(self.other), (20, 0))

    def test_the_order_waits_where_only_others_have_stock(self):
        self.put_into_stock(200, self.other)
        move = self.import_bowls(120)
        self.assertEqual((move.state, move.quantity), ("partially_available", 100))
        self.assertEqual(self.stock_of(self.other), (200, 0))

    def test_own_stock_may_name_the_company_as_owner(self):
        self.put_into_stock(30, self.company_partner)
        move = self.import_bowls(120)
        self.assertEqual(move.state, "assigned")
        self.assertEqual(
            self.stock_of(self.nobody)[1] + self.stock_of(self.company_partner)[1], 120
        )

    def test_stock_of_others_cannot_be_picked(self):
        self.put_into_stock(20, self.other)
        move = self.import_bowls()
        quant = self.env["stock.quant"]._gather(
            self.bowl, self.warehouse.lot_stock_id, owner_id=self.other
        )
        with self.assertRaisesRegex(ValidationError, "Another client"):
            move.move_line_ids.quant_id = quant

    def test_a_typed_quantity_leaves_the_stock_of_others(self):
        self.put_into_stock(200, self.other)
        move = self.import_bowls(120)
        move.quantity = 120
        self.validate(move.picking_id)
        self.assertEqual(self.stock_of(self.nobody), (-20, 0))
        self.assertEqual(self.stock_of(self.other), (200, 0))

    def test_other_sale_orders_are_left_to_odoo(self):
        self.put_into_stock(20, self.other)
        move = self.sell_by_hand(115)
        self.assertEqual(move.state, "assigned")
        self.assertEqual(move.availability, 5)
        self.assertEqual(self.stock_of(self.other), (20, 15))
        picked = self.env["stock.quant"]._gather(
            self.bowl, self.warehouse.lot_stock_id, owner_id=self.other
        )
        move.move_line_ids.filtered("owner_id").quant_id = picked
        self.validate(move.picking_id)
        self.assertEqual(self.stock_of(self.other), (5, 0))

    def test_one_reservation_for_orders_of_all_kinds(self):
        """What one order may take says nothing of the next in the same run."""
        self.put_into_stock(20, self.other)
        amazon = self.import_bowls()
        by_hand = self.sell_by_hand(100)
        (amazon | by_hand)._do_unreserve()
        (amazon | by_hand)._action_assign()
        self.assertEqual(set((amazon | by_hand).mapped("state")), {"assigned"})
        self.assertEqual(self.stock_of(self.nobody), (100, 100))
        self.assertEqual(self.stock_of(self.other), (20, 5))


@tagged("post_install", "-at_install")
class TestFreeQuantities(ClientStockCommon):
    def free(self):
        self.env.invalidate_all()
        products = self.bowl | self.mug
        return self.get_available(self.connection).get_free(products)

    def get_available(self, connection):
        return connection.storefront_ids[:1]._get_available_quantity()

    def test_of_another_partner(self):
        self.connection.client_id = self.client
        self.put_into_stock(20, self.client)
        self.put_into_stock(7, self.other)
        self.assertEqual(self.free(), {self.bowl: 20, self.mug: 0})
        self.import_bowls()
        self.assertEqual(self.free(), {self.bowl: 15, self.mug: 0})
        # A sale order of the company may take any stock, in Odoo.
        self.put_into_stock(-100, self.nobody)
        self.put_into_stock(-7, self.other)
        self.sell_by_hand(1)
        self.assertEqual(self.free(), {self.bowl: 14, self.mug: 0})

    def test_of_the_company(self):
        self.put_into_stock(20, self.client)
        self.put_into_stock(30, self.company_partner)
        self.assertEqual(self.free(), {self.bowl: 130, self.mug: 100})
        self.import_bowls()
        self.assertEqual(self.free(), {self.bowl: 125, self.mug: 100})

    def test_of_the_connections_warehouse_only(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.env["stock.quant"]._update_available_quantity(
            self.bowl, other.lot_stock_id, 50
        )
        self.assertEqual(self.free()[self.bowl], 100)

    def test_whoever_may_see_the_store_may_ask(self):
        user = new_test_user(
            self.env,
            "seller",
            groups="base.group_user,amazon_connector.amazon_connector_group_user",
        )
        connection, mug = self.connection.with_user(user), self.mug.with_user(user)
        self.assertEqual(self.get_available(connection).get_free(mug), {mug: 100})
