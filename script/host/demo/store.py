"""What a person does in Odoo, done over Odoo's own RPC."""

import time

from host.errors import HostError

# The longest that a job may take, on a machine that does something else as well.
JOB_TIMEOUT = 300
IMPORT_TIMEOUT = 900
COUNTS = ("seen", "created", "updated", "unchanged", "warned", "failed")


class OdooStore:
    """The connected store in Odoo, through an RPC client of an administrator."""

    def __init__(self, odoo):
        self.odoo = odoo
        self.connection_id = None

    # Set-up

    def forget_example(self) -> None:
        """Delete the connection that the addon's demo data brings.

        Its account would be taken by a store that nobody connects, and its credentials
        are the simulator's, whatever server the demo uses.
        """
        found = self._search_read(
            "ir.model.data",
            [
                ("module", "=", "amazon_connector"),
                ("name", "=", "amazon_connection_demo"),
            ],
            ["res_id"],
        )
        self.odoo.call("amazon.connection", "unlink", [row["res_id"] for row in found])

    def marketplaces(self) -> dict[str, str]:
        """Return what Odoo calls each marketplace, by Amazon's id."""
        rows = self._search_read(
            "amazon.marketplace", [], ["amazon_marketplace_id", "display_name"]
        )
        return {row["amazon_marketplace_id"]: row["display_name"] for row in rows}

    def connect(self, account, **values) -> dict:
        """Fill in the connection form and press Connect; return what it shows.

        :param values: of the connection, beside the account's
        """
        marketplace = self._search(
            "amazon.marketplace", [("amazon_marketplace_id", "=", account.marketplace)]
        )
        if not marketplace:
            raise HostError(f"Odoo knows no marketplace {account.marketplace}.")
        self.connection_id = self._create(
            "amazon.connection",
            {
                "marketplace_id": marketplace[0],
                "seller_id": account.seller_id,
                "lwa_client_id": account.client_id,
                "lwa_client_secret": account.client_secret,
                "refresh_token": account.refresh_token,
                **values,
            },
        )
        self.odoo.call("amazon.connection", "action_connect", [self.connection_id])
        front_ids = self.odoo.call(
            "amazon.storefront",
            "search",
            [("connection_id", "=", self.connection_id)],
            context={"active_test": False},
        )
        self.odoo.call("amazon.storefront", "write", front_ids, {"active": True})
        return self._read(
            "amazon.connection", [self.connection_id], ["display_name", "state"]
        )[0] | {"storefronts": len(front_ids)}

    def wait_for_import(self) -> str:
        """Return the summary of the initial import once it is completed."""
        names = ["state", "import_message", "import_summary"]
        deadline = time.monotonic() + IMPORT_TIMEOUT
        while time.monotonic() < deadline:
            row = self._read("amazon.connection", [self.connection_id], names)[0]
            if row["state"] == "completed":
                return row["import_summary"]
            time.sleep(0.3)
        raise HostError(f"The initial import did not end in {IMPORT_TIMEOUT} s: {row}")

    # Products and stock

    def download_products(self) -> None:
        """Press the button; return when all listings are there. Pictures come later."""
        kind = "download_products"
        last = self._last_run(kind)
        self.odoo.call("amazon.connection", f"action_{kind}", [self.connection_id])
        deadline = time.monotonic() + JOB_TIMEOUT
        while time.monotonic() < deadline:
            if self._has_all_listings() or self._ended(kind, last.get("id", 0)):
                return
            time.sleep(0.2)
        raise HostError(f"Odoo's job {kind} did not end within {JOB_TIMEOUT} s.")

    def _has_all_listings(self) -> bool:
        """Whether the run was through each storefront, and each row is processed."""
        own = ("connection_id", "=", self.connection_id)
        storefronts = set(self._search("amazon.storefront", [own]))
        jobs = self._search_read(
            "amazon.job", [own, ("kind", "=", "download_products")], ["position"]
        )
        walked = (jobs[0]["position"] or {}).get("walked", [])
        left = self._search("amazon.listing", [own, ("to_process", "=", True)])
        return storefronts.issubset(walked) and not left

    def listings(self) -> list[dict]:
        """Return the listings that a product stands for."""
        return self._search_read(
            "amazon.listing",
            [("connection_id", "=", self.connection_id), ("product_id", "!=", False)],
            ["sku", "storefront_id", "product_id", "amazon_quantity", "channel"],
        )

    def fill_the_warehouse(self) -> int:
        """Put into stock what Amazon offers and what is ordered; return how many."""
        listings = self.listings()
        wanted = {row["product_id"][0]: row["amazon_quantity"] for row in listings}
        moves = self._search_read(
            "stock.move",
            [
                ("product_id", "in", list(wanted)),
                ("state", "not in", ("done", "cancel")),
            ],
            ["product_id", "product_uom_qty"],
        )
        for move in moves:
            wanted[move["product_id"][0]] += move["product_uom_qty"]
        self.count_stock(wanted)
        return len(wanted)

    def count_stock(self, quantities: dict[int, float]) -> None:
        """Have the warehouse count these products: {product id: quantity}."""
        warehouse_id = self._read(
            "amazon.connection", [self.connection_id], ["warehouse_id"]
        )[0]["warehouse_id"][0]
        location_id = self._read("stock.warehouse", [warehouse_id], ["lot_stock_id"])[
            0
        ]["lot_stock_id"][0]
        quants = [
            {
                "product_id": product_id,
                "location_id": location_id,
                "inventory_quantity": quantity,
            }
            for product_id, quantity in quantities.items()
        ]
        context = {"inventory_mode": True}
        quant_ids = self.odoo.call("stock.quant", "create", quants, context=context)
        self.odoo.call("stock.quant", "action_apply_inventory", quant_ids)

    def on_hand(self, product_id: int) -> float:
        return self._read("product.product", [product_id], ["qty_available"])[0][
            "qty_available"
        ]

    def sync_inventory(self) -> dict:
        """Switch Sync Inventory on; return its first run."""
        last = self._last_run("sync_inventory").get("id", 0)
        self.odoo.call(
            "amazon.connection", "write", [self.connection_id], {"sync_inventory": True}
        )
        return self._wait_for_run("sync_inventory", last)

    def offered(self) -> dict[tuple[str, str], int]:
        """Return {(marketplace id, SKU): what Odoo offers} of the synced listings."""
        fronts = self._search_read(
            "amazon.storefront",
            [("connection_id", "=", self.connection_id)],
            ["marketplace_id"],
        )
        markets = {
            row["id"]: self._read(
                "amazon.marketplace",
                [row["marketplace_id"][0]],
                ["amazon_marketplace_id"],
            )[0]["amazon_marketplace_id"]
            for row in fronts
        }
        rows = self._search_read(
            "amazon.listing",
            [
                ("connection_id", "=", self.connection_id),
                ("product_id", "!=", False),
                ("channel", "=", "merchant"),
                ("is_tracked", "=", True),
            ],
            ["sku", "storefront_id", "odoo_quantity"],
        )
        return {
            (markets[row["storefront_id"][0]], row["sku"]): row["odoo_quantity"]
            for row in rows
        }

    # Jobs

    def run(self, button: str) -> dict:
        """Press a button of the connection; return the run that it caused."""
        kind = button.removeprefix("action_")
        last = self._last_run(kind)
        self.odoo.call("amazon.connection", button, [self.connection_id])
        return self._wait_for_run(kind, after=last.get("id", 0))

    def _last_run(self, kind: str) -> dict:
        return next(iter(self._runs(kind, limit=1)), {})

    def _runs(self, kind: str, after: int = 0, **options) -> list[dict]:
        """Return the rows of the history of a job after a row's id, newest first."""
        return self._search_read(
            "amazon.history",
            [
                ("connection_id", "=", self.connection_id),
                ("kind", "=", kind),
                ("id", ">", after),
            ],
            ["outcome", *COUNTS],
            order="id desc",
            **options,
        )

    def _wait_for_run(self, kind: str, after: int) -> dict:
        """Return the first run after a row's id, once it came to its end."""
        deadline = time.monotonic() + JOB_TIMEOUT
        while time.monotonic() < deadline:
            if run := self._ended(kind, after):
                return run
            time.sleep(0.2)
        raise HostError(f"Odoo's job {kind} did not end within {JOB_TIMEOUT} s.")

    def _ended(self, kind: str, after: int) -> dict | None:
        """Return the first run after a row's id, if it came to its end."""
        runs = self._runs(kind, after)
        is_over = runs and runs[-1]["outcome"] not in ("running", "waiting")
        return runs[-1] if is_over else None

    # Orders and deliveries

    def orders(self) -> list[dict]:
        """Return the imported Amazon orders with their sale orders."""
        rows = self._search_read(
            "amazon.order",
            [("connection_id", "=", self.connection_id), ("state", "=", "imported")],
            ["amazon_order_id", "sale_order_id"],
            order="ship_by, id",
        )
        sales = self._read(
            "sale.order",
            [row["sale_order_id"][0] for row in rows],
            ["name", "state", "amount_total", "currency_id", "partner_id"]
            + ["picking_ids"],
        )
        return [
            sale | {"amazon_order_id": row["amazon_order_id"]}
            for row, sale in zip(rows, sales, strict=True)
        ]

    def states(self) -> dict[str, int]:
        """Return how many Amazon orders are in which state."""
        groups = self.odoo.call(
            "amazon.order",
            "formatted_read_group",
            [("connection_id", "=", self.connection_id)],
            ["state"],
            ["__count"],
        )
        return {group["state"]: group["__count"] for group in groups}

    def carrier(self) -> int:
        """Return a delivery method whose name says which carrier of Amazon's it is."""
        product_id = self._search("product.product", [("type", "=", "service")])[0]
        values = {"name": "UPS Ground", "product_id": product_id}
        return self._create("delivery.carrier", values)

    def ship(self, sale: dict, carrier_id: int, tracking: str) -> None:
        """Validate the delivery of a sale order."""
        picking_ids = sale["picking_ids"]
        self.odoo.call(
            "stock.picking",
            "write",
            picking_ids,
            {"carrier_id": carrier_id, "carrier_tracking_ref": tracking},
        )
        self.odoo.call("stock.picking", "action_assign", picking_ids)
        # Odoo would ask first whether customers get text messages.
        context = {"skip_sms": True}
        done = self.odoo.call(
            "stock.picking", "button_validate", picking_ids, context=context
        )
        if done is not True:
            raise HostError(f"Odoo did not validate the delivery of {sale['name']}.")

    def wait_for_confirmations(self, count: int) -> list[dict]:
        """Return the shipment confirmations once ``count`` of them are done."""
        deadline = time.monotonic() + JOB_TIMEOUT
        while time.monotonic() < deadline:
            done = self.confirmations()
            if len(done) >= count:
                return done
            time.sleep(0.3)
        rows = self._search_read(
            "amazon.shipment", [("state", "!=", "done")], ["state", "error"]
        )
        raise HostError(
            f"{count} shipments were not confirmed in {JOB_TIMEOUT} s: "
            + "; ".join(sorted({f"{row['state']}, {row['error']}" for row in rows}))
        )

    def confirmations(self) -> list[dict]:
        """Return what was confirmed: order id, carrier, number, {item: quantity}."""
        rows = self._search_read(
            "amazon.shipment",
            [("connection_id", "=", self.connection_id), ("state", "=", "done")],
            ["order_id", "carrier_code", "tracking_ref", "line_ids"],
        )
        return [row | {"items": self._items(row["line_ids"])} for row in rows]

    def _items(self, line_ids) -> dict[str, int]:
        lines = self._read(
            "amazon.shipment.line", line_ids, ["amazon_item_ref", "quantity"]
        )
        return {line["amazon_item_ref"]: int(line["quantity"]) for line in lines}

    # RPC

    def _create(self, model, values):
        return self.odoo.call(model, "create", [values])[0]

    def _search(self, model, domain):
        return self.odoo.call(model, "search", domain)

    def _read(self, model, ids, names):
        return self.odoo.call(model, "read", ids, names)

    def _search_read(self, model, domain, names, **options):
        return self.odoo.call(model, "search_read", domain, names, **options)
