"""When a job runs: by the clock, when woken, when asked for; and who has one."""

from datetime import timedelta

from odoo import api, fields, models

from ..connection.amazon_connection import CONNECTED_STATES
from .amazon_history import JOB_KINDS

# What asks Amazon for news, by the clock.
POLLED = ("download_products", "download_orders")
# What the switch of the same name on the connection turns off.
SWITCHED = ("download_products", "download_orders", "sync_inventory")


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    # === BUSINESS METHODS === #

    @api.model
    def _make_for(self, connections):
        """Give each connection the job rows that it has not got yet."""
        self.sudo().create(
            [
                {"connection_id": connection.id, "kind": kind}
                for connection in connections.sudo()
                for kind, _label in JOB_KINDS
                if kind not in connection.job_ids.mapped("kind")
            ]
        )

    @api.model
    def _toggle_crons(self):
        """Switch the scheduled actions on where a connection needs them."""
        for kind, _label in JOB_KINDS:
            self._cron(kind).toggle(
                model="amazon.connection", domain=[("state", "in", CONNECTED_STATES)]
            )

    @api.model
    def _cron(self, kind):
        return self.env.ref(f"amazon_connector.ir_cron_{kind}").sudo()

    @api.model
    def _trigger(self, kind, at=None):
        """Have the jobs of a kind run soon, or at a time; writes no job row."""
        self._cron(kind)._trigger(at)

    def _request(self):
        """A person wants it now: forget the delay, keep Amazon's quota."""
        self.write({"requested": True, "not_before": False})
        for kind in set(self.mapped("kind")):
            self._trigger(kind)

    def _wake(self):
        """Have the jobs run soon, as if their time had come."""
        self.write({"not_before": False})
        for kind in set(self.mapped("kind")):
            self._trigger(kind)

    @api.model
    def _due_domain(self, kind):
        domain = [
            ("kind", "=", kind),
            ("connection_id.active", "=", True),
            ("connection_id.state", "in", CONNECTED_STATES),
            # The static sandbox has no orders, listings or stock of the store's.
            ("connection_id.environment", "=", "production"),
            "|",
            ("not_before", "=", False),
            ("not_before", "<=", fields.Datetime.now()),
        ]
        if kind in SWITCHED:
            domain += [
                "|",
                (f"connection_id.{kind}", "=", True),
                # A person's wish is kept until it is done.
                ("requested", "=", True),
            ]
        if kind == "send_shipments":
            domain += self._sending_domain()
        if kind == "download_orders":
            # The initial import brings the products before.
            domain += [("connection_id.import_stage", "in", (False, kind))]
        if kind not in POLLED:
            # What woke one store is no news for the others.
            domain += [
                "|",
                "|",
                "|",
                ("requested", "=", True),
                ("last_run_id", "=", False),
                ("last_run_id.start", "<=", fields.Datetime.now() - self._pause(kind)),
                ("connection_id", "in", self._connections_with_work(kind)),
            ]
        return domain

    @api.model
    def _sending_domain(self):
        """With Send Shipment Info off, what was begun or is asked for goes on."""
        owed = self.env["amazon.shipment"]._read_group(
            [
                "|",
                ("state", "in", ("pending", "sent", "unknown")),
                "&",
                ("state", "=", "blocked"),
                ("send_now", "=", True),
            ],
            ["connection_id"],
        )
        return [
            "|",
            "|",
            ("connection_id.send_shipments", "=", True),
            ("requested", "=", True),
            ("connection_id", "in", [connection.id for (connection,) in owed]),
        ]

    def _may_send_shipments(self):
        """Whether this job has anything to do, the switch of the store considered."""
        return bool(self.filtered_domain(self._sending_domain()))

    @api.model
    def _pause(self, kind):
        """Return how long after a run there is nothing to do by the clock."""
        cron = self._cron(kind)
        known = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
        seconds = known.get(cron.interval_type, 2592000) * cron.interval_number
        # The scheduler is never quite on time.
        return timedelta(seconds=0.8 * seconds)

    @api.model
    def _connections_with_work(self, kind):
        """Return the ids of the connections that have something to send."""
        groups = {
            "sync_inventory": (
                ("amazon.stock.change", []),
                ("amazon.listing", [("to_push", "=", True)]),
            ),
            "send_shipments": (
                (
                    "amazon.shipment",
                    [("state", "in", ("blocked", "pending", "sent", "unknown"))],
                ),
            ),
        }
        found = [
            connection.id
            for model, work in groups[kind]
            for (connection,) in self.env[model]._read_group(work, ["connection_id"])
        ]
        if kind == "sync_inventory":
            unknown = [
                ("sync_inventory", "=", True),
                ("inventory_checked_on", "=", False),
            ]
            found += self.env["amazon.connection"].search(unknown).ids
        return found
