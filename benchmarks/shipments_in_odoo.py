"""The part of the shipments' benchmark that runs inside a process of Odoo's."""

import json
import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path

import odoo.sql_db as sql_db
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry

from benchmarks.in_odoo import (
    create_orders,
    create_products,
    describe_order,
    get_last_run,
    order,
    poll,
    read_order,
    start,
    timed,
)
from spapi_simulator.admin import SimulatorAdmin

DELIVERIES_TO_WARM_UP = 20
ORDERS_PER_BATCH = 50
HOUR = 60 * 60  # seconds
CARRIER = "UPS"
# Any of Odoo's own: what it costs to have it run soon.
SCHEDULED_ACTION = "stock.ir_cron_scheduler_action"


def measure(env, url, account, marketplace, skus, without, deliveries, result):
    """Validate the deliveries of the same orders by turns, then confirm Amazon's.

    :param dict account: of the simulator: its credentials
    :param skus: of the two products that are ordered
    :param without: name of the database that has not the addon
    :param deliveries: how many of each kind
    :param result: the file for the figures, JSON: seconds and counts
    """
    connection = start(env, url, account, marketplace, skus)
    with (
        SimulatorAdmin(url) as amazon,
        Registry(without).cursor() as cr,
    ):
        other = Environment(cr, SUPERUSER_ID, {})
        products = create_products(other, skus)
        count = deliveries + DELIVERIES_TO_WARM_UP
        ordered = describe_order(account, marketplace, skus)
        order(amazon, count, ordered | {"age_seconds": HOUR})
        sales = _import(env, connection, count)
        known = _find_products(env, skus, products)
        turns = {
            "amazon": _prepare(env, sales),
            "ordinary": _prepare(env, _create_again(env, sales, {})),
            "without": _prepare(other, _create_again(other, sales, known)),
            "triggered": _prepare(other, _create_again(other, sales, known)),
        }
        _validate({kind: some[:DELIVERIES_TO_WARM_UP] for kind, some in turns.items()})
        _confirm(env, connection, amazon, {})
        figures = _validate(
            {kind: some[DELIVERIES_TO_WARM_UP:] for kind, some in turns.items()}
        )
        _confirm(env, connection, amazon, figures)
    figures["send_statements"] /= deliveries
    Path(result).write_text(json.dumps(figures))


def _import(env, connection, count):
    """Download the orders; return their sale orders."""
    connection.orders_synced_until = datetime.now() - timedelta(days=1)
    poll(env, connection, {})
    sales = env["amazon.order"].search([], order="id").sale_order_id
    if len(sales) != count:
        reasons = get_last_run(env, connection).line_ids.mapped("message")[:3]
        raise SystemExit(f"{len(sales)} of {count} orders came in: {reasons}")
    return sales


def _find_products(env, skus, products):
    """Return the ids of the products of the other database, by those of this one.

    *other* is a service, for what Amazon charges besides.
    """
    known = env["product.product"].search([("default_code", "in", skus)])
    ids = {product.default_code: product.id for product in products}
    charge = products.create({"name": "Charge", "type": "service"})
    return {product.id: ids[product.default_code] for product in known} | {
        "other": charge.id
    }


def _create_again(env, sales, products):
    """Return the same orders once more, without the connector.

    :param products: ids of products to take instead, where it is another database
    """
    created = env["sale.order"]
    for begin in range(0, len(sales), ORDERS_PER_BATCH):
        data = [read_order(sale) for sale in sales[begin : begin + ORDERS_PER_BATCH]]
        for one in data if products else ():
            # The rest are records that Odoo itself brings, or says by itself.
            one["order"].pop("pricelist_id")
            for line in one["lines"]:
                line["product_id"] = products.get(line["product_id"], products["other"])
                line.pop("tax_ids")
        created |= create_orders(env, data)
        env.cr.commit()
    return created


def _prepare(env, sales):
    """Give the deliveries carrier and number; return the records by themselves."""
    # Odoo sends none for Amazon's orders, which would make them look cheap.
    env["res.company"].search([]).write({"stock_text_confirmation": False})
    service = env["product.product"].create({"name": CARRIER, "type": "service"})
    carrier = env["delivery.carrier"].create(
        {"name": CARRIER, "delivery_type": "fixed", "product_id": service.id}
    )
    pickings = sales.picking_ids.sorted("id")
    if len(pickings) != len(sales) or set(pickings.mapped("state")) != {"assigned"}:
        raise SystemExit("Not each order has one delivery that is ready.")
    for picking in pickings:
        picking.write(
            {"carrier_id": carrier.id, "carrier_tracking_ref": f"1Z{picking.id:08}"}
        )
    env.cr.commit()
    return list(pickings)


def _validate(turns):
    """Validate the deliveries of all kinds by turns.

    :param turns: ``{kind: list of stock.picking}``
    :return: ``{kind: {"seconds", "statements"}}``, the medians of one
    """
    found = {kind: [] for kind in turns}
    kinds = list(turns)
    for same in zip(*turns.values(), strict=True):
        for kind, picking in zip(kinds, same, strict=True):
            found[kind].append(_click(picking, kind == "triggered"))
    return {
        kind: dict(
            zip(
                ("seconds", "statements"),
                map(statistics.median, zip(*some, strict=True)),
                strict=True,
            )
        )
        for kind, some in found.items()
    }


def _click(picking, is_triggered):
    """Validate a delivery as the web client has it done; return seconds, statements.

    :param is_triggered: whether a scheduled action of Odoo's is triggered, too
    """
    user_id = picking.env.ref("base.user_admin").id
    with picking.env.registry.cursor() as cr:
        env = Environment(cr, user_id, {})
        before, started = sql_db.sql_counter, time.perf_counter()
        own = env["stock.picking"].browse(picking.id)
        outcome = own.button_validate()
        if is_triggered:
            env.ref(SCHEDULED_ACTION).sudo()._trigger()
        env.flush_all()
        cr.commit()
        seconds = time.perf_counter() - started
        statements = sql_db.sql_counter - before
        if outcome is not True or own.state != "done":
            raise SystemExit(f"{own.name} was not validated: {outcome}")
    return seconds, statements


def _confirm(env, connection, amazon, figures):
    """Run the job until Amazon has each delivery, as Odoo's scheduler would."""
    amazon.clear_journal()
    env.cr.rollback()
    left = _get_unconfirmed(env)
    job = connection._get_job("send_shipments")
    cron = env["amazon.job.type"]._get_type("send_shipments")._get_cron()
    job.not_before = False
    env.cr.commit()
    count = len(left)
    with timed(env, figures, "send"):
        while left and set(left.mapped("amazon_confirmation_state")) == {"waiting"}:
            time.sleep(_get_delay(job))
            cron.method_direct_trigger()
            # It ran with a cursor of its own, whose changes are seen from here on.
            env.cr.rollback()
            left = _get_unconfirmed(env)
    if left or len(amazon.journal("confirmShipment")) < count:
        reasons = left[:3].mapped("amazon_confirmation_reason")
        raise SystemExit(f"{len(left)} were not confirmed: {reasons}")


def _get_unconfirmed(env):
    return env["stock.picking"].search(
        [("amazon_confirmation_state", "in", ("waiting", "blocked", "refused"))]
    )


def _get_delay(job):
    """Return the seconds until the job may run."""
    if not job.not_before:
        return 0
    return max((job.not_before - datetime.now()).total_seconds(), 0)
