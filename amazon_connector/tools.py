"""Helpers that know no model."""

import logging
import threading
import traceback
from contextlib import contextmanager
from datetime import timezone

from psycopg2 import OperationalError
from psycopg2.errors import NotNullViolation

from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

# What threads are inside of hide_failed_statements().
_hiding = threading.local()


class _HideFailedStatements(logging.Filter):
    def filter(self, record):
        """See ``logging.Filter``: drop what the thread does not want logged."""
        return not getattr(_hiding, "depth", 0)


_statements_filter = _HideFailedStatements()


@contextmanager
def hide_failed_statements():
    """Let Odoo log no SQL statement that fails: it may quote a buyer.

    For this thread alone: Odoo's ``mute_logger`` would silence the others, and stay
    silent where two of them overlap.
    """
    # Added once, however often it is asked for.
    logging.getLogger("odoo.sql_db").addFilter(_statements_filter)
    _hiding.depth = getattr(_hiding, "depth", 0) + 1
    try:
        yield
    finally:
        _hiding.depth -= 1


def naive_utc(moment):
    """Return an aware time as Odoo stores it: UTC, without zone and fractions."""
    if not moment:
        return False
    return moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def prepare_title(title):
    """Return what an action is to have for this title to be shown over its list."""
    # Of an action that is stored, Odoo shows the display name.
    return {"name": title, "display_name": title}


def prepare_found_action(action, found, domain, title):
    """Return the action that opens the one that was found, or the list of all.

    :param dict action: a window action of their model, with a form among its views
    :param found: two of them, if there are several
    :param Domain domain: what finds all of them
    :param str title: of the list
    """
    if len(found) == 1:
        views = [(view, kind) for view, kind in action["views"] if kind == "form"]
        return action | {"res_id": found.id, "views": views}
    return action | {"domain": list(domain), "context": {}} | prepare_title(title)


def name_database(dbname):
    """Have the log lines of this thread name its database, as those of Odoo's do."""
    threading.current_thread().dbname = dbname


def log_unexpected(error):
    """Log where an error came from, without its text: that may quote a buyer."""
    _logger.error(
        "%s\n%s",
        type(error).__name__,
        "".join(traceback.format_tb(error.__traceback__)),
    )


def explain_unexpected(env, error):
    """Log an error that nobody foresaw; return what the user reads of it."""
    log_unexpected(error)
    return env._(
        "Something unexpected went wrong (%s); the server's log has the details. "
        "It is tried again by itself.",
        type(error).__name__,
    )


def describe_failure(env, error):
    """Return Odoo's own sentence, or else what kind of error it was."""
    if isinstance(error, UserError):
        return str(error)
    if getattr(error, "quotes_nothing", False):
        return env._(
            "What Amazon sent cannot be understood: %s It is tried again by itself; "
            "look the order or listing up in Seller Central.",
            error,
        )
    if isinstance(error, NotNullViolation):
        # Odoo names the field that an app requires, as it does on the screen.
        model = _find_model(env, error.diag.table_name)
        return model._sql_error_to_message(error)
    return explain_unexpected(env, error)


def _find_model(env, table):
    """Return an empty recordset of the model with this table."""
    names = (
        name
        for name, model in env.registry.items()
        if model._table == table and not model._abstract
    )
    return env[next(names, "base")]


def process_rows(rows, run):
    """Process one batch of rows.

    :param rows: records with ``_process_batch(run)`` and ``_set_failed(error, run)``,
        which do not come again afterwards
    :param run: the ``amazon.history`` row of the job's run
    :return: whether there were any
    :rtype: bool
    """
    if rows:
        process_in_batches(
            rows,
            lambda batch: batch._process_batch(run),
            lambda row, error: row._set_failed(error, run),
        )
    return bool(rows)


def process_in_batches(items, process, set_failed, env=None):
    """Do it for all at once when all is well; else one by one, so that one bad item is
    the only one that fails.

    :param items: records, or a list
    :param process: callable on some of the items, run in a savepoint
    :param set_failed: callable on the one item (one record, a list of one) and its
        error
    :param env: the environment where the items are no records
    """
    try:
        # A statement that fails would be logged with the buyer's data in it.
        with hide_failed_statements(), (env or items.env).cr.savepoint():
            process(items)
    except OperationalError:
        # Two transactions met, or the database went away: not the item's fault.
        raise
    except Exception as error:
        if len(items) == 1:
            set_failed(items, error)
        else:
            for place in range(len(items)):
                process_in_batches(items[place : place + 1], process, set_failed, env)
