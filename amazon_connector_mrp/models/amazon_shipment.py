"""A parcel with components of kits: told by the kits that it completes, or not told."""

from odoo import models
from odoo.fields import Command

from odoo.addons.amazon_connector.models.shipments.awaited_units import split_units

from .kit_quantities import get_loose


class AmazonShipment(models.Model):
    _inherit = "amazon.shipment"

    # === BUSINESS METHODS - READY OR BLOCKED === #

    def _update_state(self):
        """Override: what is complete is told, whichever parcel completed it.

        Not with a parcel that Amazon knows: until its document is read anew, nobody
        knows whether it still awaits what was too much for that parcel.
        """
        for shipment in self.filtered("line_ids.is_component"):
            if not shipment.is_confirmed:
                shipment._add_missing_kits()
        return super()._update_state()

    def _get_not_needed_reason(self):
        """Override: a kit is told with the parcel that completes it, and once."""
        if reason := super()._get_not_needed_reason():
            return reason
        if self._holds_components_only() and not self._get_incomplete_kits():
            return self.env._(
                "The parcel holds components of kits. Amazon knows the kits only, is "
                "told of them with the parcel that completes them, and awaits no more "
                "of them."
            )
        return False

    def _get_blocking_reason(self, has_carrier):
        """Override: components alone wait for the rest of their kit."""
        if self._holds_components_only():
            return self.env._(
                "The parcel holds components of an incomplete kit (%s). Amazon is told "
                "of the kit with the parcel that completes it: ship the rest.",
                ", ".join(self._get_incomplete_kits().mapped("display_name")),
            )
        return super()._get_blocking_reason(has_carrier)

    def _may_go_by_itself(self):
        """Override: the rest of a kit may be on its way to the buyer."""
        return self._holds_components_only() or super()._may_go_by_itself()

    def _get_unknown_lines(self):
        """Override: what components of kits are to Amazon is known."""
        return super()._get_unknown_lines() - self._get_component_lines()

    # === BUSINESS METHODS - KITS === #

    def _add_missing_kits(self):
        """Add the kits that the buyer has and no shipment of the order tells.

        Whoever settled the other parcel at the same moment did not see this one.
        """
        order = self.order_id
        refs = self._get_component_lines().mapped("amazon_item_ref")
        lines = self._get_kit_lines(refs).filtered(
            lambda line: not line.amazon_replaced_product_id
        )
        for ref, kits in lines.grouped("amazon_item_ref").items():
            complete = sum(
                kit._count_amazon_complete_kits(
                    kit._get_amazon_components_at_customer(is_settled=True)
                )
                for kit in kits
            )
            untold = complete - order._count_kits_in_outbox(ref)
            if untold <= 0:
                continue
            kept, _surplus = split_units(
                kits[:1]._get_amazon_units(untold),
                order._get_units_to_tell().get(ref, 0),
            )
            if kept:
                self._add_kits(ref, kits[:1].product_id, kept)
                order._complete_packs()

    def _add_kits(self, item_ref, product, units):
        line = self.line_ids.filtered(
            lambda line: line.amazon_item_ref == item_ref and not line.is_component
        )[:1]
        if line:
            line.quantity += units
            return
        self._add_missing_items({(item_ref, product): units})

    def _get_component_lines(self):
        """Return the lines that hold components of the kits of their item."""
        lines = self.line_ids.filtered("is_component")
        kits = self._get_kit_lines(lines.mapped("amazon_item_ref"))
        needed = {
            (kit.amazon_item_ref, product)
            for kit in kits
            for product in kit._get_amazon_kit_needs()
        }
        return lines.filtered(
            lambda line: (line.amazon_item_ref, line.product_id) in needed
        )

    def _get_kit_lines(self, item_refs):
        """Return the ``sale.order.line`` of these items that sell kits."""
        return self.order_id.sale_order_id.order_line.filtered(
            lambda line: (
                line.amazon_item_ref in item_refs and line._get_amazon_kit_needs()
            )
        )

    def _holds_components_only(self):
        return bool(self.line_ids) and self.line_ids == self._get_component_lines()

    def _get_incomplete_kits(self):
        """Return the kits, ``product.product``, whose rest the parcel waits for.

        Loose components of a kit that Amazon does not await wait for nothing: it was
        told, by whomever, or cancelled.
        """
        awaited = self.order_id._count_awaited_units()
        return (
            self._get_lines_of_loose()
            .filtered(lambda line: awaited[line.amazon_item_ref].free)
            .product_id
        )

    def _get_lines_of_loose(self):
        """Return the ``sale.order.line`` of kits of which it holds loose components.

        What came last is what is loose: an earlier parcel's components are in the kits
        that are complete.
        """
        components = self._get_component_lines()
        later = self.order_id.shipment_ids.filtered(lambda row: row.id > self.id)
        kits = self.env["sale.order.line"]
        for kit in self._get_kit_lines(components.mapped("amazon_item_ref")):
            loose = get_loose(
                kit._get_amazon_kit_needs(),
                kit._get_amazon_components_at_customer(is_settled=True),
            )
            for product, quantity in loose.items():
                in_later = later._sum_components(kit.amazon_item_ref, product)
                own = self._sum_components(kit.amazon_item_ref, product)
                if own and product.uom_id.compare(quantity, in_later) > 0:
                    kits |= kit
        return kits

    def _sum_components(self, item_ref, product):
        """Return how much of a component the shipments hold for an item."""
        lines = self.line_ids.filtered(
            lambda line: line.amazon_item_ref == item_ref and line.product_id == product
        )
        return sum(lines.mapped("quantity"))

    def _add_missing_items(self, quantities):
        """Add the items that the shipment does not hold yet.

        :param quantities: ``{(item ref, product): quantity}`` that is in the parcel
        """
        held = {(line.amazon_item_ref, line.product_id) for line in self.line_ids}
        self.line_ids = [
            Command.create(
                {
                    "amazon_item_ref": item_ref,
                    "product_id": product.id,
                    "quantity": quantity,
                }
            )
            for (item_ref, product), quantity in quantities.items()
            if (item_ref, product) not in held
        ]
