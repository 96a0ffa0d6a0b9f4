"""script/demo: the connector at work against the simulator, or another server."""

import argparse
import contextlib
import os
import sys
import time
from decimal import Decimal

from host.demo.amazon import (
    DEFAULTS,
    Account,
    AmazonReader,
    expected_total,
    is_open,
    packages_of,
)
from host.demo.store import OdooStore
from host.demo.visit import CODE_PATH, SimulatorGuide, region_of, seller_central_url
from host.errors import HostError, run_main
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.ports import check_port
from host.postgres import PostgresServer
from host.processes import exit_on_signals
from host.rpc import OdooClient, OdooError
from host.simulator import SimulatorServer
from host.templates import addon_instance

TO_SHIP = 10
AT_LEAST = 25
RECEIVED = 3


def main() -> int:
    options = _parse(sys.argv[1:])
    if options.port:
        check_port(options.port)
    exit_on_signals()
    with contextlib.ExitStack() as stack:
        source = find_odoo()
        server = stack.enter_context(PostgresServer())
        say("Odoo: making a database of its own, with the connector …")
        database, data_dir = stack.enter_context(addon_instance(server, source))
        sp_api_url, lwa_url = _endpoints(stack, data_dir, options.listings)
        account = Account.from_environment(sp_api_url, lwa_url)
        seller_central = seller_central_url(sp_api_url)
        odoo = OdooServer(
            database,
            server,
            data_dir,
            source=source,
            port=options.port,
            system_parameters={
                "amazon_connector.sp_api_url": sp_api_url,
                "amazon_connector.lwa_url": lwa_url,
                # Also when empty: the demo data names a server of its own.
                "amazon_connector.seller_central_url": seller_central,
            },
        )
        stack.enter_context(odoo)
        store = OdooStore(OdooClient(odoo.url, database))
        problems = Demo(store, AmazonReader(account)).play()
        for problem in problems:
            say(f"NOT AS IT SHOULD BE: {problem}")
        if options.check:
            say("Odoo and Amazon differ." if problems else "Odoo and Amazon agree.")
            return 1 if problems else 0
        _say_how_to_connect(store, account, seller_central)
        _stay(odoo, sp_api_url)
    return 0


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="script/demo",
        description="Connect a store, download its orders, ship some and confirm them "
        "to Amazon. Without SP_API_URL and LWA_URL in the environment, Amazon is the "
        "simulator of this project.",
        epilog="Another server's account is named by "
        + ", ".join(DEFAULTS)
        + "; what is not set is the simulator's. SELLER_CENTRAL_URL names where its "
        "sellers authorise, if not at SP_API_URL (on this machine) or at Amazon.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare what Odoo and Amazon say at the end, stop everything, and exit "
        "with 0 or 1",
    )
    parser.add_argument("--port", type=int, default=0, help="port of Odoo")
    parser.add_argument(
        "--listings",
        type=int,
        default=240,
        help="how many listings the simulator has; another server has its own",
    )
    return parser.parse_args(arguments)


def _endpoints(stack, data_dir, listings) -> tuple[str, str]:
    """Return the addresses of SP-API and LWA; start the simulator if none is given."""
    sp_api_url = os.environ.get("SP_API_URL", "").rstrip("/")
    lwa_url = os.environ.get("LWA_URL", "").rstrip("/") or sp_api_url
    if sp_api_url:
        say(f"Amazon: using {sp_api_url}")
        return sp_api_url, lwa_url
    simulator = SimulatorServer(data_dir / "simulator.log", listings=listings)
    # Known from the start, so that a reset of the simulator does not lose it.
    simulator.options["redirect_uri"] = simulator.url + CODE_PATH
    stack.enter_context(simulator)
    say(f"Amazon: the simulator answers at {simulator.url}")
    return simulator.url, simulator.url


def _say_how_to_connect(store, account, seller_central) -> None:
    guide = SimulatorGuide(seller_central, region_of(account.sp_api_url))
    if not guide.is_simulator():
        place = seller_central or "Amazon's own Seller Central"
        say(f"Open Amazon leads to {place}; SELLER_CENTRAL_URL names another place.")
        return
    guide.ensure_redirect_uri()
    for line in guide.lines(account.seller_id, store.marketplaces()):
        say(line)


def _stay(odoo, sp_api_url) -> None:
    say("")
    say(f"Odoo is at {odoo.url}/odoo — login admin, password admin.")
    say("Look at: Amazon > Connections, Listings, Orders, Shipments, Integration Log.")
    say(f"Amazon is at {sp_api_url}. Ctrl-C stops everything.")
    with contextlib.suppress(KeyboardInterrupt):
        while odoo.process and odoo.process.returncode is None:
            time.sleep(0.5)
    say("Stopping.")


def say(text: str) -> None:
    print(text, flush=True)


