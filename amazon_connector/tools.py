"""Helpers that know no model."""

import logging
import traceback

_logger = logging.getLogger(__name__)


def log_unexpected(error):
    """Log where an error came from, without its text: that may quote a buyer."""
    _logger.error(
        "%s\n%s",
        type(error).__name__,
        "".join(traceback.format_tb(error.__traceback__)),
    )
