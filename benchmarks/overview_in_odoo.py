"""The part of the overview's benchmark that runs inside a process of Odoo's."""

import json
import statistics
import time
from pathlib import Path

from odoo.fields import Command
from odoo.tests.common import new_test_user
from odoo.tools import SQL

LISTINGS_PER_STORE = 1000
RUNS_PER_ORDER, LINES_PER_RUN = 0.6, 5
TIMES = 9
SELLER = "A1BENCHMARK{:05}"
# What became of orders, by their number; in primes, so that each store has some.
IS_OPEN = "(n % 97 < 3)"
IS_HELD = "(n % 997 = 3)"
IS_FAILED = "(n % 997 = 103)"
IS_UNCONFIRMED = "(n % 199 = 4)"
IS_DOUBTFUL = "(n % 997 IN (1, 2))"


def measure(env, stores, orders, result):
    """Fill the database, and open the overview.

    :param int stores: how many there are
    :param int orders: how many they have together
    :param result: the file for the figures, JSON
    """
    started = time.monotonic()
    connections = _create_stores(env, stores)
    _fill(env, connections, orders)
    env.cr.commit()
    # What came with the addon's demonstration is no store of these.
    env.ref("amazon_connector.amazon_connection_demo").active = False
    user = new_test_user(
        env, "overview", "amazon_connector.amazon_connector_group_user"
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    figures = {
        "filled": time.monotonic() - started,
        "orders": env["amazon.order"].search_count([]),
        "lines": env["amazon.history.line"].search_count([]),
    }
    page = connections.with_user(user)
    figures["many"] = _measure_page(page)
    figures["one"] = _measure_page(page[:1])
    figures["numbers"] = {
        f"  {name}": _take_time(page, lambda name=name: page.read([name]))
        for name in (
            "late_order_count",
            "stopped_order_count",
            "unlinked_count",
            "suppressed_count",
            "blocked_shipment_count",
            "overview_jobs",
            "health",
        )
    }
    figures["lists"] = _measure_lists(page)
    figures["counts"] = _measure_counts_by_day(page)
    Path(result).write_text(json.dumps(figures))


# === FILL === #


def _create_stores(env, count):
    """Return so many connected stores, each with a storefront."""
    place = env.ref("amazon_connector.amazon_marketplace_us")
    connections = env["amazon.connection"].create(
        [
            {
                "store_name": f"Store {number}",
                "marketplace_id": place.id,
                "seller_id": SELLER.format(number),
                "lwa_client_id": "amzn1.application-oa2-client.example",
                "lwa_client_secret": "example-secret",
                "refresh_token": "Atzr|example",
                "storefront_ids": [
                    Command.create({"marketplace_id": place.id, "active": True})
                ],
            }
            for number in range(count)
        ]
    )
    connections.write({"state": "completed"})
    connections.write({"sync_inventory": True})
    return connections


def _fill(env, connections, orders):
    """Have what gathers in a year: each row copied from one that Odoo made."""
    connection = connections[0]
    product = env["product.product"].create({"name": "Invented", "is_storable": True})
    buyer = env["res.partner"].create(
        {"name": "Berta Beispiel", "country_id": env.ref("base.us").id}
    )
    sale = env["sale.order"].create(
        {
            "partner_id": buyer.id,
            "amazon_order_ref": "111-0000000-0000000",
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    sale.action_confirm()
    order = env["amazon.order"].create(
        {
            "amazon_order_id": "111-0000000-0000000",
            "connection_id": connection.id,
            "storefront_id": connection.storefront_ids.id,
            "sale_order_id": sale.id,
            "to_process": False,
            "state": "imported",
            "status": "shipped",
            "currency_name": "USD",
            "amount_total": 20,
        }
    )
    picking = sale.picking_ids
    shipment = env["amazon.shipment"].create(
        {
            "order_id": order.id,
            "picking_id": picking.id,
            "package_reference": "1",
            "state": "done",
        }
    )
    listing = env["amazon.listing"].create(
        {
            "storefront_id": connection.storefront_ids.id,
            "sku": "SKU-0",
            "product_id": product.id,
            "is_tracked": True,
            "amazon_quantity": 5,
            "to_process": False,
        }
    )
    run = env["amazon.history"].create(
        {
            "connection_id": connection.id,
            "kind": "download_orders",
            "reason": "schedule",
            "outcome": "done",
        }
    )
    line = env["amazon.history.line"].create(
        {"history_id": run.id, "level": "info", "message": "Invented"}
    )
    env.flush_all()
    store = _pick(connections.ids, "n")
    front = _pick(connections.storefront_ids.ids, "n")
    placed = "now() at time zone 'utc' - n * interval '5 minutes'"
    ship_by = (
        f"CASE WHEN {IS_OPEN} THEN now() at time zone 'utc' "
        "+ (n % 700 - 100) * interval '10 minutes' "
        f"ELSE {placed} + interval '2 days' END"
    )
    sales = _copy(
        env, "sale_order", sale.id, orders,
        name="'SB' || n",
        amazon_order_ref="'111-' || lpad(n::text, 7, '0') || '-0000000'",
        amazon_ship_by=ship_by,
        delivery_status=f"CASE WHEN {IS_OPEN} THEN 'pending' ELSE 'full' END",
        access_token="NULL",
    )  # fmt: skip
    rows = _copy(
        env, "amazon_order", order.id, orders,
        connection_id=store,
        storefront_id=front,
        amazon_order_id="'111-' || lpad(n::text, 7, '0') || '-0000000'",
        sale_order_id=(
            f"CASE WHEN {IS_HELD} OR {IS_FAILED} THEN NULL ELSE {sales} + n END"
        ),
        status=(
            f"CASE WHEN {IS_OPEN} OR {IS_HELD} OR {IS_FAILED} THEN 'unshipped' "
            "ELSE 'shipped' END"
        ),
        state=(
            f"CASE WHEN {IS_HELD} THEN 'held' WHEN {IS_FAILED} THEN 'failed' "
            "ELSE 'imported' END"
        ),
        purchase_date=placed,
        last_updated=placed,
        ship_by=ship_by,
        changes_to_confirm=f"CASE WHEN {IS_DOUBTFUL} THEN 'address' END",
        # As wide as rows are, and not the same twice.
        document_encrypted=(
            "(SELECT string_agg(md5((n * 100 + k)::text), '') "
            "FROM generate_series(1, 30) AS k)"
        ),
    )  # fmt: skip
    pickings = _copy(
        env, "stock_picking", picking.id, orders,
        name="'WH/OUT/B' || n",
        sale_id=f"{sales} + n",
        amazon_order_ref="'111-' || lpad(n::text, 7, '0') || '-0000000'",
        amazon_ship_by=ship_by,
        state=f"CASE WHEN {IS_OPEN} THEN 'assigned' ELSE 'done' END",
        amazon_unsettled_since="NULL",
    )  # fmt: skip
    _copy(
        env, "amazon_shipment", shipment.id, orders,
        where=f"NOT {IS_OPEN} AND NOT {IS_HELD} AND NOT {IS_FAILED}",
        order_id=f"{rows} + n",
        connection_id=store,
        picking_id=f"{pickings} + n",
        package_reference="(100000000 + n)::text",
        ship_by=ship_by,
        settled_on=f"{placed} + (n % 50) * interval '1 hour'",
        state=(
            f"CASE WHEN {IS_UNCONFIRMED} THEN "
            "(ARRAY['blocked', 'failed', 'pending'])[1 + n % 3] ELSE 'done' END"
        ),
    )  # fmt: skip
    _copy(
        env, "amazon_listing", listing.id, LISTINGS_PER_STORE * len(connections),
        storefront_id=front,
        connection_id=store,
        sku="'SKU-' || n",
        product_id=f"CASE WHEN n % 53 <> 1 THEN {product.id} END",
        state=(
            "CASE WHEN n % 101 = 2 THEN 'suppressed' WHEN n % 19 = 3 THEN 'removed' "
            "ELSE 'active' END"
        ),
        push_error="CASE WHEN n % 211 = 4 THEN 'Not that many.' END",
        amazon_quantity="n % 11",
    )  # fmt: skip
    runs = int(orders * RUNS_PER_ORDER)
    first_run = _copy(
        env, "amazon_history", run.id, runs,
        connection_id=store,
        start="now() at time zone 'utc' - n * interval '1 minute'",
        kind=_pick(sorted(set(connections.job_ids.mapped("kind"))), "(n / 30)"),
        outcome="(ARRAY['done', 'nothing', 'warning'])[1 + n % 3]",
    )  # fmt: skip
    _copy(
        env, "amazon_history_line", line.id, runs * LINES_PER_RUN,
        history_id=f"{first_run} + 1 + n % {runs}",
        level="(ARRAY['info', 'warning', 'error'])[1 + n % 3]",
    )  # fmt: skip
    env.cr.execute(
        """
        UPDATE amazon_job SET last_run_id = (
            SELECT MAX(run.id) FROM amazon_history AS run
             WHERE run.connection_id = amazon_job.connection_id
               AND run.kind = amazon_job.kind)
        """
    )
    env.invalidate_all()


def _pick(values, number):
    """Return the SQL that takes one value after the other."""
    listed = ", ".join(repr(value) for value in values)
    return f"(ARRAY[{listed}])[1 + {number} % {len(values)}]"


def _copy(env, table, row_id, count, where="TRUE", **changed):
    """Copy a row ``count`` times; the copy ``n`` has the id that is returned + n.

    :param changed: ``{column: SQL in terms of n}``
    """
    env.cr.execute(SQL("SELECT MAX(id) FROM %s", SQL.identifier(table)))
    before = env.cr.fetchone()[0]
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema AND table_name = %s",
        [table],
    )
    columns = [name for (name,) in env.cr.fetchall()]
    changed["id"] = f"{before} + n"
    values = ", ".join(changed.get(name, f'source."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    env.cr.execute(
        f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" AS source, '
        f"generate_series(1, {count}) AS n WHERE source.id = {row_id} AND {where}"
    )
    env.cr.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {before + count})"
    )
    return before


# === MEASURE === #


def _measure_page(page):
    """Return what the server does to show the cards of these stores."""
    view = page.env.ref("amazon_connector.amazon_connection_view_kanban_overview")
    arch = page.get_view(view.id, "kanban")["models"]["amazon.connection"]
    specification = {name: {} for name in arch if name in page._fields}
    found = {"cpu": []}

    def show():
        before, cpu = page.env.cr.sql_log_count, time.process_time()
        found["cards"] = page.with_context(active_test=False).web_search_read(
            [("id", "in", page.ids)], specification
        )
        found["statements"] = page.env.cr.sql_log_count - before
        found["cpu"].append(time.process_time() - cpu)

    seconds = _take_time(page, show)
    assert len(found["cards"]["records"]) == len(page)
    return {
        "seconds": seconds,
        "statements": found["statements"],
        "cpu": statistics.median(found["cpu"]),
    }


def _measure_lists(page):
    """Return the seconds that the lists and charts behind the numbers take."""
    orders = page.env["amazon.order"]
    sold = [("purchase_date", ">=", "today -30d"), ("state", "!=", "cancelled")]
    shipped = [("ship_by", ">=", "today -30d"), ("ship_by", "<", "now")]
    late = page[0].action_open_late_orders()["domain"]
    works = {
        "the list of a store's late orders": lambda: orders.search(late, limit=80),
        "sales of 30 days by day and storefront": lambda: orders.formatted_read_group(
            sold, ["purchase_date:day", "storefront_id"], ["amount_total:sum"]
        ),
        "late shipments of 30 days": lambda: orders.formatted_read_group(
            shipped, ["ship_by:day", "storefront_id"], ["late_share:avg"]
        ),
    }
    return {name: _take_time(page, work) for name, work in works.items()}


def _measure_counts_by_day(page):
    """Return the seconds that *Counts by Day* takes, each way that it is looked at."""
    report = page.env["amazon.history.report"]
    view = page.env.ref("amazon_connector.amazon_history_report_view_list")
    arch = report.get_view(view.id, "list")["models"]["amazon.history.report"]
    shown = {name: {} for name in arch if name in report._fields}
    counted = ["runs:sum", "seen:sum", "failed:sum"]
    # As the action opens it.
    month = [("day", ">=", "today -30d")]
    pivot = [[], ["kind"], ["day:day"], ["day:day", "kind"]]
    works = {
        "Counts by Day": lambda: report.web_search_read(month, shown, limit=80),
        "Counts by Day of all days": lambda: report.web_search_read(
            [], shown, limit=80
        ),
        "Counts by Day, as a pivot": lambda: report.formatted_read_grouping_sets(
            [], pivot, counted
        ),
        "Counts by Day, as a chart": lambda: report.formatted_read_group(
            [], ["day:day", "kind"], counted
        ),
    }
    return {name: _take_time(page, work) for name, work in works.items()}


def _take_time(page, work):
    """Return the median of the seconds of some work, each time with empty caches."""
    seconds = []
    for _time in range(TIMES):
        page.env.invalidate_all()
        started = time.monotonic()
        work()
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)
