"""The shipments of an Amazon order: opened from it, and what they account for."""

from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain

from ...spapi.shipments import get_cod_collection_method
from ..connection.amazon_vault import EncryptionKeyError
from ..connection.reminders import ORDER_SHIPMENT_REMINDER
from ..products.units_per_listing import count_whole, is_whole

# Of deliveries.
FAILED_TO_SETTLE = Domain("amazon_unsettled_since", "!=", False) & Domain(
    "amazon_settling_error", "!=", False
)


class AmazonOrder(models.Model):
    _name = "amazon.order"
    _inherit = ["amazon.order", "amazon.confirmation.marks"]

    _amazon_delivery_path = "sale_order_id.picking_ids"

    shipment_ids = fields.One2many(
        comodel_name="amazon.shipment", inverse_name="order_id", string="Shipments"
    )
    shipment_count = fields.Integer(compute="_compute_shipment_count")
    has_unsettled_delivery = fields.Boolean(
        string="Not Understood",
        compute="_compute_has_unsettled_delivery",
        search="_search_has_unsettled_delivery",
        help="It cannot be worked out what Amazon is to know of one of its deliveries.",
    )

    # === COMPUTE METHODS === #

    @api.depends("shipment_ids")
    def _compute_shipment_count(self):
        for row in self:
            row.shipment_count = len(row.sudo().shipment_ids)

    @api.depends(
        "sale_order_id.picking_ids.amazon_unsettled_since",
        "sale_order_id.picking_ids.amazon_settling_error",
    )
    def _compute_has_unsettled_delivery(self):
        for row in self:
            pickings = row.sudo().sale_order_id.picking_ids
            failed = pickings.filtered_domain(FAILED_TO_SETTLE)
            row.has_unsettled_delivery = bool(failed)

    @api.model
    def _search_has_unsettled_delivery(self, operator, _value):
        if operator != "in":
            return NotImplemented
        failed = Domain("picking_ids", "any!", FAILED_TO_SETTLE)
        return Domain("sale_order_id", "any!", failed)

    # === ACTION METHODS === #

    def action_open_shipments(self):
        """Open what was, or is to be, confirmed to Amazon of it."""
        self.ensure_one()
        return {
            "name": self.env._("Shipments of %s", self.amazon_order_id),
            "type": "ir.actions.act_window",
            "res_model": "amazon.shipment",
            "domain": [("order_id", "=", self.id)],
            "view_mode": "list,form",
        }

    # === BUSINESS METHODS - WAITING FOR A PERSON === #

    @api.model
    def _remind_of_shipments(self, connection, run):
        """Have the responsible told, once for each order, what waits for a person.

        :param connection: the ``amazon.connection`` whose shipments are looked at
        """
        waiting = self.env["amazon.shipment"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ("blocked", "failed")),
            ]
        )
        orders = waiting._get_waiting_for_person().order_id
        orders |= self._get_failed_to_settle(connection)
        orders._remind_of_own_shipments(run)
        (self._get_reminded(connection) - orders)._settle_shipment_reminder()

    @api.model
    def _get_reminded(self, connection):
        """Return the orders of which the responsible was told that something waits."""
        reminded = self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env.ref(ORDER_SHIPMENT_REMINDER).id),
                ("res_model", "=", "sale.order"),
            ]
        )
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("sale_order_id", "in", reminded.mapped("res_id")),
            ]
        )

    def _remind_of_own_shipments(self, run):
        for order in self.filtered("sale_order_id"):
            order._remind_responsible(
                ORDER_SHIPMENT_REMINDER, " ".join(order._get_waiting_sentences()), run
            )

    def _settle_shipment_reminder(self):
        """Take the reminder away of orders of which nothing waits for a person."""
        for order in self:
            if not order._get_waiting_sentences():
                order._forget_reminders(ORDER_SHIPMENT_REMINDER)

    def _get_waiting_sentences(self):
        """Return what nothing but a person gets any further, a list of sentences."""
        waiting = self.shipment_ids._get_waiting_for_person().sorted("id")
        sentences = [f"{one.picking_id.name}: {one.error}" for one in waiting]
        return list(dict.fromkeys(sentences + self._get_settling_errors()))

    # === BUSINESS METHODS - FROM THE DELIVERIES === #

    def _settle_deliveries(self):
        """Have what left in the outbox, before anybody counts what is there."""
        if self.env.context.get("amazon_is_settling"):
            return
        self.env["stock.picking"]._get_amazon_unsettled(
            [("sale_id", "in", self.sale_order_id.ids)]
        )._settle_amazon_deliveries()

    @api.model
    def _get_unsettled(self, connection, limit):
        """Return the orders of a store that have deliveries to be settled.

        :param limit: of how many deliveries to look at
        """
        unsettled = self.env["stock.picking"]._get_amazon_unsettled(
            [("sale_id.amazon_order_ids.connection_id", "=", connection.id)], limit
        )
        return unsettled.sale_id.amazon_order_ids

    @api.model
    def _get_failed_to_settle(self, connection):
        """Return the orders of a store with deliveries that could not be settled."""
        return self.search(
            [
                ("connection_id", "=", connection.id),
                ("sale_order_id.picking_ids", "any", FAILED_TO_SETTLE),
            ]
        )

    def _retry_settling(self):
        """Settle at once the deliveries that could not be; the cause may be mended."""
        self.sale_order_id.picking_ids.filtered(
            "amazon_settling_retry"
        ).amazon_settling_retry = False

    def _report_failed_to_settle(self, run):
        """Say in the history, and to the responsible, what could not be settled."""
        for order in self:
            sentences = order._get_settling_errors()
            for sentence in sentences:
                run._error(sentence, order)
            if sentences:
                order._remind_of_own_shipments(run)

    def _is_settling_failed(self):
        """Whether nobody knows what left, so that nothing can be counted."""
        return bool(self._get_settling_errors())

    def _get_settling_errors(self):
        """Return what the deliveries say that could not be settled, a list."""
        failed = self.sale_order_id.picking_ids.filtered("amazon_settling_error")
        return [f"{one.name}: {one.amazon_settling_error}" for one in failed]

    # === BUSINESS METHODS - PACKS === #

    def _get_refs_of_packs(self):
        """Return the refs of the items one of which is several units in Odoo, a set."""
        return {
            line.amazon_item_ref
            for line in self.sale_order_id.order_line
            if line.amazon_item_ref and line._get_units_per_item() != 1
        }

    def _complete_packs(self):
        """Have a pack told with the parcel that completes it.

        Until then each parcel holds its part of it: 5 of 6 are 0.8333. Once the parts
        make a whole, one parcel takes all of them.
        """
        for row in self:
            for ref in row._get_refs_of_packs():
                row._complete_packs_of(ref)

    def _complete_packs_of(self, item_ref):
        lines = self.shipment_ids.line_ids.filtered(
            lambda line: line.amazon_item_ref == item_ref and line._get_loose_units()
        ).sorted(
            # What Amazon knows already needs no correction.
            lambda line: (not line.shipment_id._is_known_to_amazon(), line.id)
        )
        loose = sum(line._get_loose_units() for line in lines)
        if not count_whole(loose):
            return
        target, others = lines[-1], lines[:-1]
        shipments, delivery = lines.shipment_id, target.shipment_id.picking_id
        units = count_whole(target.quantity) + round(loose, 9)
        target.quantity = round(units) if is_whole(units) else units
        (others.shipment_id.picking_id - delivery)._tell_of_other_parcel(delivery)
        for line in others:
            if whole := count_whole(line.quantity):
                line.quantity = whole
            else:
                line.unlink()
        shipments._mark_to_send()

    # === BUSINESS METHODS - SHIPPED ELSEWHERE === #

    @api.model
    def _update_from_documents(self, updates):
        """Extension of the orders' room: what of it Odoo confirmed is known now only.

        What it confirms afterwards Amazon counts on top of that.
        """
        result = super()._update_from_documents(updates)
        for row in updates:
            shipped = row.line_ids.filtered("quantity_fulfilled")
            confirmed = row._get_confirmed_units() if shipped else {}
            for line in shipped:
                units = line.quantity_fulfilled - confirmed[line.amazon_item_ref]
                if units > 0:
                    line.quantity_by_others = units
        return result

    def _get_units_confirmed_by_odoo(self, order):
        """Extension of the orders' room: what the outbox confirmed.

        What it has not confirmed yet may have been told to Amazon by hand: then it is
        the same parcel, and nothing was shipped elsewhere.
        """
        units = self._get_confirmed_units()
        kits = set()
        for shipment in self.shipment_ids:
            if shipment._is_known_to_amazon():
                continue
            if shipment._may_be_told_by_hand(order):
                units.update(shipment._count_units(are_parts_whole=True))
                components = shipment._get_unknown_lines()
                kits.update(components.mapped("amazon_item_ref"))
        for line in self.sale_order_id.order_line:
            if line.amazon_item_ref in kits:
                # Parcels hold components, Amazon counts kits.
                units[line.amazon_item_ref] = count_whole(
                    line._get_units_shipped_by_odoo(), line._get_units_per_item()
                )
        return units

    def _get_confirmed_units(self):
        """Return ``{item ref: units}`` that the outbox told Amazon of, a Counter."""
        units = Counter()
        for shipment in self.shipment_ids:
            if shipment._is_known_to_amazon():
                units.update(shipment._count_units())
        return units

    def _get_package_references(self):
        """Return the numbers by which Amazon knows packages of the order, a set."""
        try:
            packages = self._parse_document().packages
        except (EncryptionKeyError, ValueError):
            # What cannot be read keeps no parcel from being confirmed.
            return set()
        return {package.reference for package in packages}

    def _get_package_numbers(self, order=None):
        """Return the tracking numbers that Amazon has of the order, a set."""
        try:
            order = order or self._parse_document()
        except (EncryptionKeyError, ValueError):
            # What cannot be read keeps no parcel from the outbox; the job looks again.
            return set()
        return {package.tracking.strip() for package in order.packages}

    def _get_new_units_elsewhere(self, order):
        """Extension of the orders' room: what left by Odoo must be known for that."""
        self._settle_deliveries()
        if any(one._is_told_by_a_copy(order) for one in self.shipment_ids):
            self.env["amazon.copy.guard"]._report_elsewhere()
        if self._is_settling_failed():
            return {}
        return super()._get_new_units_elsewhere(order)

    # === BUSINESS METHODS - CASH ON DELIVERY === #

    def _get_cod_collection_method(self):
        """Return how the carrier collects the buyer's money, "" where it need not.

        :raise UnreadableError: with a sentence, when the document cannot be read
        """
        marketplace_id = self.storefront_id.marketplace_id.amazon_marketplace_id
        # Reading the document takes time, and most marketplaces do not ask.
        if not get_cod_collection_method(marketplace_id, True):
            return ""
        try:
            order = self._parse_document()
        except EncryptionKeyError:
            # What cannot be read keeps no parcel from the outbox; nor is it sent.
            return ""
        return get_cod_collection_method(marketplace_id, order.is_cash_on_delivery)
