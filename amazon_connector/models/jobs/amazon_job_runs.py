"""What a run leaves behind: its row in the history, and when it is tried again."""

from datetime import timedelta

from psycopg2 import OperationalError

from odoo import fields, models

from ...spapi.errors import AuthError, SpApiError, ThrottledError, UnavailableError
from ...tools import describe_failure, log_unexpected
from ..connection.amazon_vault import EncryptionKeyError
from ..connection.messages import explain_denied_listings, explain_error
from ..connection.reminders import (
    IMPORT_REMINDER,
    KEY_REMINDER,
    REAUTHORIZE_REMINDER,
    ROLE_REMINDER,
)
from .amazon_job_schedule import POLLED

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=1)
# Denials in a row after which it is no hiccup of Amazon.
MOST_DENIALS = 3
# Failures in a row after which the initial import goes on without the products.
MOST_FAILURES = 3


class AmazonJob(models.Model):
    _inherit = "amazon.job"

    # === BUSINESS METHODS - RUNS === #

    def _start_run(self):
        """Record the run at once, so that one that gets killed is seen."""
        history = self.env["amazon.history"]
        history.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("kind", "=", self.kind),
                ("outcome", "=", "running"),
            ]
        )._finish_interrupted()
        run = history.create(
            {
                "connection_id": self.connection_id.id,
                "kind": self.kind,
                "reason": self._reason(),
            }
        )
        self.last_run_id = run
        self._commit()
        return run

    def _reason(self):
        """Stock that moved, or a parcel that was not yet tried, are events."""
        if self.connection_id.import_stage == self.kind:
            return "import"
        if self.requested:
            return "button"
        events = {
            "send_shipments": (
                "amazon.shipment",
                [("state", "=", "pending"), ("attempts", "=", 0)],
            ),
            "sync_inventory": ("amazon.stock.change", []),
        }
        if self.kind not in events:
            return "schedule"
        model, domain = events[self.kind]
        mine = [("connection_id", "=", self.connection_id.id), *domain]
        return "event" if self.env[model].search_count(mine, limit=1) else "schedule"

    def _end_run(self, turn, outcome=None):
        turn.run._finish(outcome, turn.observer)
        values = {"failures": 0, "not_before": False}
        if turn.observer.calls:
            # A run that asked nothing of Amazon proves nothing.
            self.connection_id.activity_unlink(self._solved_reminders())
            values["denials"] = 0
        if outcome != "partial":
            values["requested"] = False
            if self.kind in POLLED:
                # What wakes another store must not spend this one's quota.
                values["not_before"] = fields.Datetime.now() + self._pause(self.kind)
        self.write(values)
        self._commit(processed=1)

    def _solved_reminders(self):
        """Return what needs nobody any more, since Amazon answered."""
        # Who asked Amazon could read the credentials.
        solved = [KEY_REMINDER]
        if self.kind == "download_products":
            solved.append(IMPORT_REMINDER)
        if self.kind == "download_orders":
            solved.append(REAUTHORIZE_REMINDER)
        others = self.connection_id.job_ids - self
        still_denied = any(job.denials >= MOST_DENIALS for job in others)
        if self.denials >= MOST_DENIALS and not still_denied:
            solved.append(ROLE_REMINDER)
        return solved

    def _fail_run(self, turn, error):
        """Write down why the run ended, and when it is tried again."""
        if isinstance(error, ThrottledError):
            until = self._put_off(timedelta(seconds=(error.retry_after or 60) + 1))
            sentence = self.env._("Waiting for Amazon's quota until %s UTC.", until)
            turn.run._note(sentence)
            self.connection_id._interrupt_import(self.kind, sentence)
            turn.run._finish("waiting", turn.observer)
        else:
            self._record_failure(turn, error)
        self._commit(processed=1)

    def _record_failure(self, turn, error):
        failures = self.failures + 1
        self._put_off(min(FIRST_DELAY * 2 ** min(failures - 1, 10), LONGEST_DELAY))
        self.failures = failures
        sentence = self._describe(error)
        turn.run._error(
            sentence,
            self.connection_id,
            request_id=getattr(error, "request_id", None),
        )
        turn.run._finish("failed", turn.observer)
        again = self.env._("It is tried again at %s UTC.", self.not_before)
        self.connection_id._interrupt_import(self.kind, f"{sentence} {again}")
        if isinstance(error, EncryptionKeyError):
            self.connection_id._schedule_reminder(
                KEY_REMINDER, sentence, fields.Date.context_today(self)
            )
        if self._is_denied_for_good(error):
            self._end_denied(error, sentence)
        elif self.failures >= MOST_FAILURES and not isinstance(error, UnavailableError):
            self._end_failing_import(sentence)

    def _end_failing_import(self, sentence):
        """Let the rest of the initial import go on without what keeps failing."""
        connection = self.connection_id
        if self.kind == "download_products" and connection.import_stage == self.kind:
            connection._schedule_reminder(
                IMPORT_REMINDER, sentence, fields.Date.context_today(self)
            )
            connection._skip_stage(self.kind, sentence)

    def _end_denied(self, error, sentence):
        """Stop the store; or the function alone, when its role may be missing.

        The download of orders tells whether the authorisation itself is gone.
        """
        connection = self.connection_id
        is_certain = error.reason != "forbidden" or not connection.download_orders
        if is_certain or self.kind == "download_orders":
            connection._require_reauthorisation(sentence, error.reason)
        else:
            labels = dict(self._fields["kind"]._description_selection(self.env))
            connection._schedule_denial_reminder(labels[self.kind], sentence)
            connection._skip_stage(self.kind, sentence)

    def _is_denied_for_good(self, error):
        """Whether a person has to act; a single denial may be a hiccup of Amazon."""
        if not isinstance(error, AuthError):
            return False
        self.denials += 1
        may_pass = error.reason == "forbidden" or error.status == 403
        return not may_pass or self.denials >= MOST_DENIALS

    def _put_off(self, delay):
        self.not_before = fields.Datetime.now() + delay
        self._trigger(self.kind, at=self.not_before)
        return self.not_before

    def _describe(self, error):
        if isinstance(error, SpApiError):
            is_denied = isinstance(error, AuthError) and error.reason == "forbidden"
            if is_denied and self.kind in ("download_products", "sync_inventory"):
                return explain_denied_listings(self.connection_id, error)
            return explain_error(self.env, error)
        if isinstance(error, OperationalError):
            log_unexpected(error)
            return self.env._(
                "Others changed the same records in Odoo again and again, or the "
                "database was not there. It is tried again by itself."
            )
        return describe_failure(self.env, error)
