"""Orders of two lines from Amazon to confirmed sale orders, beside plain Odoo.

A simulator at Amazon's published quotas, and one Odoo process that downloads the orders
through the addon's own job, then creates and confirms the same customers and orders by
itself, in batches of 50. Both have done so with some orders before, so that Odoo's own
caches are warm. ``BENCHMARK_ORDERS=10000 script/bench orders`` takes more; Amazon's
quota is a hundredfold then, or waiting for it would take hours and be measured, too.
"""

import json
import os
import tempfile
from pathlib import Path

from host.odoo import install
from host.odoo_source import find_odoo
from host.paths import ADDON
from host.postgres import PostgresServer
from host.simulator import SimulatorServer
from host.templates import temporary_instance

from benchmarks.figures import Figure
from benchmarks.odoo_shell import OdooShell, describe_store
from spapi_simulator.admin import SimulatorAdmin

ORDERS = int(os.environ.get("BENCHMARK_ORDERS", "1000"))
# As many come in within the published quota without a pause: its burst is 20 pages.
ORDERS_OF_THE_QUOTA = 1000
# With which of the published quota more of them do, page after page.
QUOTA_FACTOR_OF_MORE = 100
# What plain Odoo needs for an order does not depend on how many are created.
PLAIN_ORDERS = min(ORDERS, 1000)
ORDERS_PER_PAGE = 100
# Beside the pages of the orders.
OTHER_CALLS = 1
MOST_RATIO = 1.15
MOST_IDLE_STATEMENTS = 40
MOST_GROWTH_MEGABYTES = 50
# v0 asks for the items and the address of each order, 0.5 a second.
V0_SECONDS_PER_ORDER = 2


def measure():
    """Yield the figures."""
    found = _measure_in_odoo()
    pages = -(-ORDERS // ORDERS_PER_PAGE)
    imported, plain = found["import"] / ORDERS, found["plain"] / PLAIN_ORDERS
    yield Figure(f"{ORDERS} orders: calls of Amazon", found["calls"], "",
                 most=pages + OTHER_CALLS)  # fmt: skip
    yield Figure("the connector, each order", 1000 * imported, "ms")
    yield Figure("plain Odoo, each order", 1000 * plain, "ms")
    yield Figure("the connector / plain Odoo", imported / plain, "", most=MOST_RATIO)
    yield Figure("statements, each order", found["statements"] / ORDERS, "")
    yield Figure(
        "statements of plain Odoo, each order",
        found["plain_statements"] / PLAIN_ORDERS, "",
    )  # fmt: skip
    yield Figure(
        "memory that the import leaves taken", found["growth"], "MB",
        most=MOST_GROWTH_MEGABYTES,
    )  # fmt: skip
    yield Figure("an idle poll: calls", found["poll_calls"], "", most=1)
    scheduler = found["nothing_statements"]
    yield Figure("statements of Odoo's scheduler alone", scheduler, "")
    yield Figure(
        "an idle poll: statements beside", found["poll_statements"] - scheduler, "",
        most=MOST_IDLE_STATEMENTS,
    )  # fmt: skip
    yield Figure("v0 would wait for its quota", ORDERS * V0_SECONDS_PER_ORDER, "s")


def _measure_in_odoo():
    """Return what ``orders_in_odoo.py`` measured in a process of Odoo's."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "simulator.log")
        is_more = ORDERS > ORDERS_OF_THE_QUOTA
        options = {"orders": 0, "quota_factor": QUOTA_FACTOR_OF_MORE if is_more else 1}
        with (
            SimulatorServer(log, **options) as simulator,
            PostgresServer() as postgres,
            SimulatorAdmin(simulator.url) as amazon,
        ):
            source = find_odoo()
            with temporary_instance(postgres, source) as (database, data_dir):
                install(source, postgres, database, [ADDON], data_dir)
                settings = describe_store(amazon) | {
                    "url": simulator.url,
                    "orders": ORDERS,
                    "plain_orders": PLAIN_ORDERS,
                    "result": str(Path(folder, "figures.json")),
                }
                shell = OdooShell(source, postgres, database, data_dir)
                shell.run("orders_in_odoo", settings)
                return json.loads(Path(settings["result"]).read_text())
