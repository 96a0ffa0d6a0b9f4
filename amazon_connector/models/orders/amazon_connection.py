"""What a connection knows of its orders' completeness, and asks for by hand."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, plaintext2html

from ..connection.amazon_connection import CONNECTED_STATES, ORDER_PROBLEMS
from ..connection.reminders import ORDER_PROBLEM_REMINDER

# How long an order may be held or failed before somebody is told.
PROBLEM_NOTICE = timedelta(hours=1)


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

    def _get_digest_numbers(self, since):
        """Override to tell of orders that came in, and of those that did not."""
        orders = self.env["amazon.order"]
        mine = Domain("connection_id", "=", self.id)
        labels = {
            "held": self.env._("Orders held"),
            "failed": self.env._("Orders failed"),
        }
        groups = orders._read_group(
            mine & Domain("state", "in", list(labels)), ["state"], ["__count"]
        )
        found = dict(groups)
        imported = orders.search_count(
            mine & Domain("sale_order_id.create_date", ">=", since)
        )
        numbers = [(self.env._("Orders imported in the last 24 hours"), imported)]
        numbers += [(label, found.get(state, 0)) for state, label in labels.items()]
        told = super()._get_digest_numbers(since)
        return told + [(label, number) for label, number in numbers if number]

    def _update_order_problem_reminder(self):
        """Have one activity say how many orders do not come in; none, none.

        What is held or failed for a short time may come in by itself.
        """
        if self.import_stage:
            return
        limit = fields.Datetime.now() - PROBLEM_NOTICE
        problems = Domain(ORDER_PROBLEMS) & Domain("create_date", "<=", limit)
        count = self.env["amazon.order"].search_count(
            Domain("connection_id", "=", self.id) & problems
        )
        if not count:
            self._drop_reminders([ORDER_PROBLEM_REMINDER])
            return
        note = self.env._(
            "Amazon orders that are held or failed, and so not in Odoo yet: %s. Press "
            "Held or failed on the connection; each of them says why, and what to do.",
            count,
        )
        self._schedule_reminder(
            ORDER_PROBLEM_REMINDER, note, fields.Date.context_today(self)
        )
        activity = self.activity_search([ORDER_PROBLEM_REMINDER])
        if html2plaintext(activity[0].note or "").strip() != note:
            activity.note = plaintext2html(note)

    def _reset_job_failures(self):
        """Override to ask at once for the addresses that are missing: a store that is
        authorised again may see what it did not see before."""
        result = super()._reset_job_failures()
        orders = self.env["amazon.order"].sudo()
        missing = orders.search(
            orders._get_missing_address_domain()
            & Domain("connection_id", "in", self.ids)
        )
        missing.address_asked = False
        for connection in missing.connection_id:
            connection._get_job("complete_addresses")._wake()
        return result
