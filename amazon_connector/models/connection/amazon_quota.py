"""Token buckets of SP-API, shared by every worker and every database cursor.

Amazon limits calls by selling account, application and operation. A bucket is a row
that is changed in a short transaction of its own, so that a token once taken stays
taken whatever becomes of the work it was taken for. What Amazon answered last is
written down along with the next token, or when the run is over: for people who look
for what is wrong.
"""

import logging
import threading
import time
from contextlib import suppress

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

from ...spapi.errors import ThrottledError
from ...spapi.quota import DEFAULT_RATES, take
from ...tools import hide_failed_statements

_logger = logging.getLogger(__name__)

# A shorter wait is slept through, for a longer one the job is put off.
LONGEST_SLEEP = 2.0
# How often in a row others may change a bucket in between.
COLLISIONS_BEFORE_THROTTLE = 10


class AmazonQuota(models.Model):
    _name = "amazon.quota"
    _description = "Amazon Quota"
    _order = "account, operation"

    account = fields.Char(required=True, readonly=True)
    operation = fields.Char(required=True, readonly=True)
    rate = fields.Float(
        digits=(16, 6), readonly=True, help="Calls a second that Amazon allows."
    )
    burst = fields.Float(readonly=True, help="Calls that may be saved up.")
    tokens = fields.Float(readonly=True, help="Calls left at the time of the last one.")
    updated = fields.Float(readonly=True, digits=(16, 3), help="Seconds since 1970.")
    # === FIELDS: LAST ANSWER === #
    last_status = fields.Integer(readonly=True, help="The HTTP status that it had.")
    last_answer_on = fields.Datetime(readonly=True)
    last_request_id = fields.Char(
        readonly=True, help="By which Amazon's support finds the request."
    )
    clock_ahead = fields.Float(
        readonly=True,
        help="By how many seconds Amazon's clock was ahead of this one's.",
    )

    _account_operation_unique = models.Constraint(
        "UNIQUE(account, operation)", "There is one bucket for each operation."
    )

    @api.model
    def _take(self, account, operation, answer=None):
        """Take one token; return the seconds to wait, 0 when it was granted.

        :param dict answer: the values of the last answer, to be written with it
        """

        def change(rate, burst, tokens, updated):
            now = time.time()
            left, wait = take(tokens, updated, now, rate, burst)
            if wait and updated <= now:
                # Nothing was taken: what was counted still holds.
                return wait, answer or {}
            return wait, {"tokens": left, "updated": now, **(answer or {})}

        return self._change_bucket(account, operation, change)

    @api.model
    def _learn(self, account, operation, rate):
        """Keep the rate that Amazon named in ``x-amzn-RateLimit-Limit``."""
        self._change_bucket(account, operation, lambda *_bucket: (None, {"rate": rate}))

    @api.model
    def _empty(self, account, operation):
        """Amazon said 429: the bucket is empty, whatever was counted here."""
        self._change_bucket(
            account,
            operation,
            lambda *_bucket: (None, {"tokens": 0.0, "updated": time.time()}),
        )

    @api.model
    def _keep_answers(self, account, answers):
        """Write down what Amazon answered last.

        :param dict answers: the values by operation
        """
        names = ("last_status", "last_answer_on", "last_request_id", "clock_ahead")
        rows = SQL(", ").join(
            SQL("%s", (operation, *(values[name] for name in names)))
            for operation, values in answers.items()
        )

        def write(cr):
            cr.execute(
                SQL(
                    """
                    UPDATE amazon_quota AS bucket
                       SET last_status = answer.status,
                           last_answer_on = answer.moment,
                           last_request_id = answer.request,
                           clock_ahead = answer.ahead
                      FROM (VALUES %s)
                           AS answer (operation, status, moment, request, ahead)
                     WHERE bucket.account = %s
                       AND bucket.operation = answer.operation
                    """,
                    rows,
                    account,
                )
            )

        if answers:
            # For people alone: another worker that is in the way writes its own.
            with suppress(ThrottledError):
                self._in_own_transaction(write)

    @api.model
    def _change_bucket(self, account, operation, change):
        """Apply ``change(rate, burst, tokens, updated) -> (result, values)``."""
        return self._in_own_transaction(
            lambda cr: self._change_bucket_once(cr, account, operation, change),
            operation,
        )

    @api.model
    def _in_own_transaction(self, step, operation=""):
        """Do ``step(cr)`` on a cursor of its own; return what it does.

        :raise ThrottledError: when others are in the way again and again
        """
        for attempt in range(COLLISIONS_BEFORE_THROTTLE):
            try:
                # That another worker is in the way is no error for the server's log.
                with hide_failed_statements(), self.env.registry.cursor() as cr:
                    return step(cr)
            except (SerializationFailure, UniqueViolation):
                # Another worker changed the bucket in between.
                time.sleep(0.01 * (attempt + 1))
        raise ThrottledError(
            "The counter of Amazon's quota was busy.",
            operation=operation,
            retry_after=LONGEST_SLEEP,
        )

    @api.model
    def _change_bucket_once(self, cr, account, operation, change):
        found = self._lock_bucket(cr, account, operation)
        if not found:
            self._create_bucket(cr, account, operation)
            found = self._lock_bucket(cr, account, operation)
        bucket_id, *bucket = found
        result, values = change(*(float(value) for value in bucket))
        if not values:
            return result
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )
        cr.execute(
            SQL("UPDATE amazon_quota SET %s WHERE id = %s", assignments, bucket_id)
        )
        return result

    @api.model
    def _lock_bucket(self, cr, account, operation):
        """Return (id, rate, burst, tokens, updated), ``None`` where there is none."""
        cr.execute(
            SQL(
                """
                SELECT id, rate, burst, tokens, updated FROM amazon_quota
                WHERE account = %s AND operation = %s FOR UPDATE
                """,
                account,
                operation,
            )
        )
        return cr.fetchone()

    @api.model
    def _create_bucket(self, cr, account, operation):
        """Add a full bucket, unless another worker does."""
        rate, burst = DEFAULT_RATES[operation]
        cr.execute(
            SQL(
                """
                INSERT INTO amazon_quota
                    (account, operation, rate, burst, tokens, updated)
                VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (account, operation) DO NOTHING
                """,
                account,
                operation,
                rate,
                burst,
                burst,
                time.time(),
            )
        )


