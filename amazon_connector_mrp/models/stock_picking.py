"""A delivery that holds components: which kits they complete, parcel by parcel.

Odoo delivers components, Amazon knows the kit. The parcels of an order are gone through
in their order: the kits that are complete by then, and not in the outbox yet, are told
with the parcel that completes them. The components themselves stay on the shipment, as
what is in the parcel, and are not told.
"""

from collections import defaultdict

from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # === BUSINESS METHODS === #

    def _create_amazon_shipments(self):
        """Override to look again at earlier parcels of the kits that are complete."""
        shipments = super()._create_amazon_shipments()
        for shipment in self.sale_id.amazon_order_ids.shipment_ids - shipments:
            if shipment.state == "blocked" and shipment._holds_components_only():
                shipment._update_state()
                if shipment.state == "pending":
                    # This run may be beyond it.
                    self.env["amazon.job"]._trigger("send_shipments")
        return shipments

    def _get_amazon_shipment_quantities(self):
        """Override to add the kits, and to count components in their own units."""
        contents = super()._get_amazon_shipment_quantities()
        kit_lines = self._get_amazon_kit_lines()
        for item_ref, lines in kit_lines.grouped("amazon_item_ref").items():
            self._add_amazon_kits(contents, item_ref, lines)
        # In the order in which they were gone through.
        parcels = [one for one in self._get_amazon_parcels() if one in contents]
        return {package: contents[package] for package in parcels}

    def _get_amazon_kit_lines(self):
        """Return the ``sale.order.line`` of kits of which components are in it."""
        lines = self.env["sale.order.line"]
        for move in self.move_ids:
            line = move.sale_line_id
            if line.amazon_item_ref and move.product_id != line.product_id:
                lines |= line
        return lines.filtered(lambda line: line._get_amazon_kit_needs())

    def _add_amazon_kits(self, contents, item_ref, lines):
        """Add the kits of an item to the parcels that complete them.

        Kits that came back after Amazon was told of them stay told: those of which all
        components leave afterwards are told beside them.

        :param contents: as `_get_amazon_shipment_quantities` returns it
        :param lines: the ``sale.order.line`` of the item, more often than not one
        """
        has = {
            line: line._get_amazon_components_at_customer(before=self) for line in lines
        }
        gone = {
            line: line._get_amazon_components_at_customer(
                before=self, are_returns_counted=False
            )
            for line in lines
        }
        told = self.sale_id.amazon_order_ids._count_kits_in_outbox(item_ref)
        came_back = max(told - _count_complete(has), 0)
        for package in self._get_amazon_parcels():
            if package not in contents:
                continue
            in_package = defaultdict(float)
            for line in lines:
                for product, quantity in self._get_components(line, package).items():
                    has[line][product] += quantity
                    gone[line][product] += quantity
                    in_package[product] += quantity
            for product, quantity in in_package.items():
                contents[package][item_ref, product] = quantity
            # A component in place of a broken one makes no further kit.
            complete = min(_count_complete(has) + came_back, _count_complete(gone))
            if in_package and complete > told:
                kits = lines[:1]._get_amazon_units(complete - told)
                contents[package][item_ref, lines[:1].product_id] += kits
                told = complete

    def _get_components(self, line, package):
        """Return what a package holds of a kit, ``{product: quantity in its unit}``."""
        quantities = defaultdict(float)
        for move_line in self.move_line_ids:
            product = move_line.product_id
            if (
                move_line.move_id.sale_line_id == line
                and move_line.result_package_id == package
                and move_line.quantity
                and product != line.product_id
            ):
                quantities[product] += move_line.product_uom_id._compute_quantity(
                    move_line.quantity, product.uom_id, round=False
                )
        return quantities

    # === BUSINESS METHODS - INSTALLATION === #

    def _add_kits_to_amazon_shipments(self):
        """Add to shipments made without this addon the kits that they complete."""
        for picking in self.sorted(lambda picking: (picking.date_done, picking.id)):
            contents = picking._get_amazon_shipment_quantities()
            for shipment in picking.amazon_shipment_ids:
                shipment._add_missing_items(contents.get(shipment.package_id, {}))
        self.amazon_shipment_ids._mark_to_send(["blocked"])


def _count_complete(components):
    """Return how many kits the components of these lines make.

    :param components: ``{sale.order.line: {product: quantity}}``
    """
    return sum(
        line._count_amazon_complete_kits(quantities)
        for line, quantities in components.items()
    )
