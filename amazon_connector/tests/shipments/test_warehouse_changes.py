"""Another warehouse is chosen: what becomes of the deliveries that are open is said."""

from odoo.tests import Form, tagged

from ..builders import build_order
from ..common import AmazonCommon

NUMBERS = [f"111-0000001-000000{place}" for place in range(1, 4)]


@tagged("post_install", "-at_install")
class TestWarehouseChanges(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.former = cls.connection.warehouse_id
        cls.other = cls.env["stock.warehouse"].create(
            {
                "name": "Riverside",
                "code": "RIV",
                "company_id": cls.connection.company_id.id,
            }
        )
        cls.front = cls.connection.storefront_ids.filtered("active")[0]

    def bring(self):
        """Return the deliveries of three orders, the last of which has left."""
        self.fake.add(*map(build_order, NUMBERS))
        self.download()
        *pickings, _left = (
            self.order(number).sale_order_id.picking_ids for number in NUMBERS
        )
        self.ship(self.order(NUMBERS[-1]).sale_order_id)
        return self.env["stock.picking"].union(*pickings)

    def test_the_connection_says_how_many_stay(self):
        pickings = self.bring()
        with Form(self.connection) as form:
            self.assertFalse(form.moved_note)
            form.warehouse_id = self.other
            self.assertIn(f"stay in {self.former.name}: 2.", form.moved_note)
            form.warehouse_id = self.former
            self.assertFalse(form.moved_note)
            form.warehouse_id = self.other
        self.assertFalse(self.connection.moved_note, "it is saved")
        self.assertEqual(pickings.picking_type_id, self.former.out_type_id)

    def test_the_storefront_says_how_many_stay(self):
        self.bring()
        with Form(self.front) as form:
            form.warehouse_id = self.other
            self.assertIn(f"stay in {self.former.name}: 2.", form.moved_note)
        with Form(self.connection) as form:
            form.warehouse_id = self.other
            self.assertFalse(form.moved_note, "the storefront has its own")

    def test_without_open_deliveries_nothing_is_said(self):
        with Form(self.connection) as form:
            form.warehouse_id = self.other
            self.assertFalse(form.moved_note)

    def test_a_delivery_moves_with_its_operation_type(self):
        self.env["stock.quant"]._update_available_quantity(
            self.mug, self.other.lot_stock_id, 10
        )
        picking = self.bring()[0]
        self.connection.warehouse_id = self.other
        picking.picking_type_id = self.other.out_type_id
        picking.action_assign()
        self.assertEqual(picking.location_id, self.other.lot_stock_id)
        self.assertEqual(picking.move_ids.location_id, self.other.lot_stock_id)
        self.assertEqual(
            picking.move_line_ids.location_id, self.other.lot_stock_id, "reserved there"
        )
        self.ship(picking.sale_id)
        self.assertEqual(picking.state, "done")
