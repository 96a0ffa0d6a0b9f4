"""The outbox: one shipment of one Amazon order, to be confirmed to Amazon.

Carrier and number are taken from the delivery, and may be written on the shipment,
too: what was written last counts. Either is one ``write``, after which the state is set
by what Amazon would be told now.

state diagram
  blocked <--[carrier or number missing / there]--> pending
  blocked, pending <--[Amazon is to be told / not to be told of it]--> not_needed
  pending --[request leaves]--> sent --[204]--> done
  sent --[answer lost, or the server died]--> unknown
  unknown --[looked up on Amazon: shipment is there]--> done, [not there]--> pending
  sent --[Amazon refuses]--> failed --[retry, or corrected]--> pending
  done --[corrected]--> pending
"""

import secrets
from collections import Counter
from dataclasses import replace
from datetime import timedelta, timezone

from odoo import api, fields, models

from ...spapi.shipments import (
    ShipmentConfirmation,
    ShippedItem,
    confirmation_request,
    find_package,
    package_matches,
)
from ..orders.order_marks import URGENCIES, get_urgency
from ..products.units_per_listing import count_whole
from .not_needed import get_service_reason
from .parcel_numbers import split_numbers
from .readiness import (
    get_carrier_reason,
    get_codes_reason,
    get_number_reason,
    get_pack_reason,
    get_units_reason,
    is_carrier_unknown,
)

# A request whose answer was lost may still be at work on Amazon's side.
LOOK_UP_AFTER = timedelta(seconds=60)
FIELDS_OF_DELIVERY = ("carrier_id", "tracking_ref")
# Amazon is to be told of them and does not know them yet, or not as they are now.
UNCONFIRMED_STATES = ("blocked", "pending", "sent", "unknown", "failed")
# No request of theirs left, unless there were attempts.
UNSENT_STATES = ("blocked", "pending", "not_needed")
# A package reference has nine digits.
FIRST_REFERENCE, LAST_REFERENCE = 100_000_000, 999_999_999
# By then before the ship-by time a number that did not come is a person's business.
URGENT_WITHIN = timedelta(hours=12)
# No request of theirs is under way, or may have been taken by Amazon.
STATES_AT_REST = ("blocked", "pending", "failed", "done", "not_needed")


