"""What a connection knows of its orders' completeness, and asks for by hand."""

from odoo import api, fields, models

from ..connection.amazon_connection import CONNECTED_STATES


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    orders_checked_until = fields.Datetime(
        copy=False,
        readonly=True,
        help="Up to this time (UTC) the orders of the last days were compared with "
        "Amazon's.",
    )
    orders_missing = fields.Integer(
        string="Missing Orders",
        copy=False,
        readonly=True,
        help="How many of them the download had not brought, or not in their last "
        "state, when they were compared last. They came in then.",
    )

    # === ACTION METHODS === #

    def action_recover_orders(self):
        """Ask for the numbers of the orders to be fetched."""
        return self._open_order_wizard("amazon_order_recover_action")

    def action_download_period(self):
        """Ask for the period that is to be downloaded."""
        return self._open_order_wizard("amazon_order_period_action")

    def _open_order_wizard(self, name):
        self.ensure_one()
        self.check_access("read")
        self._check_connected()
        action = self.env["ir.actions.actions"]._for_xml_id(f"amazon_connector.{name}")
        return action | {"context": {"default_connection_id": self.id}}

    # === BUSINESS METHODS === #

    @api.model
    def _get_only_connected(self):
        """Return the connection that works, empty unless there is just one."""
        working = [
            ("state", "in", CONNECTED_STATES),
            ("environment", "=", "production"),
        ]
        found = self.search(working, limit=2)
        return found if len(found) == 1 else self.browse()

    def _request_orders(self, request):
        """Have orders fetched in the background.

        :param dict request: as ``amazon.job.type.recover_orders`` describes it
        :return: the action that says so
        :raise UserError: when the connection does not work
        """
        notification = self._request_job("recover_orders")
        job = self._get_job("recover_orders")
        position = job.position or {}
        requests = [*position.get("requests", []), request]
        job.position = {**position, "requests": requests}
        # It is asked for in a dialog.
        notification["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return notification
