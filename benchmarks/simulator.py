"""The simulator: start, memory, getListingsItem and pages of large stores.

The floor is a bare application of the same framework behind the same server, which
answers every request with one short line, measured with the same client.
"""

import multiprocessing
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
from host.simulator import SimulatorServer

from spapi_simulator.accounts import CLIENT_ID, CLIENT_SECRET, NORTH_AMERICA, US
from spapi_simulator.admin import SimulatorAdmin
from spapi_simulator.server import loopback_socket

from . import bare_server
from .figures import Figure
from .keep_alive import KeepAlive, read_json, requests_per_second, target

MANY = 100_000
MIB = 1024 * 1024


def measure():
    """All figures, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        floor = _floor()
        yield Figure("requests/s of a bare server (the floor)", floor, "/s")
        yield from _small(Path(folder), floor)
        yield from _large(Path(folder))


def _floor():
    listening = loopback_socket("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    process = multiprocessing.Process(
        target=bare_server.serve, args=(listening,), daemon=True
    )
    process.start()
    try:
        with KeepAlive(url) as client:
            return requests_per_second(client, [b"/"])
    finally:
        process.terminate()
        process.join()
        listening.close()


def _small(folder, floor):
    with SimulatorServer(folder / "small.log", quota_factor=1e6) as server:
        items = _listings_items(server.url)
    yield Figure("getListingsItem requests/s", items, "/s", least=1000)
    yield Figure("getListingsItem, part of the floor", items / floor, "")


def _large(folder):
    started = time.perf_counter()
    options = {"listings": MANY, "orders": MANY, "quota_factor": 1e6}
    with SimulatorServer(folder / "large.log", **options) as server:
        seconds = time.perf_counter() - started
        yield Figure(f"start with {MANY:,} listings and orders", seconds, "s", most=10)
        process = psutil.Process(server.process.pid)
        yield _memory(process, "memory after the start")
        items = _listings_items(server.url)
        yield Figure("getListingsItem requests/s", items, "/s", least=1000)
        with KeepAlive(server.url, _token(server.url)) as client:
            yield from _pages(client)
        yield _memory(process, "memory after paging")


def _memory(process, name):
    return Figure(name, process.memory_info().rss / MIB, "MiB", most=1500)


def _token(url):
    form = {
        "grant_type": "refresh_token",
        "refresh_token": NORTH_AMERICA.refresh_token,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    answer = httpx.post(f"{url}/auth/o2/token", data=form, trust_env=False)
    return answer.raise_for_status().json()["access_token"]


def _listings_items(url):
    with SimulatorAdmin(url) as admin:
        skus = [product["sku"] for product in admin.products()]
    items = f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}/"
    included = "summaries,fulfillmentAvailability"
    targets = [
        target(items + quote(sku, safe=""), marketplaceIds=US.id, includedData=included)
        for sku in skus
    ]
    with KeepAlive(url, _token(url)) as client:
        return requests_per_second(client, targets)


def _pages(client):
    included = "FULFILLMENT,PROCEEDS,RECIPIENT,BUYER,PROMOTION,PACKAGES,PAYMENT"
    query = {"createdAfter": "2020-01-01T00:00:00Z", "includedData": included}
    times = _page_times(client, "/orders/2026-01-01/orders", query, "paginationToken")
    yield Figure("searchOrders, the slowest of 50 pages of 100", times[-1], "ms")
    yield Figure("searchOrders, the middle page", times[len(times) // 2], "ms", most=50)
    path = f"/listings/2021-08-01/items/{NORTH_AMERICA.seller_id}"
    query = {"marketplaceIds": US.id, "pageSize": 20}
    times = _page_times(client, path, query, "pageToken")
    yield Figure("searchListingsItems, the slowest of 50 pages of 20", times[-1], "ms")
    yield Figure(
        "searchListingsItems, the middle page", times[len(times) // 2], "ms", most=50
    )


def _page_times(client, path, query, token_name):
    """Sorted milliseconds of up to 50 pages in a row."""
    times, token = [], None
    while len(times) < 50 and (token or not times):
        following = {token_name: token} if token else {}
        begin = time.perf_counter()
        page = read_json(client, target(path, **query, **following))
        times.append((time.perf_counter() - begin) * 1000)
        token = page.get("pagination", {}).get("nextToken")
    return sorted(times)
