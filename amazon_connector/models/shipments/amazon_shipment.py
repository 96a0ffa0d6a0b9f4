"""The outbox: one shipment of one Amazon order, to be confirmed to Amazon.

state diagram
  blocked <--[carrier or number missing / there]--> pending
  pending --[request leaves]--> sent --[204]--> done
  sent --[answer lost, or the server died]--> unknown
  unknown --[looked up on Amazon: shipment is there]--> done, [not there]--> pending
  sent --[Amazon refuses]--> failed --[retry]--> pending
"""

from collections import Counter
from datetime import timedelta, timezone

from odoo import api, fields, models

from ...spapi.shipments import ShipmentConfirmation, confirmation_request

# A request whose answer was lost may still be at work on Amazon's side.
LOOK_UP_AFTER = timedelta(seconds=60)


class AmazonShipment(models.Model):
    _name = "amazon.shipment"
    _description = "Amazon Shipment"
    _inherit = ["amazon.guarded"]
    _order = "id DESC"
    _rec_name = "tracking_ref"

    order_id = fields.Many2one(
        comodel_name="amazon.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    connection_id = fields.Many2one(
        related="order_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
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
        compute="_compute_package_reference",
        help="The number by which Amazon knows the shipment within its order. Sent "
        "again, it changes that shipment and never makes a second one.",
    )
    carrier_code = fields.Char(readonly=True)
    carrier_name = fields.Char(readonly=True)
    ship_method = fields.Char(readonly=True)
    tracking_ref = fields.Char(string="Tracking Number", readonly=True)
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
    send_now = fields.Boolean(
        readonly=True, help="To be sent although Send Shipment Info is off."
    )
    error = fields.Char(string="Reason", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)

    _picking_package_unique = models.UniqueIndex(
        "(order_id, picking_id, COALESCE(package_id, 0))",
        "This shipment is already in the outbox.",
    )

    # === COMPUTE METHODS === #

    @api.depends()
    def _compute_package_reference(self):
        for shipment in self:
            shipment.package_reference = str(shipment.id) if shipment.id else False

    # === ACTION METHODS === #

    def action_retry(self):
        """Try refused or blocked shipments again."""
        self.check_access("write")
        self.sudo()._mark_to_send(["blocked", "failed"])
        return True

    def action_send_now(self):
        """Send the shipments although Send Shipment Info is off."""
        self.check_access("write")
        self.sudo().send_now = True
        self.sudo()._mark_to_send(["blocked", "failed", "pending"])
        return True

    # === BUSINESS METHODS - READY OR BLOCKED === #

    def _mark_to_send(self, states):
        """Check the shipments in these states again, and have them sent.

        :param states: list of values of ``state``; the other shipments stay as they are
        """
        shipments = self.filtered(lambda shipment: shipment.state in states)
        shipments.write({"state": "pending", "next_try": False, "error": False})
        shipments._update_from_delivery()
        if shipments:
            self.env["amazon.job"]._trigger("send_shipments")

    @api.model
    def _update_waiting_from_delivery(self, connection):
        """Check again what is blocked or to be sent; what is missing may have changed.

        :param connection: the ``amazon.connection`` whose shipments are checked
        """
        self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("blocked", "pending")),
            ]
        )._update_from_delivery()

    def _update_from_delivery(self):
        """Take carrier, number and date from the delivery, and set the state by them.

        A shipment becomes *blocked* when something is missing, else *pending*. One
        that was sent is left as it is.
        """
        for shipment in self.filtered(lambda row: row.state in ("blocked", "pending")):
            picking = shipment.picking_id
            carrier = self.env["amazon.carrier"]._find_for(
                picking.carrier_id, shipment.order_id.storefront_id.marketplace_id
            )
            vals = carrier if picking.carrier_id and carrier else {}
            reason = shipment._get_blocking_reason(has_carrier=bool(vals))
            vals |= {
                "tracking_ref": picking.carrier_tracking_ref,
                "ship_date": picking.date_done,
                "state": "blocked" if reason else "pending",
                "error": reason,
            }
            if changed := {k: v for k, v in vals.items() if shipment[k] != v}:
                shipment.write(changed)

    def _get_blocking_reason(self, has_carrier):
        """Return why the shipment cannot be sent and what to do, or ``False``.

        :param has_carrier: whether Amazon's name of the delivery's carrier is known
        """
        _ = self.env._
        picking = self.picking_id
        is_wanted = self.connection_id.send_shipments or self.send_now
        if not is_wanted and self.order_id.status != "cancelled":
            return _("Send Shipment Info to Store is off. Press Send now to send it.")
        if reason := self._get_unwanted_reason():
            return reason
        if not picking.carrier_id:
            return _("The delivery has no carrier. Choose one on the delivery.")
        if not has_carrier:
            return _(
                "Amazon's name of the carrier %s is not known. Add it under Amazon > "
                "Configuration > Carriers.",
                picking.carrier_id.name,
            )
        if not (picking.carrier_tracking_ref or "").strip():
            return _(
                "The delivery has no tracking number. It goes to Amazon by itself "
                "once the number is there."
            )
        if any(self.line_ids.mapped("is_component")):
            return _(
                "The shipment holds components of a kit, and Amazon knows the kit "
                "only. Confirm it in Seller Central."
            )
        if any(line.quantity != int(line.quantity) for line in self.line_ids):
            return _("Amazon takes whole units only. Confirm it in Seller Central.")
        return False

    def _get_unwanted_reason(self):
        """Return why Amazon must not be told of the shipment at all, or ``False``."""
        order = self.order_id
        if order.status == "cancelled":
            return self.env._(
                "Amazon cancelled order %s and takes no confirmation of it. Ask for "
                "the return.",
                order.amazon_order_id,
            )
        if not self.is_confirmed and self._is_told_by_hand():
            return self.env._(
                "Amazon counts these units of order %s as shipped already; they were "
                "confirmed outside of Odoo. Nothing is sent a second time. Compare the "
                "tracking number in Seller Central.",
                order.amazon_order_id,
            )
        return False

    # === BUSINESS METHODS - TOLD OUTSIDE OF ODOO === #

    def _is_known_to_amazon(self):
        """Whether Amazon counts its units by the outbox, or may do so."""
        return self.is_confirmed or self.state in ("done", "sent", "unknown")

    def _count_units(self):
        """Return ``{item ref: units}``, a Counter."""
        units = Counter()
        for line in self.line_ids.filtered(lambda line: not line.is_component):
            units[line.amazon_item_ref] += int(line.quantity)
        return units

    def _get_tracking(self):
        """Return the number that is, or would be, sent; "" for none."""
        number = self.tracking_ref or self.picking_id.carrier_tracking_ref
        return (number or "").strip()

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

    def _is_told_by_hand(self, order=None):
        """Whether Amazon counts these very units as shipped, and not by the outbox.

        They are, when a package there has the tracking number, or when Amazon has
        not so many units left to be shipped.

        :param order: ``spapi.orders.Order``, ``None`` for that of the inbox
        """
        row = self.order_id
        confirmed = row._get_confirmed_units()
        units = self._count_units()
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
            carrier_code=self.carrier_code,
            carrier_name=self.carrier_name or "",
            ship_method=self.ship_method or "",
            tracking=self.tracking_ref.strip(),
            ship_date=self.ship_date.replace(tzinfo=timezone.utc),
            items=tuple(line._get_shipped_item() for line in self.line_ids),
            cod_collection_method=self.order_id._get_cod_collection_method(),
        )

    def _mark_done(self):
        self.write(
            {
                "state": "done",
                "is_confirmed": True,
                "error": False,
                "next_try": False,
                "send_now": False,
            }
        )
        # The number may have been corrected while the request was under way.
        if self.tracking_ref != self.picking_id.carrier_tracking_ref:
            self._mark_to_send(["done"])

    def _mark_failed(self, reason):
        self.write({"state": "failed", "error": reason, "next_try": False})

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
