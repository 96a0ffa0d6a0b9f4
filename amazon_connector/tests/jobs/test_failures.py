"""What goes wrong, for both jobs: what the user sees, and that all goes on."""

from contextlib import nullcontext
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.jobs.runner import JobRunner
from ...models.orders import order_importer
from ...models.orders.order_importer import OrderImporter
from ...spapi.errors import (
    AmbiguousError,
    AuthError,
    ProtocolError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from ..builders import ago, build_item, build_order
from ..common import AmazonCommon

JOB_LOGGER = "odoo.addons.amazon_connector.tools"


@tagged("post_install", "-at_install")
class TestDownloadFailures(AmazonCommon):
    def prepare(self):
        super().prepare()
        self.other = self._create_connection("A9OTHERSELLER")
        self.fake.add(build_order())
        self.amazon_of(self.other).add(build_order("222-0000001-0000001"))

    def assert_recovers(self, error, words, outcome="failed"):
        """The failing store says why, the other goes on, the next run ends well."""
        self.fake.errors = [error]
        self.download()
        run = self.last_run()
        self.assertEqual(run.outcome, outcome)
        self.assertIn(words, run.line_ids.message)
        self.assertFalse(self.connection.orders_synced_until, "The cursor stayed")
        self.assertTrue(self.order("222-0000001-0000001").sale_order_id)
        self.assertTrue(self.other.orders_synced_until)
        self.put_off_is_over()
        self.connection.state = "authorized"
        self.download()
        self.assertTrue(self.order().sale_order_id)
        self.assertTrue(self.connection.orders_synced_until)

    def test_server_error(self):
        self.assert_recovers(UnavailableError("HTML 503."), "could not be reached")

    def test_answer_that_is_not_amazons(self):
        self.assert_recovers(ProtocolError("200, but HTML."), "cannot be understood")

    def test_access_denied(self):
        error = AuthError("Denied.", reason="forbidden", request_id="req-7")
        self.assert_recovers(error, "req-7")

    def test_used_up_quota_is_no_failure(self):
        error = ThrottledError("429.", operation="searchOrders", retry_after=60)
        self.assert_recovers(error, "quota until", outcome="waiting")

    def test_failures_put_the_job_off_longer_and_longer(self):
        job = self.connection.job_ids.filtered(lambda j: j.kind == "download_orders")
        delays = []
        for _attempt in range(3):
            self.fake.errors = [UnavailableError("Down.")]
            self.put_off_is_over()
            with freeze_time(fields.Datetime.now()):
                self.download()
            delays.append(job.not_before - self.last_run().end)
        self.assertEqual(delays, [timedelta(minutes=number) for number in (1, 2, 4)])
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), 3, "Not before its time")

    def test_a_window_that_was_broken_off_goes_on_at_its_page(self):
        self.fake.page_size = 1
        self.fake.add(build_order("111-0000001-0000002"))
        self.fake.errors = [None, ThrottledError("429.", retry_after=180)]
        self.download()
        self.assertTrue(self.order().sale_order_id)
        self.assertFalse(self.connection.orders_synced_until)
        self.put_off_is_over()
        self.download()
        tokens = [call[1] for call in self.fake.calls if call[0] == "searchOrders"]
        self.assertEqual(tokens, [None, "1", "1"])
        self.assertTrue(self.order("111-0000001-0000002").sale_order_id)

    def test_a_download_that_takes_too_long_goes_on_in_a_scheduling_of_its_own(self):
        self.fake.page_size = 1
        self.fake.add(build_order("111-0000001-0000002"))
        cron = self.env.ref("amazon_connector.ir_cron_download_orders")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        with patch.object(JobRunner, "is_time_up", lambda runner: True):
            self.download()
        self.assertEqual(self.last_run().outcome, "running")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        self.download()
        self.assertTrue(self.order().sale_order_id)
        self.assertTrue(self.order("111-0000001-0000002").sale_order_id)

    def test_an_expired_page_token_starts_the_window_again(self):
        self.fake.page_size = 1
        self.fake.add(build_order("111-0000001-0000002"))
        self.fake.errors = [None, UnavailableError("Down."), RejectedError("Token.")]
        self.download()
        self.put_off_is_over()
        self.download()
        self.assertIn("asked for again", self.last_run().line_ids.message)
        self.assertTrue(self.order("111-0000001-0000002").sale_order_id)

    @mute_logger(JOB_LOGGER)
    def test_one_bad_order_stops_no_other(self):
        self.fake.add(build_order("111-0000001-0000002"))
        original = order_importer.adjust_total

        def fail(row, *args):
            if row.amazon_order_id.endswith("2"):
                raise UserError(row.env._("%s is blocked.", "Berta Beispiel"))
            return original(row, *args)

        with patch.object(order_importer, "adjust_total", fail):
            self.download()
        self.assertTrue(self.order().sale_order_id)
        bad = self.order("111-0000001-0000002")
        self.assertRecordValues(
            bad, [{"state": "failed", "error": "••• is blocked.", "attempts": 1}]
        )
        self.assertEqual(self.last_run().failed, 1)
        bad.action_retry()
        self.download()
        self.assertEqual(bad.state, "imported")

    def test_an_unexpected_error_is_shown_without_its_text(self):
        with (
            patch.object(
                OrderImporter, "_import", side_effect=KeyError("Berta Beispiel")
            ),
            self.assertLogs(JOB_LOGGER, "ERROR") as logs,
        ):
            self.download()
        self.assertIn("KeyError", self.order().error)
        self.assertNotIn("Beispiel", self.order().error + str(logs.output))

    def test_two_transactions_that_meet_are_no_failure(self):
        original = OrderImporter._import
        collisions = [SerializationFailure()] * 2

        def meet(importer, *args):
            if collisions:
                raise collisions.pop()
            return original(importer, *args)

        with patch.object(OrderImporter, "_import", meet):
            self.download()
        self.assertTrue(self.order().sale_order_id)
        self.assertEqual(self.last_run().outcome, "done")

    def test_the_scheduled_action_goes_off_when_no_store_is_left(self):
        self.other.active = False
        self.fake.errors = [AuthError("Withdrawn.", reason="grant")]
        self.download()
        self.assertFalse(
            self.env.ref("amazon_connector.ir_cron_download_orders").active
        )

    def test_a_failing_statement_is_not_logged_with_the_buyers_data(self):
        values = ["Berta Beispiel"]

        def fail(importer, *_args):
            importer.connection.env.cr.execute("SELECT 1 / 0, %s", values)

        with (
            patch.object(OrderImporter, "_import", fail),
            self.assertLogs("odoo", "INFO") as logs,
        ):
            self.download()
        self.assertEqual(self.order().state, "failed")
        self.assertIn("DivisionByZero", str(logs.output))
        self.assertNotIn("Beispiel", str(logs.output))

    def test_an_unreadable_document_is_kept_as_failed_and_tried_again(self):
        good = build_order("111-0000001-0000009")
        broken = [
            (good | {"createdTime": "not a time"}, "createdTime"),
            (good | {"orderItems": good["orderItems"] * 2}, "UniqueViolation"),
            (good | {"orderItems": [build_item(sku="NUL\x00")]}, "sellerSku"),
        ]
        for document, reason in broken:
            self.fake.add(document | {"lastUpdatedTime": ago(days=3)})
            # Only what nobody foresaw is for the server's log.
            is_logged = reason == "UniqueViolation"
            with self.assertLogs("odoo", "ERROR") if is_logged else nullcontext():
                self.download()
            row = self.order("111-0000001-0000009")
            self.assertEqual(row.state, "failed")
            self.assertIn(reason, row.error)
            self.assertEqual(self.last_run().line_ids[-1:].res_id, row.id)
            self.assertTrue(self.order().sale_order_id, "The other order came in")
            self.assertTrue(self.connection.orders_synced_until)
        self.fake.add(good)
        self.download()
        self.assertEqual(row.state, "imported")
        self.assertEqual(row.line_ids.sku, "MUG")

    def test_a_long_outage_does_not_break_the_delay(self):
        job = self.connection.job_ids.filtered(lambda j: j.kind == "download_orders")
        job.failures = 5000
        self.fake.errors = [UnavailableError("Down.")]
        self.download()
        self.assertEqual(job.failures, 5001)
        self.assertTrue(self.order("222-0000001-0000001").sale_order_id)

    def test_an_inactive_connection_does_nothing(self):
        self.connection.active = False
        self.download()
        self.assertFalse(self.fake.calls)

    def test_a_run_that_was_killed_is_closed_by_the_next(self):
        dead = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "schedule",
            }
        )
        self.download()
        self.assertEqual(dead.outcome, "interrupted")


