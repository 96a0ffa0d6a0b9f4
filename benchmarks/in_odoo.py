"""What the benchmarks do inside a process of Odoo's: connect, order, import, create."""

import time
from contextlib import contextmanager
from unittest.mock import patch

import odoo.sql_db as sql_db

ORDERS_AT_ONCE = 500
STOCK = 10_000_000


def start(env, url, account, marketplace, skus):
    """Use the simulator: have the products and a connected store; return the latter.

    :param url: where the simulator is
    :param dict account: of the simulator: its credentials
    :param marketplace: Amazon's id of the store's marketplace
    :param skus: of the products that are ordered
    """
    use_simulator(env, url)
    create_products(env, skus)
    connection = connect(env, account, marketplace)
    env.cr.commit()
    return connection


def use_simulator(env, url):
    """Have all requests go to the simulator there."""
    parameters = env["ir.config_parameter"].sudo()
    for name in ("sp_api_url", "lwa_url"):
        parameters.set_param(f"amazon_connector.{name}", url)


def describe_order(account, marketplace, skus):
    """Return what the simulator is told of an order: a line of each product."""
    lines = [{"sku": sku, "quantity": place} for place, sku in enumerate(skus, 1)]
    return {
        "seller_id": account["seller_id"],
        "marketplace_id": marketplace,
        "lines": lines,
    }


def order(amazon, count, ordered):
    """Have Amazon hold so many more orders."""
    while count:
        several = min(count, ORDERS_AT_ONCE)
        amazon.create_orders(count=several, **ordered)
        count -= several


@contextmanager
def timed(env, figures, name):
    """Add seconds and SQL statements, of all cursors of the process."""
    before, started = sql_db.sql_counter, time.monotonic()
    yield
    env.cr.commit()
    seconds, statements = time.monotonic() - started, sql_db.sql_counter - before
    figures[name] = figures.get(name, 0) + seconds
    figures[f"{name}_statements"] = figures.get(f"{name}_statements", 0) + statements


def create_products(env, skus):
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
    return products


def connect(env, account, marketplace, download_products=False):
    """Return a connected store that is the only one."""
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
            "download_products": download_products,
        }
    )
    connection.action_connect()
    return connection


def poll(env, connection, figures, kind="download_orders"):
    """Run the job that downloads orders (or another one) until it has no more to do."""
    job = connection._get_job(kind)
    cron = env["amazon.job.type"]._get_type(kind)._get_cron()
    while True:
        job.not_before = False
        env.cr.commit()
        with timed(env, figures, "poll"):
            cron.method_direct_trigger()
        # It ran with a cursor of its own, whose changes are seen from here on.
        env.cr.rollback()
        run = get_last_run(env, connection, kind)
        if run.outcome not in ("running", "waiting"):
            figures["poll_calls"] = run.calls
            return
        time.sleep(1)


def without_pictures(env):
    """Return a context manager in which the download of listings leaves out pictures.

    They come when all else is there; they are not what is measured.
    """

    def no_images(_job_type, job, _run, _session):
        job.position = False
        return False

    model = env.registry["amazon.job.type.download_products"]
    return patch.object(model, "_fetch_images", no_images)


def get_last_run(env, connection, kind="download_orders"):
    return env["amazon.history"].search(
        [("kind", "=", kind), ("connection_id", "=", connection.id)],
        limit=1,
    )


def read_order(sale):
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


def create_orders(env, data):
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
    return sales