class AmazonShipment(models.Model):
    _name = "amazon.shipment"
    _description = "Amazon Shipment"
    _inherit = ["amazon.guarded", "amazon.history.mixin"]
    _check_company_auto = True
    _order = "id DESC"
    _rec_name = "tracking_ref"
    _rec_names_search = ["tracking_ref", "order_id.amazon_order_id", "picking_id.name"]
    # Of its lines a person may write what is theirs to write.
    _writable_readonly_fields = ("line_ids",)

    order_id = fields.Many2one(
        comodel_name="amazon.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    connection_id = fields.Many2one(
        related="order_id.connection_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    ship_by = fields.Datetime(
        related="order_id.ship_by",
        store=True,
        precompute=True,
        index=True,
        help="Amazon counts the order as late when it is confirmed afterwards.",
    )
    urgency = fields.Selection(selection=URGENCIES, compute="_compute_urgency")
    is_switched_off = fields.Boolean(
        compute="_compute_is_switched_off",
        help="It is not sent, since Send Shipment Info is off.",
    )
    is_carrier_unknown = fields.Boolean(compute="_compute_is_carrier_unknown")
    picking_id = fields.Many2one(
        comodel_name="stock.picking",
        string="Delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    package_id = fields.Many2one(comodel_name="stock.package", readonly=True)
    package_reference = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        help="The number by which Amazon knows the shipment within its order. Sent "
        "again, it changes that shipment and never makes a second one.",
    )
    carrier_id = fields.Many2one(
        comodel_name="delivery.carrier",
        index="btree_not_null",
        check_company=True,
        help="Taken from the delivery; written here, it counts for this shipment.",
    )
    tracking_ref = fields.Char(
        string="Tracking Number",
        help="Taken from the delivery; written here, it counts for this shipment.",
    )
    carrier_code = fields.Char(readonly=True)
    carrier_name = fields.Char(readonly=True)
    ship_method = fields.Char(readonly=True)
    ship_date = fields.Datetime(readonly=True)
    line_ids = fields.One2many(
        comodel_name="amazon.shipment.line", inverse_name="shipment_id", readonly=True
    )
    state = fields.Selection(
        selection=[
            ("blocked", "Blocked"),
            ("pending", "To send"),
            ("sent", "Sent, no answer yet"),
            ("unknown", "Answer lost"),
            ("done", "Confirmed"),
            ("failed", "Refused"),
            ("not_needed", "Nothing to tell"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    is_confirmed = fields.Boolean(
        string="Known to Amazon",
        readonly=True,
        help="Amazon has confirmed it once; sent again, it is a correction.",
    )
    sent_values = fields.Json(
        string="Last Sent", readonly=True, help="What the last request said."
    )
    confirmed_values = fields.Json(
        readonly=True,
        help="What Amazon was told last. It is told again when that changes.",
    )
    returned_units = fields.Json(
        readonly=True,
        copy=False,
        help="What came back before it was known whether Amazon took the shipment.",
    )
    send_now = fields.Boolean(
        readonly=True, help="To be sent although Send Shipment Info is off."
    )
    error = fields.Char(string="Reason", readonly=True)
    settled_on = fields.Datetime(
        compute="_compute_settled_on",
        store=True,
        help="When Amazon had taken it, or there turned out to be nothing to tell.",
    )
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)

    _picking_package_unique = models.UniqueIndex(
        "(order_id, picking_id, COALESCE(package_id, 0))",
        "This shipment is already in the outbox.",
    )
    _order_reference_unique = models.UniqueIndex(
        "(order_id, package_reference)",
        "Amazon knows another shipment of the order by this number.",
    )

    # === COMPUTE METHODS === #

    @api.depends("ship_by", "state")
    @api.depends_context("tz")
    def _compute_urgency(self):
        for shipment in self:
            is_open = shipment.state in UNCONFIRMED_STATES
            shipment.urgency = is_open and get_urgency(shipment, shipment.ship_by)

    @api.depends("state")
    def _compute_settled_on(self):
        for shipment in self:
            if shipment.state in UNCONFIRMED_STATES:
                shipment.settled_on = False
            elif not shipment.settled_on:
                # Of what a former version settled, that is as near as it is known.
                shipment.settled_on = shipment.write_date or fields.Datetime.now()

    @api.depends("order_id.amazon_order_id", "picking_id.name", "package_id.name")
    def _compute_display_name(self):
        for shipment in self:
            # A user of the connector need not work in the warehouse.
            known = shipment.sudo()
            parcel = known.package_id.name or known.picking_id.name
            words = [known.order_id.amazon_order_id, parcel]
            shipment.display_name = " / ".join(filter(None, words))

    @api.depends("state", "send_now", "connection_id.send_shipments")
    def _compute_is_switched_off(self):
        for shipment in self:
            known = shipment.sudo()
            is_off = not (known.connection_id.send_shipments or known.send_now)
            shipment.is_switched_off = is_off and known.state in (
                "blocked",
                "failed",
                "pending",
            )

    @api.depends("state", "carrier_id", "error")
    def _compute_is_carrier_unknown(self):
        for shipment in self:
            shipment.is_carrier_unknown = shipment.sudo()._is_carrier_unknown()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            order = self.env["amazon.order"].browse(vals["order_id"])
            vals.setdefault("package_reference", self._get_free_reference(order))
        return super().create(vals_list)

    def write(self, vals):
        changed = self._get_shipments_told_otherwise(vals)
        waiting = self._get_waiting_for_person() if "state" in vals else self.browse()
        result = super().write(vals)
        changed.sudo()._mark_to_send()
        if settled := waiting - waiting._get_waiting_for_person():
            settled.sudo().order_id._settle_shipment_reminder()
        return result

    @api.model
    def _get_free_reference(self, order, known=()):
        """Return a number that no shipment of the order has.

        Whoever else confirms packages of it counts from one, mostly; that none of
        theirs has it is looked at before the first request, when it counts.

        :param order: the ``amazon.order``
        :param known: numbers by which Amazon knows packages of the order
        """
        taken = {*order.sudo().shipment_ids.mapped("package_reference"), *known}
        while True:
            span = LAST_REFERENCE - FIRST_REFERENCE + 1
            reference = str(FIRST_REFERENCE + secrets.randbelow(span))
            if reference not in taken:
                return reference

    def _get_shipments_told_otherwise(self, vals):
        """Return those of which ``vals`` changes the carrier or the number."""
        names = [name for name in FIELDS_OF_DELIVERY if name in vals]
        return self.filtered(
            lambda shipment: any(
                shipment._fields[name].convert_to_write(shipment[name], shipment)
                != vals[name]
                for name in names
            )
        )

    # === ACTION METHODS === #

    def action_map_carrier(self):
        """Ask what Amazon calls the carrier, in a dialog."""
        self.ensure_one()
        self.check_access("read")
        known = self.sudo()
        return self.env["amazon.carrier"]._get_mapping_action(
            known.carrier_id, known.order_id.storefront_id.marketplace_id
        )

    def action_open_items(self):
        """Show what is in it, in a dialog; the units' codes are entered there."""
        self.ensure_one()
        view = self.env.ref("amazon_connector.amazon_shipment_view_form_items")
        return {
            "name": self.env._("Items of %s", self.display_name),
            "type": "ir.actions.act_window",
            "res_model": "amazon.shipment",
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_retry(self):
        """Try again what was refused or waits, or seemed to be nothing to tell."""
        self.check_access("write")
        self.sudo()._mark_to_send(["blocked", "failed", "not_needed"])
        return self._tell_started()

    def action_send_now(self):
        """Send the shipments although Send Shipment Info is off."""
        self.check_access("write")
        self.sudo().send_now = True
        self.sudo()._mark_to_send(["blocked", "failed", "pending"])
        return self._tell_started()

    def _tell_started(self):
        """Return the notification that shipments are sent; ``True`` when none is."""
        sent = self.sudo().filtered(
            lambda shipment: shipment.state == "pending" and shipment._is_wanted()
        )
        if not sent:
            return True
        jobs = sent.connection_id._get_job("send_shipments")
        return self.env["amazon.connection"]._get_started_notification(jobs)

    # === BUSINESS METHODS - FROM THE DELIVERY === #

    def _take_from_delivery(self, names=FIELDS_OF_DELIVERY):
        """Take what the delivery says now, be it that a person wrote something else.

        :param names: which of ``FIELDS_OF_DELIVERY``
        """
        for shipment in self:
            picking = shipment.picking_id
            vals = picking._prepare_amazon_tracking_vals(shipment.package_id)
            if shipment._is_number_among_unknown():
                # Entered for this parcel, as it was asked for.
                vals.pop("tracking_ref")
            shipment.write({name: vals[name] for name in names if name in vals})

    def _is_number_among_unknown(self):
        """Whether the delivery has its number among some that nobody can assign."""
        picking = self.picking_id
        return bool(
            picking._get_amazon_numbers_reason()
            and self._get_tracking() in split_numbers(picking.carrier_tracking_ref)
        )

    # === BUSINESS METHODS - READY OR BLOCKED === #

    def _mark_to_send(self, states=STATES_AT_REST):
        """Check the shipments in these states again, and have them sent.

        One that is on its way is looked at when Amazon's answer is there.

        :param states: values of ``state``; the other shipments stay as they are
        """
        # What is on its way is touched, too: this transaction and the one that writes
        # the answer down must not pass each other unseen.
        if self:
            self.write({})
        shipments = self.filtered(lambda shipment: shipment.state in states)
        shipments.next_try = False
        shipments._update_state()
        if shipments:
            self.env["amazon.job"]._trigger("send_shipments")

    @api.model
    def _update_waiting(self, connection):
        """Check again what waits; what is missing may have changed.

        What was refused is sent again by a person's doing only; but it may turn out
        that there is nothing to tell.

        :param connection: the ``amazon.connection`` whose shipments are checked
        """
        waiting = self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("blocked", "pending", "failed")),
            ]
        )
        refused = waiting.filtered(lambda shipment: shipment.state == "failed")
        (waiting - refused)._update_state()
        for shipment in refused:
            if reason := shipment._get_not_needed_reason():
                shipment._mark_not_needed(reason)

    def _update_state(self):
        """Set the state by what Amazon would be told now; none may be on its way."""
        for shipment in self:
            carrier = shipment._find_carrier()
            shipment._update_values(
                {"ship_date": shipment._get_ship_date(), **(carrier or {})}
            )
            state, reason = shipment._get_state_and_reason(bool(carrier))
            shipment._update_values({"state": state, "error": reason})

    def _update_values(self, vals):
        """Write what differs: an untouched row meets nobody else's write."""
        if changed := {name: v for name, v in vals.items() if self[name] != v}:
            self.write(changed)

    def _find_carrier(self):
        """Return Amazon's name of the carrier as a dict, or ``None``."""
        carrier = self.carrier_id
        if not carrier:
            return None
        marketplace = self.order_id.storefront_id.marketplace_id
        return self.env["amazon.carrier"]._find_for(carrier, marketplace)

    def _update_ship_date(self, now):
        """Have the date one that Amazon takes.

        :param datetime now: by Amazon's clock, naive UTC
        """
        self._update_values({"ship_date": self._get_ship_date(now)})

    def _get_ship_date(self, now=None):
        """Return when it left as Amazon takes it, naive UTC.

        :param datetime now: naive UTC
        """
        left = self.picking_id.date_done or self.ship_date
        return self._limit_ship_date(self.order_id, left, now)

    @api.model
    def _limit_ship_date(self, order, left, now=None):
        """Return when a parcel left as Amazon takes it, naive UTC.

        Never before the order was placed, by Amazon's clock, nor in the future.

        :param order: the ``amazon.order``
        :param datetime left: naive UTC, ``False`` where it is not known
        :param datetime now: naive UTC
        """
        now = now or fields.Datetime.now()
        left = min(left or now, now)
        placed = order.purchase_date
        if not placed:
            return left
        # Stored without the fraction of the second.
        return max(left, placed + timedelta(seconds=1))

    def _get_state_and_reason(self, has_carrier):
        """Return the state by what is known now, and the sentence for a person.

        :param has_carrier: whether Amazon's name of the carrier is known
        """
        if self.is_confirmed:
            told = self._get_values()
            if has_carrier and told and told == self.confirmed_values:
                return "done", False
            if reason := self._get_kept_reason():
                return "done", reason
        if reason := self._get_not_needed_reason():
            return "not_needed", reason
        if reason := self._get_blocking_reason(has_carrier):
            return "blocked", reason
        return "pending", False

    def _is_carrier_unknown(self):
        """Whether it waits for Amazon's name of its carrier."""
        marketplace = self.order_id.storefront_id.marketplace_id
        return self.state in UNCONFIRMED_STATES and is_carrier_unknown(
            self.env, self.carrier_id, marketplace
        )

    def _get_kept_reason(self):
        """Return what Amazon keeps although it is cleared here, or ``False``."""
        if self._get_told_tracking() and self.carrier_id:
            return False
        if reason := self.picking_id._get_amazon_numbers_reason():
            return reason
        return self.env._(
            "Amazon keeps carrier and tracking number as they were confirmed: what is "
            "cleared here cannot be taken back there. Enter the right one to correct "
            "it."
        )

    def _get_not_needed_reason(self):
        """Return why Amazon must not be told of the shipment at all, or ``False``."""
        order = self.order_id
        if order.status == "cancelled":
            return self.env._(
                "Amazon cancelled order %s and takes no confirmation of it. Ask for "
                "the return.",
                order.amazon_order_id,
            )
        if reason := get_service_reason(self.env, order):
            return reason
        if not self.is_confirmed and self._is_shipped_there():
            return self.env._(
                "Amazon counts these units of order %s as shipped already; they were "
                "confirmed outside of Odoo. Nothing is sent a second time. Compare the "
                "tracking number in Seller Central.",
                order.amazon_order_id,
            )
        if not self.line_ids:
            return self.env._(
                "Amazon awaits nothing of order %s that is in this delivery.",
                order.amazon_order_id,
            )
        if self._is_rest_left_untold():
            return self.env._(
                "It holds a part of a pack of order %s, and Amazon is told nothing of "
                "it, as was decided.",
                order.amazon_order_id,
            )
        return False

    def _get_blocking_reason(self, has_carrier):
        """Return why the shipment cannot be sent and what to do, or ``False``.

        :param has_carrier: whether Amazon's name of the carrier is known
        """
        _ = self.env._
        if not self._is_wanted():
            return _("Send Shipment Info to Store is off. Press Send now to send it.")
        number = self._get_told_tracking()
        return (
            get_carrier_reason(self.env, self.carrier_id, has_carrier)
            or (not number and self.picking_id._get_amazon_numbers_reason())
            or get_number_reason(self.env, self.carrier_id, number)
            or self._get_contents_reason()
        )

    def _get_contents_reason(self):
        """Return why Amazon cannot be told of what is in it, or ``False``."""
        if self._get_unknown_lines():
            return self.env._(
                "The shipment holds components of a kit, and Amazon knows the kit "
                "only. Confirm it in Seller Central."
            )
        lines = self._get_lines_to_tell()
        in_parts = lines.filtered(lambda line: line._get_loose_units())
        single = (lines - in_parts).mapped("quantity")
        if reason := get_units_reason(self.env, single):
            return reason
        if self._holds_parts_only():
            return get_pack_reason(self.env, self._describe_parts())
        missing = Counter()
        for line in lines:
            missing[line.amazon_item_ref] += line._count_missing_codes()
        return get_codes_reason(self.env, self.order_id._describe_units(+missing))

    def _get_lines_to_tell(self):
        """Return the lines that Amazon is told of: items of its order."""
        return self.line_ids.filtered(lambda line: not line.is_component)

    def _get_unknown_lines(self):
        """Return the lines of which nobody knows what they are to Amazon."""
        return self.line_ids - self._get_lines_to_tell()

    def _holds_parts_only(self):
        """Whether there is nothing to tell but parts of packs, which wait."""
        lines = self._get_lines_to_tell()
        return bool(lines) and all(
            line._get_loose_units() and not count_whole(line.quantity) for line in lines
        )

    def _describe_parts(self):
        """Return the parts of packs that are in it, as ``5 x MUG``."""
        units = Counter()
        for line in self._get_lines_to_tell():
            units[line.amazon_item_ref] += line._get_loose_units()
        return self.order_id._describe_units(+units)

    def _is_rest_left_untold(self):
        """Whether a person decided that the parts of packs in it stay parts."""
        left = self.order_id.untold_units or {}
        return self._holds_parts_only() and all(
            left.get(line.amazon_item_ref) for line in self._get_lines_to_tell()
        )

    def _count_held(self, item_ref):
        """Return how many units of an item the shipments hold, parts among them."""
        lines = self.line_ids.filtered(
            lambda line: line.amazon_item_ref == item_ref and not line.is_component
        )
        return sum(lines.mapped("quantity"))

    def _count_loose_units(self, item_ref):
        """Return the parts of packs of an item that wait for their rest."""
        lines = self.line_ids.filtered(lambda line: line.amazon_item_ref == item_ref)
        return sum(line._get_loose_units() for line in lines)

    def _is_wanted(self):
        return self.connection_id.send_shipments or self.send_now

    # === BUSINESS METHODS - WAITING FOR A PERSON === #

    def _get_waiting_for_person(self):
        """Return those that nothing but a person gets any further."""
        return self.filtered(lambda shipment: shipment._is_waiting_for_person())

    def _is_waiting_for_person(self):
        """Whether somebody has to act.

        Not while Send Shipment Info is off, nor while there is time for the number to
        come by itself.
        """
        if self.state == "failed":
            return True
        if self.state != "blocked" or not self._is_wanted():
            return False
        ship_by = self.order_id.ship_by
        is_urgent = not ship_by or ship_by <= fields.Datetime.now() + URGENT_WITHIN
        return is_urgent or not self._may_go_by_itself()

    def _may_go_by_itself(self):
        """Whether what a blocked shipment lacks may still come without a person."""
        if self._holds_parts_only():
            # Another delivery may bring the rest of the pack.
            return True
        return bool(
            self.carrier_id
            and not self._get_told_tracking()
            and not self.picking_id._get_amazon_numbers_reason()
        )

    def _notify_of_blocked(self, user):
        """Tell who validated what is missing; the deliveries are done all the same.

        :param user: ``res.users``
        """
        # With the function off, they wait because somebody wants them to.
        blocked = self.filtered(
            lambda shipment: (
                shipment.state == "blocked" and shipment.connection_id.send_shipments
            )
        )
        if not blocked or not user:
            return
        env = self.with_context(lang=user.lang).env
        reasons = dict.fromkeys(
            f"{shipment.picking_id.name}: {shipment.error}" for shipment in blocked
        )
        user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "title": env._("Amazon is not told of the shipment yet"),
                "message": "\n".join(reasons),
            },
        )

    # === BUSINESS METHODS - TOLD OUTSIDE OF ODOO === #

    def _is_known_to_amazon(self):
        """Whether Amazon counts its units by the outbox, or may do so."""
        return self.is_confirmed or self.state in ("done", "sent", "unknown")

    def _count_units(self, are_parts_whole=False):
        """Return ``{item ref: units}`` that Amazon is told of, a Counter.

        :param are_parts_whole: whether a part of a pack counts as one, as for a person
            who tells Amazon of a pack with the first parcel of it
        """
        units = Counter()
        for line in self._get_lines_to_tell():
            is_part = are_parts_whole and line._get_loose_units()
            units[line.amazon_item_ref] += count_whole(line.quantity) + bool(is_part)
        return units

    def _get_tracking(self):
        """Return the tracking number, "" for none."""
        return (self.tracking_ref or "").strip()

    def _get_told_tracking(self):
        """Return what Amazon is told as tracking number, "" when it cannot be told.

        Without tracking that is the delivery's own reference, since Amazon demands one.
        """
        if number := self._get_tracking():
            return number
        if not self.carrier_id.amazon_has_no_tracking:
            return ""
        reference = self._get_own_reference()
        if self.is_confirmed and reference != self._get_confirmed_tracking():
            # A real number that was cleared is not replaced by one that is none.
            return ""
        return reference

    def _get_confirmed_tracking(self):
        """Return the tracking number that Amazon has, "" for none."""
        return (self.confirmed_values or {}).get("trackingNumber", "")

    def _get_confirmed_item(self, item_ref):
        """Return what Amazon was told last of an item, a dict; empty for nothing."""
        items = (self.confirmed_values or {}).get("orderItems", ())
        return next((one for one in items if one["orderItemId"] == item_ref), {})

    def _get_own_reference(self):
        """Return what a parcel without tracking is called, unlike its siblings."""
        picking = self.picking_id
        parts = [picking.name]
        if len(picking._get_amazon_parcels()) > 1 and self.package_id:
            parts.append(self.package_id.name)
        return " ".join(parts)

    def _may_be_told_by_hand(self, order):
        """Whether units that Amazon counts as shipped may be those of this parcel.

        They are not, when the parcel has a number, and Amazon another one beside those
        that the outbox sent.

        :param order: ``spapi.orders.Order``
        """
        tracking = self._get_tracking()
        others = self.order_id._get_package_numbers(order) - {
            (shipment.tracking_ref or "").strip()
            for shipment in self.order_id.shipment_ids
            if shipment._is_known_to_amazon()
        }
        return (
            not tracking
            or not (others - {""})
            or tracking in others
            or self._is_told_by_hand(order)
        )

    def _is_shipped_there(self):
        """Whether Amazon awaits nothing of it any more."""
        return self.order_id.status == "shipped" or self._is_told_by_hand()

    def _is_told_by_hand(self, order=None):
        """Whether Amazon counts these very units as shipped, and not by the outbox.

        They are, when a package there has the tracking number, or when Amazon has
        not so many units left to be shipped.

        :param order: ``spapi.orders.Order``, ``None`` for that of the inbox
        """
        row = self.order_id
        confirmed = row._get_confirmed_units()
        units = self._count_units(are_parts_whole=True)
        lines = row.line_ids.filtered(
            lambda line: (
                line.amazon_item_ref in units
                and line.quantity_fulfilled > confirmed[line.amazon_item_ref]
            )
        )
        if not lines:
            return False
        if any(
            line.quantity - line.quantity_fulfilled < units[line.amazon_item_ref]
            for line in lines
        ):
            return True
        tracking = self._get_tracking()
        return bool(tracking) and tracking in row._get_package_numbers(order)

    # === BUSINESS METHODS - SEND === #

    def _prepare_confirm_request(self):
        """Return the body of ``confirmShipment``, a dict.

        :raise ValueError: with a sentence, when Amazon would refuse it
        """
        return confirmation_request(self._get_confirmation())

    def _get_confirmation(self):
        """Return what Amazon is to know, a ``spapi.shipments.ShipmentConfirmation``."""
        self.ensure_one()
        return ShipmentConfirmation(
            marketplace_id=self.order_id.storefront_id.marketplace_id.amazon_marketplace_id,
            package_reference=self.package_reference,
            carrier_code=self.carrier_code or "",
            carrier_name=self.carrier_name or "",
            ship_method=self.ship_method or "",
            tracking=self._get_told_tracking(),
            ship_date=self.ship_date.replace(tzinfo=timezone.utc),
            items=tuple(
                line._get_shipped_item()
                for line in self._get_lines_to_tell()
                if count_whole(line.quantity)
            ),
            cod_collection_method=self.order_id._get_cod_collection_method(),
        )

    def _get_sent_confirmation(self):
        """Return what the last request said, as :meth:`_get_confirmation` does."""
        sent = self.sent_values or {}
        now = self._get_confirmation()
        return replace(
            now,
            tracking=sent.get("trackingNumber", now.tracking),
            items=tuple(
                ShippedItem(item["orderItemId"], item["quantity"])
                for item in sent.get("orderItems", ())
            )
            or now.items,
        )

    def _get_values(self):
        """Return what Amazon would be told now, ``None`` when it cannot be told.

        The date is left out: it is no reason to tell it again.
        """
        try:
            return _get_told_values(self._prepare_confirm_request())
        except ValueError:
            return None

    def _is_corrected_since(self):
        """Whether Amazon would be told something else than the last request said."""
        carrier = self._find_carrier()
        self._update_values(carrier or {})
        return self._get_values() != self.sent_values

    def _is_told_by_a_copy(self, order):
        """Whether Amazon has just this parcel by the number drawn for it, unsent.

        The number is drawn by lot: whoever confirms by hand has another one.

        :param order: what Amazon says of it now (``spapi.orders.Order``)
        """
        if self.attempts or self.is_confirmed or self.state not in UNSENT_STATES:
            return False
        # Former versions counted.
        if int(self.package_reference) < FIRST_REFERENCE or not self.ship_date:
            return False
        package = find_package(order, self.package_reference)
        return bool(package) and package_matches(package, self._get_confirmation())

    def _avoid_taken_reference(self):
        """Before the first request: another number if Amazon knows a package by it."""
        if self.attempts or self.is_confirmed:
            return
        known = self.order_id._get_package_references()
        if self.package_reference in known:
            self.package_reference = self._get_free_reference(self.order_id, known)

    def _mark_sent(self, request):
        """Keep what the request says, before it leaves.

        :param request: body of ``confirmShipment``
        """
        self.write(
            {
                "state": "sent",
                "attempts": self.attempts + 1,
                "sent_values": _get_told_values(request),
            }
        )

    def _mark_done(self):
        """Amazon knows what was sent; what was written since is a correction."""
        self.write(
            {
                "is_confirmed": True,
                "confirmed_values": self.sent_values,
                "returned_units": False,
                "next_try": False,
                "send_now": False,
            }
        )
        self._update_state()
        if self.state == "pending":
            self.env["amazon.job"]._trigger("send_shipments")

    def _mark_not_taken(self):
        """Amazon does not have what was sent: it is to be sent, as far as it left."""
        self.write({"state": "pending", "next_try": False})
        self._take_back_returned_units()

    def _note_returned_units(self, units):
        """Remember what came back while nobody knows whether Amazon took it.

        :param units: ``{item ref: units}``, a Counter
        """
        for shipment in self:
            noted = Counter(shipment.returned_units or {})
            if own := (shipment._count_units() - noted) & units:
                shipment.returned_units = dict(noted + own)
                units = units - own

    def _take_back_returned_units(self):
        """Do not tell of what came back meanwhile; ask about it."""
        for shipment in self.filtered("returned_units"):
            units, shipment.returned_units = Counter(shipment.returned_units), False
            room = shipment._count_units()
            room.subtract(units)
            shipment.order_id._reduce_shipments(shipment, room)
            shipment.order_id._settle_missing_units()

    def _mark_failed(self, reason):
        self.write({"state": "failed", "error": reason, "next_try": False})

    def _mark_not_needed(self, reason):
        self.write({"state": "not_needed", "error": reason, "next_try": False})

    def _mark_to_look_up(self):
        """The database was restored from a backup: Amazon may know it by now."""
        self.write(
            {
                "state": "unknown",
                "next_try": False,
                "error": self.env._(
                    "The database was restored from a backup. The shipment is looked "
                    "up on Amazon before anything is sent."
                ),
            }
        )

    def _mark_unknown(self):
        self.write(
            {
                "state": "unknown",
                "next_try": fields.Datetime.now() + LOOK_UP_AFTER,
                "error": self.env._(
                    "Amazon's answer was lost. The shipment is looked up on Amazon "
                    "before anything is sent again."
                ),
            }
        )


def _get_told_values(request):
    """Return of a body of ``confirmShipment`` what Amazon may be corrected in."""
    detail = request["packageDetail"]
    return {name: value for name, value in detail.items() if name != "shipDate"}
