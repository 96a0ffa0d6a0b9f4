"""Parcels that hold components of kits: what Amazon is told, and with which one."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import tagged

from ..models.sale_order_line import SaleOrderLine
from .common import KitsCommon


@tagged("post_install", "-at_install")
class TestKitParcels(KitsCommon):
    def pack(self, sale, *contents):
        """Have the open delivery packed into packages, ``{SKU: quantity}`` each."""
        picking = sale.picking_ids.filtered(lambda one: one.state != "done")
        picking.move_line_ids.unlink()
        for content in contents:
            package = self.env["stock.package"].create({})
            for move in picking.move_ids:
                quantity = content.get(move.product_id.default_code)
                if quantity:
                    self.env["stock.move.line"].create(
                        {
                            "move_id": move.id,
                            "picking_id": picking.id,
                            "product_id": move.product_id.id,
                            "product_uom_id": move.product_uom.id,
                            "quantity": quantity,
                            "location_id": move.location_id.id,
                            "location_dest_id": move.location_dest_id.id,
                            "result_package_id": package.id,
                            "picked": True,
                        }
                    )
        picking.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z-PACKED"}
        )
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.settle_deliveries()
        return picking

    def assert_waits(self, shipment):
        self.assertEqual(shipment.state, "blocked")
        self.assertIn("incomplete kit", shipment.error)
        self.assertIn("Example MUG", shipment.error)

    # === WHOLE KITS === #

    def test_a_parcel_with_all_components_confirms_the_kits(self):
        sale = self.sell(kits=3)
        self.assertEqual(self.open_quantities(sale), {"LID": 18, "CUP": 3})
        picking = self.ship(sale)
        self.send()
        self.assertEqual(self.told(), [("1Z999", {"K": 3})])
        shipment = picking.amazon_shipment_ids
        self.assertEqual(shipment.state, "done")
        contents = {
            line.product_id.default_code: line.quantity for line in shipment.line_ids
        }
        self.assertEqual(contents, {"LID": 18, "CUP": 3, "MUG": 3})

    def test_kit_and_other_goods_in_one_parcel_are_both_confirmed(self):
        self.ship(self.sell(kits=2, pens=4))
        self.send()
        self.assertEqual(self.told(), [("1Z999", {"P": 4, "K": 2})])

    def test_a_corrected_number_is_told_with_the_kits(self):
        picking = self.ship(self.sell(kits=2), tracking="1Z-WRONG")
        self.send()
        picking.carrier_tracking_ref = "1Z-RIGHT"
        self.send()
        self.send()
        self.assertEqual(self.told(), [("1Z-WRONG", {"K": 2}), ("1Z-RIGHT", {"K": 2})])

    def test_what_a_delivery_will_tell_is_known_before_it_is_done(self):
        sale = self.sell(kits=3)
        self.ship_only(sale, "1Z1", LID=8, CUP=1)
        rest = sale.picking_ids.filtered(lambda one: one.state != "done")
        (contents,) = rest._get_amazon_shipment_quantities().values()
        self.assertEqual(
            contents,
            {("K", self.lid): 10, ("K", self.cup): 2, ("K", self.mug): 2},
        )

    # === INCOMPLETE KITS === #

    def test_components_wait_for_the_parcel_that_completes_the_kit(self):
        sale = self.sell()
        first = self.ship_only(sale, "1Z1", LID=6)
        self.assert_waits(first.amazon_shipment_ids)
        self.send()
        self.assertFalse(self.fake.applied)
        second = self.ship(sale, tracking="1Z2")
        # Said at once, not by the next run.
        self.assertEqual(first.amazon_shipment_ids.state, "not_needed")
        self.assertIn("completes them", first.amazon_shipment_ids.error)
        self.assertEqual(second.amazon_shipment_ids.state, "pending")
        self.send()
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"K": 1})])

    def test_waiting_components_are_said_to_wait_whatever_else_is_missing(self):
        sale = self.sell()
        picking = self.ship_only(sale, False, LID=6)
        self.assert_waits(picking.amazon_shipment_ids)

    def test_complete_kits_go_and_the_rest_waits(self):
        sale = self.sell(kits=3)
        first = self.ship_only(sale, "1Z1", LID=13, CUP=2)
        self.send()
        self.assertEqual(first.amazon_shipment_ids.state, "done")
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 2}), ("1Z2", {"K": 1})])

    def test_other_goods_do_not_wait_for_the_rest_of_a_kit(self):
        sale = self.sell(pens=1)
        self.ship_only(sale, "1Z1", LID=2, PEN=1)
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(sorted(self.told()), [("1Z1", {"P": 1}), ("1Z2", {"K": 1})])

    def test_a_kit_in_three_parcels_is_told_with_the_last(self):
        sale = self.sell(kits=2)
        first = self.ship_only(sale, "1Z1", CUP=2)
        second = self.ship_only(sale, "1Z2", LID=6)
        self.send()
        self.assert_waits(first.amazon_shipment_ids)
        third = self.ship_only(sale, "1Z3", LID=5)
        self.assert_waits(third.amazon_shipment_ids)
        self.ship(sale, tracking="1Z4")
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"K": 1}), ("1Z4", {"K": 1})])
        states = (first + second + third).amazon_shipment_ids.mapped("state")
        self.assertEqual(sorted(states), ["done", "not_needed", "not_needed"])

    # === PACKAGES === #

    def test_each_package_tells_the_kits_that_it_completes(self):
        sale = self.sell(kits=3, pens=1)
        picking = self.pack(
            sale,
            {"LID": 7, "CUP": 1},
            {"LID": 4, "PEN": 1},
            {"LID": 7, "CUP": 2},
        )
        self.send()
        self.assertEqual(
            [items for _number, items in self.told()], [{"K": 1}, {"P": 1}, {"K": 2}]
        )
        self.assertEqual(picking.amazon_shipment_ids.mapped("state"), ["done"] * 3)

    def test_a_package_of_components_alone_is_not_told(self):
        picking = self.pack(self.sell(), {"LID": 6}, {"CUP": 1})
        first, second = picking.amazon_shipment_ids.sorted("id")
        self.assertEqual((first.state, second.state), ("not_needed", "pending"))
        self.send()
        self.assertEqual(self.told(), [("1Z-PACKED", {"K": 1})])

    # === KINDS OF KITS === #

    def test_a_kit_of_kits(self):
        box, bow = (self._create_product(sku) for sku in ("BOX", "BOW"))
        self.create_kit(box, {self.mug: 2, bow: 1})
        sale = self.sell_items(("B", "BOX", 2))
        self.assertEqual(self.open_quantities(sale), {"LID": 24, "CUP": 4, "BOW": 2})
        first = self.ship_only(sale, "1Z1", LID=12, CUP=3, BOW=2)
        self.assertEqual(first.amazon_shipment_ids.state, "pending")
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(sorted(self.told()), [("1Z1", {"B": 1}), ("1Z2", {"B": 1})])

    def test_a_kit_made_of_kits_alone(self):
        box = self._create_product("BOX")
        self.create_kit(box, {self.mug: 2})
        sale = self.sell_items(("B", "BOX", 1))
        first = self.ship_only(sale, "1Z1", LID=12, CUP=1)
        self.assertEqual(first.amazon_shipment_ids.state, "blocked")
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"B": 1})])

    def test_the_same_component_twice_in_a_kit(self):
        box = self._create_product("BOX")
        bom = self.create_kit(box, {self.lid: 1, self.mug: 1})
        bom.bom_line_ids = [
            Command.create({"product_id": self.lid.id, "product_qty": 2})
        ]
        sale = self.sell_items(("B", "BOX", 1))
        first = self.ship_only(sale, "1Z1", LID=1, CUP=1)
        self.assertEqual(first.amazon_shipment_ids.state, "blocked")
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"B": 1})])

    def test_components_by_the_dozen_and_in_parts_of_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        tape = self._create_product("TAPE")
        box = self._create_product("BOX")
        # Two kits of one bill of materials: of one, half a dozen and 0.33 TAPE.
        self.create_kit(
            box, {self.lid: (1, dozen), tape: 0.66, self.cup: 2}, product_qty=2
        )
        sale = self.sell_items(("B", "BOX", 3))
        self.ship(sale)
        self.send()
        self.assertEqual(self.told(), [("1Z999", {"B": 3})])

    def test_parts_of_a_fraction_are_counted(self):
        tape = self._create_product("TAPE")
        box = self._create_product("BOX")
        self.create_kit(box, {tape: 0.25, self.cup: 1})
        sale = self.sell_items(("B", "BOX", 4))
        self.ship_only(sale, "1Z1", TAPE=0.74, CUP=4)
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(sorted(self.told()), [("1Z1", {"B": 2}), ("1Z2", {"B": 2})])

    def test_a_kit_of_one_variant(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "L"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Example Set",
                "type": "consu",
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        }
                    )
                ],
            }
        )
        small, large = template.product_variant_ids
        small.default_code, large.default_code = "SMALL", "LARGE"
        self.create_kit(small, {self.lid: 1, self.cup: 1}, product_id=small.id)
        bom = self.create_kit(large, {self.lid: 3, self.cup: 1, self.pen: 1})
        # Of this one's lines one is for the small alone.
        value = small.product_template_attribute_value_ids
        bom.bom_line_ids[-1:].bom_product_template_attribute_value_ids = value
        sale = self.sell_items(("S", "SMALL", 1), ("L", "LARGE", 1))
        self.assertEqual(self.open_quantities(sale), {"LID": 4, "CUP": 2})
        self.ship(sale)
        self.send()
        self.assertEqual(self.told(), [("1Z999", {"S": 1, "L": 1})])

    def test_a_service_in_a_kit_is_not_waited_for(self):
        wrap = self.env["product.product"].create({"name": "Wrap", "type": "service"})
        self.bom.bom_line_ids = [
            Command.create({"product_id": wrap.id, "product_qty": 1})
        ]
        self.ship(self.sell())
        self.send()
        self.assertEqual(self.told(), [("1Z999", {"K": 1})])

    # === BESIDE OTHERS === #

    def test_a_component_that_is_also_sold_alone(self):
        sale = self.sell_items(("K", "MUG", 1), ("L", "LID", 2))
        picking = sale.picking_ids
        kit = sale.order_line.filtered(lambda line: line.amazon_item_ref == "K")
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z1"})
        for move in picking.move_ids:
            is_left = move.product_id == self.cup and move.sale_line_id == kit
            move.quantity = 0 if is_left else move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"L": 2})])
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told()[1:], [("1Z2", {"K": 1})])

    def test_two_items_of_the_same_kit_are_counted_apart(self):
        sale = self.sell_items(("A", "MUG", 1), ("B", "MUG", 2))
        picking = sale.picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z1"})
        of_second = sale.order_line.filtered(lambda line: line.amazon_item_ref == "B")
        for move in picking.move_ids:
            is_left = move.product_id == self.cup and move.sale_line_id == of_second
            move.quantity = 1 if is_left else move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"A": 1, "B": 1})])
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told()[1:], [("1Z2", {"B": 1})])

    def test_another_product_in_place_of_a_component_is_not_taken_for_it(self):
        sale = self.sell()
        picking = sale.picking_ids
        move = picking.move_ids.filtered(lambda one: one.product_id == self.cup)
        move.move_line_ids.unlink()
        move.product_id = self.pen
        self.ship(sale)
        self.send()
        self.assertFalse(self.fake.applied)
        self.assertEqual(picking.amazon_shipment_ids.state, "blocked")

    # === WHAT COMES BACK === #

    def test_a_kit_told_once_is_not_told_again_after_an_exchange(self):
        sale = self.sell()
        picking = self.ship(sale, tracking="1Z1")
        self.send()
        returned = self.give_back(picking, CUP=1)
        again = self.give_back(returned, CUP=1)
        self.assertEqual(again.location_dest_id.usage, "customer")
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 1})])
        self.assertEqual(again.amazon_shipment_ids.state, "not_needed")

    def test_a_component_that_came_back_completes_no_kit(self):
        sale = self.sell()
        # Within one second.
        with freeze_time(Datetime.now()):
            first = self.ship_only(sale, "1Z1", LID=6)
            returned = self.give_back(first, LID=6)
            second = self.ship(sale, tracking="1Z2")
        self.assert_waits(second.amazon_shipment_ids)
        third = self.give_back(returned, LID=6)
        third.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z3"})
        self.send()
        self.assertEqual(self.told(), [("1Z3", {"K": 1})])
        shipments = (first + second).amazon_shipment_ids
        self.assertEqual(shipments.mapped("state"), ["not_needed"] * 2)

    def test_a_kit_that_was_told_is_not_waited_for_when_a_part_comes_back(self):
        sale = self.sell(pens=1)
        first = self.ship_only(sale, "1Z1", LID=6)
        self.ship_only(sale, "1Z2", CUP=1)
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"K": 1})])
        self.give_back(first, LID=1)
        # Looked at again.
        first.carrier_tracking_ref = "1Z1-RIGHT"
        self.send()
        self.assertEqual(first.amazon_shipment_ids.state, "not_needed")
        self.assertEqual(len(self.told()), 1)

    def test_after_a_kit_that_was_told_came_back_the_rest_is_told(self):
        for place, came_back in enumerate(({"LID": 6, "CUP": 1}, {"LID": 1})):
            with self.subTest(came_back=came_back):
                self.fake.applied.clear()
                sale = self.sell(kits=2, order_id=f"111-0000002-000000{place}")
                first = self.ship_only(sale, "1Z1", LID=6, CUP=1)
                self.send()
                self.give_back(first, **came_back)
                self.ship(sale, tracking="1Z2")
                self.send()
                self.assertEqual(self.told(), [("1Z1", {"K": 1}), ("1Z2", {"K": 1})])
                self.assertFalse(sale.amazon_order_ids.missing_units)

    def test_an_exchanged_component_is_not_told_as_another_kit(self):
        sale = self.sell(kits=2)
        first = self.ship_only(sale, "1Z1", LID=6, CUP=1)
        self.send()
        returned = self.give_back(first, LID=1)
        self.give_back(returned, LID=1)
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 1})])
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 1}), ("1Z2", {"K": 1})])

    def test_kits_that_left_came_back_and_left_before_the_job_looked(self):
        sale = self.sell(kits=2)
        with patch.object(type(self), "settle_deliveries", lambda _test: None):
            first = self.ship_only(sale, "1Z1", LID=6, CUP=1)
            self.give_back(first, LID=6, CUP=1)
            self.ship(sale, tracking="1Z2", settled=False)
        self.send()
        told = sum(units["K"] for _number, units in self.told())
        self.assertEqual(told, 1)
        self.assertEqual(self.order().missing_units, {"K": 1})

    def test_of_kits_that_came_back_the_others_are_told(self):
        sale = self.sell(kits=3)
        picking = self.ship(sale, tracking="1Z1")
        self.give_back(picking, LID=6, CUP=1)
        self.assertEqual(self.order().missing_units, {"K": 1})
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 2})])

    def test_a_broken_component_takes_back_the_kit_that_it_was_in(self):
        sale = self.sell(kits=3)
        picking = self.ship(sale, tracking="1Z1")
        returned = self.give_back(picking, LID=1)
        self.give_back(picking, LID=1)
        self.assertEqual(self.order().missing_units, {"K": 1})
        again = self.give_back(returned, LID=1)
        again.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z2"})
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 2})])

    def test_a_component_of_an_earlier_parcel_takes_back_the_kit(self):
        sale = self.sell(pens=1)
        first = self.ship_only(sale, "1Z1", LID=6)
        second = self.ship(sale, tracking="1Z2")
        returned = self.give_back(first, LID=1)
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"P": 1})])
        self.assertEqual(second.amazon_shipment_ids.state, "done")
        again = self.give_back(returned, LID=1)
        again.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z3"})
        self.send()
        self.assertEqual(self.told()[1:], [("1Z3", {"K": 1})])

    def test_of_more_kits_than_awaited_one_may_come_back(self):
        sale = self.sell(kits=2)
        picking = self.ship(sale, tracking="1Z1", quantities={"LID": 18, "CUP": 3})
        self.give_back(picking, LID=6, CUP=1)
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 2})])

    # === AT THE SAME MOMENT === #

    def ship_unseen(self, sale, **quantities):
        """Ship components of a kit; neither parcel sees the other one."""
        with patch.object(SaleOrderLine, "_count_amazon_complete_kits", return_value=0):
            first = self.ship_only(sale, "1Z1", **quantities)
            second = self.ship(sale, tracking="1Z2")
        self.assertFalse(sale.amazon_order_ids._count_kits_in_outbox("K"))
        shipments = (first + second).amazon_shipment_ids.sorted("id")
        # To each of them the kit is an incomplete one.
        shipments.filtered(lambda one: one.state == "not_needed").state = "blocked"
        return shipments

    def test_parcels_that_complete_a_kit_at_the_same_moment(self):
        sale = self.sell()
        first, second = self.ship_unseen(sale, LID=6)
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"K": 1})])
        self.assertEqual((first.state, second.state), ("not_needed", "done"))

    def test_parcels_with_other_goods_complete_a_kit_at_the_same_moment(self):
        sale = self.sell(pens=2)
        self.ship_unseen(sale, LID=6, PEN=1)
        self.send()
        self.assertEqual(
            sorted(self.told()), [("1Z1", {"P": 1}), ("1Z2", {"P": 1, "K": 1})]
        )

    def test_kits_that_amazon_does_not_await_any_more_are_not_added(self):
        sale = self.sell(kits=2)
        picking = self.ship(sale, tracking=False)
        item = self.order().line_ids.filtered(lambda line: line.amazon_item_ref == "K")
        item.quantity = 1
        self.order()._limit_waiting_shipments()
        picking.carrier_tracking_ref = "1Z1"
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 1})])

    # === SHIP THE REST === #

    def test_of_a_kit_that_left_in_part_the_rest_is_delivered(self):
        sale = self.sell(kits=2)
        self.ship_only(sale, "1Z1", LID=7, CUP=1)
        sale.picking_ids.filtered(lambda one: one.state != "done").action_cancel()
        self.assertEqual(self.order().missing_units, {"K": 1})
        self.order().action_ship_rest()
        self.assertEqual(self.open_quantities(sale), {"LID": 5, "CUP": 1})
        self.assertFalse(self.order().missing_units)
        self.ship(sale, tracking="1Z2")
        self.send()
        self.assertEqual(sorted(self.told()), [("1Z1", {"K": 1}), ("1Z2", {"K": 1})])

    def test_of_a_component_that_the_buyer_has_nothing_is_delivered(self):
        sale = self.sell()
        self.ship_only(sale, "1Z1", LID=6)
        sale.picking_ids.filtered(lambda one: one.state != "done").action_cancel()
        self.order().action_ship_rest()
        self.assertEqual(self.open_quantities(sale), {"CUP": 1})
        rest = sale.picking_ids.filtered(lambda one: one.state == "assigned")
        rest.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z2"})
        rest.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("1Z2", {"K": 1})])

    # === OTHER WAYS THROUGH THE WAREHOUSE === #

    def test_a_delivery_in_three_steps(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_pack_ship"
        sale = self.sell(kits=2)
        for _step in range(3):
            picking = sale.picking_ids.filtered(lambda one: one.state == "assigned")
            picking.write(
                {"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z1"}
            )
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True).button_validate()
            self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 2})])

    def test_two_deliveries_validated_at_once(self):
        sale = self.sell()
        picking = sale.picking_ids
        other = picking.copy({"move_ids": []})
        cup = picking.move_ids.filtered(lambda move: move.product_id == self.cup)
        cup.picking_id = other
        cup.move_line_ids.picking_id = other
        pickings = picking + other
        pickings.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z1"})
        pickings.move_ids.picked = True
        pickings.with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.assertEqual(pickings.mapped("state"), ["done", "done"])
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 1})])
        states = [one.amazon_shipment_ids.state for one in pickings]
        self.assertEqual(states, ["not_needed", "done"])

    def test_the_warehouse_needs_no_more_than_inventory_rights(self):
        sale = self.sell(kits=2)
        user = self.env["res.users"].create(
            {
                "name": "Picker",
                "login": "picker",
                "group_ids": [Command.set(self.env.ref("stock.group_stock_user").ids)],
            }
        )
        picking = sale.picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": "1Z1"})
        picking.move_ids.picked = True
        picking.with_user(user).with_context(skip_sms=True).button_validate()
        self.settle_deliveries()
        self.send()
        self.assertEqual(self.told(), [("1Z1", {"K": 2})])
