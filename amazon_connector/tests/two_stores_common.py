"""Orders of two stores, shipped by one warehouse."""

from .builders import build_item, build_order
from .shipments_common import ShipmentsCommon

#: Amazon gives each account numbers of its own, for orders and for their items.
FIRST, SECOND = "111-0000001-0000001", "222-0000002-0000002"


class TwoStoresCommon(ShipmentsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_connection("A9OTHERSELLER")
        (cls.connection | cls.other).send_shipments = True

    def bring_both(self):
        """Return a delivery of each store, ready to be validated."""
        for connection, number, quantity in (
            (self.connection, FIRST, 1),
            (self.other, SECOND, 2),
        ):
            item = build_item(number[-4:], quantity=quantity)
            self.amazon_of(connection).add(build_order(number, [item]))
        self.download()
        pickings = self.env["stock.picking"]
        for number in (FIRST, SECOND):
            picking = self.order(number).sale_order_id.picking_ids
            picking.write(
                {
                    "carrier_id": self.carrier.id,
                    "carrier_tracking_ref": f"1Z-{number}",
                }
            )
            picking.move_ids.picked = True
            pickings |= picking
        self.assertEqual(set(pickings.mapped("state")), {"assigned"})
        return pickings.with_context(skip_sms=True)

    def assertEachToldItsOwn(self):
        """See that each Amazon got the parcel of its order, and no other."""
        for connection, number, quantity in (
            (self.connection, FIRST, 1),
            (self.other, SECOND, 2),
        ):
            ((order_id, request),) = self.amazon_of(connection).applied
            self.assertEqual(order_id, number)
            detail = request["packageDetail"]
            self.assertEqual(detail["trackingNumber"], f"1Z-{number}")
            self.assertEqual(
                detail["orderItems"],
                [{"orderItemId": number[-4:], "quantity": quantity}],
            )
            self.assertEqual(self.order(number).shipment_ids.state, "done")
