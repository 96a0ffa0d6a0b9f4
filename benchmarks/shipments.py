"""Deliveries of Amazon orders: a person validates them, the job confirms them.

One Odoo process with two databases, one with the addon and one without, and a simulator
at Amazon's published quotas. In both there are the same orders. Their deliveries are
validated one by one, each in a transaction of its own as a click on *Validate* is, in
turns: one of Amazon's, one of the same database that is not, one of the other database,
and there one with which Odoo triggers a scheduled action, as the addon has to.
The figures are medians, which what else the machine does moves little. Then the job
confirms those of Amazon. ``BENCHMARK_SHIPMENTS=50 script/bench shipments`` takes fewer.
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
from spapi_simulator.usage_plans import published_plan

DELIVERIES = int(os.environ.get("BENCHMARK_SHIPMENTS", "500"))
MOST_RATIO = 1.03
MOST_QUOTA_RATIO = 1.1
RATE, BURST = published_plan("POST", "/orders/v0/orders/{orderId}/shipmentConfirmation")


def measure():
    """Yield the figures."""
    found = _measure_in_odoo()
    amazon, ordinary, without, triggered = (
        found[kind] for kind in ("amazon", "ordinary", "without", "triggered")
    )
    yield Figure(f"{DELIVERIES} times Validate, a delivery of Amazon's",
                 amazon["seconds"] * 1000, "ms")  # fmt: skip
    yield Figure("one that is not Amazon's", ordinary["seconds"] * 1000, "ms")
    yield Figure("without the addon", without["seconds"] * 1000, "ms")
    yield Figure("that triggers a scheduled action", triggered["seconds"] * 1000, "ms")
    yield Figure(
        "Amazon's / without the addon", amazon["seconds"] / without["seconds"], "",
        most=MOST_RATIO,
    )  # fmt: skip
    yield Figure(
        "Amazon's / without the addon, triggering",
        amazon["seconds"] / triggered["seconds"], "",
    )  # fmt: skip
    yield Figure(
        "not Amazon's / without the addon", ordinary["seconds"] / without["seconds"],
        "", most=MOST_RATIO,
    )  # fmt: skip
    yield Figure("statements, Amazon's", amazon["statements"], "")
    yield Figure("statements, not Amazon's", ordinary["statements"], "")
    yield Figure("statements without the addon", without["statements"], "")
    forced = max(DELIVERIES - BURST, 0) / RATE
    yield Figure(f"{DELIVERIES} confirmations", found["send"], "s")
    yield Figure("what the quota forces", forced, "s")
    yield Figure("confirmations / what the quota forces", found["send"] / forced, "",
                 most=MOST_QUOTA_RATIO)  # fmt: skip
    yield Figure("statements, each confirmation", found["send_statements"], "")


def _measure_in_odoo():
    """Return what ``shipments_in_odoo.py`` measured in a process of Odoo's."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "simulator.log")
        with (
            SimulatorServer(log, orders=0, seed=7) as simulator,
            PostgresServer() as postgres,
            SimulatorAdmin(simulator.url) as amazon,
        ):
            source = find_odoo()
            with (
                temporary_instance(postgres, source) as (database, data_dir),
                temporary_instance(postgres, source) as (without, _data_dir),
            ):
                install(source, postgres, database, [ADDON], data_dir)
                settings = describe_store(amazon) | {
                    "url": simulator.url,
                    "without": without,
                    "deliveries": DELIVERIES,
                    "result": str(Path(folder, "figures.json")),
                }
                shell = OdooShell(source, postgres, database, data_dir)
                shell.run("shipments_in_odoo", settings)
                return json.loads(Path(settings["result"]).read_text())
