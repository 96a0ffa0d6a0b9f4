"""The outbox: one parcel of one Amazon order to be confirmed to Amazon.

state diagram
  blocked <--[carrier or number missing / mended]--> pending
  pending --[request leaves]--> sent --[204]--> done
  sent --[answer lost, or the server died]--> unknown
  unknown --[looked up on Amazon: parcel is there]--> done, [not there]--> pending
  sent --[Amazon refuses]--> failed --[retry]--> pending
"""

from datetime import timedelta, timezone

from odoo import api, fields, models

from ...spapi.shipments import ShipmentConfirmation, ShippedItem, confirmation_request

# A request whose answer was lost may still be at work on Amazon's side.
LOOK_UP_AFTER = timedelta(seconds=60)


class AmazonShipment(models.Model):
    _name = "amazon.shipment"
    _description = "Amazon Shipment Confirmation"
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
        help="The number by which Amazon knows the parcel within its order. Sent "
        "again, it changes that parcel and never makes a second one.",
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
    send_now = fields.Boolean(
        readonly=True, help="To be sent although Send Shipment Info is off."
    )
    error = fields.Char(string="Reason", readonly=True)
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)

    _picking_package_unique = models.UniqueIndex(
        "(order_id, picking_id, COALESCE(package_id, 0))",
        "This parcel is already in the outbox.",
    )

    # === COMPUTE METHODS === #

    @api.depends()
    def _compute_package_reference(self):
        for shipment in self:
            shipment.package_reference = str(shipment.id) if shipment.id else False

    # === ACTION METHODS === #

    def action_retry(self):
        """Try refused or blocked parcels again."""
        self.check_access("write")
        self.sudo()._release(["blocked", "failed"])
        return True

    def action_send_now(self):
        """Send the parcels although Send Shipment Info is off."""
        self.check_access("write")
        self.sudo().send_now = True
        self.sudo()._release(["blocked", "failed", "pending"])
        return True

    def _release(self, states):
        """Look anew at the parcels in these states and have them sent."""
        parcels = self.filtered(lambda shipment: shipment.state in states)
        parcels.write({"state": "pending", "next_try": False, "error": False})
        parcels._refresh()
        if parcels:
            self.env["amazon.job"]._trigger("send_shipments")

    # === BUSINESS METHODS - READY OR BLOCKED === #

    @api.model
    def _refresh_blocked(self, connection):
        """Free the parcels whose hindrance is gone, block those that have one now."""
        self.search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("blocked", "pending")),
            ]
        )._refresh()

    def _refresh(self):
        """Read carrier, number and date from the delivery; block or free the parcel."""
        for shipment in self.filtered(lambda row: row.state in ("blocked", "pending")):
            picking = shipment.picking_id
            carrier = self.env["amazon.carrier"]._for(
                picking.carrier_id, shipment.order_id.storefront_id.marketplace_id
            )
            values = carrier if picking.carrier_id and carrier else {}
            reason = shipment._hindrance(bool(values))
            values |= {
                "tracking_ref": picking.carrier_tracking_ref,
                "ship_date": picking.date_done,
                "state": "blocked" if reason else "pending",
                "error": reason,
            }
            if changed := {k: v for k, v in values.items() if shipment[k] != v}:
                shipment.write(changed)

    def _hindrance(self, has_carrier):
        """Return what keeps the parcel from being sent and what to do, or ``False``."""
        _ = self.env._
        picking = self.picking_id
        if not (self.connection_id.send_shipments or self.send_now):
            return _("Send Shipment Info to Store is off. Press Send now to send it.")
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
                "The parcel holds components of a kit, and Amazon knows the kit only. "
                "Confirm it in Seller Central."
            )
        if any(line.quantity != int(line.quantity) for line in self.line_ids):
            return _("Amazon takes whole units only. Confirm it in Seller Central.")
        return False

    # === BUSINESS METHODS - SEND === #

    def _request(self):
        """Return the body of ``confirmShipment``."""
        return confirmation_request(self._confirmation())

    def _confirmation(self):
        """Return the parcel as ``spapi.shipments.ShipmentConfirmation``."""
        self.ensure_one()
        return ShipmentConfirmation(
            marketplace_id=self.order_id.storefront_id.marketplace_id.amazon_marketplace_id,
            package_reference=self.package_reference,
            carrier_code=self.carrier_code,
            carrier_name=self.carrier_name or "",
            ship_method=self.ship_method or "",
            tracking=self.tracking_ref.strip(),
            ship_date=self.ship_date.replace(tzinfo=timezone.utc),
            items=tuple(
                ShippedItem(line.amazon_item_ref, int(line.quantity))
                for line in self.line_ids
            ),
        )

    def _set_done(self):
        self.write(
            {"state": "done", "error": False, "next_try": False, "send_now": False}
        )
        # The number may have been corrected while the request was under way.
        if self.tracking_ref != self.picking_id.carrier_tracking_ref:
            self._release(["done"])

    def _set_failed(self, reason):
        self.write({"state": "failed", "error": reason, "next_try": False})

    def _set_unknown(self):
        self.write(
            {
                "state": "unknown",
                "next_try": fields.Datetime.now() + LOOK_UP_AFTER,
                "error": self.env._(
                    "Amazon's answer was lost. The parcel is looked up on Amazon "
                    "before anything is sent again."
                ),
            }
        )


class AmazonShipmentLine(models.Model):
    _name = "amazon.shipment.line"
    _description = "Amazon Shipment Confirmation Item"
    _order = "id"
    _rec_name = "amazon_item_ref"

    shipment_id = fields.Many2one(
        comodel_name="amazon.shipment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="shipment_id.company_id", store=True, index=True
    )
    amazon_item_ref = fields.Char(string="Order Item", required=True, readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    quantity = fields.Float(required=True, readonly=True, digits="Product Unit")
    is_component = fields.Boolean(
        readonly=True, help="Another product than the one that was ordered."
    )
