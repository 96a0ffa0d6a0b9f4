"""Only the client's stock serves a store whose goods are a client's."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..client_stock_common import ORDERED, ClientStockCommon


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
