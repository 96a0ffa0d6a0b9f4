"""Helpers that know no model."""

import logging
import traceback
from datetime import timezone

from psycopg2 import OperationalError

from odoo.exceptions import UserError
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)


def naive_utc(moment):
    """Return an aware time as Odoo stores it: UTC, without zone and fractions."""
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def log_unexpected(error):
    """Log where an error came from, without its text: that may quote a buyer."""
    _logger.error(
        "%s\n%s",
        type(error).__name__,
        "".join(traceback.format_tb(error.__traceback__)),
    )


def explain_unexpected(env, error):
    """Log an error that nobody foresaw; return what to tell the user of it."""
    log_unexpected(error)
    return env._(
        "Something unexpected went wrong (%s); the server's log has the details. "
        "It is tried again by itself.",
        type(error).__name__,
    )


def describe_failure(env, error):
    """Return Odoo's own sentence, or else what kind of error it was."""
    return (
        str(error) if isinstance(error, UserError) else explain_unexpected(env, error)
    )


def process_pending(rows, run):
    """Work off one batch of rows.

    :param rows: records with ``_process_batch(run)`` and ``_set_failed(error, run)``, which do not
        come again afterwards
    :param run: the run's row, an ``amazon.history``
    :return: whether there were any
    :rtype: bool
    """
    if rows:
        process_in_batches(
            rows,
            lambda part: part._process_batch(run),
            lambda row, e: row._set_failed(e, run),
        )
    return bool(rows)


def process_in_batches(records, work, fail):
    """Do it for all at once when all is well; else one by one, so that one bad record
    is the only one that fails.

    :param work: callable on the records, run in a savepoint
    :param fail: callable on one record and its error
    """
    try:
        # A statement that fails would be logged with the buyer's data in it.
        with mute_logger("odoo.sql_db"), records.env.cr.savepoint():
            work(records)
    except OperationalError:
        # Two transactions met, or the database went away: not the record's fault.
        raise
    except Exception as error:
        if len(records) == 1:
            fail(records, error)
        else:
            for record in records:
                process_in_batches(record, work, fail)
