"""A whole catalogue from Amazon to linked products, beside plain Odoo.

A simulator whose quota does not limit, and one Odoo process that downloads all listings
through the addon's own job (report, details, catalogue), then creates the same products
by itself, in batches. What Amazon's published quotas force is printed beside it, and
pictures, which come afterwards, are left out.
``BENCHMARK_LISTINGS=100000 script/bench products`` takes more.
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

LISTINGS = int(os.environ.get("BENCHMARK_LISTINGS", "10000"))
# What plain Odoo needs for a product does not depend on how many are created.
PLAIN_PRODUCTS = min(LISTINGS, 2000)
IDENTIFIERS_PER_CALL = 20
# The first page, the report with its polls and document, what changed meanwhile.
OTHER_CALLS = 1 + 1 + 4 + 1 + 1
MOST_RATIO = 1.5
MOST_UNCHANGED_RATIO = 0.1
CALLS_TOLERANCE = 0.02
MOST_GROWTH_MEGABYTES = 150


def measure():
    """Yield the figures."""
    found = _measure_in_odoo()
    listings, products = found["listings"], found["products"]
    alone = found["alone"]
    details = -(-(listings - alone) // IDENTIFIERS_PER_CALL)
    articles = -(-found["articles"] // IDENTIFIERS_PER_CALL)
    plan = details + alone + articles + OTHER_CALLS
    imported = found["import"] / products
    plain = found["plain"] / found["plain_products"]
    yield Figure(f"{listings} listings: products linked", products, "")
    yield Figure("of them variants of a family", found["variants"], "")
    yield Figure("the connector, each product", 1000 * imported, "ms")
    yield Figure("plain Odoo, each product", 1000 * plain, "ms")
    yield Figure("the connector / plain Odoo", imported / plain, "", most=MOST_RATIO)
    yield Figure("statements, each product", found["import_statements"] / products, "")
    yield Figure(
        "statements of plain Odoo, each product",
        found["plain_statements"] / found["plain_products"], "",
    )  # fmt: skip
    yield Figure("calls of Amazon", found["calls"], "")
    # Few calls of few listings: the polls are more than the tolerance of them.
    tolerance = max(CALLS_TOLERANCE, OTHER_CALLS / plan)
    yield Figure(
        f"calls / the cheapest plan of {plan}", found["calls"] / plan, "",
        least=1 - tolerance, most=1 + tolerance,
    )  # fmt: skip
    yield Figure(
        "memory at most, above the start", found["growth"], "MB",
        most=MOST_GROWTH_MEGABYTES,
    )  # fmt: skip
    yield Figure("an unchanged second import", found["second"], "s")
    yield Figure(
        "the second / the first", found["second"] / found["import"], "",
        most=MOST_UNCHANGED_RATIO,
    )  # fmt: skip
    yield Figure("calls of the second", found["second_calls"], "")
    yield Figure("rows that the second wrote", found["second_rows"], "", most=0)
    yield Figure("the comparison with the report", found["comparison"], "s")
    yield Figure(
        "the comparison / the first", found["comparison"] / found["import"], "",
        most=MOST_UNCHANGED_RATIO,
    )  # fmt: skip
    yield Figure("rows that it wrote", found["comparison_rows"], "", most=0)
    yield Figure("the import in all", found["import"], "s")
    quota = max((details - 5) / 5, (alone - 5) / 5, (articles - 2) / 2, 0)
    yield Figure("Amazon's quota forces, beside the writing of the report", quota, "s")


def _measure_in_odoo():
    """Return what ``products_in_odoo.py`` measured in a process of Odoo's."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "simulator.log")
        options = {"orders": 0, "listings": LISTINGS, "quota_factor": 1000}
        with (
            SimulatorServer(log, **options) as simulator,
            PostgresServer() as postgres,
            SimulatorAdmin(simulator.url) as amazon,
        ):
            source = find_odoo()
            with temporary_instance(postgres, source) as (database, data_dir):
                install(source, postgres, database, [ADDON], data_dir)
                store = describe_store(amazon)
                settings = {
                    "account": store["account"],
                    "marketplace": store["marketplace"],
                    "url": simulator.url,
                    "plain_products": PLAIN_PRODUCTS,
                    "result": str(Path(folder, "figures.json")),
                }
                shell = OdooShell(source, postgres, database, data_dir)
                shell.run("products_in_odoo", settings)
                return json.loads(Path(settings["result"]).read_text())
