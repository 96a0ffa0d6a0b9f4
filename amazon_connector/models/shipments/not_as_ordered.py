"""What Amazon awaits and nothing in Odoo will bring: a person is asked about it.

A substitute, less than ordered, a cancelled delivery, a line that was replaced, goods
that came back: Amazon is told what is certain, never more than it awaits, and the rest
is one question with three answers. It is shown on the deliveries and on the Amazon
order, and is one activity on the sale order. It goes with its units: answered,
delivered, cancelled on Amazon.

The units are kept as ``{item ref: units}``, so that nobody is asked about the same ones
again.
"""

from collections import Counter
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..connection.reminders import ORDER_AWAITED_REMINDER, ORDER_ITEMS_REMINDER
from ..orders.delivery_stage import DeliveryStage, count_units_of_sale
from ..orders.order_changes import STATUSES_TO_SHIP, ChatterNotes
from ..orders.order_products import OrderProducts
from ..orders.sale_lines import unlocked
from ..products.units_per_listing import count_whole
from .awaited_units import split_units
from .not_needed import get_service_reason


class AmazonOrder(models.Model):
    _inherit = "amazon.order"

    missing_units = fields.Json(
        readonly=True, copy=False, help="What Amazon awaits and nothing will bring."
    )
    untold_units = fields.Json(
        readonly=True, copy=False, help="What a person decided to tell nothing of."
    )
    has_missing_units = fields.Boolean(
        string="Not as Ordered",
        compute="_compute_has_missing_units",
        store=True,
        help="Amazon awaits units that nothing in Odoo will bring.",
    )
    is_question_delayed = fields.Boolean(
        readonly=True,
        copy=False,
        help="Units are missing, and Send Shipment Info is off: asked once it is on.",
    )
    missing_units_question = fields.Text(compute="_compute_missing_units_question")
    untold_units_note = fields.Text(compute="_compute_missing_units_question")

    _is_question_delayed_idx = models.Index(
        "(connection_id) WHERE is_question_delayed IS TRUE"
    )

    # === COMPUTE METHODS === #

    @api.depends("missing_units")
    def _compute_has_missing_units(self):
        for row in self:
            row.has_missing_units = bool(row.missing_units)

    @api.depends("missing_units", "untold_units", "status", "sale_order_id.state")
    def _compute_missing_units_question(self):
        for row in self:
            row.missing_units_question = row._get_missing_units_question()
            row.untold_units_note = row._get_untold_units_note()

    # === ACTION METHODS === #

    def action_confirm_as_ordered(self):
        """Have Amazon told that the missing units left with the last delivery."""
        self.ensure_one()
        picking = self.sudo()._get_last_delivery()
        self._check_question_right()
        self.sudo()._confirm_as_ordered(picking)
        return True

    def action_ship_rest(self):
        """Have the missing units delivered."""
        self._check_question_right()
        self.sudo()._ship_rest()
        return True

    def action_tell_nothing(self):
        """Leave it at what Amazon knows."""
        self._check_question_right()
        self.sudo()._tell_nothing()
        return True

    def action_ask_again(self):
        """Undo :meth:`action_tell_nothing`."""
        self._check_question_right()
        self.sudo()._ask_again()
        return True

    def _check_question_right(self):
        """:raise AccessError: for who does not work in the warehouse"""
        self.check_access("read")
        self.env["sale.order"]._check_amazon_warehouse_right()

    # === BUSINESS METHODS - CHANGES ON AMAZON === #

    def _apply_changes(self, order, products, run, is_confirmed=False):
        """Extension of the orders' room: what Amazon awaits may have changed."""
        result = super()._apply_changes(order, products, run, is_confirmed)
        self._limit_waiting_shipments()
        self._settle_missing_units(run)
        return result

    # === BUSINESS METHODS - UNITS === #

    def _count_awaited_units(self):
        """Return ``{item ref: AwaitedUnits}``, of deliveries that are settled."""
        stage = DeliveryStage(self.sale_order_id)
        confirmed = self._get_confirmed_units()
        waiting = self._get_waiting_shipments().line_ids
        return {
            line.amazon_item_ref: line._count_awaited_units(stage, confirmed, waiting)
            for line in self.line_ids
        }

    def _get_waiting_shipments(self):
        """Return the shipments that Amazon does not know of, by whomever.

        Those of which there is nothing to tell are among them: Amazon learns of the
        units in another way.
        """
        return self.shipment_ids.filtered(
            lambda shipment: (
                not shipment._is_known_to_amazon() and not shipment._is_told_by_hand()
            )
        )

    def _get_missing_units(self):
        """Return ``{item ref: units}`` that a person is to be asked about."""
        if not self._is_question_wanted():
            return {}
        self._settle_deliveries()
        if self.changes_to_confirm or self._is_settling_failed():
            # They are looked at once the change is confirmed, or it is known what left.
            return self.missing_units or {}
        unknown = self.browse().line_ids
        if self.state == "partial":
            # These wait for their products.
            unknown = self._get_missing_lines()
        waiting = set(unknown.mapped("amazon_item_ref"))
        return {
            ref: units.missing
            for ref, units in self._count_awaited_units().items()
            if units.missing and ref not in waiting
        }

    def _is_question_wanted(self):
        """Whether Amazon waits for what Odoo ships of the order."""
        return (
            self.status in STATUSES_TO_SHIP
            and self.state in ("imported", "partial")
            and self.sale_order_id.state == "sale"
            and not get_service_reason(self.env, self)
        )

    # === BUSINESS METHODS - NEVER MORE THAN AMAZON AWAITS === #

    def _get_units_to_tell(self):
        """Return ``{item ref: units}`` that may be put into the outbox.

        An item of which units were confirmed by hand, maybe those of this very parcel,
        is left out: its shipment says so itself.
        """
        if self.status not in STATUSES_TO_SHIP:
            return {}
        return {
            ref: units.free
            for ref, units in self._count_awaited_units().items()
            if units.free or units.is_used_up_here
        }

    def _is_part_told_by_hand(self, item_ref, units, room):
        """Whether these complete a pack that a person told Amazon of already.

        :param room: as :meth:`_get_units_to_tell` returns it
        """
        return (
            self.status in STATUSES_TO_SHIP
            and item_ref not in room
            and item_ref in self._get_refs_of_packs()
            and not count_whole(units)
        )

    def _limit_waiting_shipments(self):
        """Take out of the outbox what Amazon does not await any more."""
        for row in self:
            row._settle_deliveries()
            waiting = row._get_waiting_shipments()
            if not waiting or row.status not in STATUSES_TO_SHIP:
                continue
            room = {
                ref: units.awaited for ref, units in row._count_awaited_units().items()
            }
            row._reduce_shipments(waiting.sorted("id"), room)
            row._complete_packs()

    def _reduce_shipments(self, shipments, room):
        """Have the shipments hold no more than there is room for; say what goes.

        :param shipments: ``amazon.shipment``, those first that keep their units
        :param room: ``{item ref: units}``; of other items nothing is taken
        """
        left = dict(room)
        for shipment in shipments.filtered(lambda one: one.state != "not_needed"):
            taken = Counter()
            for line in shipment.line_ids.filtered(
                lambda line: not line.is_component and line.amazon_item_ref in room
            ):
                ref = line.amazon_item_ref
                kept, surplus = split_units(line.quantity, left[ref])
                left[ref] -= kept
                if not surplus:
                    continue
                taken[ref] += surplus
                if kept:
                    line.quantity = kept
                else:
                    line.unlink()
            if taken:
                shipment.picking_id.message_post(
                    body=self.env._(
                        "Taken out of what Amazon is told of this delivery: %s. Amazon "
                        "does not await it any more, or it came back.",
                        self._describe_units(taken),
                    )
                )
                shipment._mark_to_send()

    def _take_back_returned_units(self, moves):
        """Do not confirm what came back before Amazon knew that it left.

        :param moves: done ``stock.move`` that brought goods back
        """
        for row in self:
            lines = row.sale_order_id.order_line.filtered("amazon_item_ref")
            own = moves.filtered(lambda move, of=lines: move.sale_line_id in of)
            for picking, units in row._count_returned_units(own).items():
                row._take_back_units(picking, units)

    def _count_returned_units(self, moves):
        """Return what came back of which delivery, ``{delivery: {item ref: units}}``.

        Units that the outbox does not hold, since more left than Amazon awaited, come
        back first.

        :param moves: done ``stock.move`` that brought goods of the order back
        """
        packs = self._get_refs_of_packs()
        returned = {}
        for move in moves:
            picking = move.origin_returned_move_id.picking_id
            line = move.sale_line_id
            ref = line.amazon_item_ref
            units = line._get_amazon_units(count_units_of_sale(move))
            if ref not in packs:
                # A part of a pack may be told with another parcel.
                held = picking.amazon_shipment_ids._count_held(ref)
                there = line._get_amazon_units(picking._count_units_there(line))
                units, _untold = split_units(units, held - there)
            returned.setdefault(picking, Counter())[ref] += units
        return returned

    def _take_back_units(self, picking, returned):
        shipments = self._get_waiting_shipments() & picking.amazon_shipment_ids
        held = Counter()
        for line in shipments.line_ids.filtered(lambda line: not line.is_component):
            held[line.amazon_item_ref] += line.quantity
        # What another parcel tells, since it completed it.
        rest = Counter()
        for ref in self._get_refs_told_by_others() & returned.keys():
            rest[ref] = returned[ref] - picking.amazon_shipment_ids._count_held(ref)
        room = {ref: held[ref] - units for ref, units in returned.items()}
        self._reduce_shipments(shipments.sorted("id"), room)
        others = self._get_waiting_shipments() - picking.amazon_shipment_ids
        room = {ref: others._count_held(ref) - units for ref, units in (+rest).items()}
        self._reduce_shipments(others.sorted("id"), room)
        self._complete_packs()
        under_way = picking.amazon_shipment_ids.filtered(
            lambda shipment: (
                shipment.state in ("sent", "unknown") and not shipment.is_confirmed
            )
        )
        under_way.sorted("id")._note_returned_units(Counter(returned) - held)

    def _get_refs_told_by_others(self):
        """Return the refs of items that may be told with the parcel of another part."""
        return self._get_refs_of_packs()

    # === BUSINESS METHODS - MORE THAN WAS ORDERED === #

    def _count_surplus_units(self, stage):
        """Return what the customer has beyond the order, ``{item ref: units}``.

        A Counter. What was shipped elsewhere counts.

        :param stage: the order's ``DeliveryStage``
        """
        surplus = Counter()
        for line in self.line_ids:
            has = sum(
                one._get_amazon_units(
                    stage.get_units_at_customer(one) + one.amazon_qty_shipped_elsewhere
                )
                for one in line._get_sale_lines(stage)
            )
            _wanted, more = split_units(has, line.quantity)
            surplus[line.amazon_item_ref] += more
        return +surplus

    def _ask_for_surplus(self, refs):
        """Have the responsible ask for the return of what is too much by now.

        Taken away once it came back (``_settle_returns``).

        :param refs: refs of the items that just left
        """
        surplus = self._count_surplus_units(DeliveryStage(self.sale_order_id))
        if surplus.keys() & refs:
            self._remind_responsible(
                ORDER_ITEMS_REMINDER,
                self.env._(
                    "More was shipped of order %(ref)s than the buyer ordered: "
                    "%(what)s too much. Amazon is not told of it. Ask for the return.",
                    ref=self.amazon_order_id,
                    what=self._describe_units(surplus),
                ),
                ChatterNotes(self.sale_order_id),
            )

    # === BUSINESS METHODS - THE QUESTION === #

    def _settle_missing_units(self, run=None):
        """Ask about what is missing now; what is not missing any more is settled.

        :param run: the job's ``amazon.history``, ``None`` where a person did something
        """
        for row in self:
            before = row.missing_units or {}
            missing = row._delay_question(row._get_missing_units())
            if missing == before:
                continue
            row.missing_units = missing or False
            if not missing:
                row._forget_reminders(ORDER_AWAITED_REMINDER)
            elif any(units > before.get(ref, 0) for ref, units in missing.items()):
                row._remind_responsible(
                    ORDER_AWAITED_REMINDER,
                    row._get_missing_units_question(),
                    run or ChatterNotes(row.sale_order_id),
                )
            else:
                row._update_reminder()

    def _delay_question(self, missing):
        """Return what is asked about now: nothing while Amazon is told by others.

        :param missing: ``{item ref: units}``
        """
        is_delayed = bool(missing) and not self.connection_id.send_shipments
        if self.is_question_delayed != is_delayed:
            self.is_question_delayed = is_delayed
        return {} if is_delayed else missing

    @api.model
    def _ask_delayed_questions(self, connection, run):
        """Ask what was not asked while Send Shipment Info was off."""
        if connection.send_shipments:
            delayed = [
                ("connection_id", "=", connection.id),
                ("is_question_delayed", "=", True),
            ]
            self.search(delayed)._settle_missing_units(run)

    def _update_reminder(self):
        """Have the activity, if nobody took it away, say what is left."""
        activity = self.sale_order_id.activity_search([ORDER_AWAITED_REMINDER])[:1]
        if activity:
            self._remind_responsible(
                ORDER_AWAITED_REMINDER,
                self._get_missing_units_question(),
                ChatterNotes(self.sale_order_id),
            )

    def _get_missing_units_question(self):
        if not self.missing_units:
            return False
        return self.env._(
            "Amazon awaits %(what)s of order %(ref)s, and no open delivery brings it. "
            "Press Confirm as Ordered if the buyer got it, or something in its place, "
            "with this delivery; Ship the Rest to deliver it; Tell Amazon Nothing to "
            "leave it at that.",
            what=self._describe_units(self.missing_units),
            ref=self.amazon_order_id,
        )

    def _get_untold_units_note(self):
        if not self.untold_units or self.status not in STATUSES_TO_SHIP:
            return False
        return self.env._(
            "Amazon awaits %(what)s of order %(ref)s and is told nothing of it, as was "
            "decided. Cancel it in Seller Central, or press Ask Again.",
            what=self._describe_units(self.untold_units),
            ref=self.amazon_order_id,
        )

    def _describe_units(self, units):
        """Return ``{item ref: units}`` as ``2 x MUG, 1 x LAMP``."""
        lines = self.line_ids.grouped("amazon_item_ref")
        sold = self.sale_order_id.order_line.grouped("amazon_item_ref")
        described = []
        for ref, number in sorted(units.items()):
            name = lines[ref]._get_references() if ref in lines else ref
            line = sold.get(ref, self.env["sale.order.line"])[:1]
            quantity = line._get_odoo_quantity(number)
            described.append(line._describe_amazon_quantity(quantity, name))
        return ", ".join(described)

    def _get_last_delivery(self):
        """Return the delivery that a confirmation belongs to; may be empty."""
        pickings = self.sale_order_id.picking_ids.filtered(
            lambda picking: picking._is_amazon_answerable()
        )
        done = pickings.filtered(lambda picking: picking.state == "done")
        return (done or pickings).sorted("id")[-1:]

    # === BUSINESS METHODS - THE ANSWERS === #

    def _take_question(self):
        """Return what is missing, for a person's answer to count for.

        :raise UserError: when it was answered, or is being answered right now
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "The order is being processed right now. Try again in a minute."
                )
            ) from error
        self._settle_missing_units()
        if self._is_settling_failed():
            raise UserError("\n".join(self._get_settling_errors()))
        if not self.missing_units:
            raise UserError(
                self.env._(
                    "Nothing is missing of order %s any more: it was answered, "
                    "delivered, or cancelled on Amazon. Open the delivery again.",
                    self.amazon_order_id,
                )
            )
        return self.missing_units

    def _finish_question(self, sentence):
        self.sale_order_id.message_post(body=sentence)
        self._settle_missing_units()

    def _confirm_as_ordered(self, picking):
        """Tell Amazon that the missing units left with this delivery.

        :param picking: ``stock.picking`` that is over; may be empty
        :raise UserError: when there is none
        """
        missing = self._take_question()
        if not picking:
            raise UserError(
                self.env._(
                    "No delivery of order %s is done yet. Validate it first.",
                    self.amazon_order_id,
                )
            )
        picking._add_to_amazon_shipment(self, missing)
        self._settle_missing_units()
        if self.missing_units:
            raise UserError(
                self.env._(
                    "Delivery %s was confirmed outside of Odoo, so nothing can be "
                    "added to it here. Confirm the units in Seller Central.",
                    picking.name,
                )
            )
        self._finish_question(
            self.env._(
                "Confirmed to Amazon as ordered, with delivery %(delivery)s: %(what)s.",
                delivery=picking.name,
                what=self._describe_units(missing),
            )
        )

    def _ship_rest(self):
        """Have Odoo deliver the missing units.

        :raise UserError: when it cannot
        """
        missing = self._take_question()
        stage = DeliveryStage(self.sale_order_id)
        without_line = {}
        with unlocked(self.sale_order_id):
            for line in self.line_ids:
                if not (units := missing.get(line.amazon_item_ref)):
                    continue
                sale_lines = line._get_sale_lines(stage)
                replaced = sale_lines.filtered("amazon_replaced_product_id")
                replaced.amazon_item_ref = False
                if own := (sale_lines - replaced)[:1]:
                    own._ship_amazon_units(
                        own._get_odoo_quantity(units),
                        own._get_odoo_quantity(line.quantity),
                    )
                else:
                    without_line[line.amazon_item_ref] = units
        self._add_lines_to_ship(without_line)
        self._settle_missing_units()
        if self.missing_units:
            raise UserError(
                self.env._(
                    "Odoo makes no delivery for %s: its product is not known, or is "
                    "not one that is delivered. Link or correct the product first.",
                    self._describe_units(self.missing_units),
                )
            )
        self._finish_question(
            self.env._("To be delivered: %s.", self._describe_units(missing))
        )

    def _add_lines_to_ship(self, units):
        """Add lines for items that the sale order has none of any more.

        :param units: ``{item ref: units}``
        """
        products = OrderProducts(self.connection_id, self.line_ids)
        lines = self.line_ids.filtered(
            lambda line: line.amazon_item_ref in units and products.get_product(line)
        )
        if not lines:
            return
        order = self._parse_document()
        known = set(lines.mapped("amazon_item_ref"))
        items = tuple(
            replace(item, quantity=int(units[item.item_id]))
            for item in order.items
            if item.item_id in known
        )
        added = replace(order, items=items, order_charges=())
        self._add_sale_lines(order, added, products, ChatterNotes(self.sale_order_id))

    def _tell_nothing(self):
        """Do not ask about the missing units again."""
        missing = self._take_question()
        self.untold_units = dict(Counter(self.untold_units or {}) + Counter(missing))
        self._update_parts()
        self._finish_question(
            self.env._("Amazon is told nothing of %s.", self._describe_units(missing))
        )

    def _ask_again(self):
        for row in self.filtered("untold_units"):
            row.untold_units = False
            row._update_parts()
            row._settle_missing_units()

    def _update_parts(self):
        """Have the parcels with parts of packs follow what a person decided."""
        self.shipment_ids.filtered(
            lambda shipment: shipment._holds_parts_only()
        )._mark_to_send()
