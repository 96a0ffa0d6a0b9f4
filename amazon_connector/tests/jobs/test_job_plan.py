"""What the page Scheduled Jobs says, and an import that stood still."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestJobPlan(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.cron = self.env.ref("amazon_connector.ir_cron_download_orders")
        self.job = self.connection.job_ids.filtered(
            lambda job: job.kind == "download_orders"
        )

    def plan(self, **values):
        self.job.write(values)
        self.job.invalidate_recordset()
        return self.job.plan

    def test_it_runs_with_the_scheduled_action(self):
        self.cron.nextcall = fields.Datetime.now() + timedelta(minutes=3)
        self.assertEqual(self.plan(), "As scheduled.")
        self.assertLessEqual(self.job.next_run, self.cron.nextcall)

    def test_what_is_due_already_runs_now(self):
        self.cron.nextcall = fields.Datetime.now() - timedelta(minutes=3)
        self.plan()
        self.assertGreaterEqual(
            self.job.next_run, fields.Datetime.now() - timedelta(seconds=5)
        )

    def test_a_job_that_was_asked_for_and_failed_says_so(self):
        later = fields.Datetime.now() + timedelta(minutes=2)
        self.assertIn(
            "failure", self.plan(requested=True, failures=1, not_before=later)
        )

    def test_shipments_that_are_off_are_sent_by_hand_only(self):
        job = self.connection.job_ids.filtered(lambda one: one.kind == "send_shipments")
        self.connection.send_shipments = False
        self.assertIn("Send now", job.plan)
        self.assertFalse(job.next_run)
        self.ship(self.import_order())
        self.send()
        runs = [("connection_id", "=", self.connection.id), ("kind", "=", job.kind)]
        self.assertFalse(self.env["amazon.history"].search(runs), "Nothing to do")
        self.env["amazon.shipment"].search([]).action_send_now()
        job.invalidate_recordset()
        self.assertEqual(job.plan, "As scheduled.")
        self.send()
        self.assertEqual(self.fake.count("confirmShipment"), 1)

    def test_a_delay_that_is_longer_counts(self):
        later = fields.Datetime.now() + timedelta(days=2)
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "schedule",
                "outcome": "waiting",
            }
        )
        self.assertIn("quota", self.plan(not_before=later, last_run_id=run.id))
        self.assertIn("failure", self.plan(failures=1))
        self.assertEqual(self.job.next_run, later)

    def test_what_does_not_run_says_why(self):
        for values, words in (
            ({"import_stage": "download_products"}, "products before"),
            ({"download_orders": False}, "Switched off"),
            ({"state": "reauthorize"}, "not connected"),
            ({"active": False}, "inactive"),
        ):
            with self.subTest(words):
                self.connection.write(values)
                self.assertIn(words, self.plan())
                self.assertFalse(self.job.next_run)

    def test_an_import_goes_on_at_once_when_the_store_is_set_active(self):
        self.connection._start_import()
        self.connection.active = False
        triggers = self.env["ir.cron.trigger"].sudo()
        mine = [("cron_id", "=", self.cron.id)]
        triggers.search(mine).unlink()
        self.connection.active = True
        self.assertTrue(triggers.search(mine))
