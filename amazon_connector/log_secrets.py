"""Keeps out of the server's log the secrets that Odoo itself would write there.

At debug level Odoo logs each call with its values, so also what is typed into a form;
at any level it logs the address that Amazon sends the browser back to, with the code.
"""

import logging
import re

_NAMES = (
    "lwa_client_secret",
    "amazon_lwa_client_secret",
    "refresh_token",
    "authorization_code",
)
_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_VALUE = re.compile(rf"(['\"](?:{'|'.join(_NAMES)})['\"]: ?)(?:{_QUOTED})")
# Encoded once more where Odoo asks to log in first.
_CODE = re.compile(r"(spapi_oauth_code(?:=|%3D))(?:(?!&|%26)[^\s\"'])*")
# An import by file names the columns apart from their values.
_LOAD = re.compile(rf"(\.load\().*(?:{'|'.join(_NAMES)}).*", re.DOTALL)
_LOGGERS = ("odoo.service.model", "werkzeug")


class HideSecrets(logging.Filter):
    """Rewrites a record that shows a secret; never drops one."""

    def filter(self, record):
        """See ``logging.Filter``."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            # logging itself reports what cannot be formatted.
            return True
        shown = _LOAD.sub(r"\1…)", _CODE.sub(r"\1…", _VALUE.sub(r"\1'…'", text)))
        if shown != text:
            record.msg, record.args = shown, ()
        return True


def hide_secrets_in_log():
    """Called once, when Odoo loads the addon."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(entry, HideSecrets) for entry in logger.filters):
            logger.addFilter(HideSecrets())
