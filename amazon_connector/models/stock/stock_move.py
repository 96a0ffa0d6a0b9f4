"""What a move of an Amazon order may take: the stock of the store's client only.

The client stands on the sale order. A move finds it by its sale order line, which
Odoo hands on to every step of a delivery, to backorders, returns and kit components.
Moves of other sale orders are left to Odoo.
"""

from odoo import api, models

# The fields of a move that decide how much it promises.
PROMISE_FIELDS = {
    "state",
    "product_uom_qty",
    "product_id",
    "location_id",
    "location_dest_id",
}


class StockMove(models.Model):
    _inherit = "stock.move"

    # === CRUD METHODS === #

    def write(self, vals):
        """A promise that is not reserved changes no stock, and counts all the same.

        The date of goods that are to come in counts as well.
        """
        result = super().write(vals)
        changes = self.env["amazon.stock.change"]
        if PROMISE_FIELDS & vals.keys():
            changes._mark_products_changed(self.product_id)
        elif "date" in vals:
            changes._mark_lead_times_changed(self.product_id)
        return result

    # === COMPUTE METHODS === #

    @api.depends("sale_line_id.order_id.amazon_client_id")
    def _compute_product_availability(self):
        """Override of `stock` to count the client's stock only."""
        result = super()._compute_product_availability()
        for move in self:
            if move.state != "done" and move._get_amazon_owner_ids():
                move.availability = min(move.product_qty, move._get_free_client_stock())
        return result

    @api.depends("sale_line_id.order_id.amazon_client_id")
    def _compute_forecast_information(self):
        """Override of `stock`, whose forecast looks at the stock of all owners.

        What it expects to arrive is left as it is: nobody knows yet whose it will be.
        """
        result = super()._compute_forecast_information()
        for move in self:
            if (
                move.state in ("waiting", "confirmed", "partially_available")
                and not move.forecast_expected_date
                and move._get_amazon_owner_ids()
            ):
                move.forecast_availability = min(
                    move.forecast_availability, move._get_reachable_client_stock()
                )
        return result

    def _get_reachable_client_stock(self):
        """Return what the steps up to this one have reserved and still may reserve.

        In the product's unit.
        """
        steps = self.browse(self._rollup_move_origs())
        quantity = 0
        for step in steps.filtered(lambda move: move.state not in ("done", "cancel")):
            quantity += step.product_uom._compute_quantity(
                step.quantity, step.product_id.uom_id
            )
            if not step.move_orig_ids:
                quantity += step._get_free_client_stock()
        return quantity

    def _get_unreserved_promise(self, inside):
        """Return what the move wants of the stock in a place and no step has reserved.

        In the product's unit. What is yet to arrive for the move (made or bought to
        order) is not wanted of the stock.

        :param inside: the ``stock.location`` that holds the stock
        """
        steps = self.browse(self._rollup_move_origs()) | self
        outside = steps.filtered(
            lambda step: (
                not step.move_orig_ids
                and step.state != "done"
                and not step.location_id.parent_path.startswith(inside.parent_path)
            )
        )
        wanted = self.product_qty
        if outside:
            arrived = self.move_orig_ids.filtered(lambda step: step.state == "done")
            wanted = min(wanted, sum(arrived.mapped("product_qty")))
        reserved = sum(
            step.product_uom._compute_quantity(step.quantity, step.product_id.uom_id)
            for step in steps
            if step.state not in ("done", "cancel")
        )
        return max(wanted - reserved, 0.0)

    def _get_free_client_stock(self):
        """Return what the move could reserve now, in the product's unit."""
        quants = self._with_client_stock().env["stock.quant"]
        return quants._get_available_quantity(self.product_id, self.location_id)

    # === BUSINESS METHODS - WHOSE STOCK === #

    def _get_amazon_sale_order(self):
        """Return the ``sale.order`` that says whose stock may be taken, or none."""
        self.ensure_one()
        move = self.sudo()
        if move.scrap_id:
            return move.env["sale.order"]
        # A move that a person added to the delivery has no sale order line.
        return move.sale_line_id.order_id or move.picking_id.sale_id

    def _get_amazon_owner_ids(self):
        """Return the ids of the owners whose stock the move may take, a tuple.

        ``False`` in it is stock without an owner; empty: Odoo decides.
        """
        return self._get_amazon_sale_order()._get_amazon_owner_ids()

    def _with_client_stock(self):
        """Return the move in a context in which quants are those it may take.

        Another move's owners are taken out of the context, too.
        """
        owner_ids = self._get_amazon_owner_ids()
        if owner_ids == self.env.context.get("amazon_owner_ids", ()):
            return self
        return self.with_context(amazon_owner_ids=owner_ids)

    # === BUSINESS METHODS - RESERVE === #

    def _update_reserved_quantity_vals(
        self,
        need,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Override of `stock` to reserve the client's stock only."""
        move = self._with_client_stock()
        owner_ids = move.env.context.get("amazon_owner_ids")
        if (
            strict
            and owner_ids
            and (owner_id.id if owner_id else False) not in owner_ids
        ):
            # The step before brought goods of somebody else.
            return [], 0
        return super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, lot_id, package_id, owner_id, strict
        )

    def _set_quantity_done_prepare_vals(self, qty):
        """Override of `stock`: a quantity that a person types takes the same stock."""
        return super(
            StockMove, self._with_client_stock()
        )._set_quantity_done_prepare_vals(qty)

    def _set_lot_ids(self):
        """Override of `stock`: a lot that a person chooses takes the same stock."""
        others = self.filtered(lambda move: not move._get_amazon_owner_ids())
        for move in self - others:
            super(StockMove, move._with_client_stock())._set_lot_ids()
        return super(StockMove, others)._set_lot_ids()