class Demo:
    """The steps of the demo, each printed; ``play`` returns what is not as expected."""

    def __init__(self, store: OdooStore, amazon: AmazonReader):
        self.store = store
        self.amazon = amazon
        self.problems: list[str] = []

    def play(self) -> list[str]:
        try:
            self._download()
            self._ship()
            self._sync_inventory()
            self._run_again()
            self._compare()
        except OdooError as error:
            raise HostError(f"Odoo refused: {error}") from error
        return self.problems

    def _check(self, condition, problem: str) -> None:
        if not condition:
            self.problems.append(problem)

    def _download(self) -> None:
        self.store.forget_example()
        store = self.store.connect(self.amazon.account)
        say(
            f"Connected {store['display_name']}: {store['storefronts']} storefronts, "
            f"state {store['state']}."
        )
        self.before = self.amazon.orders()
        for line in self.store.wait_for_import().splitlines():
            say(f"Imported: {line}")
        # Storefronts that were ticked after Connect bring theirs along.
        self.store.download_products()
        run = self.store.run("action_download_orders")
        self._check(run["outcome"] != "failed", "action_download_orders failed")
        say(f"Orders: {_states(self.store.states())}.")
        self.orders = self.store.orders()
        self._check(
            len(self.orders) >= AT_LEAST,
            f"only {len(self.orders)} orders came in, at least {AT_LEAST} should",
        )
        stocked = self.store.fill_the_warehouse()
        say(f"Put {stocked} products into stock, as many as Amazon offers.")

    def _ship(self) -> None:
        carrier_id = self.store.carrier()
        open_orders = [order for order in self.orders if order["picking_ids"]]
        self.shipped = {}
        for number, order in enumerate(open_orders[:TO_SHIP], start=1):
            tracking = f"1Z999AA1{number:010d}"
            self.store.ship(order, carrier_id, tracking)
            self.shipped[order["amazon_order_id"]] = tracking
            say(f"Shipped {order['name']} ({order['amazon_order_id']}), {tracking}.")
        self.confirmations = self.store.wait_for_confirmations(len(self.shipped))
        say(f"Amazon confirmed {len(self.confirmations)} shipments.")

    def _sync_inventory(self) -> None:
        """Amazon follows the warehouse: all that differs, then what is received."""
        run = self.store.sync_inventory()
        self._check(run["outcome"] == "done", f"Sync Inventory: {run['outcome']}")
        say(
            f"Switched Sync Inventory on: {run['seen']} listings were compared, "
            f"{run['updated']} quantities sent."
        )
        rows = [row for row in self.store.listings() if row["channel"] == "merchant"]
        skus = {row["product_id"][0]: row["sku"] for row in rows}
        received = dict(list(skus.items())[:RECEIVED])
        self.store.count_stock(
            {product: self.store.on_hand(product) + 7 for product in received}
        )
        say(f"Received 7 pieces each of {', '.join(received.values())}.")
        for _attempt in range(60):
            different = self._different_quantities()
            if not different:
                break
            time.sleep(1)
        self._check(not different, f"quantities differ: {sorted(different)[:5]}")
        say("Amazon offers what is free in the warehouse, of every listing.")

    def _different_quantities(self) -> set[tuple[str, str]]:
        offered = self.store.offered()
        markets = {market for market, _sku in offered}
        there = {
            (market, sku): quantity
            for market in markets
            for sku, quantity in self.amazon.quantities(market).items()
        }
        return {key for key in offered if offered[key] != there.get(key)}

    def _run_again(self) -> None:
        """A second run of every job changes nothing and sends nothing."""
        for button in (
            "action_download_orders",
            "action_sync_inventory",
            "action_send_shipments",
        ):
            run = self.store.run(button)
            changed = run["created"] + run["updated"] + run["failed"]
            self._check(not changed, f"a second {button} changed {changed} records")
        say("Every job ran once more: nothing changed, nothing was sent.")

    def _compare(self) -> None:
        after = self.amazon.orders()
        self._compare_totals(after)
        self._compare_shipments(after)
        self._print_table(after)

    def _compare_totals(self, after) -> None:
        expected = {ref for ref, document in self.before.items() if is_open(document)}
        imported = {order["amazon_order_id"] for order in self.orders}
        self._check(
            imported == expected,
            f"orders that are in only one of Odoo and Amazon: {imported ^ expected}",
        )
        for order in self.orders:
            document = after[order["amazon_order_id"]]
            total = Decimal(str(round(order["amount_total"], 2)))
            currency = document["proceeds"]["grandTotal"]["currencyCode"]
            self._check(
                order["state"] == "sale"
                and total == expected_total(document)
                and order["currency_id"][1] == currency,
                f"{order['name']}: {order['state']}, {total} in Odoo, "
                f"{expected_total(document)} {currency} on Amazon",
            )

    def _compare_shipments(self, after) -> None:
        newly_shipped = {
            ref
            for ref, document in after.items()
            if _status(document) == "SHIPPED"
            and _status(self.before.get(ref, {})) != "SHIPPED"
        }
        self._check(
            newly_shipped == set(self.shipped),
            f"Amazon says SHIPPED of {sorted(newly_shipped)}, Odoo shipped "
            f"{sorted(self.shipped)}",
        )
        for row in self.confirmations:
            ref = row["order_id"][1]
            sent = (row["carrier_code"], row["tracking_ref"], row["items"])
            kept = packages_of(self.before[ref]) + [sent]
            self._check(
                sorted(kept, key=str) == sorted(packages_of(after[ref]), key=str),
                f"{ref}: Odoo shipped {sent}, Amazon has {packages_of(after[ref])}",
            )

    def _print_table(self, after) -> None:
        say("")
        say(f"{'Amazon order':<21} {'Sale order':<11} {'Total':>12}  Amazon says")
        for order in self.orders:
            ref = order["amazon_order_id"]
            status = _status(after[ref]).lower().replace("_", " ")
            number = self.shipped.get(ref, "")
            amount = f"{order['amount_total']:.2f} {order['currency_id'][1]}"
            say(f"{ref:<21} {order['name']:<11} {amount:>12}  {status} {number}")
        say("")


def _status(document: dict) -> str:
    return (document.get("fulfillment") or {}).get("fulfillmentStatus", "")


def _states(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


if __name__ == "__main__":
    run_main(main)
