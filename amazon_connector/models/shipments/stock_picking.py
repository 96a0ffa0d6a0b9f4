"""A delivery of an Amazon order: validated, it leaves shipments in the outbox."""

from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command

from .parcel_numbers import UnknownNumberError, assign_numbers

# What a delivery says, and the field of its shipments that takes it.
FIELDS_OF_SHIPMENT = {
    "carrier_id": "carrier_id",
    "carrier_tracking_ref": "tracking_ref",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    amazon_shipment_ids = fields.One2many(
        comodel_name="amazon.shipment",
        inverse_name="picking_id",
        string="Amazon Shipments",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        changed = self._get_pickings_with_new_tracking(vals)
        result = super().write(vals)
        for picking, names in changed.items():
            # A number that comes later frees the shipment; a corrected one corrects it.
            picking.sudo().amazon_shipment_ids._take_from_delivery(names)
        return result

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
        """Override of `stock` to have Amazon know what left."""
        result = super()._action_done()
        self._create_amazon_shipments()
        return result

    def _create_amazon_shipments(self):
        """Create a shipment for each package that left; never calls Amazon."""
        shipments = self.env["amazon.shipment"].sudo()
        for picking in self.filtered(
            lambda picking: (
                picking.state == "done"
                and picking.location_dest_id.usage == "customer"
                and picking.sudo().sale_id.amazon_order_ids
            )
        ):
            contents = picking.sudo()._get_amazon_shipment_quantities()
            for package, quantities in contents.items():
                shipments |= shipments.create(
                    picking._prepare_amazon_shipment_vals(package, quantities)
                )
        if shipments:
            shipments._update_state()
            self.env["amazon.job"]._trigger("send_shipments")

    def _get_amazon_shipment_quantities(self):
        """Return what left of the items of Amazon orders, by package.

        :return: ``{package: {(item ref, product): quantity in units of sale}}``; the
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
            key = (sale_line.amazon_item_ref, line.product_id)
            quantities[line.result_package_id][key] += units
        return quantities

    def _get_amazon_parcels(self):
        """Return the parcels in the order of their numbers, a list.

        A carrier that makes numbers is asked for them by Odoo in the order of the
        lines; a person enters them in the order of the packages. What is in no package
        comes last.

        :return: list of ``stock.package``, an empty one for what is in none
        """
        lines = self.move_line_ids.filtered("quantity")
        packages = lines.result_package_id
        if self.carrier_id.delivery_type in ("fixed", "base_on_rule", False):
            packages = packages.sorted("id")
        is_loose = any(not line.result_package_id for line in lines)
        return [*packages, *([packages.browse()] if is_loose else [])]

    def _get_amazon_numbers(self):
        """Return the tracking number of each parcel, ``{stock.package: number}``.

        :raise UnknownNumberError: when it cannot be known which number is whose
        """
        return assign_numbers(self.carrier_tracking_ref, self._get_amazon_parcels())

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

    def _prepare_amazon_shipment_vals(self, package, quantities):
        """Return the values of a shipment.

        :param package: the ``stock.package``, may be empty
        :param quantities: ``{(item ref, product): quantity}`` that is in it
        """
        ordered = self.sudo().sale_id.order_line.grouped("amazon_item_ref")
        ordered = {ref: lines.product_id for ref, lines in ordered.items()}
        return {
            "order_id": self.sudo().sale_id.amazon_order_ids[:1].id,
            "picking_id": self.id,
            "package_id": package.id,
            **self.sudo()._prepare_amazon_tracking_vals(package),
            "line_ids": [
                Command.create(
                    {
                        "amazon_item_ref": item_ref,
                        "product_id": product.id,
                        "quantity": quantity,
                        "is_component": product not in ordered[item_ref],
                    }
                )
                for (item_ref, product), quantity in quantities.items()
            ],
        }
