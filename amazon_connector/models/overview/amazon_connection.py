"""How a store is doing: one word, the reason, and the numbers that lead to lists.

Nothing of it is stored. Each number is counted by one statement for all stores that
are shown, and opens the list that it counts: both go by the same domain.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, format_time

from ..inventory.zero_brake import AT_STAKE

# Sent to who may see the overview; the name is in static/src/overview, too.
OVERVIEW_CHANGED = "amazon_connector.overview_changed"
ANNOUNCED = "amazon_connector.overview_announced"
# Failed runs in a row after which it is no hiccup; the third is some minutes later.
RUN_FAILURES_BEFORE_ALARM = 3
# A job that did not run for so many of its intervals, and so long, will not by itself.
INTERVALS_BEFORE_ALARM = 3
SHORTEST_ALARM = timedelta(hours=1)
# What expires within this time is said.
DAYS_BEFORE_EXPIRY = 30

URGENT = "urgent"
ATTENTION = "attention"
HEALTH = [
    ("stopped", "Stopped"),
    ("failing", "Failing"),
    (URGENT, "Urgent"),
    (ATTENTION, "Attention"),
    ("catching_up", "Catching up"),
    ("importing", "Importing"),
    ("good", "Good"),
    ("new", "New"),
    ("sandbox", "Sandbox"),
    ("paused", "Paused"),
]

_SUPPRESSED = Domain("state", "=", "suppressed")
_REFUSED_QUANTITY = Domain("push_error", "!=", False)
_HELD_ZERO = AT_STAKE & Domain("zero_state", "=", "held")
_STOPPED = Domain("is_stopped", "=", True)
_NOT_SETTLED = Domain("has_unsettled_delivery", "=", True)
# Carrier and number are entered in its list.
_MEND_SHIPMENTS = "amazon_shipment_mend_action"
_PAUSED = Domain("inventory_paused", "=", True) & Domain("active", "=", True)


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    # === FIELDS - HEALTH === #
    health = fields.Selection(selection=HEALTH, compute="_compute_health")
    health_reason = fields.Char(
        compute="_compute_health", help="What makes it so, and what to do."
    )
    orders_note = fields.Char(
        compute="_compute_orders_note",
        help="How far the orders are downloaded, and compared with Amazon's.",
    )
    overview_jobs = fields.Json(
        compute="_compute_overview_jobs",
        help="When each function ran last, runs next, and what it waits for.",
    )

    # === FIELDS - NUMBERS === #
    stopped_order_count = fields.Integer(
        string="Stopped Orders", compute="_compute_order_numbers"
    )
    held_order_count = fields.Integer(
        string="Held Orders", compute="_compute_order_numbers"
    )
    failed_order_count = fields.Integer(
        string="Failed Orders", compute="_compute_order_numbers"
    )
    suppressed_count = fields.Integer(
        string="Suppressed Listings", compute="_compute_listing_numbers"
    )
    refused_quantity_count = fields.Integer(
        string="Refused Quantities", compute="_compute_listing_numbers"
    )
    halted_zero_count = fields.Integer(
        string="Halted Zeros", compute="_compute_listing_numbers"
    )
    paused_storefront_count = fields.Integer(
        string="Storefronts Whose Inventory Is Paused",
        compute="_compute_listing_numbers",
    )
    blocked_shipment_count = fields.Integer(
        string="Blocked Shipments", compute="_compute_shipment_numbers"
    )
    refused_shipment_count = fields.Integer(
        string="Refused Shipments", compute="_compute_shipment_numbers"
    )
    unsettled_order_count = fields.Integer(
        string="Orders Whose Deliveries Are Not Understood",
        compute="_compute_shipment_numbers",
    )

    # === COMPUTE METHODS - NUMBERS === #

    def _compute_order_numbers(self):
        self._set_counts(stopped_order_count=("amazon.order", _STOPPED))
        self._set_state_counts(
            "amazon.order",
            {"held": "held_order_count", "failed": "failed_order_count"},
        )

    def _compute_listing_numbers(self):
        halted = self.env["amazon.listing"]._get_syncable_domain() & _HELD_ZERO
        self._set_counts(
            suppressed_count=("amazon.listing", _SUPPRESSED),
            refused_quantity_count=("amazon.listing", _REFUSED_QUANTITY),
            halted_zero_count=("amazon.listing", halted),
            paused_storefront_count=("amazon.storefront", _PAUSED),
        )

    def _compute_shipment_numbers(self):
        self._set_counts(unsettled_order_count=("amazon.order", _NOT_SETTLED))
        self._set_state_counts(
            "amazon.shipment",
            {"blocked": "blocked_shipment_count", "failed": "refused_shipment_count"},
        )

    def _set_state_counts(self, model, names):
        """Set fields to how many of the connection's records are in a state.

        :param names: ``{state: field}``
        """
        groups = self.env[model]._read_group(
            Domain("connection_id", "in", self.ids) & Domain("state", "in", [*names]),
            ["connection_id", "state"],
            ["__count"],
        )
        found = {(connection.id, state): count for connection, state, count in groups}
        for connection in self:
            for state, name in names.items():
                connection[name] = found.get((connection.id, state), 0)

    # === COMPUTE METHODS - HEALTH === #

    @api.depends_context("lang", "tz")
    def _compute_health(self):
        troubles = self._find_job_troubles()
        for connection in self:
            connection.health, connection.health_reason = (
                connection._get_standstill()
                or troubles.get(connection)
                or connection._get_catch_up()
                or connection._get_most_urgent()
                or ("good", self.env._("Nothing waits for you."))
            )

    def _get_standstill(self):
        """Return (health, why) of a store that does not work at all, or ``None``."""
        _ = self.env._
        if not self.active:
            return "paused", _(
                "The connection is inactive: nothing is downloaded or sent. It goes on "
                "when an administrator sets it active."
            )
        if self.state == "draft":
            return "new", _("Not connected yet. Open it and press Connect.")
        if self.environment == "sandbox":
            return "sandbox", self._get_sandbox_note()
        if self.copy_state == "asked":
            return "stopped", self._get_silence_sentence(self.copy_question)
        if self.copy_state == "silent":
            return "paused", _(
                "This database is a copy and stays silent: nothing is asked of Amazon "
                "or sent."
            )
        if self.state == "reauthorize":
            return "stopped", self.refusal_message or _(
                "Amazon refuses the authorisation, so nothing is downloaded or sent. "
                "An administrator has to authorise it again."
            )
        if self.state == "importing":
            return "importing", self.import_message or _("The initial import runs.")
        return None

    def _get_catch_up(self):
        """Return (health, why) of a store that reads before it sends, or ``None``.

        Before that is done, what is late and what waits is not known.
        """
        if not self.catch_up_since:
            return None
        return "catching_up", self.env._(
            "What happened on Amazon since the backup is read. Shipments and "
            "quantities are sent after that."
        )

    def _get_most_urgent(self):
        """Return (health, sentence) of what should be seen to first, or ``None``.

        What needs no haste, or may stay as it is, is counted and changes no health.
        """
        _ = self.env._
        is_ending, sentence = self._get_expiry()
        matters = [
            (
                URGENT,
                self.late_order_count,
                _("Orders whose ship-by time is over: %s. Ship and confirm them."),
            ),
            (
                URGENT,
                self.inventory_halted and self.halted_zero_count,
                _("Quantities that would become zero and are held back: %s."),
            ),
            (
                ATTENTION,
                self.raises_wait and self.sync_inventory,
                _(
                    "A backup was restored, so no quantity is raised on Amazon. Open "
                    "the connection to see what to do."
                ),
            ),
            (
                ATTENTION,
                self.stopped_order_count,
                _("Orders that must not leave until somebody decides: %s."),
            ),
            (
                ATTENTION,
                self.failed_order_count,
                _("Orders that could not be imported: %s."),
            ),
            (
                ATTENTION,
                self.held_order_count,
                _("Orders held until their products are known: %s."),
            ),
            (
                ATTENTION,
                self.refused_shipment_count,
                _("Shipments that Amazon refuses: %s."),
            ),
            (
                ATTENTION,
                self.blocked_shipment_count,
                _("Shipments that lack something: %s."),
            ),
            (
                ATTENTION,
                self.unsettled_order_count,
                _("Orders of which Odoo cannot tell what was shipped: %s."),
            ),
            (
                ATTENTION,
                self.refused_quantity_count,
                _("Quantities that Amazon refuses: %s."),
            ),
            (ATTENTION, is_ending, sentence),
        ]
        for health, count, text in matters:
            if count:
                return health, text % count if "%s" in text else text
        return None

    def _get_expiry(self):
        """Return whether something runs out soon, and a sentence that says what."""
        _ = self.env._
        for ends_on, days, text in (
            (
                self.authorization_ends_on,
                self.authorization_days_left,
                _("Days until the authorisation ends: %s. Authorise again."),
            ),
            (
                self.secret_ends_on,
                self.secret_days_left,
                _("Days until the client secret ends: %s. Enter a new one."),
            ),
        ):
            if ends_on and days < DAYS_BEFORE_EXPIRY:
                return True, text % max(days, 0)
        return False, ""

    # === COMPUTE METHODS - JOBS === #

    @api.depends_context("lang", "tz")
    def _compute_orders_note(self):
        _ = self.env._
        for connection in self:
            parts = []
            if until := connection.orders_synced_until:
                moment = connection._format_moment(until)
                parts.append(_("Orders downloaded until %s.", moment))
            if until := connection.orders_checked_until:
                parts.append(
                    _(
                        "Checked until %(moment)s, missing: %(count)s.",
                        moment=connection._format_moment(until),
                        count=connection.orders_missing,
                    )
                )
            connection.orders_note = " ".join(parts)

    @api.depends_context("lang")
    def _compute_overview_jobs(self):
        labels = dict(self.env["amazon.job.type"]._get_kind_selection())
        outcome = self.env["amazon.history"]._fields["outcome"]
        outcomes = dict(outcome._description_selection(self.env))
        # Planned for all stores at once.
        self.job_ids.mapped("plan")
        for connection in self:
            connection.overview_jobs = [
                {
                    "id": job.id,
                    "label": labels[job.kind],
                    "last": fields.Datetime.to_string(job.last_start),
                    "outcome": outcomes.get(job.last_outcome, ""),
                    "next": fields.Datetime.to_string(job.next_run),
                    "waits": job._get_delay_reason() if job.next_run else job.plan,
                    "is_failing": bool(job.failures),
                }
                for job in connection._get_overview_jobs()
            ]

    def _get_overview_jobs(self):
        """Return the jobs that are shown: one for each switch, and what fails.

        None of a store that stands still, where all would say the same.
        """
        if self._get_standstill() and self.state != "importing":
            return self.job_ids.browse()
        main = self._get_main_kinds()
        return self.job_ids.filtered(
            lambda job: (
                job.kind in main or (job.failures and job._get_type() is not None)
            )
        ).sorted(lambda job: (main.get(job.kind, len(main)), job.id))

    @api.model
    def _get_main_kinds(self):
        """Return ``{kind: place}`` of the job types that the switches are named for."""
        first = {}
        for one in self.env["amazon.job.type"]._get_types():
            if one._switch:
                first.setdefault(one._switch, one._kind)
        return {kind: place for place, kind in enumerate(first.values())}

    def _find_job_troubles(self):
        """Return ``{connection: ("failing", why)}`` of those whose jobs do not run."""
        planned = self.job_ids.filtered("next_run")
        failing = planned.filtered(
            lambda job: job.failures >= RUN_FAILURES_BEFORE_ALARM
        )
        messages = self._find_last_errors(failing.last_run_id)
        labels = dict(self.env["amazon.job.type"]._get_kind_selection())
        found = {}
        for job in self._filter_overdue(planned - failing):
            found[job.connection_id] = self.env._(
                "%(function)s has not run for a long time. Have an administrator "
                "look whether Odoo's scheduled actions run.",
                function=labels[job.kind],
            )
        for job in failing:
            found[job.connection_id] = self.env._(
                "%(function)s failed %(count)s times in a row: %(why)s",
                function=labels[job.kind],
                count=job.failures,
                why=messages.get(job.last_run_id, ""),
            )
        return {connection: ("failing", why) for connection, why in found.items()}

    @api.model
    def _filter_overdue(self, jobs):
        """Return the jobs that should have run long ago, and wait for nothing."""
        overdue, now = jobs.browse(), fields.Datetime.now()
        for kind, same in jobs.grouped("kind").items():
            job_type = self.env["amazon.job.type"]._get_type(kind)
            interval = job_type._get_interval(same.cron_id[:1].sudo())
            limit = now - max(INTERVALS_BEFORE_ALARM * interval, SHORTEST_ALARM)
            overdue |= same.filtered(
                lambda job, limit=limit: (
                    (job.last_start or job.create_date) < limit
                    and not (job.not_before and job.not_before > limit)
                )
            )
        return overdue

    @api.model
    def _find_last_errors(self, runs):
        """Return ``{run: its last error}``."""
        if not runs:
            return {}
        lines = self.env["amazon.history.line"]
        last = lines._read_group(
            [("history_id", "in", runs.ids), ("level", "=", "error")],
            ["history_id"],
            ["id:max"],
        )
        lines = lines.browse([line_id for _run, line_id in last])
        return {line.history_id: line.message for line in lines}

    def _format_moment(self, moment):
        """Return a time as the user reads it, without the date if it is today's."""
        if not moment:
            return ""
        day = fields.Datetime.context_timestamp(self, moment).date()
        if day == fields.Date.context_today(self):
            return format_time(self.env, moment, str(self.env.tz), "short")
        return format_datetime(self.env, moment, dt_format="short")

    # === ACTION METHODS === #

    def action_open_stopped_orders(self):
        """Open the orders that must not leave."""
        title = self.env._("Stopped Orders")
        return self._get_own_records_action("amazon_order_action", _STOPPED, title)

    def action_open_held_orders(self):
        """Open the orders that wait for their products."""
        domain = Domain("state", "=", "held")
        title = self.env._("Held Orders")
        action = self._get_own_records_action("amazon_order_action", domain, title)
        # The list links and imports each of them.
        return action | {"context": {"amazon_held": True}}

    def action_open_failed_orders(self):
        """Open the orders that could not be imported."""
        domain = Domain("state", "=", "failed")
        title = self.env._("Failed Orders")
        return self._get_own_records_action("amazon_order_action", domain, title)

    def action_open_suppressed(self):
        """Open the listings that Amazon keeps from buyers."""
        title = self.env._("Suppressed Listings")
        return self._get_own_records_action("amazon_listing_action", _SUPPRESSED, title)

    def action_open_refused_quantities(self):
        """Open the listings whose quantity Amazon did not take."""
        title = self.env._("Refused Quantities")
        return self._get_own_records_action(
            "amazon_listing_action", _REFUSED_QUANTITY, title
        )

    def action_open_paused_storefronts(self):
        """Open the storefronts whose quantities are not synced at present."""
        self.ensure_one()
        self.check_access("read")
        return {
            "name": self.env._("Storefronts Whose Inventory Is Paused"),
            "type": "ir.actions.act_window",
            "res_model": "amazon.storefront",
            "view_mode": "list,form",
            "domain": list(Domain("connection_id", "=", self.id) & _PAUSED),
        }

    def action_open_last_night(self):
        """Open what the runs of last night had to say."""
        title = self.env._("Last night")
        action = self._get_own_records_action("amazon_history_line_action", (), title)
        return action | {"context": {"search_default_last_night": 1}}

    def action_open_blocked_shipments(self):
        """Open the shipments that lack something."""
        domain = Domain("state", "=", "blocked")
        title = self.env._("Blocked Shipments")
        return self._get_own_records_action(_MEND_SHIPMENTS, domain, title)

    def action_open_refused_shipments(self):
        """Open the shipments that Amazon did not take."""
        domain = Domain("state", "=", "failed")
        title = self.env._("Refused Shipments")
        return self._get_own_records_action(_MEND_SHIPMENTS, domain, title)

    def action_open_unsettled_orders(self):
        """Open the orders with a delivery of which nobody knows what Amazon awaits."""
        title = self.env._("Orders Whose Deliveries Are Not Understood")
        return self._get_own_records_action("amazon_order_action", _NOT_SETTLED, title)

    # === BUSINESS METHODS - LIVE === #

    def _toggle_crons(self, vals):
        """Override to have open overviews show that a store started or stopped."""
        result = super()._toggle_crons(vals)
        if {"active", "state"} & vals.keys():
            self._announce_change()
        return result

    @api.model
    def _announce_change(self):
        """Have open overviews count anew once this transaction is committed.

        However much changes in a transaction, one row is inserted, and none is updated
        that another transaction could want. It says nothing but that something changed.
        """
        data = self.env.cr.precommit.data
        if not data.get(ANNOUNCED):
            data[ANNOUNCED] = True
            group = self.env.ref("amazon_connector.amazon_connector_group_user")
            self.env["bus.bus"]._sendone(group, OVERVIEW_CHANGED, {})
