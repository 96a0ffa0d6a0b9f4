"""An item of an Amazon order: how many units of it Amazon still awaits."""

from odoo import fields, models

from .awaited_units import AwaitedUnits


class AmazonOrderLine(models.Model):
    _inherit = "amazon.order.line"

    quantity_by_others = fields.Integer(
        string="Shipped by Others",
        readonly=True,
        help="Of what Amazon counts as shipped, what Odoo had not confirmed by then.",
    )

    # === BUSINESS METHODS - UNITS === #

    def _count_awaited_units(self, stage, confirmed, waiting):
        """Return the units of the item, ``AwaitedUnits``.

        :param stage: the order's ``DeliveryStage``
        :param confirmed: ``{item ref: units}`` that the outbox told Amazon of
        :param waiting: ``amazon.shipment.line`` that it is to tell
        """
        self.ensure_one()
        ref = self.amazon_item_ref
        sale_lines = self._get_sale_lines(stage)
        shipments = self.order_id.shipment_ids
        left_untold = self.order_id.untold_units or {}
        lines = waiting.filtered(lambda line: line.amazon_item_ref == ref)
        components = lines.filtered("is_component")
        units = sum((lines - components).mapped("quantity"))
        # Amazon is not told of a part of a pack before the rest of it left.
        units += shipments.filtered(
            lambda shipment: shipment._is_known_to_amazon()
        )._count_loose_units(ref)
        in_parts = sale_lines._count_units_in_parts() if components else 0
        return AwaitedUnits(
            ordered=self.quantity,
            fulfilled=self.quantity_fulfilled,
            confirmed=confirmed[ref],
            elsewhere=sum(
                line._get_amazon_units(line.amazon_qty_shipped_elsewhere)
                for line in sale_lines
            ),
            by_others=self.quantity_by_others,
            waiting=units,
            in_parts=max(in_parts - confirmed[ref] - units, 0),
            coming=sum(
                self._count_coming_units(line, stage)
                for line in sale_lines
                if not line.amazon_replaced_product_id
            ),
            left_untold=left_untold.get(ref, 0),
        )

    def _get_sale_lines(self, stage):
        return stage.sale.order_line.filtered(
            lambda line: line.amazon_item_ref == self.amazon_item_ref
        )

    def _count_coming_units(self, sale_line, stage):
        """Return what open deliveries will bring of a line of the sale order.

        As Amazon counts it.
        """
        moves = stage.open_moves.filtered(lambda move: move.sale_line_id == sale_line)
        if not moves:
            return self._count_procured_units(sale_line)
        last = moves.filtered(lambda move: not move.move_dest_ids & moves)
        if last.product_id != sale_line.product_id:
            # Components of kits: what is still to come is looked at when it is there.
            return self.quantity
        return sale_line._get_amazon_units(
            sum(
                move.product_uom._compute_quantity(
                    move.product_uom_qty, sale_line.product_uom_id
                )
                for move in last
            )
        )

    def _count_procured_units(self, sale_line):
        """Return what is on its way before there is a delivery: it is being bought."""
        if sale_line.move_ids:
            return 0
        elsewhere = sale_line.amazon_qty_shipped_elsewhere
        procured = max(sale_line._get_qty_procurement() - elsewhere, 0)
        return sale_line._get_amazon_units(procured)
