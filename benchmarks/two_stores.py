"""Two stores with slow answers beside one: they must not wait for each other.

A real Odoo sends 100 changed quantities for one store, then for two stores at once, to
a simulator that takes 0.3 s for each answer and whose quota does not limit. Both
figures are of the same run on the same machine.
"""

import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from host.demo.store import OdooStore
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.postgres import PostgresServer
from host.rpc import OdooClient
from host.simulator import SimulatorServer
from host.templates import temporary_instance

from benchmarks.figures import Figure
from spapi_simulator.admin import SimulatorAdmin

STORES = (("A1SIMULATOR0NA", "ATVPDKIKX0DER"), ("A2SIMULATOR0EU", "A1PA6795UKMFR9"))
CHANGED = 100
ANSWER_SECONDS = 0.3
# What two stores at once may take of the time of one.
MOST_RATIO = 1.2
# So long nothing arrives when all is sent.
QUIET_SECONDS = 8
PATIENCE = 300


def measure():
    """Yield the figures."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "simulator.log")
        with (
            SimulatorServer(log, orders=0, quota_factor=1000) as simulator,
            PostgresServer() as postgres,
        ):
            source = find_odoo()
            with temporary_instance(postgres, source) as (database, data_dir):
                parameters = {
                    "amazon_connector.sp_api_url": simulator.url,
                    "amazon_connector.lwa_url": simulator.url,
                }
                odoo = OdooServer(
                    database,
                    postgres,
                    data_dir,
                    source=source,
                    system_parameters=parameters,
                )
                odoo.install(["amazon_connector"])
                with odoo, SimulatorAdmin(simulator.url) as amazon:
                    yield from _Race(odoo, amazon).run()


class _Race:
    def __init__(self, odoo, amazon):
        self.odoo = odoo
        self.amazon = amazon
        self.client = OdooClient(odoo.url, odoo.database)
        self.stores = []

    def run(self):
        self._connect()
        self.amazon.add_fault(
            "slow",
            operation="patchListingsItem",
            delay_seconds=ANSWER_SECONDS,
            times=100_000,
        )
        first, second = self.stores
        alone = self._time([first], 30)
        both = self._time([first, second], 40)
        yield Figure(f"one store, {CHANGED} answers of {ANSWER_SECONDS} s", alone, "s")
        yield Figure(f"two stores at once, {CHANGED} answers each", both, "s")
        yield Figure("two stores / one store", both / alone, "", most=MOST_RATIO)

    def _connect(self):
        accounts = {one["seller_id"]: one for one in self.amazon.accounts()}
        store = OdooStore(self.client)
        store.forget_example()
        for seller_id, marketplace in STORES:
            store = OdooStore(self.client)
            store.connect(
                SimpleNamespace(**accounts[seller_id] | {"marketplace": marketplace}),
                download_products=True,
            )
            self._leave_one_storefront(store.connection_id)
            store.wait_for_import()
            # Its end: pictures that still come would be measured, too.
            store.run("action_download_products")
            self.stores.append(store.connection_id)
        # A store without any stock is not emptied: the sync would stop and ask.
        self._count_stock(20, set.union(*map(self._find_products, self.stores)))

    def _leave_one_storefront(self, store):
        """Sell in the own marketplace only: one listing of a product, one answer."""
        others = self.client.call(
            "amazon.storefront",
            "search",
            [
                ("connection_id", "=", store),
                ("marketplace_id", "!=", self._marketplace_of(store)),
            ],
        )
        self.client.call("amazon.storefront", "write", others, {"active": False})

    def _time(self, stores, quantity):
        """Count stock of the products that both stores sell; return the seconds until
        all of it is at Amazon, for the stores whose sync is on."""
        for store in self.stores:
            self.client.call(
                "amazon.connection",
                "write",
                [store],
                {"sync_inventory": store in stores},
            )
        self._measure_sending()
        started = time.monotonic()
        self._count_stock(quantity, self._find_common_products())
        last, sent = self._measure_sending()
        if sent < CHANGED * len(stores):
            raise SystemExit(f"Only {sent} quantities were sent.")
        return last - started

    def _count_stock(self, quantity, products):
        """Count as many units of each of these products."""
        warehouse = self.client.call(
            "stock.warehouse", "search_read", [], ["lot_stock_id"]
        )[0]
        quants = self.client.call(
            "stock.quant",
            "create",
            [
                {
                    "product_id": product,
                    "location_id": warehouse["lot_stock_id"][0],
                    "inventory_quantity": quantity,
                }
                for product in products
            ],
            context={"inventory_mode": True},
        )
        self.client.call("stock.quant", "action_apply_inventory", quants)

    def _find_common_products(self):
        """The ids of as many products as are changed, which each store sells."""
        common = set.intersection(*map(self._find_products, self.stores))
        if len(common) < CHANGED:
            raise SystemExit(f"Both stores sell only {len(common)} such products.")
        return sorted(common)[:CHANGED]

    def _find_products(self, store):
        """The ids of the products that a store ships itself."""
        rows = self.client.call(
            "amazon.listing",
            "search_read",
            [
                ("connection_id", "=", store),
                ("channel", "=", "merchant"),
                ("is_tracked", "=", True),
                ("product_id", "!=", False),
                ("storefront_id.marketplace_id", "=", self._marketplace_of(store)),
            ],
            ["product_id"],
        )
        return {row["product_id"][0] for row in rows}

    def _marketplace_of(self, store):
        (row,) = self.client.call(
            "amazon.connection", "read", [store], ["marketplace_id"]
        )
        return row["marketplace_id"][0]

    def _measure_sending(self):
        """Wait until nothing more arrives at Amazon.

        :return: (the monotonic time of the last arrival, how many there were)
        """
        self.amazon.clear_journal()
        deadline = time.monotonic() + PATIENCE
        last, count = time.monotonic(), 0
        while time.monotonic() < deadline:
            now = len(self.amazon.journal("patchListingsItem"))
            if now != count:
                last, count = time.monotonic(), now
            elif time.monotonic() > last + QUIET_SECONDS:
                return last, count
            time.sleep(0.1)
        raise SystemExit("The quantities were not sent in time.")
