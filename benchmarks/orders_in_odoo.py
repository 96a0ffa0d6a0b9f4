"""The part of the orders' benchmark that runs inside a process of Odoo's."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from benchmarks.in_odoo import (
    create_orders,
    describe_order,
    get_last_run,
    order,
    poll,
    read_order,
    start,
    timed,
)
from spapi_simulator.admin import SimulatorAdmin

ORDERS_TO_WARM_UP = 100
ORDERS_PER_BATCH = 50
DAY = 24 * 60 * 60  # seconds


def measure(env, url, account, marketplace, skus, orders, plain_orders, result):
    """Download the orders, create some again by hand, poll once more.

    :param dict account: of the simulator: its credentials
    :param skus: of the two products that are ordered
    :param orders: how many are downloaded
    :param plain_orders: how many of them are created again
    :param result: the file for the figures, JSON: seconds, counts and megabytes
    """
    connection = start(env, url, account, marketplace, skus)
    figures = {}
    with SimulatorAdmin(url) as amazon:
        ordered = describe_order(account, marketplace, skus)
        order(amazon, ORDERS_TO_WARM_UP, ordered | {"age_seconds": 10 * DAY})
        _import(env, connection, {})
        _create_again(env, ORDERS_TO_WARM_UP, {})
        order(amazon, orders, ordered | {"age_seconds": DAY / 24})
    connection.orders_synced_until = datetime.now() - timedelta(days=1)
    env.cr.commit()
    _import(env, connection, figures)
    _create_again(env, plain_orders, figures)
    poll(env, connection, figures={})
    poll(env, connection, figures)
    _run_nothing(env, figures)
    Path(result).write_text(json.dumps(figures))


def _import(env, connection, figures):
    """Download what Amazon holds; note what it took, and the memory that it kept."""
    process = psutil.Process()
    before = process.memory_info().rss
    known = env["amazon.order"].search_count([])
    poll(env, connection, figures)
    run = get_last_run(env, connection)
    found = env["amazon.order"].search([]).filtered("sale_order_id")
    if len(found) - known != run.seen:
        reasons = run.line_ids.mapped("message")[:3]
        raise SystemExit(
            f"{len(found) - known} of {run.seen} orders came in ({run.outcome}): "
            f"{reasons}"
        )
    figures["import"] = figures.pop("poll")
    figures["statements"] = figures.pop("poll_statements")
    figures["calls"] = figures.pop("poll_calls")
    figures["growth"] = max(process.memory_info().rss - before, 0) / 2**20


def _create_again(env, count, figures):
    """Create the last so many orders once more, without the connector."""
    orders = env["amazon.order"].search([], order="id DESC", limit=count)
    data = [read_order(sale) for sale in orders.sale_order_id]
    with timed(env, figures, "plain"):
        for start in range(0, len(data), ORDERS_PER_BATCH):
            create_orders(env, data[start : start + ORDERS_PER_BATCH])
            env.cr.commit()


def _run_nothing(env, figures):
    """Note what Odoo's scheduler itself takes, with an action that does nothing."""
    cron = env["ir.cron"].create(
        {
            "name": "Nothing",
            "model_id": env["ir.model"]._get("res.partner").id,
            "state": "code",
            "code": "pass",
        }
    )
    env.cr.commit()
    cron.method_direct_trigger()
    with timed(env, figures, "nothing"):
        cron.method_direct_trigger()
