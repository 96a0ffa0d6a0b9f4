"""From which places a storefront sells, and whether its quantities are sent at all."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .available_quantity import AvailableQuantity


class AmazonStorefront(models.Model):
    _inherit = "amazon.storefront"

    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        check_company=True,
        help="Orders of this storefront are delivered from here, and what is here is "
        "offered. Empty: the warehouse of the connection.",
    )
    stock_location_ids = fields.Many2many(
        comodel_name="stock.location",
        string="Sell From",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Only what is in these locations of the warehouse is offered. Empty: all "
        "of it.",
    )
    inventory_paused = fields.Boolean(
        string="Pause Inventory",
        help="Ticked: no quantity is sent to this storefront, by Push now neither. "
        "When it goes on, all are compared.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("warehouse_id", "stock_location_ids")
    def _check_stock_locations(self):
        """What is offered must be where the orders are delivered from."""
        for storefront in self:
            warehouse = storefront._get_warehouse()
            elsewhere = storefront.stock_location_ids.filtered(
                lambda place, own=warehouse: place.warehouse_id != own
            )
            if elsewhere:
                raise ValidationError(
                    self.env._(
                        "%(places)s: not in %(warehouse)s, from which the orders of "
                        "%(storefront)s are delivered. Choose locations in it, or "
                        "another warehouse for the storefront.",
                        places=", ".join(elsewhere.mapped("display_name")),
                        warehouse=warehouse.display_name,
                        storefront=storefront.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    def _get_warehouse(self):
        """Return the ``stock.warehouse`` that delivers the storefront's orders."""
        return self.warehouse_id or self.connection_id.warehouse_id

    def _get_stock_places(self):
        """Return the ``stock.location`` whose stock is offered, with all in them."""
        # Who may see the store's numbers need not be a warehouse worker.
        front = self.sudo()
        return front.stock_location_ids or front._get_warehouse().view_location_id

    def _get_available_quantity(self):
        """Return the :class:`AvailableQuantity` of what is offered here."""
        return AvailableQuantity(self.connection_id, self._get_stock_places())

    def _group_by_stock(self):
        """Return recordsets of the storefronts that offer the same stock."""
        return self.grouped(
            lambda front: (front.connection_id, front._get_stock_places())
        ).values()

    def _prepare_sale_order_vals(self, row):
        """Override: the orders are delivered from the storefront's own warehouse."""
        vals = super()._prepare_sale_order_vals(row)
        if self.warehouse_id:
            vals["warehouse_id"] = self.warehouse_id.id
        return vals

    def _follow_changes(self, vals):
        """Override: other stock is other quantities.

        :param dict vals: what was written
        """
        result = super()._follow_changes(vals)
        is_resumed = vals.get("inventory_paused") is False
        if is_resumed or {"warehouse_id", "stock_location_ids"} & vals.keys():
            for connection in self.connection_id.filtered("sync_inventory"):
                connection._request_comparison()
        return result
