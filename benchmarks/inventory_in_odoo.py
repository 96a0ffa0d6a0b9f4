"""The part of the inventory's benchmark that runs inside a process of Odoo's."""

import json
import statistics
import time
from datetime import datetime
from pathlib import Path

import odoo.sql_db as sql_db
from odoo import fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command, Domain
from odoo.modules.registry import Registry

from benchmarks.in_odoo import connect, poll, use_simulator, without_pictures
from spapi_simulator.admin import SimulatorAdmin

STOCK = 1000
SALES, SALES_TO_WARM_UP = 100, 10
COUNTS, COUNTS_TO_WARM_UP = 5, 1
COMPUTED = 7
MANY_TIMES = 100_000


def measure(
    env, url, account, marketplace, without, changed, answer_seconds, counted, moved,
    result,
):  # fmt: skip
    """Work quantities out, send some, and move stock as people do.

    :param dict account: of the simulator: its credentials
    :param marketplace: Amazon's id of the store's marketplace
    :param without: name of the database that has not the addon
    :param changed: how many quantities are sent
    :param answer_seconds: what a slow Amazon takes for each answer
    :param counted: of how many products the stock is counted
    :param moved: how many listings are named whose stock may be moved afterwards
    :param result: the file for the figures, JSON
    """
    use_simulator(env, url)
    connection = connect(env, account, marketplace, download_products=True)
    env.cr.commit()
    with without_pictures(env):
        for kind in ("download_products", "download_orders"):
            poll(env, connection, {}, kind)
    listings = _fill_warehouse(env, connection)
    figures = {"listings": len(listings), "compute": _compute(listings)}
    own = _find_own_listings(listings)
    with SimulatorAdmin(url) as amazon:
        figures["sending"] = _send(
            env, connection, amazon, own[:changed], answer_seconds
        )
    figures["actions"] = _act_by_turns(
        env, without, listings.product_id, own.product_id[:counted]
    )
    # The counts of these benchmarks are not to be sent by what comes next.
    _settle(env, connection)
    figures["moved"] = {
        row.sku: row.product_id.stock_quant_ids.filtered("inventory_quantity_set").id
        or _find_quants(row.product_id).id
        for row in own[-moved:]
    }
    Path(result).write_text(json.dumps(figures))


def _fill_warehouse(env, connection):
    """Have stock of all that is sold, and Amazon have the same quantities.

    :return: the listings whose quantity is synced
    """
    listings = env["amazon.listing"].search(
        Domain("connection_id", "=", connection.id)
        & env["amazon.listing"]._get_syncable_domain(),
        order="id",
    )
    _create_stock(env, listings.product_id)
    connection.sync_inventory = True
    env.cr.commit()
    _settle(env, connection)
    return listings


