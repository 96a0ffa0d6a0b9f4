"""One connected store as a person and an auditor see it: RPC, SQL and Amazon's side."""

import time
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from host.demo.store import OdooStore

# Seconds after which what is waited for does not happen any more. A busy machine may
# take minutes; the schedule, which must not be what did it, takes a quarter of an hour.
WAIT = 600
# What happens on Amazon so long ago, in seconds, is shown at once, and by no download
# before.
AGE = 120
# In SQL: Odoo's time, and the scheduled actions of the addon and of those that add
# jobs to it (a column's condition).
NOW = "(now() at time zone 'UTC')"
CRONS = (
    "id IN (SELECT res_id FROM ir_model_data "
    "WHERE starts_with(module, 'amazon_connector') AND model = 'ir.cron')"
)


def wait_until(probe, what, seconds=WAIT):
    """Return the first true value of ``probe()``; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = probe()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def make_products(client, products):
    """Give every SKU of the catalogue a product with stock."""
    ids = client.call(
        "product.product",
        "create",
        [
            {
                "name": product["title"],
                "default_code": product["sku"],
                "type": "consu",
                "is_storable": True,
            }
            for product in products
        ],
    )
    warehouse = client.call("stock.warehouse", "search_read", [], ["lot_stock_id"])[0]
    quants = [
        {
            "product_id": product_id,
            "location_id": warehouse["lot_stock_id"][0],
            "inventory_quantity": 100_000,
        }
        for product_id in ids
    ]
    quant_ids = client.call(
        "stock.quant", "create", quants, context={"inventory_mode": True}
    )
    client.call("stock.quant", "action_apply_inventory", quant_ids)


class Database:
    """SQL on Odoo's database, each statement committed by itself.

    Its connection stays open: what is waited for is asked for many times, and
    PostgreSQL would need longer for a new one than for the question.
    """

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self._connection = None

    def __call__(self, query, *values):
        """Run a statement; return its rows."""
        if not self._connection or self._connection.closed:
            self._connection = self.server.connect(self.name)
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def close(self):
        """Let go of the database; the next statement connects anew."""
        if self._connection:
            self._connection.close()

    def calm_down(self):
        """Wait for the jobs under way; none starts but by a test's doing."""
        self.wait_for_jobs()
        # Jobs put off by an earlier test would use up the faults of the next.
        self("DELETE FROM ir_cron_trigger")
        self(f"UPDATE ir_cron SET nextcall = {NOW} + interval '1 day' WHERE {CRONS}")
        self(
            "UPDATE amazon_job SET not_before = NULL, failures = 0, "
            "requested = false, open_run_id = NULL"
        )
        # A window that an earlier test left open would be read first, and alone.
        self("UPDATE amazon_job SET position = NULL WHERE kind = 'download_orders'")

    def wait_for_jobs(self):
        """Wait until no job is under way, and none is to start at once."""
        wait_until(self._is_quiet, "the end of the jobs under way")

    def try_again(self, kind):
        """Let the jobs of a kind run now that a fault of Amazon put off."""
        # A run under way would put its job off after we have let it run.
        running = "SELECT 1 FROM amazon_history WHERE outcome = 'running' AND kind = %s"
        wait_until(lambda: not self(running, kind), "the end of the run")
        self("UPDATE amazon_job SET not_before = NULL WHERE kind = %s", kind)
        self.come_round()

    def _is_quiet(self):
        running = "SELECT 1 FROM amazon_history WHERE outcome = 'running'"
        if self(running) or self(
            f"SELECT 1 FROM ir_cron_trigger t JOIN ir_cron c ON c.id = t.cron_id "
            f"WHERE t.call_at <= {NOW} AND c.{CRONS}"
        ):
            # A trigger may fall due while we wait, and nobody else would wake.
            self._wake()
            time.sleep(0.5)
            return False
        return True

    def is_off(self):
        """Whether no scheduled action of the jobs is on, since no store needs it."""
        jobs = f"active AND cron_name ~ 'Download|Send shipment' AND {CRONS}"
        return not self(f"SELECT 1 FROM ir_cron WHERE {jobs}")

    def come_round(self):
        """Let the time of the scheduled actions come, but for those of the night."""
        self(
            f"UPDATE ir_cron SET nextcall = {NOW} "
            f"WHERE {CRONS} AND cron_name !~ 'Check orders'"
        )
        self._wake()

    def _wake(self):
        """Odoo's scheduler looks once a minute, or when it is told to."""
        with self.server.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [self.name])


