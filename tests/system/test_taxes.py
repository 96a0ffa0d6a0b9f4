"""Orders of all marketplaces are booked by companies with the charts of five countries.

TAX_ORDERS says how many orders are generated, 200 if it is not set.
"""

import json
import os
import random
import subprocess
import tempfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from host.odoo import OdooServer, odoo_command
from host.odoo_source import find_odoo
from host.paths import REPOSITORY
from host.templates import temporary_instance

from spapi_simulator.accounts import AU, CA, DE, EUROPE, FR, JP, MX, UK, US
from spapi_simulator.store import articles
from spapi_simulator.store.order_generator import Generator
from spapi_simulator.store.order_wish import Wish

SCRIPT = Path(__file__).resolve().parent / "data" / "book_orders.py"
COUNT = int(os.environ.get("TAX_ORDERS", "200"))
MODULES = (
    "amazon_connector",
    "l10n_de",
    "l10n_uk",
    "l10n_fr_account",
    "l10n_eu_oss",
    "l10n_us",
    "l10n_jp",
)
# Where the company of a chart of accounts sells.
MARKETPLACES = {
    "de_skr03": (DE, FR, UK),
    "uk": (UK, DE, FR),
    "fr": (FR, DE, UK),
    "generic_coa": (US, CA, MX),
    "jp": (JP, AU),
}
VARIANTS = (
    (),
    ("TAX_INCLUDED",),
    ("TAX_ADDED",),
    ("IOSS",),
    ("UOSS",),
    ("PROMOTION",),
    ("PROMOTION", "TAX_ADDED"),
    ("GIFT", "TAX_INCLUDED"),
    ("GIFT", "PROMOTION", "TAX_ADDED"),
    ("COD",),
    ("BUSINESS",),
    ("REPLACEMENT",),
    ("MEASUREMENT",),
)
EUROPEAN = tuple(EUROPE.marketplaces)


def generate_orders():
    """Return {chart of accounts: order documents}, the same ones each time."""
    generator = Generator(articles.products(1))
    created = datetime.now(timezone.utc) - timedelta(days=2)
    orders = {chart: [] for chart in MARKETPLACES}
    for number in range(COUNT):
        chart = list(MARKETPLACES)[number % len(MARKETPLACES)]
        turn = number // len(MARKETPLACES)
        market = MARKETPLACES[chart][turn % len(MARKETPLACES[chart])]
        traits = VARIANTS[turn % len(VARIANTS)]
        if {"IOSS", "UOSS"} & set(traits) and market not in EUROPEAN:
            traits = ("TAX_ADDED",)
        document = generator.order(
            random.Random(f"taxes:{number}"),
            EUROPE,
            Wish(marketplace=market, traits=traits),
            f"200-{number:07}-0000001",
            f"200-{number:07}-0000002",
            created,
            created,
        )
        orders[chart].append(document)
    return orders


def owed(document):
    """Return Amazon's total less what Amazon remits, worked out without the addon."""
    remitted = Decimal(0)
    for item in document["orderItems"]:
        models = {
            entry["model"] for entry in item.get("tax", {}).get("taxCollections", [])
        }
        if "MARKETPLACE_FACILITATOR" in models:
            remitted += sum(
                Decimal(row["subtotal"]["amount"])
                for row in item["proceeds"]["breakdowns"]
                if row["type"] == "TAX"
            )
    return Decimal(document["proceeds"]["grandTotal"]["amount"]) - remitted


@pytest.fixture(scope="module")
def orders():
    """The documents by chart of accounts."""
    return generate_orders()


@pytest.fixture(scope="module")
def booked(postgres, orders):
    """What came of each order, by its number."""
    source = find_odoo()
    with (
        temporary_instance(postgres, source) as (database, data_dir),
        tempfile.TemporaryDirectory() as folder,
    ):
        OdooServer(database, postgres, data_dir, source=source).install(MODULES)
        wanted, found = Path(folder) / "wanted.json", Path(folder) / "found.json"
        wanted.write_text(json.dumps(orders))
        command = odoo_command(source, database, data_dir, (REPOSITORY,))
        command[2] = "shell"
        done = subprocess.run(
            [*command, "--no-http", "--max-cron-threads=0", "--log-level=warn"],
            stdin=SCRIPT.open(),
            env=os.environ
            | source.environment()
            | postgres.environment
            | {"BOOK_ORDERS": str(wanted), "BOOKED_ORDERS": str(found)},
            cwd=data_dir,
            capture_output=True,
            text=True,
        )
        assert found.exists(), done.stderr[-5000:] + done.stdout[-2000:]
        results = json.loads(found.read_text())
    return {result["order"]: result for result in results}


def test_every_order_is_imported(orders, booked):
    """None is held or failed."""
    documents = [document for several in orders.values() for document in several]
    assert len(booked) == len(documents) == COUNT
    wrong = {
        r["order"]: r["error"] for r in booked.values() if r["state"] != "imported"
    }
    assert wrong == {}


def test_sale_order_and_invoice_are_amazons_total_less_what_it_remits(orders, booked):
    """To the cent, posted, balanced, and without an adjustment line."""
    wrong = []
    for document in (doc for several in orders.values() for doc in several):
        result, total = booked[document["orderId"]], owed(document)
        is_right = Decimal(str(result["sale"])) == total
        if total:
            is_right &= Decimal(str(result["invoice"])) == total and result["posted"]
        if not is_right or result["balance"] or result["adjusted"]:
            wrong.append((total, result))
    assert wrong == []


def test_taxes_are_the_policys(booked):
    """Amazon's amounts carry no tax; Odoo's carry the country's, with their grids."""
    amazon = [r for r in booked.values() if r["policy"] == "amazon"]
    assert amazon and not any(r["taxes"] or r["tax"] for r in amazon)
    by_odoo = [r for r in booked.values() if r["policy"] == "odoo" and r["invoice"]]
    collected = [r for r in by_odoo if r["position"] == "Amazon collects"]
    assert collected and not any(r["tax"] for r in collected)
    taxed = [r for r in by_odoo if r["tax"]]
    assert len(taxed) > len(by_odoo) // 3
    assert all(r["base_grids"] for r in taxed)


def test_distance_sales_within_the_union_are_taxed_where_they_go(booked):
    """The positions of l10n_eu_oss apply to what a German company sells to France."""
    positions = {r["position"] for r in booked.values() if r["chart"] == "de_skr03"}
    assert any("France" in position for position in positions), positions
