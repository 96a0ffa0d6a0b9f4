"""The part of the orders' benchmark that runs inside a process of Odoo's."""

import json
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psutil

import odoo.sql_db as sql_db

from spapi_simulator.admin import SimulatorAdmin

ORDERS_TO_WARM_UP = 100
ORDERS_PER_BATCH = 50
ORDERS_AT_ONCE = 500
DAY = 24 * 60 * 60  # seconds
STOCK = 10_000_000


def measure(env, url, account, marketplace, skus, orders, result):
    """Download the orders, create them again by hand, poll once more.

    :param dict account: of the simulator: its credentials
    :param skus: of the two products that are ordered
    :param orders: how many
    :param result: the file for the figures, JSON: seconds, counts and megabytes
    """
    parameters = env["ir.config_parameter"].sudo()
    for name in ("sp_api_url", "lwa_url"):
        parameters.set_param(f"amazon_connector.{name}", url)
    _create_products(env, skus)
    connection = _connect(env, account, marketplace)
    env.cr.commit()
    figures = {}
    with SimulatorAdmin(url) as amazon:
        ordered = {"seller_id": account["seller_id"], "marketplace_id": marketplace}
        ordered["lines"] = [
            {"sku": sku, "quantity": place} for place, sku in enumerate(skus, 1)
        ]
        _order(amazon, ORDERS_TO_WARM_UP, ordered | {"age_seconds": 10 * DAY})
        _import(env, connection, {})
        _create_again(env, ORDERS_TO_WARM_UP, {})
        _order(amazon, orders, ordered | {"age_seconds": DAY / 24})
    connection.orders_synced_until = datetime.now() - timedelta(days=1)
    env.cr.commit()
    _import(env, connection, figures)
    _create_again(env, orders, figures)
    _poll(env, connection, figures={})
    _poll(env, connection, figures)
    _run_nothing(env, figures)
    Path(result).write_text(json.dumps(figures))


def _order(amazon, count, ordered):
    """Have Amazon hold so many more orders."""
    while count:
        several = min(count, ORDERS_AT_ONCE)
        amazon.create_orders(count=several, **ordered)
        count -= several


def _import(env, connection, figures):
    """Download what Amazon holds; note what it took, and the memory that it kept."""
    process = psutil.Process()
    before = process.memory_info().rss
    known = env["amazon.order"].search_count([])
    _poll(env, connection, figures)
    run = _last_run(env, connection)
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
    data = [_read(sale) for sale in orders.sale_order_id]
    with _timed(env, figures, "plain"):
        for start in range(0, len(data), ORDERS_PER_BATCH):
            _create_plain(env, data[start : start + ORDERS_PER_BATCH])
            env.cr.commit()


@contextmanager
def _timed(env, figures, name):
    """Add seconds and SQL statements, of all cursors of the process."""
    before, started = sql_db.sql_counter, time.monotonic()
    yield
    env.cr.commit()
    seconds, statements = time.monotonic() - started, sql_db.sql_counter - before
    figures[name] = figures.get(name, 0) + seconds
    figures[f"{name}_statements"] = figures.get(f"{name}_statements", 0) + statements


def _create_products(env, skus):
    products = env["product.product"].create(
        [
            {
                "name": f"Example {sku}",
                "default_code": sku,
                "type": "consu",
                "is_storable": True,
            }
            for sku in skus
        ]
    )
    warehouse = env["stock.warehouse"].search([], limit=1)
    for product in products:
        env["stock.quant"]._update_available_quantity(
            product, warehouse.lot_stock_id, STOCK
        )


def _connect(env, account, marketplace):
    env.ref("amazon_connector.amazon_connection_demo").unlink()
    place = env["amazon.marketplace"].search(
        [("amazon_marketplace_id", "=", marketplace)]
    )
    connection = env["amazon.connection"].create(
        {
            "marketplace_id": place.id,
            "seller_id": account["seller_id"],
            "lwa_client_id": account["client_id"],
            "lwa_client_secret": account["client_secret"],
            "refresh_token": account["refresh_token"],
            "download_products": False,
        }
    )
    connection.action_connect()
    return connection


def _poll(env, connection, figures):
    """Run the job that downloads orders, until it has no more to do."""
    job = connection._get_job("download_orders")
    cron = env["amazon.job.type"]._get_type("download_orders")._get_cron()
    while True:
        job.not_before = False
        env.cr.commit()
        with _timed(env, figures, "poll"):
            cron.method_direct_trigger()
        # It ran with a cursor of its own, whose changes are seen from here on.
        env.cr.rollback()
        run = _last_run(env, connection)
        if run.outcome not in ("running", "waiting"):
            figures["poll_calls"] = run.calls
            return
        time.sleep(1)


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
    with _timed(env, figures, "nothing"):
        cron.method_direct_trigger()


def _last_run(env, connection):
    return env["amazon.history"].search(
        [("kind", "=", "download_orders"), ("connection_id", "=", connection.id)],
        limit=1,
    )


def _read(sale):
    """Return the values of a sale order and its customer, to create them again."""
    partner = sale.partner_id
    return {
        "partner": {
            "name": partner.name,
            "email": partner.email,
            "street": partner.street,
            "city": partner.city,
            "zip": partner.zip,
            "state_id": partner.state_id.id,
            "country_id": partner.country_id.id,
            "phone": partner.phone,
        },
        "order": {
            "warehouse_id": sale.warehouse_id.id,
            "pricelist_id": sale.pricelist_id.id,
            "origin": sale.origin,
            "client_order_ref": sale.client_order_ref,
        },
        "lines": [
            {
                "product_id": line.product_id.id,
                "name": line.name,
                "product_uom_qty": line.product_uom_qty,
                "price_unit": line.price_unit,
                "tax_ids": [(6, 0, line.tax_ids.ids)],
            }
            for line in sale.order_line
            if not line.display_type
        ],
    }


def _create_plain(env, data):
    """Create and confirm a batch of orders as Odoo does it, without the connector."""
    orders = env["sale.order"].with_context(
        tracking_disable=True, mail_create_nosubscribe=True
    )
    partners = env["res.partner"].with_context(tracking_disable=True)
    customers = partners.create([one["partner"] for one in data])
    sales = orders.create(
        [
            one["order"]
            | {
                "partner_id": customer.id,
                "order_line": [(0, 0, line) for line in one["lines"]],
            }
            for one, customer in zip(data, customers, strict=True)
        ]
    )
    sales.action_confirm()
