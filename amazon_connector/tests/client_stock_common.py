"""What the tests of clients' stock share: a client, another, and their goods."""

from odoo.fields import Command

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
