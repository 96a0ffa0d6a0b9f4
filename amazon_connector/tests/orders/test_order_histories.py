"""Whatever happens on Amazon, in the warehouse and to the server, in whatever order: in
the end Odoo has Amazon's orders in their last state, deliveries included.

Each history is drawn from its seed, which a failure names. The environment's variables
HISTORIES (how many) and HISTORY_SEED (the first) choose others:
``HISTORIES=1 HISTORY_SEED=4711 script/test addon -k histories``.
"""

import os
from datetime import timedelta
from random import Random

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ...models.orders.delivery_stage import is_gone
from ..builders import NOW, moment
from ..common import AmazonCommon
from ..living_amazon import SKUS, Killed, LivingAmazon

HISTORIES = int(os.environ.get("HISTORIES", "100"))
FIRST_SEED = int(os.environ.get("HISTORY_SEED", "1"))
STEPS = (6, 12)
JOBS = ("download_orders", "complete_addresses", "send_shipments")
# Runs of the jobs after which all that can be settled is; mostly, three are enough.
RUNS_TO_SETTLE = 8
# So often a question is refused in the end, and then answered.
RUNS_REFUSED = 6
# Between two of them: what was put off is due, and Amazon's quota is back.
PAUSE = timedelta(hours=2)
OPEN = ("UNSHIPPED", "PARTIALLY_SHIPPED")