@tagged("post_install", "-at_install")
class TestShipmentFailures(AmazonCommon):
    def prepare(self):
        super().prepare()
        self.other = self._create_connection("A9OTHERSELLER")
        self.amazon_of(self.other).add(build_order("222-0000001-0000001"))
        self.sale = self.import_order(items=[build_item(quantity=2)])
        self.picking = self.ship(self.sale)
        self.ship(self.order("222-0000001-0000001").sale_order_id)
        self.shipment = self.picking.amazon_shipment_ids

    def assert_recovers(self, error, words, outcome="failed"):
        self.fake.errors = [error]
        self.send()
        run = self.last_run("send_shipments")
        self.assertEqual(run.outcome, outcome)
        self.assertIn(words, run.line_ids.message)
        self.assertEqual(self.shipment.state, "pending")
        self.assertEqual(len(self.amazon_of(self.other).applied), 1)
        self.put_off_is_over("send_shipments")
        self.connection.state = "completed"
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(len(self.fake.applied), 1)

    def test_connection_refused(self):
        self.assert_recovers(UnavailableError("Refused."), "could not be reached")

    def test_used_up_quota(self):
        error = ThrottledError("429.", retry_after=1)
        self.assert_recovers(error, "quota until", outcome="waiting")

    def test_refused_token(self):
        self.assert_recovers(AuthError("No.", reason="grant"), "refresh token")

    def test_lost_answer_after_it_took_effect_confirms_once(self):
        self.fake.lost_answer = AmbiguousError("Time-out.")
        self.send()
        self.assertEqual(self.shipment.state, "unknown")
        self.assertIn("looked up", self.last_run("send_shipments").line_ids.message)
        self.put_off_is_over("send_shipments")
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(self.fake.count("confirmShipment"), 1)
        self.assertEqual(self.fake.count("getOrder"), 1)

    def test_lost_answer_before_it_took_effect_is_sent_again(self):
        self.fake.errors = [AmbiguousError("HTML 503.")]
        self.send()
        self.put_off_is_over("send_shipments")
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(self.fake.count("confirmShipment"), 2)
        self.assertEqual(len(self.fake.applied), 1)

    def test_a_lost_answer_is_not_looked_up_at_once(self):
        self.fake.errors = [AmbiguousError("Time-out.")]
        self.send()
        self.send()
        self.assertEqual(self.fake.count("getOrder"), 0)

    def test_a_server_that_died_while_sending_does_not_confirm_twice(self):
        self.send()
        self.shipment.state = "sent"
        self.send()
        self.put_off_is_over("send_shipments")
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(self.fake.count("confirmShipment"), 1)

    def test_an_answer_that_could_not_be_written_down_is_looked_up(self):
        models = self.env.registry["amazon.shipment"]
        mark_done = models._mark_done
        collisions = [SerializationFailure("could not serialize access")]

        def be_in_the_way(shipment):
            if collisions:
                raise collisions.pop()
            return mark_done(shipment)

        self.patch(models, "_mark_done", be_in_the_way)
        self.send()
        self.assertEqual(self.shipment.state, "unknown")
        self.put_off_is_over("send_shipments")
        self.send()
        self.assertEqual(self.shipment.state, "done")
        self.assertEqual(self.fake.count("confirmShipment"), 1)

    def test_a_shipment_that_cannot_be_looked_up_blocks_no_other(self):
        self.fake.lost_answer = AmbiguousError("Time-out.")
        self.send()
        second = self.ship(self.import_order(order_id="111-0000001-0000002"))
        self.put_off_is_over("send_shipments")
        self.fake.errors = [RejectedError("Unknown order.", status=404)]
        self.send()
        self.assertEqual(self.shipment.state, "unknown")
        self.assertTrue(self.last_run("send_shipments").failed)
        self.assertEqual(second.amazon_shipment_ids.state, "done")

    def test_a_number_corrected_under_way_is_sent_too(self):
        self.fake.lost_answer = AmbiguousError("Time-out.")
        self.send()
        self.picking.carrier_tracking_ref = "1Z-RIGHT"
        self.put_off_is_over("send_shipments")
        self.send()
        self.assertEqual(self.shipment.tracking_ref, "1Z-RIGHT")
        self.assertEqual(self.shipment.state, "done")
        numbers = [
            request["packageDetail"]["trackingNumber"]
            for _order, request in self.fake.applied
        ]
        self.assertEqual(numbers, ["1Z999", "1Z-RIGHT"])

    def test_a_refusal_is_shown_and_can_be_retried(self):
        error = RejectedError("Unknown carrier.", status=400, request_id="req-9")
        self.fake.errors = [error]
        self.send()
        self.assertEqual(self.shipment.state, "failed")
        self.assertIn("Unknown carrier.", self.shipment.error)
        lines = self.last_run("send_shipments").line_ids
        line = lines.filtered(lambda line: line.level == "error")
        self.assertEqual(line.request_id, "req-9")
        line.action_retry()
        self.send()
        self.assertEqual(self.shipment.state, "done")
