"""How far the goods of a sale order are: untouched, in somebody's hands, or gone.

What is *done* is not yet gone: a *Pick* or *Pack* of a delivery in steps only says that
the goods were taken from their shelf.
"""


class DeliveryStage:
    """The moves of one sale order, as they are now.

    :param sale: one ``sale.order``
    :ivar open_moves: what is still to be done, ``stock.move``
    """

    def __init__(self, sale):
        self.sale = sale.sudo()
        self.moves = self.sale.order_line.move_ids
        self.open_moves = self.moves.filtered(
            lambda move: (
                move.state not in ("done", "cancel") and not is_coming_back(move)
            )
        )

    @property
    def open_pickings(self):
        return self.open_moves.picking_id

    @property
    def is_packed(self):
        """Whether something that is to leave was taken from its shelf."""
        return any(is_taken(move) for move in self.open_moves)

    @property
    def is_shipped(self):
        """Whether the customer has, or will get, something of it."""
        return any(self.get_shipped_units(line) > 0 for line in self.sale.order_line)

    @property
    def has_left(self):
        """Whether anything ever went to the customer, returned or not."""
        return any(is_gone(move) for move in self.moves)

    @property
    def is_invoiced(self):
        return any(
            invoice.state == "posted" and invoice.move_type == "out_invoice"
            for invoice in self.sale.invoice_ids
        )

    def get_destinations(self):
        """Return the contacts to whom goods went that did not come back."""
        if not self.is_shipped:
            return self.sale.partner_id.browse()
        left = self.moves.filtered(lambda move: is_gone(move) and not is_back(move))
        return left.picking_id.partner_id

    def get_shipped_units(self, line):
        """Return what left for the customer and did not come back.

        In the unit of the line: of a kit, the components that left.
        """
        left = line.move_ids.filtered(is_gone)
        return sum(map(count_units_of_sale, left)) - self.get_returned_units(line)

    def get_returned_units(self, line):
        """Return what came back of a line, in its unit; of a kit, the components."""
        back = line.move_ids.filtered(
            # What was sent out again returns a return, too.
            lambda move: (
                move.state == "done" and is_coming_back(move) and not is_gone(move)
            )
        )
        return sum(map(count_units_of_sale, back))

    def get_units_at_customer(self, line):
        """Return what the customer has of a line, in its unit; of a kit, whole kits."""
        left = line.move_ids.filtered(is_gone)
        if left.product_id <= line.product_id:
            return self.get_shipped_units(line)
        return line._get_units_shipped_by_odoo()

    def limit_line(self, line, units, before):
        """Have no more than ``units`` of a line still delivered.

        Of a kit each component is reduced (``_get_quantity_to_deliver``). What nobody
        took from its shelf yet goes first. What remains keeps its reservation.

        :param units: in the unit of the line
        :param before: how many units the open moves stood for
        """
        moves = self.open_moves.filtered(lambda move: move.sale_line_id == line)
        last = moves.filtered(lambda move: not move.move_dest_ids & moves)
        own = last.filtered(lambda move: move.product_id == line.product_id)
        if own == last:
            there = _count_demand(own)
            # An exchange stays that leaves before the buyer's parcel is back.
            units += min(max(there - before, 0), self._count_units_to_come_back(line))
            before = there
        if before <= units:
            return
        self._limit_moves(line, units, max(units, 0) / before)

    def _count_units_to_come_back(self, line):
        """Return what is to come back of a line, or did without counting as such.

        In the unit of the line.
        """
        return _count_demand(
            line.move_ids.filtered(
                lambda move: (
                    is_coming_back(move)
                    and move.location_dest_id.usage != "customer"
                    and move.state != "cancel"
                    and not (move.state == "done" and move.to_refund)
                )
            )
        )

    def limit_components(self, line, units):
        """Have no more of each component delivered than so many kits still lack.

        :param units: kits that are still to be delivered
        """
        self._limit_moves(line, units, 1)

    def _limit_moves(self, line, units, share):
        moves = self.open_moves.filtered(lambda move: move.sale_line_id == line)
        last = moves.filtered(lambda move: not move.move_dest_ids & moves)
        for product, of_product in last.grouped("product_id").items():
            quantity = sum(of_product.mapped("product_uom_qty"))
            quantity -= line._get_quantity_to_deliver(of_product, units, share)
            _reduce_moves(of_product, quantity)
            # Where Odoo made all steps at once, the earlier ones promise the same.
            earlier = (moves - last).filtered(
                lambda move, product=product: move.product_id == product
            )
            for same_step in earlier.grouped("location_dest_id").values():
                promised = sum(same_step.mapped("product_uom_qty"))
                _reduce_moves(same_step, min(quantity, promised))
        self.assign_open_moves()

    def assign_open_moves(self):
        """Reserve again what was given back more of than needed."""
        self.open_moves.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        )._action_assign()

    def release_untaken(self):
        """Free what is reserved and still on its shelf."""
        self.open_moves.filtered(lambda move: not is_taken(move))._do_unreserve()


def count_units_of_sale(move):
    """Return what a move brings in the unit of its line of the sale order."""
    return move.product_uom._compute_quantity(
        move.quantity, move.sale_line_id.product_uom_id, raise_if_failure=False
    )


def _count_demand(moves):
    """Return what moves are to bring, in the unit of their line of the sale order."""
    return sum(
        move.product_uom._compute_quantity(
            move.product_uom_qty, move.sale_line_id.product_uom_id
        )
        for move in moves
    )


def is_gone(move):
    return move.state == "done" and move.location_dest_id.usage == "customer"


def is_coming_back(move):
    return bool(move.origin_returned_move_id) or move.location_id.usage == "customer"


def is_taken(move):
    """Whether goods of the open move were taken from their shelf."""
    lines = move.move_line_ids
    return bool(
        move.picked
        or any(lines.mapped("picked"))
        or any(
            line.result_package_id and line.result_package_id != line.package_id
            for line in lines
        )
        or any(is_step_taken(step) for step in move.move_orig_ids)
    )


def is_step_taken(step):
    """Whether an earlier step took goods from their shelf that were not put back."""
    if step.state != "done" or step.location_id.usage != "internal":
        return False
    return not is_back(step)


def is_back(step):
    """Whether all that a done move brought away was returned by its return."""
    back = step.returned_move_ids.filtered(lambda move: move.state == "done")
    return step.product_uom.compare(sum(back.mapped("quantity")), step.quantity) >= 0


def _reduce_moves(moves, quantity):
    for move in moves.sorted(is_taken):
        taken = min(move.product_uom_qty, quantity)
        quantity -= taken
        _reduce_move(move, taken)


def _reduce_move(move, quantity):
    wanted = move.product_uom_qty - quantity
    if move.product_uom.is_zero(quantity):
        return
    if move.product_uom.compare(wanted, 0) <= 0:
        move._action_cancel()
        return
    # Odoo would give the whole reservation back, and packages with it.
    move.with_context(do_not_unreserve=True).product_uom_qty = wanted
    if move.product_uom.compare(move.quantity, wanted) > 0:
        move.quantity = wanted
    move._recompute_state()
