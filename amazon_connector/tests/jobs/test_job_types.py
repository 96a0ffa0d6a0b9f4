"""What is left of a job whose addon was not uninstalled properly."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..builders import build_order
from ..common import AmazonCommon

GONE = "gone"


@tagged("post_install", "-at_install")
class TestUnknownKind(AmazonCommon):
    def prepare(self):
        super().prepare()
        self.fake.add(build_order())
        self.download()
        self.run = self.last_run()
        self.run._error("Invented.", self.connection)
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

    def test_the_column_function_has_its_stored_kind(self):
        """The web client shows no value of a selection that it finds no label of."""
        for record in self.run, self.job:
            with self.subTest(record._name):
                views = record.get_views([(False, "list")])
                fields = views["models"][record._name]["fields"]
                labels = dict(fields["kind"]["selection"])
                self.assertEqual(labels[GONE], GONE)
                self.assertEqual(labels["download_orders"], "Download orders")

    def test_retry_says_why_it_cannot(self):
        with self.assertRaisesRegex(UserError, "not installed any more"):
            self.run.line_ids.action_retry()

    def test_open_says_that_there_is_nothing_to_open(self):
        line = self.run.line_ids
        self.assertEqual(line.action_open_record()["res_id"], self.connection.id)
        for model, record_id in (
            ("amazon.gone", self.connection.id),
            (self.connection._name, 2**31 - 1),
        ):
            with self.subTest(model):
                line.write({"res_model": model, "res_id": record_id})
                with self.assertRaisesRegex(UserError, "deleted, or the addon"):
                    line.action_open_record()

    def test_retry_of_a_line_about_something_gone_does_the_whole_job_again(self):
        run = self.env["amazon.history"].create(
            {
                "connection_id": self.connection.id,
                "kind": "download_orders",
                "reason": "schedule",
            }
        )
        run._error("Invented.", self.connection)
        run.line_ids.res_model = "amazon.gone"
        run.line_ids.action_retry()
        self.assertTrue(self.connection._get_job("download_orders").requested)

    def test_the_initial_import_goes_on_without_it(self):
        self.connection.download_products = True
        self.connection._start_import()
        self.put_import_at(GONE)
        self.send()
        self.assertEqual(self.connection.state, "importing")
        self.assertEqual(self.connection.import_stage, "download_products")
        self.run_job("download_products")
        self.download()
        self.assertRecordValues(
            self.connection, [{"state": "completed", "import_stage": False}]
        )

    def test_with_nothing_else_to_import_the_import_ends(self):
        self.connection.write(
            {
                "state": "importing",
                "download_products": False,
                "download_orders": False,
            }
        )
        self.put_import_at(GONE)
        self.send()
        self.assertRecordValues(
            self.connection, [{"state": "completed", "import_stage": False}]
        )

    def put_import_at(self, kind):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE amazon_connection SET import_stage = %s WHERE id = %s",
            [kind, self.connection.id],
        )
        self.env.invalidate_all()

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