def _create_stock(env, products):
    """Have the same stock of each product."""
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    env["stock.quant"].create(
        [
            {
                "product_id": product.id,
                "location_id": location.id,
                "quantity": STOCK,
            }
            for product in products
        ]
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()


def _settle(env, connection):
    """Pretend that Amazon has all of Odoo's quantities."""
    # Other cursors' changes are seen from here on.
    env.cr.rollback()
    env["amazon.stock.change"].search([]).unlink()
    listings = env["amazon.listing"].search([("connection_id", "=", connection.id)])
    quantities = listings._get_quantities()
    for quantity, rows in listings.grouped(quantities.get).items():
        rows.write(
            {
                "amazon_quantity": quantity,
                "quantity_seen_on": False,
                "is_quantity_unknown": False,
                "zero_state": False,
                "to_push": False,
            }
        )
    connection.inventory_checked_on = fields.Datetime.now()
    connection._get_job("sync_inventory").write({"position": False})
    env.cr.commit()
    # What was written has left changes, too.
    env["amazon.stock.change"].search([]).unlink()
    env["ir.cron.trigger"].search([]).unlink()
    env.cr.commit()


def _find_own_listings(listings):
    """Return those that have a product of their own, that is no variant."""
    return listings.filtered(
        lambda row: (
            len(row.product_id.amazon_listing_ids) == 1
            and not row.product_tmpl_id.attribute_line_ids
        )
    )


# === WORK QUANTITIES OUT === #


def _compute(listings):
    """Work out what the listings offer, and Odoo's free quantities, by turns.

    :return: ``{kind: {"seconds", "statements"}}``, medians
    """
    # By themselves, or Odoo would read those that it found by a listing one by one.
    products = listings.env["product.product"].browse(listings.product_id.ids)
    works = {
        "quantities": listings._get_quantities,
        "free": lambda: products.read(["free_qty"]),
    }
    found = {kind: [] for kind in works}
    for _turn in range(COMPUTED):
        for kind, work in works.items():
            listings.env.invalidate_all()
            before, started = sql_db.sql_counter, time.perf_counter()
            work()
            seconds = time.perf_counter() - started
            found[kind].append((seconds, sql_db.sql_counter - before))
    return _get_medians(found)


def _get_medians(found):
    """Return ``{kind: {"seconds", "statements"}}`` of ``{kind: [(s, n)]}``."""
    names = ("seconds", "statements")
    return {
        kind: dict(
            zip(
                names,
                map(statistics.median, zip(*some, strict=True)),
                strict=True,
            )
        )
        for kind, some in found.items()
    }


# === SEND === #


def _send(env, connection, amazon, listings, answer_seconds):
    """Change stock and send it at the published quotas, twice.

    :return: ``{kind: {"seconds", "cpu", "statements"}}``, of all together
    """
    amazon.set_quota_factor(1)
    found = {"at once": _send_all(env, connection, amazon, listings)}
    amazon.add_fault("slow", delay_seconds=answer_seconds, times=MANY_TIMES)
    found["slow"] = _send_all(env, connection, amazon, listings)
    amazon.clear_faults()
    amazon.set_quota_factor(1000)
    return found


def _send_all(env, connection, amazon, listings):
    quants = _find_quants(listings.product_id)
    for quant in quants:
        quant.quantity += 1
    # Full buckets, at the published rate.
    env["amazon.quota"].search([]).unlink()
    job = connection._get_job("sync_inventory")
    cron = env["amazon.job.type"]._get_type("sync_inventory")._get_cron()
    job.not_before = False
    amazon.clear_journal()
    env.cr.commit()
    before, cpu, started = sql_db.sql_counter, time.process_time(), time.monotonic()
    while True:
        cron.method_direct_trigger()
        # It ran with a cursor of its own, whose changes are seen from here on.
        env.cr.rollback()
        if not listings.filtered("to_push"):
            break
        delay = job.not_before and job.not_before - datetime.now()
        time.sleep(max(delay.total_seconds(), 0) if delay else 0)
    figures = {
        "seconds": time.monotonic() - started,
        "cpu": time.process_time() - cpu,
        "statements": sql_db.sql_counter - before,
    }
    # Amazon may have throttled some, which were sent again.
    sent = {entry["sku"] for entry in amazon.journal("patchListingsItem")}
    if sent != set(listings.mapped("sku")):
        raise SystemExit(f"{len(sent)} of {len(listings)} quantities were sent.")
    return figures


def _find_quants(products):
    return products.env["stock.quant"].search(
        [("product_id", "in", products.ids), ("location_id.usage", "=", "internal")]
    )


# === WHAT PEOPLE DO === #


def _act_by_turns(env, without, stored, products):
    """Confirm and deliver sales and count stock, in both databases by turns.

    :param without: name of the database that has not the addon
    :param stored: all products in stock, so that tables are as long in both
    :param products: that are sold; Amazon has a listing of each
    :return: ``{action: {"addon" or "without": {"seconds", "statements"}}}``
    """
    with Registry(without).cursor() as cr:
        other = Environment(cr, SUPERUSER_ID, {})
        _create_again(other, stored - products)
        places = {"addon": products, "without": _create_again(other, products)}
        sales = {kind: _create_sales(some) for kind, some in places.items()}
        figures = {
            "confirm": _take_turns(sales, _confirm, SALES_TO_WARM_UP),
            "validate": _take_turns(
                {
                    kind: [sale.picking_ids for sale in some]
                    for kind, some in sales.items()
                },
                _validate,
                SALES_TO_WARM_UP,
            ),
        }
        counted = {
            kind: [_find_quants(some)] * (COUNTS + COUNTS_TO_WARM_UP)
            for kind, some in places.items()
        }
        figures["count"] = _take_turns(counted, _count, COUNTS_TO_WARM_UP, _fill_in)
    return figures


def _create_again(env, products):
    """Create the same products with the same stock without the connector."""
    again = env["product.product"].create(
        [
            {
                "name": product.name,
                "default_code": product.default_code,
                "list_price": product.list_price,
                "type": product.type,
                "is_storable": product.is_storable,
            }
            for product in products
        ]
    )
    _create_stock(env, again)
    return again


def _create_sales(products):
    """Return quotations of two products each, one by one."""
    env = products.env
    # Odoo would ask first whether customers get text messages.
    env["res.company"].search([]).write({"stock_text_confirmation": False})
    customer = env["res.partner"].create({"name": "Casey Customer"})
    count = SALES + SALES_TO_WARM_UP
    # Each product of some is sold as often as another one.
    sold = [products[place % len(products)] for place in range(2 * count)]
    sales = env["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create({"product_id": product.id})
                    for product in sold[2 * place : 2 * place + 2]
                ],
            }
            for place in range(count)
        ]
    )
    env.cr.commit()
    return list(sales)


def _take_turns(places, act, to_warm_up, prepare=None):
    """Have each place do the same, by turns.

    :param dict places: ``{kind: list of records}`` to act on, one after the other
    :param act: called with one of them, as its user, in a transaction of its own
    :param to_warm_up: how many of the first are not measured
    :param prepare: called before, not measured
    :return: ``{kind: {"seconds", "statements"}}``, medians
    """
    found = {kind: [] for kind in places}
    for same in zip(*places.values(), strict=True):
        for kind, records in zip(places, same, strict=True):
            if prepare:
                prepare(records)
            found[kind].append(_click(records, act))
    return _get_medians({kind: some[to_warm_up:] for kind, some in found.items()})


def _click(records, act):
    """Do something as the web client has it done; return seconds and statements."""
    user_id = records.env.ref("base.user_admin").id
    # What was committed meanwhile is seen.
    records.env.cr.rollback()
    with records.env.registry.cursor() as cr:
        # Nothing of the others is read along.
        own = Environment(cr, user_id, {})[records._name].browse(records.ids)
        before, started = sql_db.sql_counter, time.perf_counter()
        act(own)
        own.env.flush_all()
        cr.commit()
        seconds = time.perf_counter() - started
        return seconds, sql_db.sql_counter - before


def _confirm(sale):
    sale.action_confirm()
    if sale.state != "sale":
        raise SystemExit(f"{sale.name} was not confirmed.")


def _validate(picking):
    outcome = picking.button_validate()
    if outcome is not True or picking.state != "done":
        raise SystemExit(f"{picking.name} was not validated: {outcome}")


def _fill_in(quants):
    """Type what is counted: one more of each."""
    for quant in quants.with_context(inventory_mode=True):
        quant.inventory_quantity = quant.quantity + 1
    quants.env.cr.commit()


def _count(quants):
    quants.action_apply_inventory()
    if any(quants.mapped("inventory_quantity_set")):
        raise SystemExit("The stock was not counted.")
