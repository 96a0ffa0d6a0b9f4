"""The clock of the tests: today's, or one that is so many days ahead.

Each Python process moves its own clock at its start (ahead/sitecustomize.py) and hands
that on to those it starts. PostgreSQL keeps its clock: Odoo's own mode for such tests
gives the database a now() that is moved along.
"""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from unittest.mock import patch

DAYS = "AMAZON_CONNECTOR_DAYS_AHEAD"
ODOO_MODE = "ODOO_FAKETIME_TEST_MODE"
HOOK = Path(__file__).resolve().parent / "ahead"


def days_ahead(days: int) -> AbstractContextManager:
    """Have the processes that are started in it live so many days ahead of today.

    With 0 they have today's clock, also inside of another one of these.
    """
    paths = [str(HOOK), *filter(None, [os.environ.get("PYTHONPATH")])]
    values = {
        "PYTHONPATH": os.pathsep.join(paths),
        DAYS: str(days),
        ODOO_MODE: "1" if days else "",
    }
    return patch.dict(os.environ, values)


def is_ahead() -> bool:
    """Whether this process hands a moved clock on to those that it starts."""
    return os.environ.get(DAYS, "0") != "0"
