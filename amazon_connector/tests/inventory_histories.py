"""Stock, orders, rules, faults and times as they may come, in whatever order: no
quantity that reaches Amazon is more than can be delivered, but for what nobody can
know, and in the end, with *Download Orders* on, Amazon offers what there is.

**What can be delivered** of a listing is reckoned by ``stock_ledger.py``, at the moment
at which the request of the quantity begins: right before it Odoo looked last.

**What nobody can know** are the units of purchases of which no order is in Odoo yet:
Amazon shows an order two minutes after it was placed, and the next download brings it;
while *Download Orders* is off, none does. Until then they do not count as sold. But
once a download of listings showed Odoo that Amazon has fewer of a listing, no more than
that is to be sent before the orders are read, unless somebody pressed *Push now*, or
Amazon took another quantity since. (One that it took less than a quarter of an hour ago
proves nothing: Amazon may still show an older one.) Where *Download Orders* is off, the
stock that moves is taken to show what was sold.
Stock that moves while a request is on its way cannot be known either; the next request
has it. A fixed quantity is offered whatever there is.

Each history is drawn from its seed, which a failure names with all that happened. The
environment's variables HISTORIES (how many) and HISTORY_SEED (the first) choose others;
HISTORY_STEPS ends each after so many steps.
"""

import os
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import timedelta
from random import Random

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command
from odoo.tools import mute_logger

from .builders import NOW, ago
from .fake_listings import CA, US, build_listing
from .listings_common import ListingsCommon
from .living_amazon import Killed
from .selling_amazon import SellingAmazon
from .stock_ledger import StockLedger

WANTED = os.environ.get("HISTORIES")
FIRST_SEED = int(os.environ.get("HISTORY_SEED", "1"))
MOST_STEPS = int(os.environ.get("HISTORY_STEPS", "1000"))
STEPS = range(5, 12)
# What each store may list: (marketplace, SKU, product, units of it in one).
LISTED = (
    (
        (US, "MUG", "MUG", 1),
        (US, "MUG-3", "MUG", 3),
        (US, "PEN", "PEN", 1),
        (US, "BAG", "BAG", 1),
        (CA, "MUG", "MUG", 1),
        (CA, "MUG-3", "MUG", 3),
        (CA, "PEN", "PEN", 1),
    ),
    ((US, "MUG", "MUG", 1), (US, "PEN-2", "PEN", 2), (US, "BAG", "BAG", 1)),
    ((US, "MUG", "MUG", 1), (US, "PEN", "PEN", 1)),
)
# Amazon shows an old quantity for so long after it took a new one.
OLD_SHOWN_FOR = timedelta(minutes=15)
# A listing that Amazon took over longer ago than this was asked about since.
LOOK_IS_CERTAIN_AFTER = timedelta(minutes=2)
# After so long, each listing is looked up although Amazon shows no change of it.
LONG_PAUSE = timedelta(hours=22)
# Rounds of work after which nothing is left; mostly, one is enough.
ROUNDS_TO_SETTLE = 4
# In so many histories each of these happens, whatever the first seed is.
MUST_HAPPEN = {
    100: (
        "Killed",
        "ThrottledError",
        "UnavailableError",
        "UnavailableError afterwards",
        "cancelled purchase",
        "fixed",
        "not known",
        "orders off",
        "paused",
        "promised",
        "pushed",
        "pushed more than was left",
        "repacked",
        "several items",
        "taken over",
    ),
    1000: ("INVALID", "Killed afterwards", "RejectedError", "never", "noticed"),
}
#: What happens; what is more likely stands here more often.
EVENTS = (
    *["buy"] * 6,
    *["pay"] * 2,
    *["cancel_purchase"] * 2,
    *["download_products"] * 3,
    *["change_stock"] * 4,
    "receive",
    *["count"] * 2,
    *["order_by_hand"] * 2,
    "sell_by_hand",
    "cancel_by_hand",
    *["reserve"] * 2,
    "deliver",
    *["change_rule"] * 2,
    *["set_on_amazon"] * 2,
    "archive",
    "change_storefront",
    "switch_listing",
    *["change_pack"] * 2,
    *["switch_orders"] * 2,
    *["pass_time"] * 2,
)
#: What may change how much there is to deliver.
STOCK_EVENTS = {
    "download_orders",
    "change_stock",
    "receive",
    "count",
    "order_by_hand",
    "sell_by_hand",
    "cancel_by_hand",
    "reserve",
    "deliver",
    "archive",
    "change_pack",
}
# How often the job runs after one of these.
ORDERS_DOWNLOADED, SYNCED = 0.2, 0.4
#: What may happen while Amazon takes its time to answer.
MEANWHILE = (
    "buy",
    "buy",
    "pay",
    "cancel_purchase",
    "change_stock",
    "change_stock",
    "order_by_hand",
    "reserve",
    "change_rule",
    "set_on_amazon",
    "change_storefront",
    "switch_listing",
    "change_pack",
)
# How many units one of a listing is.
PACKS = (1, 2, 3, 5, 6)


