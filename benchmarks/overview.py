"""The overview of thirty stores, with what gathers in a year.

One Odoo process with a database that holds thirty stores with 100,000 orders (their
sale orders, deliveries and shipments too), 30,000 listings and 300,000 lines of
history, filled in by SQL. What the server does for the page is measured as an Amazon
user, who is no superuser, with nothing in Odoo's caches of records; then the same page
with one store alone, the charts, and *Counts by Day*. The figures are medians.
``BENCHMARK_ORDERS=10000 script/bench overview`` takes fewer.
"""

import json
import os
import tempfile
from pathlib import Path

from host.odoo_source import find_odoo
from host.postgres import PostgresServer
from host.templates import addon_instance

from benchmarks.figures import Figure
from benchmarks.odoo_shell import OdooShell

STORES = 30
ORDERS = int(os.environ.get("BENCHMARK_ORDERS", "100000"))
MOST_MILLISECONDS = 300


def measure():
    """Yield the figures."""
    found = _measure_in_odoo()
    many, one = found["many"], found["one"]
    yield Figure("filling the database", found["filled"], "s")
    yield Figure("orders", found["orders"], "")
    yield Figure("lines of history", found["lines"], "")
    yield Figure(
        f"the page with {STORES} stores", 1000 * many["seconds"], "ms",
        most=MOST_MILLISECONDS,
    )  # fmt: skip
    # What else the machine does moves it less; PostgreSQL's part is not in it.
    yield Figure("CPU of Odoo's process", 1000 * many["cpu"], "ms")
    yield Figure("the page with one store", 1000 * one["seconds"], "ms")
    yield Figure("statements", many["statements"], "")
    yield Figure(
        "more statements than for one store", many["statements"] - one["statements"],
        "", most=0,
    )  # fmt: skip
    for name, seconds in found["numbers"].items():
        yield Figure(name, 1000 * seconds, "ms")
    for name, seconds in found["lists"].items():
        yield Figure(name, 1000 * seconds, "ms")
    for name, seconds in found["counts"].items():
        yield Figure(name, 1000 * seconds, "ms", most=MOST_MILLISECONDS)


def _measure_in_odoo():
    """Return what ``overview_in_odoo.py`` measured in a process of Odoo's."""
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as postgres:
        source = find_odoo()
        with addon_instance(postgres, source) as (database, data_dir):
            settings = {
                "stores": STORES,
                "orders": ORDERS,
                "result": str(Path(folder, "figures.json")),
            }
            shell = OdooShell(source, postgres, database, data_dir)
            shell.run("overview_in_odoo", settings)
            return json.loads(Path(settings["result"]).read_text())
