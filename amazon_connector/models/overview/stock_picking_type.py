"""Inventory's own overview: what of Amazon is to leave, for who works there alone.

Who ships need see neither stores nor Amazon's orders, so that their overview is
Inventory's; one line on each kind of transfer says what Amazon awaits of it.
"""

from collections import Counter

from odoo import fields, models
from odoo.fields import Domain

from ...tools import prepare_title

_OPEN = Domain(
    [
        ("amazon_order_ref", "!=", False),
        ("state", "not in", ("draft", "done", "cancel")),
        ("return_id", "=", False),
        ("picking_type_code", "!=", "incoming"),
    ]
)
_LATE = _OPEN & Domain("amazon_ship_by", "<", "now")
_DUE = (
    _OPEN
    & Domain("amazon_ship_by", ">=", "now")
    & Domain("amazon_ship_by", "<", "today +1d")
)
_STOPPED = _OPEN & Domain("amazon_is_stopped", "=", True)


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    amazon_late_count = fields.Integer(
        string="Late at Amazon", compute="_compute_amazon_counts"
    )
    amazon_due_count = fields.Integer(
        string="Due Today at Amazon", compute="_compute_amazon_counts"
    )
    amazon_stopped_count = fields.Integer(
        string="Stopped by Amazon", compute="_compute_amazon_counts"
    )
    amazon_blocked_count = fields.Integer(
        string="Blocked Shipments", compute="_compute_amazon_shipment_counts"
    )
    amazon_refused_count = fields.Integer(
        string="Refused Shipments", compute="_compute_amazon_shipment_counts"
    )

    # === COMPUTE METHODS === #

    def _compute_amazon_counts(self):
        for name, domain in (
            ("amazon_late_count", _LATE),
            ("amazon_due_count", _DUE),
            ("amazon_stopped_count", _STOPPED),
        ):
            groups = self.env["stock.picking"]._read_group(
                Domain("picking_type_id", "in", self.ids) & domain,
                ["picking_type_id"],
                ["__count"],
            )
            found = dict(groups)
            for picking_type in self:
                picking_type[name] = found.get(picking_type, 0)

    def _compute_amazon_shipment_counts(self):
        groups = self.env["amazon.shipment"]._read_group(
            Domain("picking_id.picking_type_id", "in", self.ids)
            & Domain("state", "in", ("blocked", "failed")),
            ["picking_id", "state"],
            ["__count"],
        )
        found = Counter()
        for picking, state, count in groups:
            found[picking.picking_type_id, state] += count
        for picking_type in self:
            picking_type.amazon_blocked_count = found[picking_type, "blocked"]
            picking_type.amazon_refused_count = found[picking_type, "failed"]

    # === ACTION METHODS === #

    def action_open_amazon_late(self):
        """Open the deliveries that Amazon counts as late."""
        title = self.env._("Late at Amazon")
        return self._get_amazon_deliveries_action(_LATE, title)

    def action_open_amazon_due(self):
        """Open the deliveries that have to leave today."""
        title = self.env._("Due Today at Amazon")
        return self._get_amazon_deliveries_action(_DUE, title)

    def action_open_amazon_stopped(self):
        """Open the deliveries that must not leave."""
        title = self.env._("Stopped by Amazon")
        return self._get_amazon_deliveries_action(_STOPPED, title)

    def action_open_amazon_blocked(self):
        """Open the shipments that lack something."""
        title = self.env._("Blocked Shipments")
        return self._get_amazon_shipments_action("blocked", title)

    def action_open_amazon_refused(self):
        """Open the shipments that Amazon did not take."""
        title = self.env._("Refused Shipments")
        return self._get_amazon_shipments_action("failed", title)

    def _get_amazon_shipments_action(self, state, title):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "amazon_connector.amazon_shipment_mend_action"
        )
        domain = [("picking_id.picking_type_id", "=", self.id), ("state", "=", state)]
        shown = {"domain": domain, "context": {}}
        return action | shown | prepare_title(title)

    def _get_amazon_deliveries_action(self, domain, title):
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "amazon_connector.stock_picking_action_amazon"
        )
        mine = Domain("picking_type_id", "=", self.id) & domain
        shown = {"domain": list(mine), "context": {}}
        return action | shown | prepare_title(title)