class TestOrderHistories(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for sku in SKUS:
            if sku != "MUG":
                cls._create_product(sku, 10_000)
        cls.env["stock.quant"]._update_available_quantity(
            cls.mug, cls.connection.warehouse_id.lot_stock_id, 10_000
        )
        cls.connection.write({"download_orders": True, "send_shipments": True})

    def test_in_the_end_odoo_has_amazons_orders_in_their_last_state(self):
        # Once: it takes longer to freeze the clock than to move it.
        with freeze_time(NOW) as self.clock:
            for seed in range(FIRST_SEED, FIRST_SEED + HISTORIES):
                with self.subTest(seed=seed):
                    self._tell(seed)

    # === A HISTORY === #

    def _tell(self, seed):
        self.random = Random(seed)
        self.living = LivingAmazon(self.random, self.clock.move_to)
        self.living.pass_time(timedelta(0))
        self.amazon[self.connection.id] = self.living
        savepoint = self.env.cr.savepoint()
        try:
            steps = self.random.choice([("pick_ship",), ("ship_only",), ("ship_only",)])
            self.connection.warehouse_id.delivery_steps = steps[0]
            for _step in range(self.random.randint(*STEPS)):
                self._do_something()
            self._settle()
            self._compare()
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _do_something(self):
        self.random.choice(
            [
                self.living.live,
                self.living.live,
                self.living.live,
                self._run_some_jobs,
                self._run_some_jobs,
                self._work_in_the_warehouse,
                self._decide,
            ]
        )()

    def _run_some_jobs(self):
        for kind in JOBS:
            if self.random.random() < 0.65:
                self._run_job(kind)

    def _run_jobs(self):
        for kind in JOBS:
            self._run_job(kind)

    # What fails is said in the history; the server's log has its own tests.
    @mute_logger("odoo.addons.amazon_connector")
    def _run_job(self, kind):
        """Let the job run although it was put off; the server may die of it."""
        jobs = self.env["amazon.job"].search([("kind", "=", kind)])
        jobs.not_before = False
        self.env["amazon.shipment"].search([]).next_try = False
        self.env["amazon.order"].search([]).next_try = False
        cron = self.env["amazon.job.type"]._get_type(kind)._get_cron()
        try:
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        except Killed:
            # The next run finds what was committed.
            self.env.invalidate_all()
        self.env.invalidate_all()

    def _get_open_deliveries(self):
        sales = self.env["amazon.order"].search([]).sale_order_id
        return sales.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )

    def _work_in_the_warehouse(self):
        """Pick or ship an open delivery, in full or in part, as far as it may leave."""
        deliveries = self._get_open_deliveries()
        if not deliveries:
            return
        delivery = self.random.choice(deliveries)
        delivery.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": f"T{delivery.id}"}
        )
        for move in delivery.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        if self.random.random() < 0.3:
            # Packed, and left at the packing table.
            return
        stopped = delivery.amazon_stop_reason
        try:
            delivery.with_context(skip_backorder=True, skip_sms=True).button_validate()
        except UserError:
            self.assertTrue(stopped, "only what is stopped is refused")
        else:
            self.assertFalse(stopped, "nothing that is stopped leaves")

    def _decide(self):
        """A person has seen what changed, or what the buyer wishes."""
        sales = self.env["amazon.order"].search([]).sale_order_id
        if not sales:
            return
        sale = self.random.choice(sales)
        if sale._has_amazon_change_to_confirm():
            sale.action_confirm_amazon_change()
        if sale._has_open_amazon_cancel_request():
            sale.action_ship_amazon_anyway()

    # === THE END === #

    def _settle(self):
        """Amazon and the server are well; persons decide what waits for them."""
        self.living.is_granted = True
        before = None
        with self.living.calm():
            if self.living.refused:
                self._stay_ill()
            for _run in range(RUNS_TO_SETTLE):
                self.living.pass_time(PAUSE)
                rows = self.env["amazon.order"].search([])
                rows.filtered(
                    lambda row: (
                        row.state in ("held", "failed", "partial")
                        or row._is_address_awaited()
                    )
                ).action_retry()
                self.connection._request_job("download_orders")
                self._run_jobs()
                sales = self.env["amazon.order"].search([]).sale_order_id
                for sale in sales:
                    if sale._has_amazon_change_to_confirm():
                        sale.action_confirm_amazon_change()
                now = self._describe_state()
                if now == before:
                    return
                before = now
        self.fail("there is always something left to do")

    def _stay_ill(self):
        """Amazon keeps refusing a right question, until it answers once more."""
        for _run in range(self.random.randint(0, RUNS_REFUSED)):
            self.living.pass_time(PAUSE)
            self._run_job("download_orders")
        self.living.get_well()

    def _describe_state(self):
        """What the jobs and the persons might still change."""
        rows = self.env["amazon.order"].search([])
        moves = rows.sale_order_id.picking_ids.move_ids
        shipments = self.env["amazon.shipment"].search([])
        return (
            [(row.id, row.state, row.document_hash, row.to_process) for row in rows],
            rows.filtered(lambda row: row._is_address_awaited()).ids,
            [(move.id, move.state, move.product_uom_qty) for move in moves],
            [(shipment.id, shipment.state) for shipment in shipments],
        )

    # === THE COMPARISON === #

    def _compare(self):
        self.assertFalse(self.living.wrong_dates, "whatever the clocks show")
        rows = self.env["amazon.order"].search([])
        self.assertEqual(
            sorted(rows.mapped("amazon_order_id")), sorted(self.living.documents)
        )
        sales = rows.sale_order_id
        self.assertEqual(
            sorted(sales.mapped("amazon_order_ref")),
            sorted(set(sales.mapped("amazon_order_ref"))),
            "no order came in twice",
        )
        for row in rows:
            document = self.living.documents[row.amazon_order_id]
            with self.subTest(order=row.amazon_order_id):
                self._compare_order(row, document)

    def _compare_order(self, row, document):
        if poison := self.living.poisons.get(row.amazon_order_id):
            self.assertEqual(row.state, "failed")
            self.assertIn(poison[-1], row.error)
            return
        status = document["fulfillment"]["fulfillmentStatus"]
        self.assertEqual(row.status, status.lower())
        self.assertNotIn(row.state, ("new", "failed", "held"), row.error)
        self._compare_shipments(row.shipment_ids, document)
        sale = row.sale_order_id
        if not sale:
            self.assertNotIn(status, OPEN)
            return
        open_deliveries = sale.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        if status == "CANCELLED":
            for delivery in open_deliveries:
                self.assertIn("cancelled", delivery.amazon_stop_reason)
            if not open_deliveries and not self._get_delivered(sale):
                self.assertEqual(sale.state, "cancel")
            return
        self.assertEqual(sale.state, "sale")
        self.assertAlmostEqual(
            sale.amount_total, float(document["proceeds"]["grandTotal"]["amount"])
        )
        self._compare_units(sale, document)
        if status in OPEN and not self._is_touched(sale):
            self._compare_content(sale, document)
            ship_by = document["fulfillment"]["shipByWindow"]["latestDateTime"]
            self.assertEqual(sale.commitment_date, moment(ship_by))

    def _compare_units(self, sale, document):
        """What is still to leave is what Amazon waits for, and what left was once."""
        for item in document["orderItems"]:
            line = sale.order_line.filtered(
                lambda one, ref=item["orderItemId"]: one.amazon_item_ref == ref
            )
            left = sum(line.move_ids.filtered(is_gone).mapped("quantity"))
            elsewhere = sum(
                packed["quantity"]
                for package in document.get("packages", ())
                if package["trackingNumber"] == "ELSEWHERE"
                for packed in package["packageItems"]
                if packed["orderItemId"] == item["orderItemId"]
            )
            open_moves = line.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            # Of a delivery in steps, the step that comes first.
            next_moves = open_moves.filtered(
                lambda move, moves=open_moves: not move.move_orig_ids & moves
            )
            ordered = item["quantityOrdered"]
            said = f"{left} left, {elsewhere} elsewhere"
            self.assertEqual(
                sum(next_moves.mapped("product_uom_qty")),
                max(ordered - elsewhere - left, 0),
                said,
            )
            self.assertEqual(
                line.qty_delivered, max(left, min(ordered, left + elsewhere)), said
            )

    def _compare_shipments(self, shipments, document):
        """None is on its way, and Amazon has each that it took."""
        known = [
            package["packageReferenceId"] for package in document.get("packages", ())
        ]
        for shipment in shipments:
            self.assertNotIn(shipment.state, ("pending", "sent", "unknown"))
            self.assertEqual(
                known.count(shipment.package_reference), shipment.state == "done"
            )

    def _compare_content(self, sale, document):
        wanted = {
            item["orderItemId"]: item["quantityOrdered"]
            for item in document["orderItems"]
            if item["quantityOrdered"]
        }
        lines = sale.order_line.filtered("amazon_item_ref")
        found = {
            line.amazon_item_ref: line.product_uom_qty
            for line in lines
            if line.product_uom_qty
        }
        self.assertEqual(found, wanted)
        address = document["recipient"]["deliveryAddress"]
        self.assertEqual(sale.partner_shipping_id.street, address["addressLine1"])
        self.assertEqual(
            sale.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ).partner_id,
            sale.partner_shipping_id,
        )

    def _get_delivered(self, sale):
        return sale.picking_ids.filtered(
            lambda picking: (
                picking.state == "done" and picking.location_dest_id.usage == "customer"
            )
        )

    def _is_touched(self, sale):
        """Whether goods were packed or left: persons decide what happens then."""
        return bool(
            sale.picking_ids.filtered(lambda picking: picking.state == "done")
            or sale.picking_ids.move_ids.filtered("picked")
        )
