"""Whose stock serves a store: the client's, and nobody else's."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .builders import build_item
from .common import AmazonCommon

ORDERED = 5


class ClientStockCommon(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.connection.warehouse_id
        cls.company_partner = cls.connection.company_id.partner_id
        cls.client, cls.other = cls.env["res.partner"].create(
            [{"name": "Client of the warehouse"}, {"name": "Another client"}]
        )
        # The company's own stock of it; what others have is said by each test.
        cls.bowl = cls._create_product("BOWL", quantity=100)
        cls.nobody = cls.env["res.partner"]

    # === HELPERS === #

    def create_vase(self, **values):
        """Return a product that nobody has in stock."""
        vase = {"name": "Vase", "default_code": "VASE", "is_storable": True}
        return self.env["product.product"].create(vase | values)

    def put_into_stock(self, quantity, owner, product=None, **more):
        self.env["stock.quant"]._update_available_quantity(
            product or self.bowl,
            self.warehouse.lot_stock_id,
            quantity,
            owner_id=owner,
            **more,
        )

    def stock_of(self, owner, product=None):
        """Return (on hand, reserved) of one owner in the whole warehouse."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", (product or self.bowl).id),
                ("owner_id", "=", owner.id),
                ("location_id", "child_of", self.warehouse.view_location_id.id),
            ]
        )
        return sum(quants.mapped("quantity")), sum(quants.mapped("reserved_quantity"))

    def import_bowls(self, quantity=ORDERED, sku="BOWL"):
        """Have an order on Amazon and in Odoo; return its open move."""
        sale = self.import_order(items=[build_item(sku=sku, quantity=quantity)])
        return self.open_moves(sale)

    def open_moves(self, sale):
        return sale.picking_ids.move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )

    def validate(self, picking):
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

    def receive(self, quantity, owner, for_move=None):
        """Goods of an owner arrive, for a delivery or for none, and are validated."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "owner_id": owner.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.bowl.id,
                            "product_uom_qty": quantity,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.warehouse.lot_stock_id.id,
                            "move_dest_ids": for_move and [Command.link(for_move.id)],
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self.validate(picking)
        self.assertEqual(picking.state, "done")

    def sell_by_hand(self, quantity):
        """A sale order of the company that has nothing to do with Amazon."""
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.other.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.bowl.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        sale.action_confirm()
        return sale.picking_ids.move_ids


@tagged("post_install", "-at_install")
class TestClientIsAnotherPartner(ClientStockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.client_id = cls.client

    # === RESERVE === #

    def test_only_the_clients_stock_is_reserved(self):
        self.put_into_stock(20, self.client)
        self.put_into_stock(20, self.other)
        move = self.import_bowls()
        self.assertEqual(move.state, "assigned")
        self.assertEqual(move.move_line_ids.owner_id, self.client)
        self.assertEqual(self.stock_of(self.client), (20, ORDERED))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))
        self.assertEqual(self.stock_of(self.other), (20, 0))

    def test_the_order_waits_where_only_the_company_has_stock(self):
        move = self.import_bowls()
        self.assertEqual(move.state, "confirmed")
        self.assertFalse(move.move_line_ids)
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_too_little_of_the_clients_is_reserved_in_part(self):
        self.put_into_stock(2, self.client)
        move = self.import_bowls()
        self.assertEqual((move.state, move.quantity), ("partially_available", 2))
        self.assertEqual(self.stock_of(self.client), (2, 2))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_more_of_the_clients_is_reserved_when_it_arrives(self):
        self.put_into_stock(2, self.client)
        move = self.import_bowls()
        self.receive(3, self.client)
        self.assertEqual((move.state, move.quantity), ("assigned", ORDERED))
        self.assertEqual(self.stock_of(self.client), (5, 5))

    def test_arrivals_of_others_are_not_reserved(self):
        move = self.import_bowls()
        self.receive(10, self.nobody)
        self.receive(10, self.other)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(move.state, "confirmed")
        self.assertFalse(move.quantity)

    def test_the_scheduler_reserves_the_clients_stock(self):
        move = self.import_bowls()
        self.put_into_stock(20, self.client)
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(move.state, "assigned")
        self.assertEqual(move.move_line_ids.owner_id, self.client)

    def test_unreserved_and_reserved_again(self):
        self.put_into_stock(20, self.client)
        move = self.import_bowls()
        move.picking_id.do_unreserve()
        self.assertEqual(self.stock_of(self.client), (20, 0))
        move.picking_id.action_assign()
        self.assertEqual(move.state, "assigned")
        self.assertEqual(self.stock_of(self.client), (20, ORDERED))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_a_later_client_of_the_connection_leaves_the_order(self):
        move = self.import_bowls()
        self.connection.client_id = self.other
        self.put_into_stock(20, self.other)
        move.picking_id.action_assign()
        self.assertEqual(move.state, "confirmed")
        # More of it is sold: it is the same client's order still.
        self.put_into_stock(20, self.client)
        move.sale_line_id.product_uom_qty = 7
        self.assertEqual(self.stock_of(self.client), (20, 7))
        self.assertEqual(self.stock_of(self.other), (20, 0))

    def test_a_package_of_the_client_is_reserved(self):
        package = self.env["stock.package"].create({"name": "CLIENT"})
        foreign = self.env["stock.package"].create({"name": "COMPANY"})
        vase = self.create_vase()
        self.put_into_stock(9, self.nobody, vase, package_id=foreign)
        self.put_into_stock(3, self.client, vase, package_id=package)
        move = self.import_bowls(2, "VASE")
        self.assertEqual(move.move_line_ids.package_id, package)
        self.assertEqual(move.move_line_ids.owner_id, self.client)

    # === SEVERAL STEPS === #

    def go_all_steps(self, count):
        """Deliver an order step by step, and prove how many steps it took."""
        self.put_into_stock(20, self.client)
        sale = self.import_bowls().sale_line_id.order_id
        steps = self.env["stock.picking.type"]
        while moves := self.open_moves(sale):
            ready = moves.filtered(lambda move: move.state == "assigned")
            self.assertEqual(len(ready), 1, "one step is ready at a time")
            self.assertEqual(ready.move_line_ids.owner_id, self.client)
            steps |= ready.picking_type_id
            self.validate(ready.picking_id)
        self.assertEqual(len(steps), count)
        self.assertEqual(self.stock_of(self.client), (15, 0))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_two_steps(self):
        self.warehouse.delivery_steps = "pick_ship"
        self.go_all_steps(2)

    def test_three_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.go_all_steps(3)

    def test_two_steps_wait_where_only_the_company_has_stock(self):
        self.warehouse.delivery_steps = "pick_ship"
        sale = self.import_bowls().sale_line_id.order_id
        self.assertEqual(set(self.open_moves(sale).mapped("state")), {"confirmed"})
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_steps_that_pull_each_other(self):
        """Rules that make all steps at once, as routes of earlier versions do."""
        self.warehouse.delivery_steps = "pick_ship"
        pick, ship = self.warehouse.delivery_route_id.rule_ids.sorted("id")
        pick.location_dest_id = ship.location_src_id
        pick.location_dest_from_rule = True
        ship.write({"action": "pull", "procure_method": "make_to_order"})
        self.put_into_stock(3, self.client)
        sale = self.import_bowls().sale_line_id.order_id
        moves = self.open_moves(sale)
        self.assertEqual(
            sorted(moves.mapped("state")), ["partially_available", "waiting"]
        )
        picked = moves.filtered("move_dest_ids")
        self.validate(picked.picking_id)
        shipped = picked.move_dest_ids
        self.assertEqual(shipped.move_line_ids.owner_id, self.client)
        self.assertEqual(shipped.quantity, 3)
        self.assertEqual(self.stock_of(self.client), (3, 3))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_what_was_fetched_for_the_order_is_the_clients_or_waits(self):
        """Replenish on order: the delivery takes what came in for it."""
        move = self.import_bowls()
        self.receive(2, self.nobody, for_move=move)
        self.assertFalse(move.quantity)
        self.receive(3, self.client, for_move=move)
        self.assertEqual(move.quantity, 3)
        self.assertEqual(self.stock_of(self.nobody), (102, 0))

    # === SHIP === #

    def test_a_backorder_waits_for_the_client(self):
        self.put_into_stock(2, self.client)
        move = self.import_bowls()
        sale = move.sale_line_id.order_id
        self.validate(move.picking_id)
        backorder = self.open_moves(sale)
        self.assertEqual((backorder.product_uom_qty, backorder.state), (3, "confirmed"))
        self.receive(4, self.client)
        self.assertEqual(backorder.state, "assigned")
        self.validate(backorder.picking_id)
        self.assertEqual(self.stock_of(self.client), (1, 0))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_nothing_reserved_cannot_be_validated(self):
        move = self.import_bowls()
        with self.assertRaises(UserError):
            move.picking_id.button_validate()
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_a_typed_quantity_takes_the_clients_stock(self):
        """Beyond what is on hand it goes below zero, as Odoo lets it: the client's."""
        move = self.import_bowls()
        self.put_into_stock(2, self.client)
        with Form(move.picking_id) as form:
            with form.move_ids.edit(0) as line:
                line.quantity = ORDERED
        self.assertEqual(move.move_line_ids.owner_id, self.client)
        self.validate(move.picking_id)
        self.assertEqual(move.state, "done")
        self.assertEqual(self.stock_of(self.client), (-3, 0))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_a_line_without_owner_is_the_clients(self):
        picking = self.import_bowls().picking_id
        line = self.env["stock.move.line"].create(
            {"picking_id": picking.id, "product_id": self.bowl.id, "quantity": 1}
        )
        self.assertEqual(line.move_id, picking.move_ids)
        self.assertEqual(line.owner_id, self.client)

    def test_stock_of_others_cannot_be_picked(self):
        move = self.import_bowls()
        self.put_into_stock(20, self.other)
        quants = self.env["stock.quant"]._gather(self.bowl, self.warehouse.lot_stock_id)
        self.assertEqual(len(quants), 2, "the company's and the other client's")
        for quant in quants:
            with self.assertRaisesRegex(ValidationError, "belongs to"):
                self.env["stock.move.line"].create(
                    {"move_id": move.id, "quant_id": quant.id, "quantity": 1}
                )

    def test_an_owner_typed_on_the_delivery_is_refused(self):
        self.put_into_stock(20, self.client)
        picking = self.import_bowls().picking_id
        picking.owner_id = self.other
        with self.assertRaisesRegex(ValidationError, "Another client"):
            self.validate(picking)

    def test_a_lot_of_others_cannot_be_picked(self):
        vase = self.create_vase(tracking="lot")
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": vase.id} for name in ("COMPANY", "CLIENT")]
        )
        self.put_into_stock(9, self.nobody, vase, lot_id=lots[0])
        self.put_into_stock(1, self.client, vase, lot_id=lots[1])
        move = self.import_bowls(2, "VASE")
        self.assertEqual(move.lot_ids, lots[1])
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            move.lot_ids = lots
        self.assertEqual(self.stock_of(self.nobody, vase), (9, 0))

    def test_a_lot_that_both_have_is_taken_from_the_client(self):
        vase = self.create_vase(tracking="lot")
        lot = self.env["stock.lot"].create({"name": "BOTH", "product_id": vase.id})
        move = self.import_bowls(2, "VASE")
        self.put_into_stock(9, self.nobody, vase, lot_id=lot)
        self.put_into_stock(9, self.client, vase, lot_id=lot)
        move.lot_ids = lot
        self.assertEqual(move.move_line_ids.owner_id, self.client)
        self.assertEqual(self.stock_of(self.nobody, vase), (9, 0))

    def test_a_reserved_delivery_that_becomes_the_clients_is_refused(self):
        line = self.import_bowls().sale_line_id
        by_hand = self.sell_by_hand(ORDERED)
        by_hand.sale_line_id = line
        with self.assertRaisesRegex(ValidationError, "111-0000001-0000001"):
            self.validate(by_hand.picking_id)

    def test_a_product_added_by_hand_is_the_clients_too(self):
        picking = self.import_bowls().picking_id
        with Form(picking) as form:
            with form.move_ids.new() as line:
                line.product_id = self.mug
                line.quantity = 1
        added = picking.move_ids.filtered(lambda move: move.product_id == self.mug)
        self.assertEqual(added.move_line_ids.owner_id, self.client)

    def test_a_return_goes_back_to_the_client(self):
        self.put_into_stock(20, self.client)
        picking = self.import_bowls().picking_id
        self.validate(picking)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 2
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        # More than was to come back, typed without saying whose it is.
        self.env["stock.move.line"].create(
            {
                "move_id": returned.move_ids.id,
                "product_id": self.bowl.id,
                "quantity": 1,
            }
        )
        self.validate(returned)
        self.assertEqual(returned.state, "done")
        self.assertEqual(self.stock_of(self.client), (18, 0))
        self.assertEqual(self.stock_of(self.nobody), (100, 0))

    def test_a_worker_of_the_warehouse_needs_no_other_rights(self):
        self.put_into_stock(20, self.client)
        worker = new_test_user(self.env, "worker", groups="stock.group_stock_user")
        picking = self.import_bowls().picking_id.with_user(worker)
        picking.do_unreserve()
        picking.action_assign()
        self.assertEqual(picking.move_ids.availability, ORDERED)
        self.validate(picking)
        self.assertEqual(self.stock_of(self.client), (15, 0))

    # === SHOW === #

    def test_availability_counts_the_clients_stock(self):
        move = self.import_bowls()
        self.assertEqual(move.availability, 0)
        self.assertEqual(move.picking_id.products_availability_state, "late")
        self.assertEqual(move.sale_line_id.free_qty_today, 0)
        # Not reserved yet, but there.
        self.put_into_stock(3, self.client)
        self.env.invalidate_all()
        self.assertEqual(move.availability, 3)
        self.assertEqual(move.forecast_availability, 3)
        self.put_into_stock(3, self.client)
        self.env.invalidate_all()
        self.assertEqual(move.availability, ORDERED)
        self.assertEqual(move.picking_id.products_availability_state, "available")

    def test_expected_goods_stay_expected(self):
        move = self.import_bowls(200)
        incoming = self.env["stock.move"].create(
            {
                "product_id": self.bowl.id,
                "product_uom_qty": 300,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
            }
        )
        incoming._action_confirm()
        self.env.invalidate_all()
        self.assertEqual(move.picking_id.products_availability_state, "expected")


@tagged("post_install", "-at_install")
class TestClientIsTheCompany(ClientStockCommon):
    def test_stock_of_others_is_not_reserved(self):
        # Older goods go out first, in Odoo: these would.
        self.env["stock.quant"].search(
            [("product_id", "=", self.bowl.id)]
        ).in_date = "2026-11-01"
        self.put_into_stock(20, self.other, in_date="2026-01-01")
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
        return self.connection._client_free_quantities(products)

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
        self.assertEqual(connection._client_free_quantities(mug), {mug: 100})
