"""An installation of version 19.0.1.1.0 is updated: all is kept, and work goes on.

The database was made by that version, with a store of the simulator, by
data/make_former.py; what Amazon said of the store's orders then was kept beside it.
"""

import ast
import gzip
import json
import lzma
import os
import re
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from host.cli.demo import Demo
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.paths import ADDON, REPOSITORY
from host.postgres_binaries import binaries
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from shop import NOW, Database, Shop, wait_until

from spapi_simulator.admin import SimulatorAdmin

DATA = Path(__file__).resolve().parent / "data"
DUMP = DATA / "odoo_19.0.1.1.0.sql.xz"
RECORDED = DATA / "amazon_19.0.1.1.0.json.gz"
# The key that the secrets in the dump are encrypted with: invented, like them.
KEY = "aW52ZW50ZWQga2V5IG9mIHRoZSB1cGdyYWRlIHRlc3Q="
SELLER = "A1SIMULATOR0NA"
MANIFEST = ast.literal_eval((REPOSITORY / ADDON / "__manifest__.py").read_text())
VERSION = MANIFEST["version"]

# All columns of the addon: of its tables, and those that it adds to Odoo's.
ADDON_COLUMNS = """
    SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.column_name)
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE t.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND (c.table_name LIKE 'amazon\\_%%' OR c.column_name LIKE '%%amazon%%')
     GROUP BY c.table_name
"""
ODOO_COLUMNS = {
    "sale_order": ["id", "name", "state", "amount_total", "partner_id", "date_order"],
    "sale_order_line": [
        "id",
        "order_id",
        "product_id",
        "product_uom_qty",
        "price_unit",
    ],
    "stock_picking": ["id", "name", "state", "carrier_id", "carrier_tracking_ref"],
    "stock_move": ["id", "product_id", "product_uom_qty", "quantity", "state"],
    "stock_quant": ["id", "product_id", "location_id", "quantity"],
    "product_product": ["id", "default_code", "barcode", "active"],
    "product_template": ["id", "name", "list_price", "type"],
    "res_partner": ["id", "name", "street", "city", "zip", "parent_id", "active"],
    "delivery_carrier": ["id", "name", "product_id", "active"],
}
# What an update writes again, the new home of a column, and what the views' actions
# were: links that pages find by themselves now.
NOT_DATA = {"create_date", "write_date", "create_uid", "write_uid"}
MOVED = {
    ("amazon_job", "resume"),
    ("amazon_history", "outcome"),
    # What the sale order shows is kept whole now; the first change is told as such.
    ("amazon_order", "fingerprint"),
    # The brake knows listing by listing what it holds back.
    ("amazon_connection", "zeros_checked_on"),
    ("amazon_connection", "zeros_checked_count"),
    ("amazon_connection", "are_zeros_allowed"),
    ("amazon_integration", "setup_action_id"),
    ("amazon_integration", "connections_action_id"),
}
CRONS = """
    SELECT d.name, c.id, c.interval_number, c.interval_type, c.active, c.nextcall
      FROM ir_cron c JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id
     WHERE d.module = 'amazon_connector' ORDER BY d.name
"""


def read_tables(database):
    """Return {(table, column): its values in the order of the rows}."""
    tables = {table: set(columns) for table, columns in database(ADDON_COLUMNS)}
    for table, columns in ODOO_COLUMNS.items():
        tables[table] = tables.get(table, set()) | set(columns)
    found = {}
    for table, columns in tables.items():
        rows = [row for (row,) in database(f'SELECT to_jsonb(t) FROM "{table}" t')]
        # The rows of a many2many relation have no id.
        rows.sort(key=lambda row: (row.get("id", 0), str(row)))
        for column in columns - NOT_DATA:
            found[table, column] = [row[column] for row in rows]
    return found


