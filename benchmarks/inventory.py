"""What Sync Inventory takes, and what it costs those who move the stock.

First one Odoo process with two databases, one with the addon and one without, and a
simulator with a whole catalogue: how many units each listing offers is worked out
beside Odoo's own free quantity, changed quantities are sent at Amazon's published
quotas, at once and to an Amazon that takes its time, and stock is sold, delivered and
counted in both databases by turns. These figures are medians, which what else the
machine does moves little. Then a real server on the same database, whose scheduled
actions carry one stock move after the other to Amazon.
``BENCHMARK_LISTINGS=1000 script/bench inventory`` takes fewer.
"""

import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.postgres import PostgresServer
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from host.templates import addon_instance, temporary_instance

from benchmarks.figures import Figure
from benchmarks.odoo_shell import OdooShell, describe_store
from spapi_simulator.admin import SimulatorAdmin
from spapi_simulator.usage_plans import published_plan

LISTINGS = int(os.environ.get("BENCHMARK_LISTINGS", "10000"))
CHANGED = 200
ANSWER_SECONDS = 0.3
# Of 1,000 products, where there are so many.
COUNTED = min(1000, LISTINGS // 2)
MOVES = 15
PATIENCE = 120
MOST_COMPUTE_RATIO = 2
MOST_QUOTA_RATIO = 1.15
MOST_CPU_MILLISECONDS = 20
MOST_STATEMENTS = 15
MOST_LATENCY_SECONDS = 3
MOST_RATIO = 1.03
MOST_MORE_STATEMENTS = 2
# What people do, and how it is called.
ACTIONS = {
    "validate": "Validate of a delivery",
    "count": f"a stock count of {COUNTED:,} products",
    "confirm": "the confirmation of a sale",
}
RATE, BURST = published_plan("PATCH", "/listings/2021-08-01/items/{sellerId}/{sku}")


def measure():
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "simulator.log")
        options = {"orders": 0, "listings": LISTINGS, "quota_factor": 1000}
        with (
            SimulatorServer(log, **options) as simulator,
            PostgresServer() as postgres,
            SimulatorAdmin(simulator.url) as amazon,
        ):
            source = find_odoo()
            with (
                addon_instance(postgres, source) as (database, data_dir),
                temporary_instance(postgres, source) as (without, _data_dir),
            ):
                store = describe_store(amazon)
                settings = {
                    "account": store["account"],
                    "marketplace": store["marketplace"],
                    "url": simulator.url,
                    "without": without,
                    "changed": CHANGED,
                    "answer_seconds": ANSWER_SECONDS,
                    "counted": COUNTED,
                    "moved": MOVES,
                    "result": str(Path(folder, "figures.json")),
                }
                shell = OdooShell(source, postgres, database, data_dir)
                shell.run("inventory_in_odoo", settings)
                found = json.loads(Path(settings["result"]).read_text())
                yield from _describe_compute(found["compute"], found["listings"])
                yield from _describe_sending(found["sending"])
                yield from _describe_actions(found["actions"])
                odoo = OdooServer(database, postgres, data_dir, source=source)
                with odoo:
                    yield from _measure_latency(odoo, amazon, found["moved"])


def _describe_compute(found, listings):
    quantities, free = found["quantities"], found["free"]
    yield Figure(f"quantities of {listings:,} listings", quantities["seconds"], "s")
    yield Figure("Odoo's free_qty of the same products", free["seconds"], "s")
    yield Figure(
        "quantities / free_qty", quantities["seconds"] / free["seconds"], "",
        most=MOST_COMPUTE_RATIO,
    )  # fmt: skip
    yield Figure("statements", quantities["statements"], "")
    yield Figure("statements of Odoo's", free["statements"], "")


def _describe_sending(found):
    forced = (CHANGED - BURST) / RATE
    yield Figure(f"what the quota forces of {CHANGED} quantities", forced, "s")
    for kind, name in (
        ("at once", f"{CHANGED} quantities"),
        ("slow", f"{CHANGED} quantities, answers of {ANSWER_SECONDS} s"),
    ):
        one = found[kind]
        yield Figure(name, one["seconds"], "s")
        yield Figure(
            f"{name} / quota", one["seconds"] / forced, "", most=MOST_QUOTA_RATIO
        )
        yield Figure(
            "CPU of each", 1000 * one["cpu"] / CHANGED, "ms",
            most=MOST_CPU_MILLISECONDS,
        )  # fmt: skip
        yield Figure(
            "statements of each", one["statements"] / CHANGED, "", most=MOST_STATEMENTS
        )


def _describe_actions(found):
    for action, name in ACTIONS.items():
        addon, plain = found[action]["addon"], found[action]["without"]
        yield Figure(name, 1000 * addon["seconds"], "ms")
        yield Figure("without the addon", 1000 * plain["seconds"], "ms")
        yield Figure(
            "with / without the addon", addon["seconds"] / plain["seconds"], "",
            most=MOST_RATIO,
        )  # fmt: skip
        yield Figure("statements without the addon", plain["statements"], "")
        yield Figure(
            "more statements", addon["statements"] - plain["statements"], "",
            most=MOST_MORE_STATEMENTS,
        )  # fmt: skip


def _measure_latency(odoo, amazon, moved):
    """Yield how long after its click a stock move is at Amazon.

    :param moved: ``{SKU: id of the stock.quant}``
    """
    client = OdooClient(odoo.url, odoo.database)
    amazon.clear_journal()
    seconds = []
    for sku, quant in moved.items():
        client.call("stock.quant", "write", [quant], {"inventory_quantity": 50})
        started = time.monotonic()
        client.call("stock.quant", "action_apply_inventory", [quant])
        _wait_for_quantity(amazon, sku)
        seconds.append(time.monotonic() - started)
    yield Figure(
        f"a stock move, until it is at Amazon (of {len(seconds)})",
        statistics.median(seconds), "s", most=MOST_LATENCY_SECONDS,
    )  # fmt: skip
    yield Figure("the slowest of them", max(seconds), "s")


def _wait_for_quantity(amazon, sku):
    deadline = time.monotonic() + PATIENCE
    while not amazon.journal("patchListingsItem", sku=sku):
        if time.monotonic() > deadline:
            raise SystemExit(f"The quantity of {sku} was not sent in time.")
        time.sleep(0.05)
