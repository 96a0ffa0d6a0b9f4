"""Helpers that know no model."""

import logging
import traceback
from datetime import timezone

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
