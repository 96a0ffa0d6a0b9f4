"""A job type: what one kind of background work is.

Each kind of work (download orders, sync inventory …) is an abstract model that
inherits this one. It says when a connection has work, does it slice by slice, and says
what a denial means. The addon's own job types stand in the rooms of their capability,
and those of other addons come in by the same door: a class that inherits
``amazon.job.type`` is all there is to register.

Of each job type there is one scheduled action, made when the addon that defines it is
installed, and one ``amazon.job`` for each connection.
"""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ...spapi.errors import AuthError
from ..connection import messages
from ..connection.amazon_connection import CONNECTED_STATES
from ..connection.reminders import KEY_REMINDER
from .amazon_history import LASTING_REASONS, UNFINISHED

# The scheduler is never quite on time, so a job is due a little before its interval.
INTERVAL_SHARE = 0.8
SECONDS = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 604800}
SECONDS_A_MONTH = 2592000


class AmazonJobType(models.AbstractModel):
    _name = "amazon.job.type"
    _description = "Amazon Job Type"

    # What the rows of ``amazon.job`` and ``amazon.history`` have as their kind.
    _kind = None
    # Where it stands among the job types; also their order in the initial import.
    _sequence = 100
    # The interval of the scheduled action when it is made: (number, unit of ir.cron).
    _interval = (1, "days")
    # The Boolean of ``amazon.connection`` that switches it off; None: always on.
    _switch = None
    # True: it asks Amazon for news whenever its interval is over. False: it runs when
    # a connection has work for it, and once in an interval.
    _is_polled = False
    # False: it asks Amazon nothing, and has to be done for a store that is inactive or
    # whose authorisation is gone, too.
    _needs_amazon = True
    # Job types of one family (a word) do not run at the same time for a connection.
    _family = None
    # True: its first run is part of the initial import.
    _is_imported = False
    # Whether the initial import goes on without it when it fails again and again.
    _is_optional_in_import = False
    # Whether a denial of its calls means that the authorisation itself is gone.
    _proves_authorization = False
    # Whether its calls need the role for listings, so that a denial is about that.
    _needs_listings_role = False
    # After a backup was restored: what has to read before anything is sent, …
    _is_read_first = False
    # … and what changes something on Amazon, and waits for it.
    _is_held_until_read = False

    # === REGISTRATION === #

    def init(self):
        """Override to make the scheduled action when the addon is installed."""
        if self._kind:
            self.pool.post_init(self._create_scheduled_action)

    @api.model
    def _get_types(self):
        """Return the job types of all installed addons, in their order.

        :return: list of empty recordsets, one of each job type's model
        """
        names = self.env.registry.descendants(["amazon.job.type"], "_inherit")
        types = [self.env[name] for name in names]
        return sorted(
            (job_type for job_type in types if job_type._kind),
            key=lambda job_type: (job_type._sequence, job_type._kind),
        )

    @api.model
    def _get_type(self, kind):
        """Return the job type of a kind; ``None`` when no installed addon has it."""
        types = {job_type._kind: job_type for job_type in self._get_types()}
        return types.get(kind)

    @api.model
    def _get_kind_selection(self):
        """Return ``[(kind, label)]`` of all job types."""
        return [(one._kind, one._get_label()) for one in self._get_types()]

    @api.model
    def _get_imported_types(self):
        """Return the job types of the initial import, in their order."""
        return [one for one in self._get_types() if one._is_imported]

    # === SCHEDULED ACTION === #

    @api.model
    def _get_cron(self):
        """Return the scheduled action, made again if somebody deleted it.

        Who triggers it does not wait until the scheduler has been told.
        """
        xml_id = f"{self._original_module}.ir_cron_{self._kind}"
        # It is kept in a cache, and who deletes the action deletes it, too.
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(xml_id)
        cron = self.env["ir.cron"].browse(cron_id or ())
        cron = (cron or self._create_scheduled_action()).sudo()
        return cron.with_context(amazon_tells_in_background=True)

    @api.model
    def _create_scheduled_action(self):
        """Make the scheduled action of this job type unless it is there.

        It belongs to the addon that defines the job type and goes with it; the jobs
        of this type come and go with their scheduled action.
        """
        env = self.sudo().env
        xml_id = f"{self._original_module}.ir_cron_{self._kind}"
        cron = env.ref(xml_id, raise_if_not_found=False)
        if not cron:
            cron = env["ir.cron"].create(self.sudo()._prepare_cron_vals())
            env["ir.model.data"]._update_xmlids(
                [{"xml_id": xml_id, "record": cron, "noupdate": True}]
            )
            # Only a new one: an update leaves it as the administrator has it.
            self._toggle_cron(cron)
        jobs = env["amazon.job"].search(
            [("kind", "=", self._kind), ("cron_id", "=", False)]
        )
        jobs.cron_id = cron
        connections = env["amazon.connection"].with_context(active_test=False)
        env["amazon.job"]._create_missing(connections.search([]), [self])
        return cron

    @api.model
    def _prepare_cron_vals(self):
        """Return the values of the scheduled action, which is off at first."""
        number, unit = self._interval
        return {
            "name": f"Amazon: {self._get_label()}",
            "model_id": self.env["ir.model"]._get_id("amazon.job"),
            "state": "code",
            "code": f'model._cron_run("{self._kind}")',
            "user_id": self.env.ref("base.user_root").id,
            "interval_number": number,
            "interval_type": unit,
            "active": False,
        }

    @api.model
    def _toggle_cron(self, cron=None):
        """Switch the scheduled action on when a connection needs it, else off."""
        cron, domain = cron or self._get_cron(), self._get_served_domain()
        is_needed = bool(self.env["amazon.connection"].search_count(domain, limit=1))
        # Most are as they are to be: their rows need neither be locked nor written.
        if cron.sudo().active != is_needed:
            cron.toggle(model="amazon.connection", domain=domain)

    @api.model
    def _get_served_domain(self):
        """Return the domain of the connections that it works for at all."""
        if not self._needs_amazon:
            return [("active", "in", [True, False]), ("state", "!=", "draft")]
        return [("state", "in", CONNECTED_STATES)]

    @api.model
    def _get_interval(self, cron=None):
        """Return the ``timedelta`` after a run in which it is not due by the clock.

        :param cron: the scheduled action, in sudo; looked for when it is not given
        """
        cron = cron or self._get_cron()
        seconds = SECONDS.get(cron.interval_type, SECONDS_A_MONTH)
        return timedelta(seconds=INTERVAL_SHARE * seconds * cron.interval_number)

    # === THE CONTRACT: WHEN === #

    @api.model
    def _is_switched_on(self, connection):
        """Whether the connection is to do this by itself."""
        return not self._switch or connection[self._switch]

    @api.model
    def _get_label(self):
        """Return what people read of it, translated."""
        raise NotImplementedError

    @api.model
    def _get_enabled_domain(self):
        """Return the domain of the jobs that are switched on, or asked for.

        What a person asked for is done, to its end, although the function is off or
        the server stopped in the middle.
        """
        if not self._switch:
            return Domain.TRUE
        is_under_way = Domain("last_run_id.outcome", "in", UNFINISHED)
        return (
            Domain(f"connection_id.{self._switch}", "=", True)
            | Domain("requested", "=", True)
            | (is_under_way & Domain("last_run_id.reason", "in", LASTING_REASONS))
        )

    @api.model
    def _get_connections_with_work(self):
        """Return the connections that have something to do at once.

        Asked only of job types that are not polled.
        """
        return self.env["amazon.connection"]

    @api.model
    def _has_event(self, connection):
        """Whether something that happened in Odoo is why the job runs."""
        return False

    @api.model
    def _get_disabled_reason(self, job):
        """Return what the page Scheduled Jobs says of a job that is switched off."""
        return self.env._("Switched off under Configuration.")

    # === THE CONTRACT: WORK === #

    @api.model
    def _start_run(self, job, run):
        """Prepare a new run; not called for one that goes on. It asks Amazon nothing.

        :param job: the ``amazon.job``; ``job.position`` is what the last run kept
        :param run: the run's row, an ``amazon.history``
        :return: ``False`` when nothing was done that has to be committed
        """

    @api.model
    def _do_slice(self, job, run, session):
        """Do the next part of the work; the runner commits it with the counters.

        Whatever the next slice has to know is in records and in ``job.position``:
        nothing else is kept from one slice to the next, which may be done by another
        process.

        :param job: the ``amazon.job``
        :param run: the run's row, an ``amazon.history``
        :param AmazonSession session: opens the client, sends several requests at once
        :return: whether there is more to do
        :rtype: bool
        :raise SpApiError: when the run cannot go on
        :raise NotReadyError: when it has to wait for Amazon (``waiting.py``)
        """
        raise NotImplementedError

    @api.model
    def _prepare_catch_up(self, connection, is_complete):
        """Trust nothing that is stored of Amazon: a backup was restored.

        :param bool is_complete: whether nothing that was done is missing in Odoo
        """

    @api.model
    def _sum_up_import(self, connection):
        """Return what the initial import brought, a sentence; ``False`` for none.

        Asked only of job types that are part of the initial import.
        """
        return False

    # === THE CONTRACT: WHAT WENT WRONG === #

    @api.model
    def _explain_error(self, connection, error):
        """Return Amazon's error as a sentence for the user."""
        is_denied = isinstance(error, AuthError) and error.reason == "forbidden"
        if is_denied and self._needs_listings_role:
            return messages.explain_denied_listings(connection, error)
        return messages.explain_error(self.env, error)

    @api.model
    def _handle_denial(self, job, error, sentence):
        """Stop the store; or this function alone, when its role may be missing.

        :param AuthError error: came often enough to be no hiccup of Amazon
        :param str sentence: the error as the user reads it
        """
        connection = job.connection_id
        # Another job would notice if it were the authorisation.
        is_noticed = not self._proves_authorization and any(
            one._proves_authorization and one._is_switched_on(connection)
            for one in self._get_types()
        )
        if error.reason != "forbidden" or not is_noticed:
            connection._require_reauthorisation(sentence, error.reason)
        else:
            connection._schedule_denial_reminder(self._get_label(), sentence)
            connection._skip_stage(self._kind, sentence)

    @api.model
    def _get_solved_reminders(self):
        """Return the activity types that a run which Amazon answered settles."""
        # Who asked Amazon could read the credentials.
        return [KEY_REMINDER]

    @api.model
    def _retry(self, connection, record):
        """Do again what a line of the history is about.

        :param record: what the line is about; empty when it is gone
        """
        if record and hasattr(record, "action_retry"):
            return record.action_retry()
        return connection._request_job(self._kind)
