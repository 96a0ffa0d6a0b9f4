"""Moves the clock of a Python process at its start; host/clock.py puts it in the way.

freezegun, of which the tests make use, works on top of it.
"""

import os
from datetime import timedelta

days = int(os.environ.get("AMAZON_CONNECTOR_DAYS_AHEAD") or 0)
if days:
    import time_machine

    time_machine.travel(timedelta(days=days)).start()
