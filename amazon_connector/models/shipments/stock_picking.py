"""A delivery of an Amazon order: validated, its shipments come into the outbox.

Who validates does not wait for that: the delivery is marked *unsettled*, and the job
that sends shipments works out first what Amazon is to know of it. So does whatever
counts what Amazon is told of, before it counts.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command, Domain

from ...tools import process_in_batches
from ..orders.delivery_stage import DeliveryStage, count_units_of_sale
from .awaited_units import split_units
from .not_needed import get_service_reason
from .parcel_numbers import UnknownNumberError, assign_numbers
from .readiness import (
    TYPES_WITHOUT_LABEL,
    get_carrier_reason,
    get_coming_codes_reason,
    get_number_reason,
    get_numbers_reason,
    get_units_reason,
    is_carrier_unknown,
)

# What a delivery says, and the field of its shipments that takes it.
FIELDS_OF_SHIPMENT = {
    "carrier_id": "carrier_id",
    "carrier_tracking_ref": "tracking_ref",
}


# How far it is worked out what Amazon is to know of a delivery.
FIELDS_OF_SETTLING = {
    "amazon_unsettled_since",
    "amazon_validated_by_id",
    "amazon_settling_error",
    "amazon_settling_retry",
}
# After it could not be worked out.
SETTLE_AGAIN_AFTER = timedelta(hours=1)


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "amazon.confirmation.marks"]
    _amazon_shipment_path = "amazon_shipment_ids"
    _amazon_delivery_path = ""

    amazon_shipment_ids = fields.One2many(
        comodel_name="amazon.shipment",
        inverse_name="picking_id",
        string="Amazon Shipments",
    )
    amazon_unsettled_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="Done then, and not looked at yet for what Amazon is to know of it.",
    )
    amazon_validated_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        help="Who is told what Amazon misses.",
    )
    amazon_settling_error = fields.Text(
        readonly=True,
        copy=False,
        help="Why it cannot be worked out what Amazon is to know of the delivery.",
    )
    amazon_settling_retry = fields.Datetime(
        readonly=True, copy=False, help="When that is tried again."
    )
    amazon_shipping_warning = fields.Text(
        string="Missing for Amazon",
        compute="_compute_amazon_shipping_warning",
        help="What keeps the delivery from being confirmed to Amazon, and what to do.",
    )
    amazon_shipping_note = fields.Text(
        string="Note on the Confirmation",
        compute="_compute_amazon_shipping_warning",
        help="Why Amazon is told nothing of the delivery, or not all of it.",
    )
    amazon_can_map_carrier = fields.Boolean(compute="_compute_amazon_shipping_warning")
    amazon_missing_units_question = fields.Text(
        string="Not as Ordered",
        compute="_compute_amazon_missing_units_question",
        help="What Amazon awaits of the order and no open delivery brings.",
    )
    amazon_untold_units_note = fields.Text(
        compute="_compute_amazon_missing_units_question",
        help="What Amazon awaits and is told nothing of.",
    )
    amazon_is_answerable = fields.Boolean(
        compute="_compute_amazon_missing_units_question",
        help="It is over, so that missing units can have left with it.",
    )

    _amazon_unsettled_idx = models.Index(
        "(sale_id) WHERE amazon_unsettled_since IS NOT NULL"
    )

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_amazon_settling(vals)
        changed = self._get_pickings_with_new_tracking(vals)
        result = super().write(vals)
        for picking, names in changed.items():
            # A number that comes later frees the shipment; a corrected one corrects it.
            picking.sudo().amazon_shipment_ids._take_from_delivery(names)
        return result

    def _check_amazon_settling(self, vals):
        """:raise AccessError: when a person writes what the job goes by"""
        if not self.env.su and FIELDS_OF_SETTLING & vals.keys():
            raise AccessError(
                self.env._(
                    "What Amazon is told of a delivery follows from the delivery, and "
                    "cannot be changed by hand."
                )
            )

    def _get_pickings_with_new_tracking(self, vals):
        """Return what ``vals`` changes of carrier and number of which delivery.

        :return: ``{delivery: names of fields of amazon.shipment}``
        """
        changed = {}
        for name, shown in FIELDS_OF_SHIPMENT.items():
            if name not in vals:
                continue
            field = self._fields[name]
            for picking in self:
                if field.convert_to_write(picking[name], picking) != vals[name]:
                    changed.setdefault(picking, []).append(shown)
        return changed

    # === BUSINESS METHODS === #

    def _action_done(self):
        """Override of `stock` to have Amazon know what left, or came back."""
        result = super()._action_done()
        done = self.sudo().filtered(
            lambda picking: picking.state == "done" and picking.amazon_order_ref
        )
        if done:
            done.write(
                {
                    "amazon_unsettled_since": fields.Datetime.now(),
                    "amazon_validated_by_id": self.env.uid,
                }
            )
            self.env["amazon.job"]._trigger("send_shipments")
        return result

    def _create_amazon_shipments(self):
        """Create a shipment for each package that left; never calls Amazon.

        :return: ``amazon.shipment``
        """
        self.ensure_one()
        shipments = self.env["amazon.shipment"]
        if self.location_dest_id.usage == "customer":
            contents = self._get_amazon_shipment_quantities()
            shipments = shipments.create(
                [
                    self._prepare_amazon_shipment_vals(package, quantities)
                    for package, quantities in self._limit_amazon_contents(
                        contents
                    ).items()
                ]
            )
            self.sale_id.amazon_order_ids._complete_packs()
            shipments._update_state()
        return shipments

    def _tell_of_other_parcel(self, delivery):
        """Say on these deliveries which one the pack is told with that they began."""
        for picking in self:
            picking.message_post(
                body=self.env._(
                    "Amazon is told of the pack that this delivery holds a part of "
                    "with %s, which completes it.",
                    delivery.name,
                )
            )

    def _get_amazon_shipment_quantities(self):
        """Return what left of the items of Amazon orders, by package.

        :return: ``{package: {(item ref, product): quantity}}``, of the ordered product
            as Amazon counts it, of another one in units of sale; the
            package is a ``stock.package``, empty for what is in none
        """
        quantities = defaultdict(lambda: defaultdict(float))
        for line in self.move_line_ids:
            sale_line = line.move_id.sale_line_id
            if not sale_line.amazon_item_ref or not line.quantity:
                continue
            units = line.product_uom_id._compute_quantity(
                line.quantity, sale_line.product_uom_id, raise_if_failure=False
            )
            if line.product_id == sale_line.product_id:
                units = sale_line._get_amazon_units(units)
            key = (sale_line.amazon_item_ref, line.product_id)
            quantities[line.result_package_id][key] += units
        return quantities

    def _get_amazon_parcels(self):
        """Return the parcels in the order of their numbers, a list.

        A carrier that makes numbers is asked for them by Odoo in the order of the
        lines; a person enters them in the order of the packages. What is in no package
        comes last; so does what a person says to have left with a cancelled delivery.

        :return: list of ``stock.package``, an empty one for what is in none
        """
        lines = self.move_line_ids.filtered("quantity")
        packages = lines.result_package_id
        if self.carrier_id.delivery_type in ("fixed", "base_on_rule", False):
            packages = packages.sorted("id")
        is_loose = not lines or any(not line.result_package_id for line in lines)
        return [*packages, *([packages.browse()] if is_loose else [])]

    def _get_amazon_numbers(self):
        """Return the tracking number of each parcel, ``{stock.package: number}``.

        :raise UnknownNumberError: when it cannot be known which number is whose
        """
        return assign_numbers(self.carrier_tracking_ref, self._get_amazon_parcels())

    def _get_amazon_numbers_reason(self):
        """Return that nobody knows which number is whose, or ``False``."""
        try:
            self._get_amazon_numbers()
        except UnknownNumberError as error:
            return get_numbers_reason(self.env, error)
        return False

    def _prepare_amazon_tracking_vals(self, package):
        """Return who carries a parcel and under which number, as a shipment has it.

        Without a number when it cannot be known which is whose.

        :param package: the ``stock.package``, may be empty
        """
        try:
            numbers = self._get_amazon_numbers()
        except UnknownNumberError:
            numbers = {}
        return {
            "carrier_id": self.carrier_id.id,
            "tracking_ref": numbers.get(package, False),
        }

    def _prepare_amazon_carrier_vals(self):
        """Return what Amazon calls the carrier, empty when that is not known."""
        if not self.carrier_id:
            return {}
        carriers = self.env["amazon.carrier"]
        found = carriers._find_for(self.carrier_id, self._get_amazon_marketplace())
        return found or {}

    def _get_amazon_ordered_products(self):
        """Return the products of Amazon's items, ``{item ref: product.product}``."""
        lines = self.sudo().sale_id.order_line.grouped("amazon_item_ref")
        return {ref: of_item.product_id for ref, of_item in lines.items()}

    def _prepare_amazon_shipment_vals(self, package, quantities):
        """Return the values of a shipment, as they are right if it is to be sent.

        :param package: the ``stock.package``, may be empty
        :param quantities: ``{(item ref, product): quantity}`` that is in it
        """
        ordered = self._get_amazon_ordered_products()
        order = self.sudo().sale_id.amazon_order_ids[:1]
        shipments = self.env["amazon.shipment"]
        return {
            "order_id": order.id,
            "picking_id": self.id,
            "package_id": package.id,
            "ship_date": shipments._limit_ship_date(order, self.date_done),
            **self.sudo()._prepare_amazon_tracking_vals(package),
            **self.sudo()._prepare_amazon_carrier_vals(),
            "line_ids": [
                Command.create(
                    {
                        "amazon_item_ref": item_ref,
                        "product_id": product.id,
                        "quantity": quantity,
                        "is_component": product not in ordered.get(item_ref, ()),
                    }
                )
                for (item_ref, product), quantity in quantities.items()
            ],
        }

    # === BUSINESS METHODS - WHAT WAS DONE === #

    @api.model
    def _get_amazon_unsettled(self, domain, limit=None):
        """Return the deliveries to be settled, in the order in which they were done.

        Of one second, what was made first: a return is younger than what it returns.
        Without those of orders of which one could not be settled a moment ago.
        """
        unsettled = Domain("amazon_unsettled_since", "!=", False)
        retried_later = Domain("amazon_settling_retry", ">", fields.Datetime.now())
        failed = self.sudo().search(unsettled & retried_later)
        found = self.sudo().search(
            unsettled
            & Domain("sale_id", "not in", failed.sale_id.ids)
            & Domain(domain),
            order="id",
            limit=limit,
        )
        return found.sorted(
            lambda picking: (picking.amazon_unsettled_since, picking.id)
        )

    def _settle_amazon_deliveries(self):
        """Work out what Amazon is to know of what was done; never calls Amazon.

        What cannot be worked out keeps no other order from it: its deliveries say why.
        All unsettled deliveries of an order are settled together, since a return counts
        after what it returns.
        """
        if self:
            process_in_batches(
                self.sale_id,
                lambda sales: self._get_amazon_of(sales)._do_settle_amazon(),
                lambda sale, error: self._get_amazon_of(sale)._set_unsettled(error),
            )

    def _get_amazon_of(self, sales):
        return self.filtered(lambda picking: picking.sale_id in sales)

    def _do_settle_amazon(self):
        shipments = self.env["amazon.shipment"]
        failed = self.filtered("amazon_settling_error")
        done_by = {picking: picking.amazon_validated_by_id for picking in self}
        # What is counted meanwhile would settle those that come later.
        for picking in self.with_context(amazon_is_settling=True):
            picking.write(dict.fromkeys(FIELDS_OF_SETTLING, False))
            # Another transaction that settles it is met here, and not at its shipments.
            picking.flush_recordset(FIELDS_OF_SETTLING)
            shipments |= picking._create_amazon_shipments()
            picking._take_back_amazon_returns()
        self._settle_amazon_missing_units()
        failed.sale_id.amazon_order_ids._settle_shipment_reminder()
        by_user = shipments.grouped(lambda shipment: done_by[shipment.picking_id])
        for user, some in by_user.items():
            some._notify_of_blocked(user)

    def _set_unsettled(self, error):
        """Keep why it could not be worked out; the job tries again.

        :param error: the exception
        """
        order = self.sale_id.amazon_order_ids[:1]
        self.write(
            {
                "amazon_settling_error": self.env._(
                    "Amazon cannot be told of what left: %s It is tried again each "
                    "hour; once the cause is mended, press Send shipment info on the "
                    "store's connection to try at once.",
                    order._get_failed_reason(error),
                ),
                "amazon_settling_retry": fields.Datetime.now() + SETTLE_AGAIN_AFTER,
            }
        )

    # === COMPUTE METHODS - WHAT AMAZON WILL NEED === #

    # What the parcels hold is left out: it is read anew with the form, and lines are
    # written by thousands.
    @api.depends(
        "state",
        "amazon_order_ref",
        "carrier_id.name",
        "carrier_id.amazon_has_no_tracking",
        "carrier_tracking_ref",
        "amazon_settling_error",
        "sale_id.amazon_order_ids.status",
        "sale_id.amazon_order_ids.line_ids.needs_transparency_codes",
        "sale_id.amazon_order_ids.connection_id.send_shipments",
        "amazon_shipment_ids.state",
        "amazon_shipment_ids.error",
        "amazon_shipment_ids.carrier_id",
    )
    def _compute_amazon_shipping_warning(self):
        for picking in self:
            # Who ships need not see the outbox, or what Amazon says of the order.
            known = picking.sudo()
            warning = note = False
            if known.amazon_settling_error:
                warning = known.amazon_settling_error
            elif known.amazon_shipment_ids:
                warning = known._get_amazon_reasons(("blocked", "failed"))
                note = known._get_amazon_reasons(("not_needed", "done"))
            elif known._is_amazon_parcel() and known._is_amazon_to_ship():
                order = known.sale_id.amazon_order_ids[:1]
                note = get_service_reason(self.env, order)
                warning = not note and known._get_amazon_missing()
            picking.amazon_shipping_warning = warning
            picking.amazon_shipping_note = note
            picking.amazon_can_map_carrier = bool(
                warning and known._get_amazon_carrier_to_map()
            )

    # === ACTION METHODS - WHAT AMAZON WILL NEED === #

    def action_map_amazon_carrier(self):
        """Ask what Amazon calls the carrier, in a dialog."""
        self.ensure_one()
        self.check_access("read")
        known = self.sudo()
        return self.env["amazon.carrier"]._get_mapping_action(
            known._get_amazon_carrier_to_map(), known._get_amazon_marketplace()
        )

    # === BUSINESS METHODS - WHAT AMAZON WILL NEED === #

    def _is_amazon_parcel(self):
        """Whether what leaves with it is told to Amazon, and its store tells it."""
        return bool(
            self.amazon_order_ref
            and self.location_dest_id.usage == "customer"
            and self.sale_id.amazon_order_ids.connection_id.filtered("send_shipments")
        )

    def _get_amazon_marketplace(self):
        orders = self.sale_id.amazon_order_ids
        return orders[:1].storefront_id.marketplace_id

    def _get_amazon_carrier_to_map(self):
        """Return the ``delivery.carrier`` whose name Amazon does not know, or none."""
        carriers = self.carrier_id
        if self.amazon_shipment_ids:
            unknown = self.amazon_shipment_ids.filtered(
                lambda shipment: shipment._is_carrier_unknown()
            )
            return unknown.carrier_id[:1]
        return carriers.filtered(
            lambda carrier: is_carrier_unknown(
                self.env, carrier, self._get_amazon_marketplace()
            )
        )

    def _get_amazon_missing(self):
        """Return what Amazon will need and does not get, one sentence a line."""
        ordered = self._get_amazon_ordered_products()
        contents = [
            (item_ref, units)
            for items in self._get_amazon_shipment_quantities().values()
            for (item_ref, product), units in items.items()
            # Of a component there may be any quantity.
            if product in ordered.get(item_ref, ())
        ]
        # A part of a pack waits for its rest.
        packs = self.sale_id.amazon_order_ids[:1]._get_refs_of_packs()
        single = [units for ref, units in contents if ref not in packs]
        reasons = [
            get_carrier_reason(
                self.env, self.carrier_id, not self._get_amazon_carrier_to_map()
            ),
            self._get_amazon_missing_number(),
            get_units_reason(self.env, single),
            get_coming_codes_reason(self.env, self._describe_units_with_code(contents)),
        ]
        return "\n".join(filter(None, reasons)) or False

    def _describe_units_with_code(self, contents):
        """Return the units of which Amazon demands the code, as ``2 x MUG``.

        :param contents: list of ``(item ref, units)``
        """
        order = self.sale_id.amazon_order_ids[:1]
        wanted = order.line_ids.filtered("needs_transparency_codes")
        refs = set(wanted.mapped("amazon_item_ref"))
        units = Counter()
        for ref, quantity in contents:
            if ref in refs:
                units[ref] += quantity
        return order._describe_units(units)

    def _get_amazon_missing_number(self):
        # The others get their number from Odoo when the delivery is validated.
        if self.carrier_id.delivery_type not in TYPES_WITHOUT_LABEL:
            return False
        return self._get_amazon_numbers_reason() or get_number_reason(
            self.env, self.carrier_id, self.carrier_tracking_ref
        )

    def _get_amazon_reasons(self, states):
        """Return what the shipments in these states say, one sentence a line."""
        shipments = self.amazon_shipment_ids.filtered(
            lambda shipment: shipment.error and shipment.state in states
        )
        return "\n".join(dict.fromkeys(shipments.mapped("error"))) or False

    # === COMPUTE METHODS - NOT AS ORDERED === #

    @api.depends(
        "state",
        "sale_id.amazon_order_ids.missing_units_question",
        "sale_id.amazon_order_ids.untold_units_note",
    )
    def _compute_amazon_missing_units_question(self):
        for picking in self:
            # Who works in the warehouse need not see what Amazon says of the order.
            orders = picking.sudo().sale_id.amazon_order_ids
            if picking._is_amazon_return():
                orders = orders.browse()
            order = orders[:1]
            picking.amazon_missing_units_question = order.missing_units_question
            picking.amazon_untold_units_note = order.untold_units_note
            picking.amazon_is_answerable = picking._is_amazon_answerable()

    # === ACTION METHODS - NOT AS ORDERED === #

    def action_confirm_amazon_as_ordered(self):
        """Have Amazon told that the missing units left with this delivery."""
        self.ensure_one()
        order = self._get_asking_amazon_order()
        order._confirm_as_ordered(self.sudo().filtered("amazon_is_answerable"))
        return True

    def action_ship_amazon_rest(self):
        """Have the missing units delivered."""
        self._get_asking_amazon_order()._ship_rest()
        return True

    def action_tell_amazon_nothing(self):
        """Leave it at what Amazon knows."""
        self._get_asking_amazon_order()._tell_nothing()
        return True

    def action_ask_amazon_again(self):
        """Undo :meth:`action_tell_amazon_nothing`."""
        self._get_asking_amazon_order()._ask_again()
        return True

    def action_cancel(self):
        """Override of `stock`: nobody delivers what Amazon may still await."""
        result = super().action_cancel()
        if not self.env.context.get("amazon_is_closing"):
            self._settle_amazon_missing_units()
        return result

    # === BUSINESS METHODS - NOT AS ORDERED === #

    def _settle_amazon_missing_units(self):
        """Ask about what no delivery brings any more, or settle it."""
        orders = self.sudo().move_ids.sale_line_id.order_id.amazon_order_ids
        orders._settle_missing_units()

    def _take_back_amazon_returns(self):
        """Do not confirm what came back with it before Amazon knew that it left."""
        back = self.move_ids.filtered(
            lambda move: (
                move.state == "done"
                and move.origin_returned_move_id
                and move.location_dest_id.usage != "customer"
            )
        )
        orders = back.sale_line_id.order_id.amazon_order_ids
        orders._take_back_returned_units(back)

    def _count_units_there(self, sale_line):
        """Return what left with it and did not come back, in the unit of the line."""
        left = self.move_ids.filtered(
            lambda move: move.sale_line_id == sale_line and move.state == "done"
        )
        back = left.returned_move_ids.filtered(lambda move: move.state == "done")
        units = sum(count_units_of_sale(move) for move in left)
        return units - sum(count_units_of_sale(move) for move in back)

    def _is_amazon_answerable(self):
        """Whether units that Amazon awaits can have left with the delivery."""
        is_last = self.location_dest_id.usage == "customer"
        is_over = self.state == "cancel" or (self.state == "done" and is_last)
        return is_over and not self._is_amazon_return()

    def _get_asking_amazon_order(self):
        """Return the order, for who may answer.

        :raise AccessError: for who may not handle the delivery
        """
        self.ensure_one()
        self.check_access("write")
        self.env["sale.order"]._check_amazon_warehouse_right()
        return self.sudo().sale_id.amazon_order_ids[:1]

    # === BUSINESS METHODS - NEVER MORE THAN AMAZON AWAITS === #

    def _limit_amazon_contents(self, contents):
        """Return the contents of the packages without what Amazon does not await.

        What is too much is said on the delivery. What stands in for the ordered product
        is left out, too: a person is asked about it.

        :param contents: as :meth:`_get_amazon_shipment_quantities` returns them
        """
        order = self.sale_id.amazon_order_ids[:1]
        room = order._get_units_to_tell()
        sale_lines = self.sale_id.order_line.grouped("amazon_item_ref")
        surplus = Counter()
        limited = {}
        for package, quantities in contents.items():
            told = {}
            for (ref, product), quantity in quantities.items():
                lines = sale_lines.get(ref, self.env["sale.order.line"])
                replaced = lines.filtered("amazon_replaced_product_id")
                if product in replaced.product_id:
                    continue
                if order._is_part_told_by_hand(ref, quantity, room):
                    continue
                kept = quantity
                if ref in room and product in lines.product_id:
                    kept, more = split_units(quantity, room[ref])
                    room[ref] -= kept
                    surplus[ref] += more
                if kept:
                    told[ref, product] = kept
            if told:
                limited[package] = told
        self._tell_of_surplus(order, +surplus)
        # Amazon may await units that the buyer has without its knowledge.
        order._ask_for_surplus({ref for units in contents.values() for ref, _ in units})
        return limited

    def _tell_of_surplus(self, order, surplus):
        """Say what Amazon is not told of."""
        again = self._get_units_sent_again(order, surplus)
        if again:
            self.message_post(
                body=self.env._(
                    "Sent in place of what came back of order %(ref)s: %(what)s. "
                    "Amazon knows these units already and is not told of them again. "
                    "There is nothing to do.",
                    ref=order.amazon_order_id,
                    what=order._describe_units(again),
                )
            )
        if surplus := surplus - again:
            self.message_post(
                body=self.env._(
                    "More left than Amazon awaits of order %(ref)s: %(what)s. Amazon "
                    "is not told of these units. If they left by mistake, ask for "
                    "the return.",
                    ref=order.amazon_order_id,
                    what=order._describe_units(surplus),
                )
            )

    def _get_units_sent_again(self, order, surplus):
        """Return what of the surplus is in place of what came back, a Counter.

        :param surplus: ``{item ref: units}`` that Amazon does not await
        """
        stage = DeliveryStage(self.sale_id)
        too_many = order._count_surplus_units(stage)
        again = Counter()
        for line in order.line_ids.filtered(lambda one: one.amazon_item_ref in surplus):
            ref = line.amazon_item_ref
            sale_lines = line._get_sale_lines(stage)
            came_back = sum(
                one._get_amazon_units(stage.get_returned_units(one))
                for one in sale_lines
            )
            again[ref], _rest = split_units(surplus[ref] - too_many[ref], came_back)
        return +again

    def _add_to_amazon_shipment(self, order, units):
        """Put units into a shipment of the delivery, as if they had been in it.

        One that Amazon knows is corrected.

        :param order: ``amazon.order``
        :param units: ``{item ref: units}``
        """
        shipment = self._get_amazon_shipment_to_fill() or self._create_empty_shipment(
            order
        )
        sale_lines = self.sale_id.order_line.grouped("amazon_item_ref")
        items = order.line_ids.grouped("amazon_item_ref")
        for ref, quantity in units.items():
            line = shipment.line_ids.filtered(
                lambda line, ref=ref: (
                    line.amazon_item_ref == ref and not line.is_component
                )
            )[:1]
            if line:
                line.quantity += quantity
                continue
            sale_line = sale_lines.get(ref, self.env["sale.order.line"])[:1]
            product = sale_line and sale_line._get_amazon_product()
            shipment.line_ids = [
                Command.create(
                    {
                        "amazon_item_ref": ref,
                        "product_id": (product or items[ref].product_id).id,
                        "quantity": quantity,
                    }
                )
            ]
        order._complete_packs()
        shipment._mark_to_send()

    def _get_amazon_shipment_to_fill(self):
        """Return a shipment that is to be sent, else one to correct; may be empty."""
        shipments = self.amazon_shipment_ids
        waiting = shipments.filtered(
            lambda shipment: (
                not shipment._is_known_to_amazon()
                and (shipment.state != "not_needed" or not shipment.line_ids)
            )
        )
        # There is one without package only.
        without_package = shipments.filtered(lambda shipment: not shipment.package_id)
        return (waiting or without_package)[:1]

    def _create_empty_shipment(self, order):
        shipment = self.env["amazon.shipment"].create(
            {"order_id": order.id, "picking_id": self.id}
        )
        shipment._take_from_delivery()
        if not shipment.tracking_ref:
            # Who knows no number of its own takes it for a part of that parcel.
            others = self.amazon_shipment_ids - shipment
            shipment.tracking_ref = others[:1].tracking_ref
        return shipment