class QuotaObserver:
    """Stands between the client and Amazon: asks the quota, counts the calls."""

    def __init__(self, env, account):
        self.quota = env["amazon.quota"]
        self.account = account
        self.calls = 0
        self.waited = 0.0
        # Several requests of a run may be under way at the same time: one after the
        # other waits for its token, and an answer can be learned from meanwhile.
        self.turn = threading.Lock()
        self.lock = threading.Lock()
        self.rates = {name: rate for name, (rate, _burst) in DEFAULT_RATES.items()}
        # What Amazon answered last and is not written down yet, by operation.
        self.answers = {}

    def before(self, operation):
        """Take a token, sleep a short wait.

        :raise ThrottledError: when the wait is a long one
        """
        with self.turn:
            while wait := self._take(operation):
                if wait > LONGEST_SLEEP:
                    raise ThrottledError(
                        "Amazon's quota for this operation is used up.",
                        operation=operation,
                        retry_after=wait,
                    )
                self._sleep(wait)
                self.waited += wait
            self.calls += 1

    def _sleep(self, seconds):
        time.sleep(seconds)

    def _take(self, operation):
        with self.lock:
            answer = self.answers.pop(operation, None)
            return self.quota._take(self.account, operation, answer)

    def after(self, operation, status, rate_limit, request_id):
        """Learn from an answer: the rate that it names, or that there is none left."""
        _logger.debug("%s: %s (request %s)", operation, status, request_id)
        with self.lock:
            self.answers[operation] = {
                "last_status": status,
                "last_answer_on": fields.Datetime.now(),
                "last_request_id": request_id or None,
            }
            if status == 429:
                self.quota._empty(self.account, operation)
            elif rate_limit and rate_limit != self.rates[operation]:
                self.quota._learn(self.account, operation, rate_limit)
                self.rates[operation] = rate_limit

    def close(self, clock_ahead):
        """Write down what was answered and is not yet.

        :param float clock_ahead: seconds, by Amazon's clock
        """
        with self.lock:
            answers, self.answers = self.answers, {}
        for values in answers.values():
            values["clock_ahead"] = round(clock_ahead, 1)
        self.quota._keep_answers(self.account, answers)
