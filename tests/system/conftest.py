"""Fixtures: one real Odoo with its scheduled actions, the simulator, their clients.

Everything is looked at from outside: RPC, SQL and HTTP; the addon is never imported.
"""

import json
import sys
from pathlib import Path

import pytest
from host.browser import ADVICE, find_browser
from host.postgres import PostgresServer
from host.rpc import OdooClient
from host.simulator import SimulatorServer

HERE = Path(__file__).resolve().parent
# Found from the checkout in every import mode of pytest.
sys.path.insert(0, str(HERE))

from browser import Browser  # noqa: E402
from guided import disconnect  # noqa: E402
from screens import WIDE  # noqa: E402
from servers import prepare_odoo  # noqa: E402
from shop import Database, Shop, make_products  # noqa: E402

from spapi_simulator.admin import SimulatorAdmin  # noqa: E402

NORTH_AMERICA = ("A1SIMULATOR0NA", "ATVPDKIKX0DER")
EUROPE = ("A2SIMULATOR0EU", "A1PA6795UKMFR9")


@pytest.fixture(scope="session")
def postgres():
    """The PostgreSQL server of all databases."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    """An Amazon whose quotas do not slow the tests; its store is nearly empty."""
    log = tmp_path_factory.mktemp("simulator") / "simulator.log"
    with SimulatorServer(log, orders=0, quota_factor=1000) as server:
        yield server


@pytest.fixture(scope="session")
def odoo(postgres, simulator):
    """A running Odoo with the addon, two connected stores, and all products."""
    with prepare_odoo(postgres, simulator.url) as server, server:
        yield server


@pytest.fixture(scope="session")
def connected(odoo, simulator):
    """The ids of the two connections by seller."""
    client = OdooClient(odoo.url, odoo.database)
    with SimulatorAdmin(simulator.url) as admin:
        accounts = {account["seller_id"]: account for account in admin.accounts()}
        make_products(client, admin.products())
        connected = {
            seller_id: Shop.connect(client, accounts[seller_id], marketplace)
            for seller_id, marketplace in (NORTH_AMERICA, EUROPE)
        }
    # The company has no taxes of the countries it sells to, and would be told so.
    fronts = client.call("amazon.storefront", "search", [])
    client.call("amazon.storefront", "write", fronts, {"tax_policy": "amazon"})
    return connected


@pytest.fixture
def database(odoo):
    """SQL on Odoo's database."""
    return Database(odoo.postgres, odoo.database)


@pytest.fixture
def amazon(simulator):
    """The simulator's admin client; faults end with the test."""
    with SimulatorAdmin(simulator.url) as admin:
        admin.clear_faults()
        yield admin
        admin.clear_faults()


@pytest.fixture
def client(odoo):
    """An administrator's session in Odoo."""
    return OdooClient(odoo.url, odoo.database)


@pytest.fixture
def shops(client, amazon, database, connected):
    """Both stores, with no job under way or planned but those a test starts."""
    database.calm_down()
    return {
        seller_id: Shop(client, amazon, database, seller_id, connection_id)
        for seller_id, connection_id in connected.items()
    }


@pytest.fixture
def america(shops):
    """The North American store."""
    return shops[NORTH_AMERICA[0]]


@pytest.fixture
def europe(shops):
    """The European store."""
    return shops[EUROPE[0]]


@pytest.fixture
def browser(tmp_path):
    """A headless Chromium with a fresh profile."""
    program = find_browser()
    if not program:
        pytest.skip(ADVICE)
    with Browser(program, tmp_path) as started:
        yield started


@pytest.fixture
def see(browser, odoo, client):
    """A function that opens a page in a window of some size, and waits for it."""
    browser.log_in(client)

    def open_page(path, selector, size=WIDE):
        browser.resize(*size)
        browser.open(odoo.url + path)
        found = f"document.querySelector({json.dumps(selector)}) !== null"
        browser.wait_for(found, f"{selector} on {path}")
        return browser.evaluate("document.body.innerText")

    return open_page


@pytest.fixture
def make_method(client):
    """A function that makes a delivery method of some name; returns its id."""
    made = []

    def make(name):
        (product,) = client.call(
            "product.product", "search", [("type", "=", "service")], limit=1
        )
        (method,) = client.call(
            "delivery.carrier", "create", [{"name": name, "product_id": product}]
        )
        made.append(method)
        return method

    yield make
    client.call("delivery.carrier", "write", made, {"active": False})


@pytest.fixture(scope="session")
def fresh_amazon(tmp_path_factory):
    """A second Amazon, with orders to import."""
    log = tmp_path_factory.mktemp("fresh") / "simulator.log"
    with SimulatorServer(log, orders=40, quota_factor=1000) as server:
        yield server


@pytest.fixture(scope="session")
def fresh(postgres, fresh_amazon):
    """A running Odoo in which only the addon was installed; its log tells all."""
    url = fresh_amazon.url
    with prepare_odoo(
        postgres,
        url,
        {"amazon_connector.seller_central_url": url},
        extra_args=["--log-level=debug"],
    ) as server:
        server.set_system_parameters(
            {"web.base.url": server.url, "web.base.url.freeze": "True"}
        )
        with server:
            yield server


@pytest.fixture(scope="module")
def fresh_client(fresh, fresh_amazon):
    """An administrator's session in it; no store is connected yet."""
    client = OdooClient(fresh.url, fresh.database)
    disconnect(client)
    with SimulatorAdmin(fresh_amazon.url) as admin:
        admin.reset()
    return client