def restore(postgres, name):
    """Load the dump into an empty database, whatever PostgreSQL serves it."""
    # Servers before PostgreSQL 17 do not know this setting.
    unknown = b"SET transaction_timeout = 0;\n"
    done = subprocess.run(
        [binaries() / "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", name],
        input=lzma.decompress(DUMP.read_bytes()).replace(unknown, b""),
        env=os.environ | postgres.environment,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.fixture(scope="module")
def upgraded(postgres):
    """The database after the update, not served yet, and what was in it before."""
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres.temporary_database() as name,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AMAZON_CONNECTOR_KEY", KEY)
        restore(postgres, name)
        database = Database(postgres, name)
        server = OdooServer(name, postgres, Path(folder), source=find_odoo())
        before, crons = read_tables(database), database(CRONS)
        jobs = dict(database("SELECT kind, resume FROM amazon_job"))
        server.update(["amazon_connector"])
        yield SimpleNamespace(
            server=server,
            database=database,
            before=before,
            after=read_tables(database),
            crons=crons,
            resume=jobs,
            log=(Path(folder) / "install.log").read_text(),
        )


@pytest.fixture(scope="module")
def amazon(tmp_path_factory):
    """Amazon with the same listings and orders, but none of them is shipped."""
    log = tmp_path_factory.mktemp("simulator") / "simulator.log"
    options = {"listings": 60, "orders": 40, "quota_factor": 1000}
    with SimulatorServer(log, **options) as server, SimulatorAdmin(server.url) as admin:
        admin.url = server.url
        yield admin


@pytest.fixture(scope="module")
def shop(upgraded, amazon):
    """The store, served by the updated Odoo."""
    server = upgraded.server
    server.system_parameters = {
        "amazon_connector.sp_api_url": amazon.url,
        "amazon_connector.lwa_url": amazon.url,
    }
    (row,) = upgraded.database("SELECT id FROM amazon_connection")
    # Nothing starts but by the tests' doing, whenever the dump was made.
    upgraded.database(f"UPDATE ir_cron SET nextcall = {NOW} + interval '1 day'")
    with server:
        client = OdooClient(server.url, server.database)
        yield Shop(client, amazon, upgraded.database, SELLER, row[0])


def test_the_update_reports_no_error(upgraded):
    """Odoo loaded the new version, and its log has no error."""
    (row,) = upgraded.database(
        "SELECT latest_version, state FROM ir_module_module "
        "WHERE name = 'amazon_connector'"
    )
    assert row == (VERSION, "installed")
    assert re.findall(r"^.* (?:ERROR|CRITICAL) .*$", upgraded.log, re.M) == []


def test_every_value_is_kept(upgraded):
    """All rows of the addon, and Odoo's orders, deliveries, products and customers."""
    counts = {table: len(rows) for (table, _c), rows in upgraded.before.items()}
    assert counts["amazon_connection"] == 1
    assert counts["amazon_listing"] >= 60
    assert counts["amazon_order"] >= 25
    assert counts["amazon_shipment"] >= 10
    assert counts["amazon_history"] >= 5
    after = dict(upgraded.after)
    for table, column in after:
        if table == "amazon_job":
            # Behind those that were there: the job of each kind that came since.
            after[table, column] = after[table, column][: counts[table]]
    changed = {
        key
        for key, values in upgraded.before.items()
        if key not in MOVED and after.get(key) != values
    }
    assert changed == set()
    assert {key for key in MOVED if key not in upgraded.after} == MOVED - {
        ("amazon_history", "outcome")
    }


def test_runs_have_an_outcome_of_today(upgraded):
    """Rows that said "goes on" are runs that ended; the others are as they were."""
    before = upgraded.before["amazon_history", "outcome"]
    after = upgraded.after["amazon_history", "outcome"]
    assert {"partial", "waiting", "running"} <= set(before)
    names = ("warned", "failed", "created", "updated")
    counts = [upgraded.before["amazon_history", name] for name in names]
    for old, new, *counted in zip(before, after, *counts, strict=True):
        warned, failed, created, updated = (count or 0 for count in counted)
        if old not in ("partial", "waiting"):
            assert new == old
        elif warned or failed:
            assert new == "warning"
        else:
            assert new == ("done" if created or updated else "nothing")


def test_jobs_go_on_where_they_were(upgraded):
    """Their place is kept in its new form, and each has its scheduled action."""
    kept = upgraded.resume
    assert kept["download_products"]
    rows = upgraded.database(
        'SELECT j.kind, j."position", d.name FROM amazon_job j '
        "JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = j.cron_id"
    )
    # What came with the update begins with nothing.
    new = {"sweep_orders", "recover_orders", "complete_addresses"}
    kinds = {*kept, *new, "remove_personal_data"}
    expected = dict.fromkeys(kinds) | {
        "download_products": {"walks": kept["download_products"]}
    }
    assert {kind: position for kind, position, _name in rows} == expected
    assert {name for _kind, _position, name in rows} == {
        f"ir_cron_{kind}" for kind in kinds
    }


def test_buyers_who_are_there_get_no_mailing(upgraded):
    """As those do whom the import makes from now on."""
    buyers = upgraded.database(
        "SELECT p.email_normalized, b.active FROM res_partner p "
        "LEFT JOIN mail_blacklist b ON b.email = p.email_normalized "
        "WHERE p.amazon_buyer_key IS NOT NULL AND p.email_normalized IS NOT NULL"
    )
    assert buyers
    assert all(is_listed for _email, is_listed in buyers)


def test_storefronts_and_charges_say_who_accounts_for_tax(upgraded):
    """As before where Amazon adds tax; lines of charges keep Amazon's price."""
    policies = upgraded.database(
        "SELECT m.amazon_marketplace_id, m.prices_include_tax, s.tax_policy "
        "FROM amazon_storefront s JOIN amazon_marketplace m ON m.id = s.marketplace_id"
    )
    without_tax = {"ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"}
    assert without_tax & {ref for ref, _has_tax, _policy in policies}
    for ref, has_tax, policy in policies:
        assert has_tax == (ref not in without_tax)
        assert policy == ("odoo" if has_tax else "amazon")
    charges = upgraded.database(
        "SELECT DISTINCT d.name, l.amazon_charge FROM sale_order_line l "
        "JOIN sale_order s ON s.id = l.order_id AND s.amazon_order_ref IS NOT NULL "
        "JOIN ir_model_data d ON d.model = 'product.product' "
        "AND d.module = 'amazon_connector' AND d.res_id = l.product_id"
    )
    assert ("product_shipping", "SHIPPING") in charges
    assert all(kind for _name, kind in charges)


def test_scheduled_actions_stay_the_administrators(upgraded):
    """The same records, with their intervals, and those switched off are still off."""
    assert set(upgraded.crons) <= set(upgraded.database(CRONS))
    rows = {name: (number, active) for name, _, number, _, active, _ in upgraded.crons}
    assert rows["ir_cron_download_orders"] == (7, True)
    assert rows["ir_cron_send_shipments"] == (10, False)


def test_odoo_and_amazon_agree(upgraded, shop):
    """The demo's comparison, with what Amazon said when the dump was made."""
    recorded = json.loads(gzip.decompress(RECORDED.read_bytes()))
    reader = SimpleNamespace(orders=lambda: recorded["after"])
    demo = Demo(shop.store, reader)
    demo.before, demo.shipped = recorded["before"], recorded["shipped"]
    demo.orders = shop.store.orders()
    demo.confirmations = shop.store.confirmations()
    demo._compare()
    assert len(demo.orders) >= 25 and len(demo.confirmations) == 10
    assert demo.problems == []


def test_listings_and_quantities_go_on(shop):
    """The download goes on, the quantities are sent; no listing is doubled."""
    count = "SELECT count(*) FROM amazon_listing"
    before = shop.database(count)
    for button in ("action_download_products", "action_sync_inventory"):
        assert shop.run(button).outcome in ("done", "nothing"), button
    assert shop.database(count) == before


def test_orders_go_on(shop):
    """Orders that Odoo has are read again and not doubled; new ones come in."""
    # Where Amazon names no tax that Odoo's products would lack.
    new = shop.new_orders(2, marketplace_id="ATVPDKIKX0DER")
    sales = "SELECT id, name, state, amount_total FROM sale_order ORDER BY id"
    before = shop.database(sales)
    shop.database(
        f"UPDATE amazon_connection SET orders_synced_until = {NOW} - interval '50 days'"
    )
    assert shop.run("action_download_orders").outcome == "done"
    assert shop.database(sales)[: len(before)] == before
    numbers = [order["amazon_order_id"] for order in shop.store.orders()]
    assert set(new) <= set(numbers)
    assert len(set(numbers)) == len(numbers)
    assert shop.run("action_download_orders").outcome == "nothing"


def test_shipments_go_on(upgraded, shop):
    """A delivery is confirmed to Amazon once its scheduled action is on again."""
    order = shop.store.orders()[-1]
    carrier_id = shop.client.call(
        "delivery.carrier", "search", [("name", "=", "UPS Ground")]
    )[0]
    shop.store.count_stock(
        {row["product_id"][0]: 1000 for row in shop.store.listings()}
    )
    (cron,) = [row for row in upgraded.crons if row[0] == "ir_cron_send_shipments"]
    shop.client.call("ir.cron", "write", [cron[1]], {"active": True})
    shop.store.ship(order, carrier_id, "1Z999AA10000000099")
    number = order["amazon_order_id"]
    wait_until(lambda: shop.applied(number) == 1, "the confirmation of the shipment")
    # The run that was under way when the former server stopped.
    running = upgraded.before["amazon_history", "outcome"].index("running")
    run_id = upgraded.before["amazon_history", "id"][running]
    rows = shop.database("SELECT outcome FROM amazon_history WHERE id = %s", run_id)
    assert rows == [("interrupted",)]


def test_the_server_reports_no_error(upgraded, shop):
    """Nothing of the work above ended in an error of Odoo's."""
    assert shop.client.uid
    entries = re.split(r"^(?=\d{4}-\d\d-\d\d )", upgraded.server.log_text(), flags=re.M)
    errors = [
        one for one in entries if re.search(r"^\S+ \S+ \d+ (ERROR|CRITICAL) ", one)
    ]
    # Two jobs met at a record: PostgreSQL lets one of them do its slice again.
    collision = "could not serialize access due to concurrent update"
    assert [one for one in errors if collision not in one] == []