class InventoryHistories(ListingsCommon):
    """A subclass has a test that tells histories.

    :cvar HISTORIES: how many, unless the environment says so
    :cvar LISTED: what each store may list
    :cvar dict kits: ``{product: {component: units of it}}`` of what is made of others
    """

    HISTORIES = 100
    LISTED = LISTED
    kits = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stores = cls.connection
        for seller in ("A2SECOND", "A3THIRD"):
            cls.stores |= cls._create_connection(seller)
        cls.warehouse = cls.connection.warehouse_id
        cls.second = cls.env["stock.warehouse"].create({"name": "Two", "code": "WH2"})
        shelf = cls.env["stock.location"]
        cls.shelves = {
            warehouse: shelf.create(
                [
                    {"name": name, "location_id": warehouse.lot_stock_id.id}
                    for name in ("Front", "Back")
                ]
            )
            for warehouse in (cls.warehouse, cls.second)
        }
        cls.company_partner = cls.connection.company_id.partner_id
        cls.clients = cls.company_partner | cls.env["res.partner"].create(
            [{"name": "Client of the warehouse"}, {"name": "Another client"}]
        )
        cls.categories = cls.env["product.category"].create({"name": "Goods"})
        cls.categories |= cls.env["product.category"].create(
            {"name": "Dishes", "parent_id": cls.categories.id}
        )
        cls.products = {
            sku: cls._create_product(sku, 0) if sku != "MUG" else cls.mug
            for sku in ("MUG", "PEN", "BAG")
        }
        cls.mug.categ_id = cls.categories[1]
        cls.products["PEN"].categ_id = cls.categories[0]
        cls.happened = Counter()

    def _patch_seams(self):
        super()._patch_seams()
        # Time passes as fast as quota comes; one row that is written thousands of
        # times in a transaction is slow to read.
        self.patch(
            self.env.registry["amazon.quota"], "_change_bucket", lambda *_args: 0
        )

    def tell_histories(self):
        histories = int(WANTED or self.HISTORIES)
        with freeze_time(NOW) as self.clock:
            self._list_all()
            for seed in range(FIRST_SEED, FIRST_SEED + histories):
                with self.subTest(seed=seed):
                    self._tell(seed)
        # A history in which nothing happens would show nothing.
        for enough, events in MUST_HAPPEN.items():
            if histories >= enough and MOST_STEPS >= max(STEPS):
                for event in events:
                    self.assertTrue(self.happened[event], f"{event}: {self.happened}")

    def _list_all(self):
        """Have all that may be listed in Odoo; each history takes some of it."""
        self.env["stock.quant"].search(
            [("product_id", "in", [one.id for one in self.products.values()])]
        ).unlink()
        marketplace = self.env.ref("amazon_connector.amazon_marketplace_ca")
        self.env["amazon.storefront"].create(
            {
                "connection_id": self.connection.id,
                "marketplace_id": marketplace.id,
                "active": True,
            }
        )
        self.stores.write({"download_products": True, "state": "completed"})
        for store, listed in zip(self.stores, self.LISTED, strict=True):
            self.env["amazon.listing"].create(
                [
                    {
                        "storefront_id": self._get_storefront(store, market).id,
                        "sku": sku,
                        "product_id": self._get_product(product).id,
                        "units_per_listing": units,
                        "has_own_units": True,
                        "to_process": False,
                    }
                    for market, sku, product, units in listed
                ]
            )
            self.amazon_of(store).list(*(_build(*one[:3]) for one in listed))
        self.download_products()
        self.env.flush_all()

    def _get_product(self, sku):
        made = {product.default_code: product for product in self.kits}
        return (self.products | made)[sku]

    def _get_storefront(self, store, marketplace):
        return store.storefront_ids.filtered(
            lambda front: front.marketplace_id.amazon_marketplace_id == marketplace
        )

    # === A HISTORY === #

    def _tell(self, seed):
        self.random, self.told, self.wrong = Random(seed), [], []
        self.used = self.stores.browse()
        self.noticed, self.counted = {}, self.env["stock.quant"]
        # How often stock moved; how often it had when a store was last synced; when a
        # store last went without orders; the packs that a listing was, or an item is.
        self.moved, self.moved_before, self.orders_off = 0, {}, {}
        self.packs, self.packs_sold = {}, {}
        self.is_meanwhile = False
        self.clock.move_to(NOW)
        savepoint = self.env.cr.savepoint()
        try:
            self._draw_world()
            self._run_job("sync_inventory", self.used)
            for _step in range(min(self.random.choice(STEPS), MOST_STEPS)):
                self._do(self.random.choice(EVENTS))
                if self.random.random() < ORDERS_DOWNLOADED:
                    self._do("download_orders")
                if self.random.random() < SYNCED:
                    self._do("sync")
                self._check_nothing_is_wrong()
            self._settle()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.env.cr.precommit.clear()
            self.env.cr.postcommit.clear()
            for store in self.used:
                self.happened.update(self.amazon_of(store).happened)

    def _do(self, event):
        said = self._let_happen(event)
        self.told.append(f"{event}: {said}")
        self._commit()

    def _let_happen(self, event):
        self.moved += event in STOCK_EVENTS
        return getattr(self, f"_{event}")()

    def _commit(self):
        """Let what a transaction gathers, and remembers, end as a commit does."""
        self.env.cr.flush()
        self.env.cr.postcommit.clear()

    def _check_nothing_is_wrong(self):
        if self.wrong:
            self.fail("\n".join([*self.told, *self.wrong]))

    def _draw_world(self):
        """Draw stores, goods, places, stock and rules; Amazon offers nothing yet."""
        random = self.random
        self._draw_stores()
        self.goods = [self.products[sku] for sku in self._draw_goods()]
        self.made = [
            kit
            for kit, needs in self.kits.items()
            if all(component in self.goods for component in needs)
        ]
        self._list_goods()
        for front in self.used.storefront_ids:
            self._draw_places(front)
        for product in self.goods:
            for _number in range(random.choice((1, 2, 3))):
                self._change_stock(product, random.randint(5, 40))
        if random.random() < 0.2:
            self.warehouse.delivery_steps = "pick_ship"
        if random.random() < 0.4:
            self.warehouse.out_type_id.reservation_method = "manual"
        for _number in range(random.choice((0, 0, 0, 1, 2))):
            self._change_rule()
        self.used.write({"sync_inventory": True, "download_orders": True})
        self.used.orders_synced_until = fields.Datetime.now() - timedelta(minutes=3)
        self._commit()

    def _draw_goods(self):
        """Return the SKUs of the products of which there is some."""
        return self.random.sample(list(self.products), self.random.choice((1, 2, 2, 3)))

    def _draw_stores(self):
        """Draw one store, or more of the same client and of another one."""
        count = self.random.choice((1, 1, 1, 2, 2, 3))
        others = self.random.sample(list(self.stores[1:]), count - 1)
        self.used = self.stores[0].union(*others)
        own, other = self.random.choice(
            (self.clients[:2], self.clients[:2], self.clients[1:], self.clients[::-1])
        )[:2]
        self.stores.client_id = own
        self.stores[-1].client_id = other
        for place, store in enumerate(self.used):
            self.amazon[store.id] = SellingAmazon(
                self.random, self.clock, f"{place + 1}11", self._judge, self._go_on
            )

    def _list_goods(self):
        """Leave the listings of these goods and stores alone, in Odoo and on Amazon."""
        listings = self.env["amazon.listing"].search([], order="id")
        kept = listings.filtered(
            lambda row: (
                row.product_id in [*self.goods, *self.made]
                and row.connection_id in self.used
            )
        )
        (listings - kept).unlink()
        for row in kept:
            market = row.storefront_id.marketplace_id.amazon_marketplace_id
            document = _build(market, row.sku, row.product_id.default_code)
            self.amazon_of(row.connection_id).list(document)
            self.packs[row.id] = {row.units_per_listing}

    def _draw_places(self, front):
        front.warehouse_id = self.random.choice((None, None, None, self.second))
        shelves = self.shelves[front._get_warehouse()]
        front.stock_location_ids = self.random.choice(
            (None, None, None, None, shelves[:1], shelves)
        )

    def _draw(self, records):
        return self.random.choice(records) if records else records

    # === EVENTS - THE JOBS === #

    def _sync(self):
        return self._run_ill("sync_inventory")

    def _download_orders(self):
        return self._run_ill("download_orders")

    def _download_products(self):
        if self.random.random() < 0.6:
            # Amazon's own count is believed again.
            self.clock.tick(OLD_SHOWN_FOR + timedelta(minutes=1))
        return self._run_ill("download_products")

    def _run_ill(self, kind):
        """Let the job of some stores run, while Amazon is not always well."""
        stores = self.used
        if self.random.random() < 0.3:
            stores = self.random.choice(stores)
        with self._ill(stores if self.random.random() < 0.7 else stores[:0]):
            self._run_job(kind, stores)
        return stores.mapped("seller_id")

    def _ill(self, stores):
        stack = ExitStack()
        for store in stores:
            stack.enter_context(self.amazon_of(store).ill())
        return stack

    # What fails is said in the history; the server's log has its own tests.
    @mute_logger("odoo.addons.amazon_connector")
    def _run_job(self, kind, stores):
        """Let the jobs run although they were put off; the server may die of it."""
        self._commit()
        jobs = self.env["amazon.job"].search([("kind", "=", kind)])
        mine = jobs.filtered(lambda job: job.connection_id in stores)
        (jobs - mine).not_before = fields.Datetime.now() + timedelta(days=9)
        mine.not_before = False
        # They are due, whether or not there is anything to do.
        mine.last_run_id.start = fields.Datetime.now() - timedelta(days=1)
        if kind == "sync_inventory":
            self.moved_before |= dict.fromkeys(stores.ids, self.moved)
        is_shown = kind == "download_products"
        before = self._read_ledger().listings if is_shown else {}
        since = self.amazon_of(self.connection).get_time()
        cron = self.env["amazon.job.type"]._get_type(kind)._get_cron()
        # The next run finds what was committed.
        with suppress(Killed), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self._commit()
        if is_shown:
            self._notice(stores, before, since)

    def _notice(self, stores, before, since):
        """Remember which listings Amazon showed with fewer than Odoo knew of.

        :param dict before: the rows of the listings before they were downloaded
        """
        after = self._read_ledger().listings
        for store in stores:
            for key, (when, quantity) in self.amazon_of(store).shown.items():
                old = before[(store.id, *key)]
                limit = fields.Datetime.now() - OLD_SHOWN_FOR
                if (
                    when >= since
                    and quantity is not None
                    and quantity == after[(store.id, *key)].amazon_quantity
                    and quantity != old.amazon_quantity
                    and not old.is_quantity_unknown
                    and (not old.pushed_on or old.pushed_on < limit)
                ):
                    moved = self.moved_before.get(store.id)
                    self.noticed[(store.id, *key)] = when, quantity, moved

    def _read_ledger(self):
        self.env.flush_all()
        kits = {
            kit.id: {component.id: units for component, units in needs.items()}
            for kit, needs in self.kits.items()
        }
        return StockLedger(self.env.cr, kits)

    def _go_on(self, operation):
        """Let something happen while Amazon takes its time to answer."""
        if self.is_meanwhile:
            return
        self.is_meanwhile = True
        self.env.invalidate_all()
        for _number in range(self.random.choice((0, 1, 1, 2))):
            event = self.random.choice(MEANWHILE)
            said = self._let_happen(event)
            self.told.append(f"  during {operation} {event}: {said}")
            self._commit()
        self.is_meanwhile = False

    # === EVENTS - AMAZON === #

    def _buy(self):
        return self._draw_amazon().buy()

    def _pay(self):
        return self._draw_amazon().pay()

    def _cancel_purchase(self):
        said = self._draw_amazon().cancel()
        self.happened["cancelled purchase"] += said[:1].isdigit()
        return said

    def _set_on_amazon(self):
        return self._draw_amazon().set_by_hand()

    def _draw_amazon(self):
        return self.amazon_of(self.random.choice(self.used))

    # === EVENTS - STOCK === #

    def _draw_place(self):
        warehouse = self._draw_warehouse()
        front, back = self.shelves[warehouse]
        return self.random.choice((warehouse.lot_stock_id, front, front, back))

    def _draw_warehouse(self):
        """Return mostly one that delivers for Amazon."""
        fronts = self.used.storefront_ids
        used = [front._get_warehouse() for front in fronts]
        return self.random.choice((*used, *used, *used, self.warehouse, self.second))

    def _draw_owner(self):
        """Return mostly a client; nobody owns what is the company's."""
        clients = [*self.used.client_id] * 4
        owner = self.random.choice((*clients, *self.clients))
        is_company = owner == self.company_partner
        return owner.browse() if is_company and self.random.random() < 0.7 else owner

    def _change_stock(self, product=None, quantity=None):
        """Have goods come or go, without papers."""
        product = product or self.random.choice(self.goods)
        place, owner = self._draw_place(), self._draw_owner()
        if quantity is None:
            quantity = self.random.choice((-20, -7, -3, -1, 1, 4, 9, 25))
        self.env["stock.quant"]._update_available_quantity(
            product, place, quantity, owner_id=owner
        )
        return f"{quantity} {product.default_code} of {owner.name} in {place.name}"

    def _receive(self):
        """Have a receipt done."""
        product, place = self.random.choice(self.goods), self._draw_place()
        move = self._create_move(
            product,
            self.random.randint(1, 12),
            self.env.ref("stock.stock_location_suppliers"),
            place,
        )
        move._action_confirm()
        move.quantity = move.product_uom_qty
        move.picked = True
        move._action_done()
        return f"{move.product_uom_qty} {product.default_code} in {place.name}"

    def _create_move(self, product, quantity, source, target):
        return self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": target.id,
            }
        )

    def _count(self):
        """Write down what somebody counted; apply it another time."""
        quant = self.counted.exists()
        if quant:
            self.counted = quant.browse()
            result = quant.action_apply_inventory()
            return f"applied {quant.inventory_quantity} {result and 'outdated'}"
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", [product.id for product in self.goods]),
                ("location_id.usage", "=", "internal"),
            ]
        )
        if not quants:
            return "nothing to count"
        self.counted = self.random.choice(quants)
        counted = self.counted.with_context(inventory_mode=True)
        counted.inventory_quantity = self.random.randint(0, 30)
        return f"{counted.inventory_quantity} of {counted.product_id.default_code}"

    # === EVENTS - ORDERS AND MOVES === #

    def _order_by_hand(self):
        """Have a delivery without a sale order."""
        product, warehouse = self.random.choice(self.goods), self._draw_warehouse()
        customers = self.env.ref("stock.stock_location_customers")
        move = self._create_move(
            product, self.random.randint(1, 12), warehouse.lot_stock_id, customers
        )
        move.picking_type_id = warehouse.out_type_id
        # It may be merged into another one.
        move = move._action_confirm()
        if self.random.random() < 0.5:
            move._action_assign()
        return f"{move.product_uom_qty} {product.default_code} from {warehouse.code}"

    def _sell_by_hand(self):
        product = self.random.choice([*self.goods, *self.made])
        warehouse = self._draw_warehouse()
        line = {
            "product_id": product.id,
            "product_uom_qty": self.random.randint(1, 12),
        }
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.clients[-1].id,
                "warehouse_id": warehouse.id,
                "order_line": [Command.create(line)],
            }
        )
        if not product.active:
            return "not confirmed, since it is archived"
        sale.action_confirm()
        return f"{line['product_uom_qty']} {product.default_code} from {warehouse.code}"

    def _cancel_by_hand(self):
        """Cancel what has nothing to do with Amazon."""
        moves = self._get_open_moves().filtered(
            lambda move: not move.sale_line_id.order_id.amazon_order_ref
        )
        move = self._draw(moves)
        if not move:
            return "nothing to cancel"
        if sale := move.sale_line_id.order_id:
            if any(sale.order_line.mapped("qty_delivered")):
                return "delivered already"
            sale._action_cancel()
            return sale.name
        move.picking_id.action_cancel() if move.picking_id else move._action_cancel()
        return f"{move.product_uom_qty} {move.product_id.default_code}"

    def _reserve(self):
        """Reserve a delivery, or take back that it is reserved."""
        move = self._draw(self._get_open_moves())
        if not move:
            return "nothing to reserve"
        if move.quantity and self.random.random() < 0.6:
            move._do_unreserve()
        else:
            move._action_assign()
        return f"{move.quantity} {move.product_id.default_code}"

    def _get_open_moves(self):
        return self.env["stock.move"].search(
            [
                ("product_id", "in", [product.id for product in self.goods]),
                ("state", "not in", ("draft", "done", "cancel")),
                ("picking_type_id.code", "!=", "incoming"),
            ],
            order="id",
        )

    def _deliver(self):
        """Have a step of a delivery done, of what is sold by hand in part, too."""
        moves = self._get_open_moves().filtered("quantity")
        picking = self._draw(moves.picking_id.sorted("id"))
        if not picking:
            return "nothing to deliver"
        purchase = self._find_purchase(picking.amazon_order_ref)
        if purchase and not all(picking.move_ids.mapped("quantity")):
            purchase.is_kept = True
        for move in picking.move_ids.filtered("quantity"):
            if move.product_uom_qty > move.quantity or self.random.random() < 0.3:
                if purchase:
                    purchase.is_kept = True
                move.quantity = self.random.randint(1, int(move.quantity) or 1)
            move.picked = True
        if picking.amazon_stop_reason:
            return "stopped"
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        return f"{picking.name} {picking.move_ids.mapped('quantity')}"

    def _find_purchase(self, number):
        found = [
            self.amazon_of(store).purchases[number]
            for store in self.used
            if number in self.amazon_of(store).purchases
        ]
        return found[0] if found else None

    # === EVENTS - DECISIONS === #

    def _change_rule(self):
        """Make a rule, change one, or delete it."""
        rules = self.env["amazon.inventory.rule"].search([])
        rule, chance = self._draw(rules), self.random.random()
        if rule and chance < 0.25:
            said = rule.display_name
            rule.unlink()
            return f"deleted {said}"
        if rule and chance < 0.5:
            rule.value = self._draw_value(rule.rule_type)
            return f"changed {rule.display_name}"
        values = self._draw_rule()
        same = rules.filtered(
            lambda one: all(
                one[name] == value
                if name in ("rule_type", "applied_on")
                else one[name].id == value
                for name, value in values.items()
                if name not in ("value", "is_lifted")
            )
        )
        if same or (values["rule_type"], values["applied_on"]) == ("never", "listing"):
            return "there is one"
        self.happened[values["rule_type"]] += 1
        return self.env["amazon.inventory.rule"].create(values).display_name

    def _draw_rule(self):
        store, product = self.random.choice(self.used), self.random.choice(self.goods)
        kinds = ("percentage", "buffer", "maximum", "stop_at", "fixed", "never")
        kind = self.random.choice((*kinds[:4], *kinds))
        listings = self.env["amazon.listing"].search([], order="id")
        level, target = self.random.choice(
            (
                ("connection", {}),
                (
                    "storefront",
                    {"storefront_id": self.random.choice(store.storefront_ids).id},
                ),
                ("category", {"categ_id": self.random.choice(self.categories).id}),
                ("product", {"product_tmpl_id": product.product_tmpl_id.id}),
                ("variant", {"product_id": product.id}),
                ("listing", {"listing_id": self.random.choice(listings).id}),
            )
        )
        if level == "connection" or (
            level not in ("storefront", "listing") and self.random.random() < 0.5
        ):
            target["connection_id"] = store.id
        return {
            "rule_type": kind,
            "applied_on": level,
            "value": self._draw_value(kind),
            "is_lifted": self.random.random() < 0.15,
            **target,
        }

    def _draw_value(self, kind):
        if kind == "percentage":
            return self.random.choice((0, 10, 33, 50, 90, 100))
        return self.random.choice((0, 1, 2, 3, 5, 8, 20))

    def _archive(self):
        product = self.random.choice(self.goods)
        if product.active and self.random.random() < 0.5:
            return "nothing"
        product.active = not product.active
        return f"{product.default_code} {product.active}"

    def _change_storefront(self):
        front = self.random.choice(self.used.storefront_ids)
        if self.random.random() < 0.6:
            front.inventory_paused = not front.inventory_paused
            self.happened["paused"] += front.inventory_paused
            return f"{front.display_name} paused {front.inventory_paused}"
        self._draw_places(front)
        return (
            f"{front.display_name} sells from {front.warehouse_id.code} "
            f"{front.stock_location_ids.mapped('name')}"
        )

    def _switch_listing(self):
        listing = self._draw(self.env["amazon.listing"].search([], order="id"))
        if self.random.random() < 0.5 and listing._get_not_synced_reason() is False:
            listing.action_push_now()
            return f"push now {listing.sku}"
        listing.sync_inventory = not listing.sync_inventory
        return f"{listing.sku} {listing.sync_inventory}"

    def _change_pack(self):
        """Have one of a listing be so many units from now on."""
        listing = self._draw(self.env["amazon.listing"].search([], order="id"))
        units = self.random.choice(PACKS)
        self.happened["repacked"] += units != listing.units_per_listing
        self.packs[listing.id].add(units)
        listing.units_per_listing = units
        return f"{listing.display_name} is {units}"

    def _switch_orders(self):
        """Have a store go without its orders for a while, and read them again."""
        store = self.random.choice(self.used)
        store.download_orders = not store.download_orders
        self.orders_off[store.id] = self.amazon_of(store).get_time()
        self.happened["orders off"] += not store.download_orders
        return f"{store.seller_id} {store.download_orders}"

    def _pass_time(self):
        minutes = self.random.choice((1, 3, 10, 20, 60, 300, 1500))
        self.clock.tick(timedelta(minutes=minutes))
        return f"{minutes} minutes"

    # === WHAT HOLDS WHENEVER A QUANTITY LEAVES === #

    def _judge(self, amazon, key, units):
        """Look whether a quantity may be sent at this moment, and is not too much."""
        ledger = self._read_ledger()
        self._check_packs(ledger)
        (store,) = self.used.filtered(lambda one: self.amazon[one.id] == amazon)
        listing = ledger.listings[(store.id, *key)]
        self.told.append(f"  {store.seller_id} {key} gets {units}")
        self.happened["pushed"] += 1
        if not ledger.is_synced(listing):
            self._complain(store, key, "must not be sent at all.")
        if self._is_known_as_amazons(amazon, key):
            self._complain(store, key, "is fulfilled by Amazon.")
        if "fixed" in ledger.find_rules(listing):
            return
        purchases = self._get_open_purchases()
        known = [one for one in purchases if one[1].number in ledger.known]
        most = ledger.count_offered(listing, known)
        self.happened["not known"] += len(known) < len(purchases)
        self.happened["promised"] += ledger.is_any_promised()
        truth = ledger.count_offered(listing, purchases)
        self.happened["pushed more than was left"] += units > truth
        if units > most:
            self._complain(store, key, f"gets {units}, and {most} can be delivered.")
        shown = self._find_noticed(ledger, listing, store, key)
        self.happened["noticed"] += shown is not None
        if shown is not None and units > shown:
            self._complain(store, key, f"gets {units}, and was seen to have {shown}.")

    def _complain(self, store, key, problem):
        self.wrong.append(f"{store.seller_id} {key} {problem}")

    def _is_known_as_amazons(self, amazon, key):
        _when, quantity = amazon.shown.get(key, (None, None))
        since = amazon.handed_over.get(key)
        is_old = since and since < amazon.get_time() - LOOK_IS_CERTAIN_AFTER
        return quantity is None or is_old

    def _get_open_purchases(self):
        """Return ``[(connection id, purchase)]`` of what buyers wait for."""
        return [
            (store.id, purchase)
            for store in self.used
            for purchase in self.amazon[store.id].purchases.values()
            if purchase.is_open
        ]

    def _check_packs(self, ledger):
        """Look whether sale orders have what was bought, in packs as they were then."""
        for store in self.used:
            for purchase in self.amazon[store.id].purchases.values():
                lines = {
                    line.item: line for line in ledger.sold.get(purchase.number, ())
                }
                for place, (key, units) in enumerate(purchase.items if lines else ()):
                    item = purchase.get_item_id(place)
                    listing = ledger.listings[(store.id, *key)]
                    line = lines.get(item)
                    pack = line and line.quantity / units
                    was = self.packs_sold.setdefault((purchase.number, item), pack)
                    is_right = line and line.product_id == listing.product_id
                    if not is_right or pack not in self.packs[listing.id] & {was}:
                        problem = f"of {purchase.number}: {units} bought, sold {line}."
                        self._complain(store, key, problem)

    def _find_noticed(self, ledger, listing, store, key):
        """Return what Odoo saw that Amazon has, where that gave away a purchase that
        is not in Odoo yet, else ``None``."""
        when, quantity, moved = self.noticed.get((store.id, *key), (None, None, None))
        amazon = self.amazon_of(store)
        set_on = amazon.set_on.get(key)
        if not when or listing.is_push_forced:
            return None
        was_off = self.orders_off.get(store.id)
        if was_off and not store.download_orders:
            was_off = amazon.get_time()
        if was_off and was_off >= when and moved != self.moved:
            return None
        is_given_away = any(
            key in purchase.keys
            and purchase.number not in ledger.known
            and purchase.placed <= when
            and (not set_on or set_on < purchase.placed)
            for purchase in amazon.purchases.values()
        )
        return quantity if is_given_away else None

    # === THE END === #

    def _settle(self):
        """Amazon and the server are well, all orders are read, all work is done."""
        self.used.download_orders = True
        for _round in range(ROUNDS_TO_SETTLE):
            self.clock.tick(LONG_PAUSE)
            self._run_job("download_products", self.used)
            self._run_job("download_orders", self.used)
            for store in self.used:
                store._request_comparison()
            self._run_job("sync_inventory", self.used)
            self._check_nothing_is_wrong()
            if not (left := self._compare()):
                return
            self.told.append(f"not quiet: {left}")
        self.fail("\n".join([*self.told, "Not as it is to be in the end.", *left]))

    def _compare(self):
        """Return sentences about what is not as it is to be, once all is quiet."""
        ledger, left = self._read_ledger(), []
        self._check_packs(ledger)
        self._check_nothing_is_wrong()
        for store in self.used:
            amazon = self.amazon_of(store)
            for number in amazon.purchases.keys() - ledger.known:
                left.append(f"{number} is not in Odoo.")
            for key in amazon.listings:
                listing, there = (
                    ledger.listings[(store.id, *key)],
                    amazon.get_quantity(key),
                )
                if there is None or not ledger.is_synced(listing):
                    continue
                wanted = ledger.count_offered(listing, self._get_open_purchases())
                if there != wanted:
                    left.append(f"{store.seller_id} {key}: {there}, not {wanted}.")
                if listing.to_push:
                    left.append(f"{store.seller_id} {key} is still to be pushed.")
        return left


def _build(marketplace, sku, product):
    return build_listing(
        sku,
        marketplace=marketplace,
        title=f"Example {product}",
        price="",
        quantity=0,
        updated=ago(days=30),
    )