class Shop:
    """A connection in Odoo and its selling account on Amazon."""

    def __init__(self, client, amazon, database, seller_id, connection_id):
        self.client = client
        self.amazon = amazon
        self.database = database
        self.seller_id = seller_id
        self.store = OdooStore(client)
        self.store.connection_id = connection_id
        self.connection_id = connection_id

    @staticmethod
    def connect(client, account, marketplace):
        """Fill in the form and press Connect; return the connection's id."""
        store = OdooStore(client)
        account = SimpleNamespace(**account | {"marketplace": marketplace})
        store.connect(account, download_products=False)
        return store.connection_id

    # Amazon's side

    def new_orders(self, count=1, **wishes):
        """Have customers order; return Amazon's order numbers."""
        wishes = {"age_seconds": AGE} | wishes
        orders = self.amazon.create_orders(self.seller_id, count=count, **wishes)
        return [order["orderId"] for order in orders]

    def confirmations(self, order_id):
        """The confirmShipment requests that Amazon received for an order."""
        return self.amazon.journal("confirmShipment", order_id)

    def applied(self, order_id):
        """How many of them Amazon carried out."""
        return sum(entry["applied"] for entry in self.confirmations(order_id))

    # Jobs

    def press(self, button):
        """Press a button of the connection and do not wait."""
        self.client.call("amazon.connection", button, [self.connection_id])

    def run(self, button):
        """Press a button; return the run that it starts or continues, with lines."""
        kind = button.removeprefix("action_")
        ((pressed_at,),) = self.database(f"SELECT {NOW}")
        self.press(button)
        return self._wait_for_run(kind, "write_date > %s", pressed_at)

    def last_run_id(self, kind):
        """The id of the latest run, 0 before the first."""
        (row,) = self.database(
            "SELECT COALESCE(max(id), 0) FROM amazon_history "
            "WHERE connection_id = %s AND kind = %s",
            self.connection_id,
            kind,
        )
        return row[0]

    def run_after(self, last, kind):
        """Wait for the first run after ``last`` to end or to be put off; return it."""
        return self._wait_for_run(kind, "id > %s", last)

    def _wait_for_run(self, kind, condition, value):
        rows = wait_until(
            lambda: self.database(
                "SELECT id, outcome, failed, warned FROM amazon_history "
                f"WHERE connection_id = %s AND kind = %s AND {condition} "
                "AND outcome != 'running' ORDER BY id LIMIT 1",
                self.connection_id,
                kind,
                value,
            ),
            f"a run of {kind}",
        )
        run_id, outcome, failed, warned = rows[0]
        lines = self.database(
            "SELECT level, message FROM amazon_history_line WHERE history_id = %s "
            "ORDER BY id",
            run_id,
        )
        return SimpleNamespace(
            id=run_id,
            outcome=outcome,
            failed=failed,
            warned=warned,
            levels=[level for level, _message in lines],
            text=" ".join(message for _level, message in lines),
        )

    def put_off(self, kind):
        """Whether the job waits for quota, or after a failure."""
        rows = self.database(
            "SELECT 1 FROM amazon_job j JOIN amazon_history h ON h.id = j.last_run_id "
            "WHERE j.connection_id = %s AND j.kind = %s "
            "AND h.outcome IN ('waiting', 'failed') "
            'AND j.not_before > coalesce(h.paused_on, h."end")',
            self.connection_id,
            kind,
        )
        return bool(rows)

    def set_quota(self, operation, tokens, rate):
        """Set how much of Amazon's quota Odoo believes to be left."""
        rows = self.database(
            "UPDATE amazon_quota SET tokens = %s, rate = %s, "
            "updated = extract(epoch FROM now()) "
            "WHERE operation = %s AND account LIKE %s RETURNING id",
            tokens,
            rate,
            operation,
            f"%{self.seller_id}%",
        )
        assert len(rows) == 1

    # Orders

    @property
    def synced_until(self):
        """The connection's cursor."""
        rows = self.database(
            "SELECT orders_synced_until FROM amazon_connection WHERE id = %s",
            self.connection_id,
        )
        return rows[0][0]

    def set_back(self):
        """Set the cursor back by some minutes, as a person may; return it."""
        moment = datetime.now(timezone.utc) - timedelta(minutes=20)
        self.client.call(
            "amazon.connection",
            "write",
            [self.connection_id],
            {"orders_synced_until": moment.strftime("%Y-%m-%d %H:%M:%S")},
        )
        return self.synced_until

    def sales(self, order_ids):
        """The Amazon numbers of the sale orders of these Amazon orders, sorted."""
        rows = self.database(
            "SELECT amazon_order_ref FROM sale_order WHERE amazon_order_ref = ANY(%s) "
            "ORDER BY amazon_order_ref",
            order_ids,
        )
        return [row[0] for row in rows]

    def deliveries(self, order_ids):
        """The Amazon numbers of their deliveries, sorted."""
        rows = self.database(
            "SELECT s.amazon_order_ref FROM stock_picking p "
            "JOIN sale_order s ON s.id = p.sale_id "
            "WHERE s.amazon_order_ref = ANY(%s) AND p.state != 'cancel' "
            "ORDER BY s.amazon_order_ref",
            order_ids,
        )
        return [row[0] for row in rows]

    # Shipments

    def sold(self, **wishes):
        """Have a customer order and download it; return Amazon's number."""
        (order_id,) = self.new_orders(**wishes)
        self.run("action_download_orders")
        assert self.sales([order_id]) == [order_id]
        return order_id

    def ship(self, order_id, tracking):
        """Validate the delivery of a sale order."""
        sale = self.client.call(
            "sale.order",
            "search_read",
            [("amazon_order_ref", "=", order_id)],
            ["name", "picking_ids"],
        )[0]
        self.store.ship(sale, self._carrier(), tracking)

    def _carrier(self):
        found = self.client.call(
            "delivery.carrier", "search", [("name", "=", "UPS Ground")], limit=1
        )
        return found[0] if found else self.store.carrier()

    def shipment_state(self, order_id):
        """The state of the order's only shipment, None before it has one."""
        rows = self.database(
            "SELECT s.state FROM amazon_shipment s JOIN amazon_order o "
            "ON o.id = s.order_id WHERE o.amazon_order_id = %s",
            order_id,
        )
        assert len(rows) < 2
        return rows[0][0] if rows else None

    def wait_for_shipment(self, order_id, state):
        """Wait until the order's only shipment is in a state."""
        try:
            wait_until(
                lambda: self.shipment_state(order_id) == state, f"a shipment {state}"
            )
        except AssertionError as error:
            # What became of it instead, and of the deliveries and the job.
            (picking,) = self.database(
                "SELECT p.state, p.id FROM stock_picking p JOIN sale_order s "
                "ON s.id = p.sale_id WHERE s.amazon_order_ref = %s LIMIT 1",
                order_id,
            )
            shipments = self.database(
                "SELECT state, error FROM amazon_shipment WHERE picking_id = %s",
                picking[1],
            )
            jobs = self.database(
                "SELECT requested, not_before, failures, open_run_id FROM amazon_job "
                "WHERE connection_id = %s AND kind = 'send_shipments'",
                self.connection_id,
            )
            error.add_note(f"{picking = }, {shipments = }, {jobs = }")
            raise

    def let_look_up(self):
        """Have shipments with a lost answer be due at once, not after a minute."""
        self.database(
            "UPDATE amazon_shipment SET next_try = NULL WHERE state = 'unknown'"
        )
