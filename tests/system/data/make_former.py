"""Makes the dump of test_upgrade.py, with the code of version 19.0.1.1.0.

It is run once, in a checkout of that version (commit eb1b1c5), with the folder that the
files go to: ``PYTHONPATH=.:tests/system script/python <this file> <folder>``.

A store of the simulator is connected, its listings and orders come in, some are shipped
and Sync Inventory is on. Then a download of listings stops half-way for quota.
"""

import base64
import gzip
import json
import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from host.cli.demo import Demo
from host.demo.amazon import Account, AmazonReader
from host.demo.store import OdooStore
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.postgres import PostgresServer
from host.postgres_binaries import binaries
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from shop import Database, Shop

from spapi_simulator.admin import SimulatorAdmin

KEY = base64.urlsafe_b64encode(b"invented key of the upgrade test").decode()

# What a database holds that Odoo makes again, or that nobody misses.
CUT = (
    "DELETE FROM ir_attachment WHERE url LIKE '/web/assets/%%'",
    "DELETE FROM ir_attachment WHERE res_model = 'ir.ui.menu'",
    "UPDATE ir_config_parameter SET value = 'invented' "
    "WHERE key IN ('database.secret', 'database.uuid')",
    "DELETE FROM bus_bus",
    "DELETE FROM ir_logging",
    "DELETE FROM ir_cron_progress",
    "DELETE FROM ir_cron_trigger",
    "DELETE FROM res_device_log",
)


def main(folder: Path) -> None:
    os.environ["AMAZON_CONNECTOR_KEY"] = KEY
    source = find_odoo()
    with (
        PostgresServer() as postgres,
        tempfile.TemporaryDirectory() as data_dir,
        postgres.temporary_database() as name,
    ):
        data_dir = Path(data_dir)
        log = data_dir / "simulator.log"
        options = {"listings": 60, "orders": 40, "quota_factor": 1000}
        with SimulatorServer(log, **options) as simulator:
            url = simulator.url
            odoo = OdooServer(
                name,
                postgres,
                data_dir,
                source=source,
                system_parameters={
                    "amazon_connector.sp_api_url": url,
                    "amazon_connector.lwa_url": url,
                    "ir_attachment.location": "db",
                },
            )
            odoo.install(["amazon_connector"], with_demo=False)
            account = Account.from_environment(url, url)
            with odoo:
                recorded = live(odoo, account, Database(postgres, name))
        database = Database(postgres, name)
        for statement in CUT:
            database(statement)
        target = folder / "amazon_19.0.1.1.0.json.gz"
        text = json.dumps(recorded, sort_keys=True, indent=1)
        target.write_bytes(gzip.compress(text.encode(), mtime=0))
        command = [binaries() / "pg_dump", "--no-owner", "--no-privileges", name]
        env = os.environ | postgres.environment
        script = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
        target = folder / "odoo_19.0.1.1.0.sql.xz"
        # Plain SQL is packed a third as large as PostgreSQL's own format.
        target.write_bytes(lzma.compress(script.stdout, preset=9))


def live(odoo: OdooServer, account: Account, database: Database) -> dict:
    """Do what a person does with a store; return what Amazon says of it."""
    client = OdooClient(odoo.url, odoo.database)
    store = OdooStore(client)
    demo = Demo(store, AmazonReader(account))
    demo._download()
    demo._ship()
    demo._sync_inventory()
    demo._run_again()
    demo._compare()
    if demo.problems:
        raise SystemExit("\n".join(demo.problems))
    database.calm_down()
    with SimulatorAdmin(account.sp_api_url) as admin:
        stop_half_way(
            Shop(client, admin, database, account.seller_id, store.connection_id)
        )
    after = demo.amazon.orders()
    set_scheduled_actions(client)
    return {"before": demo.before, "after": after, "shipped": demo.shipped}


def stop_half_way(shop: Shop) -> None:
    """Have a download of all listings stop for quota after its first page."""
    shop.database("UPDATE amazon_storefront SET listings_synced_until = NULL")
    shop.set_quota("searchListingsItems", 1.5, 0.0001)
    shop.amazon.set_quota_factor(0.001)
    run = shop.run("action_download_products")
    shop.amazon.set_quota_factor(1000)
    (row,) = shop.database(
        "SELECT resume FROM amazon_job WHERE kind = 'download_products'"
    )
    print(f"The download of listings: {run.outcome}, it goes on at {row[0]}.")
    # A run whose time was up, and one that was under way when the server stopped.
    for kind, values in (
        ("download_orders", "outcome = 'partial'"),
        ("send_shipments", "outcome = 'running', \"end\" = NULL"),
    ):
        last = "SELECT last_run_id FROM amazon_job WHERE kind = %s"
        shop.database(f"UPDATE amazon_history SET {values} WHERE id = ({last})", kind)


def set_scheduled_actions(client: OdooClient) -> None:
    """Give one an interval of the administrator's own, and switch one off."""
    for kind, values in (
        ("download_orders", {"interval_number": 7}),
        ("send_shipments", {"active": False}),
    ):
        found = client.call(
            "ir.model.data",
            "search_read",
            [("module", "=", "amazon_connector"), ("name", "=", f"ir_cron_{kind}")],
            ["res_id"],
        )
        client.call("ir.cron", "write", [found[0]["res_id"]], values)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
