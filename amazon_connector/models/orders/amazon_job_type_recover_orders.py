"""The job type that fetches what a person asks for: orders by number, or a period.

Requests wait in ``job.position`` as ``{"requests": [request, …]}``, beside what its
parent keeps. A request is ``{"numbers": [order number, …], "left": [order number, …]}``
or ``{"since": time, "before": time or None, "by": word of OrderWindow}``. Each of them
is one run, so one row of the history; the cursor of the download stays where it is.
"""

from datetime import datetime

from odoo import api, models
from odoo.fields import Domain

from ...spapi.errors import RejectedError
from ..jobs.amazon_history import LASTING_REASONS, UNFINISHED
from .order_window import OrderWindow

# Runs that failed in a row after which a request is given up.
FAILURES_BEFORE_GIVING_UP = 30
# States of rows that are processed again although Amazon's document is known.
UNSETTLED = ("new", "held", "partial", "failed")


class AmazonJobTypeRecoverOrders(models.AbstractModel):
    _name = "amazon.job.type.recover_orders"
    _inherit = "amazon.job.type.orders"
    _description = "Amazon Job Type: Recover Orders"

    _kind = "recover_orders"
    _sequence = 24
    _interval = (1, "days")
    # Asked for by a person, also where orders are not downloaded by themselves.
    _switch = None

    # === THE CONTRACT === #

    @api.model
    def _get_label(self):
        return self.env._("Recover orders")

    @api.model
    def _get_enabled_domain(self):
        """Override: it runs only when somebody asks for it."""
        is_under_way = Domain("last_run_id.outcome", "in", UNFINISHED)
        return Domain("requested", "=", True) | (
            is_under_way & Domain("last_run_id.reason", "in", LASTING_REASONS)
        )

    @api.model
    def _get_disabled_reason(self, job):
        return self.env._("Runs when somebody asks for orders.")

    @api.model
    def _prepare_position(self, job):
        """Override to keep the requests beside the windows of the first of them."""
        requests = (job.position or {}).get("requests")
        kept = super()._prepare_position(job)
        return kept or ({"requests": requests} if requests else False)

    @api.model
    def _prepare_run(self, job, run):
        """Override to give up what has failed for more than a day."""
        if job.failures >= FAILURES_BEFORE_GIVING_UP and self._get_request(job):
            run._error(
                self.env._(
                    "What was asked for failed %s times, and is given up. Look at the "
                    "runs before, then ask for it again.",
                    job.failures,
                )
            )
            self._drop_request(job)
            # The next one has failed never.
            job.position = {**(job.position or {}), "run": run.id}
            job.failures = 0

    @api.model
    def _open_windows(self, job):
        request = self._get_request(job)
        if "since" not in request:
            return []
        before = request["before"]
        return [
            OrderWindow(
                since=datetime.fromisoformat(request["since"]),
                by=request["by"],
                before=datetime.fromisoformat(before) if before else None,
            )
        ]

    @api.model
    def _fetch_some(self, job, run, session):
        """Override to fetch the orders that are asked for by number, one by one."""
        if not self._get_request(job).get("left"):
            return super()._fetch_some(job, run, session)
        self._fetch_order(job, run, session.client)
        return True

    @api.model
    def _has_more(self, job, run):
        """Override: an order may be marked although Amazon's document is known."""
        return (
            bool(self._get_request(job).get("left"))
            or super()._has_more(job, run)
            or self._get_orders(job)._has_marked(job.connection_id)
        )

    @api.model
    def _conclude(self, job, run, position):
        """Override to say what came of the request, and to take up the next one."""
        request = self._get_request(job)
        for number in request.get("numbers", []):
            self._report_order(job, run, number)
        self._drop_request(job)
        if self._get_request(job):
            job.requested = True

    # === BUSINESS METHODS - REQUESTS === #

    @api.model
    def _get_request(self, job):
        """Return the request that is worked on, ``{}`` for none."""
        requests = (job.position or {}).get("requests") or [{}]
        return requests[0]

    @api.model
    def _drop_request(self, job):
        """Be done with the first request."""
        requests = (job.position or {}).get("requests", [])[1:]
        job.position = {"requests": requests} if requests else False

    # === BUSINESS METHODS - BY NUMBER === #

    @api.model
    def _fetch_order(self, job, run, client):
        """Fetch and store the next order; an unknown one costs a warning."""
        number, *left = self._get_request(job)["left"]
        try:
            document = client.get_order(number)
        except RejectedError as error:
            self._report_refusal(job, run, number, error)
        else:
            self._store_documents(job, run, [document])
            self._find_order(job, number).filtered(
                lambda row: row.state in UNSETTLED
            ).to_process = True
        requests = job.position["requests"]
        requests = [{**requests[0], "left": left}, *requests[1:]]
        job.position = {**job.position, "requests": requests}

    @api.model
    def _report_refusal(self, job, run, number, error):
        if error.status == 404:
            sentence = self.env._(
                "Amazon knows no order %(number)s of %(store)s. Compare the number "
                "with Seller Central; it may belong to another store.",
                number=number,
                store=job.connection_id.display_name,
            )
        else:
            sentence = self.env._(
                "Order %(number)s: %(why)s",
                number=number,
                why=self._explain_error(job.connection_id, error),
            )
        run._warn(sentence)

    @api.model
    def _find_order(self, job, number):
        return self._get_orders(job).search(
            [
                ("connection_id", "=", job.connection_id.id),
                ("amazon_order_id", "=", number),
            ]
        )

    @api.model
    def _report_order(self, job, run, number):
        """Say what became of an order that was asked for."""
        row = self._find_order(job, number)
        if not row:
            # It was said why when it was asked for.
            return
        states = dict(row._fields["state"]._description_selection(self.env))
        run._note(
            self.env._(
                "Order %(number)s: %(state)s. %(why)s",
                number=number,
                state=states[row.state],
                why=row.error or row.sale_order_id.display_name or "",
            ).strip(),
            row,
        )
