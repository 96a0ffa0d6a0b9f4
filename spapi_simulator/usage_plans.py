"""Amazon's published usage plans of all SP-API operations.

``usage_plans.json`` maps "METHOD path" to [operation, requests per second, burst], as
the descriptions of Amazon's models give them, also for operations not simulated.
"""

import functools
import json
from pathlib import Path

_FILE = Path(__file__).with_name("usage_plans.json")


@functools.cache
def published_plans():
    """{"METHOD path": [operation, rate, burst]}."""
    return json.loads(_FILE.read_text(encoding="utf-8"))


def published_plan(method, path):
    """(requests per second, burst) of an operation; KeyError when Amazon has none."""
    _operation, rate, burst = published_plans()[f"{method} {path}"]
    return rate, burst
