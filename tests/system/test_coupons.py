"""Beside Odoo's app for coupons and loyalty: Amazon's buyers get none of its e-mails,
and their orders none of its discounts.
"""

import copy
import random
from datetime import datetime, timedelta, timezone

import pytest
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.templates import addon_instance
from shell import run_in_shell
from taxed_orders import total_of

from spapi_simulator.accounts import NORTH_AMERICA, US
from spapi_simulator.clock import iso
from spapi_simulator.store import articles
from spapi_simulator.store.order_generator import Generator
from spapi_simulator.store.order_wish import Wish

NUMBERS = ("113-0000001-0000001", "113-0000001-0000002")


@pytest.fixture(scope="module")
def orders():
    """Two orders of one buyer."""
    created = datetime.now(timezone.utc) - timedelta(days=2)
    first = Generator(articles.products(1)).order(
        random.Random("coupons"),
        NORTH_AMERICA,
        Wish(marketplace=US),
        NUMBERS[0],
        "113-0000001-0000009",
        created,
        created,
    )
    second = copy.deepcopy(first)
    second["orderId"] = NUMBERS[1]
    return [first, second]


@pytest.fixture(scope="module")
def changed(orders):
    """The second one, dearer by a dollar of shipping."""
    document = copy.deepcopy(orders[1])
    proceeds = document["orderItems"][0]["proceeds"]
    currency = proceeds["proceedsTotal"]["currencyCode"]
    proceeds["breakdowns"].append(
        {"type": "OTHER", "subtotal": {"amount": "1.00", "currencyCode": currency}}
    )
    for money in (proceeds["proceedsTotal"], document["proceeds"]["grandTotal"]):
        money["amount"] = f"{float(money['amount']) + 1:.2f}"
    document["lastUpdatedTime"] = iso(datetime.now(timezone.utc) - timedelta(hours=1))
    return document


@pytest.fixture(scope="module")
def outcome(postgres, orders, changed):
    """What came of them where the app was installed later than the addon."""
    source = find_odoo()
    with addon_instance(postgres, source) as (database, data_dir):
        server = OdooServer(database, postgres, data_dir, source=source)
        server.install(["sale_loyalty"], with_demo=False)
        question = {"orders": orders, "changed": changed}
        return run_in_shell(server, "loyal_buyers.py", question)


def test_orders_come_to_amazons_total_without_a_reward(outcome, orders, changed):
    """As they came in, and as Amazon changed them."""
    for results, documents in (
        (outcome["imported"], orders),
        (outcome["changed"], [orders[0], changed]),
    ):
        totals = {row["order"]: row["total"] for row in results}
        assert totals == {doc["orderId"]: float(total_of(doc)) for doc in documents}
        assert {row["state"] for row in results} == {"imported"}
        assert {row["sale_state"] for row in results} == {"sale"}
        assert not any(row["rewards"] for row in results)


def test_coupons_and_points_are_mailed_to_the_shops_customer_alone(outcome):
    """Who buys the same in the seller's own shop gets them."""
    buyers = {row["buyer"] for row in outcome["imported"]}
    assert len(buyers) == 1
    assert outcome["reached"] == [outcome["customer"]]
