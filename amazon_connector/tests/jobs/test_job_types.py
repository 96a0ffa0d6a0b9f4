"""What is left of a job whose addon was not uninstalled properly."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..builders import build_order
from ..common import AmazonCommon

GONE = "gone"


@tagged("post_install", "-at_install")
class TestUnknownKind(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.fake.add(build_order())
        self.download()
        self.run = self.last_run()
        self.run._error(self.env._("Invented."), self.connection)
        self.job = self.connection._get_job("send_shipments")
        self.job.last_run_id = self.run
        self.cron = self.env["ir.cron"].create(
            {
                "name": "Amazon: Gone",
                "model_id": self.env["ir.model"]._get_id("amazon.job"),
                "code": f'model._cron_run("{GONE}")',
                "interval_type": "days",
            }
        )
        self.env.flush_all()
        # Odoo itself refuses to write a kind that nobody has.
        self.env.cr.execute(
            "UPDATE amazon_job SET kind = 'gone' WHERE id = %s", [self.job.id]
        )
        self.env.cr.execute(
            "UPDATE amazon_history SET kind = 'gone' WHERE id = %s", [self.run.id]
        )
        self.env.invalidate_all()

    def test_its_scheduled_action_says_so_and_does_not_fail(self):
        runs = self.env["amazon.history"].search_count([])
        with (
            self.enter_registry_test_mode(),
            self.assertLogs("odoo.addons.amazon_connector", "WARNING") as logs,
        ):
            self.cron.method_direct_trigger()
        self.assertIn("does the job gone is not installed", logs.output[0])
        self.assertEqual(len(logs.output), 1)
        self.env.invalidate_all()
        self.assertFalse(self.cron.failure_count)
        self.assertEqual(self.env["amazon.history"].search_count([]), runs)

    def test_scheduled_jobs_says_so(self):
        self.assertRecordValues(
            self.job,
            [
                {
                    "display_name": GONE,
                    "plan": "The addon that does this job is not installed.",
                    "next_run": False,
                }
            ],
        )
        page = {"job_ids": {"fields": {"kind": {}, "plan": {}, "last_outcome": {}}}}
        (values,) = self.connection.web_read(page)
        self.assertIn(GONE, [job["kind"] for job in values["job_ids"]])

    def test_the_history_stays_readable(self):
        self.assertTrue(self.run.display_name.startswith(f"{GONE}, "))
        view = self.env["amazon.history"].get_view(view_type="form")
        names = {name: {} for name in view["models"]["amazon.history"]}
        (values,) = self.run.web_read(names)
        self.assertEqual(values["kind"], GONE)
        found = self.env["amazon.history"].web_search_read(
            [("kind", "=", GONE)], {"display_name": {}, "kind": {}}
        )
        self.assertEqual(found["length"], 1)
        groups = self.env["amazon.history"].web_read_group([], ["kind"], ["__count"])
        self.assertIn(GONE, [group["kind"] for group in groups["groups"]])

    def test_retry_says_why_it_cannot(self):
        with self.assertRaisesRegex(UserError, "not installed any more"):
            self.run.line_ids.action_retry()

    def test_the_connection_goes_on(self):
        """Whatever is done to all jobs of a connection passes over this one."""
        self.connection.active = False
        self.connection.active = True
        self.connection.state = "reauthorize"
        self.connection.state = "authorized"
        self.connection.action_download_orders()
        self.download()
        self.send()
        self.assertEqual(self.last_run().reason, "button")
        self.assertEqual(
            self.connection._get_job("send_shipments").display_name,
            "Send shipment info",
            "It has a new row",
        )
        self.env["amazon.history"]._gc_history()
        other = self._create_connection("A2OTHER")
        self.assertNotIn(GONE, other.job_ids.mapped("kind"))


@tagged("post_install", "-at_install")
class TestScheduledAction(AmazonCommon):
    def test_made_again_each_store_has_its_job_again(self):
        inactive = self._create_connection("A2INACTIVE", active=False)
        job_type = self.env["amazon.job.type"]._get_type("download_orders")
        job_type._get_cron().unlink()
        self.env.invalidate_all()
        for connection in self.connection | inactive:
            self.assertFalse(connection._get_job("download_orders"))
        cron = job_type._get_cron()
        self.assertTrue(cron.active)
        for connection in self.connection | inactive:
            self.assertEqual(connection._get_job("download_orders").cron_id, cron)
