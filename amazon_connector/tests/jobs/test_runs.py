"""One run is one row of the history, however often the scheduler had to call."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.jobs.runner import JobRun, JobRunner
from ...spapi.errors import (
    RejectedError,
    ThrottledError,
    UnavailableError,
)
from ..builders import build_item, build_order
from ..common import AmazonCommon
from ..inventory_common import InventoryCommon

KIND = "download_orders"
ORDERS = [f"111-0000001-000000{number}" for number in (1, 2, 3)]


class RunsCommon(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.fake.page_size = 1
        self.fake.add(*(build_order(order_id) for order_id in ORDERS))
        self.job = self.connection._get_job(KIND)
        self.cron = self.job.cron_id

    def call(self):
        """The scheduler calls, whatever is due."""
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(self.cron.failure_count)

    def call_for_one_slice(self):
        with patch.object(JobRunner, "is_time_up", lambda _runner: True):
            self.call()

    def lose_the_server(self):
        """The server dies in the middle of the run that was left open."""
        run = self.job.open_run_id
        self.job.open_run_id = False
        run.write({"outcome": "running", "paused_on": False})

    def runs(self, kind=KIND):
        """The runs of the connection, the first one first."""
        return self.env["amazon.history"].search(
            [("connection_id", "=", self.connection.id), ("kind", "=", kind)],
            order="id",
        )


@tagged("post_install", "-at_install")
class TestOneRow(RunsCommon):
    def test_many_calls_are_one_run(self):
        self.connection.action_download_orders()
        started = fields.Datetime.now()
        outcomes = []
        with freeze_time(started) as clock:
            while not outcomes or self.runs().outcome == "running":
                self.call_for_one_slice()
                outcomes.append(self.runs().outcome)
                self.assertEqual(bool(self.runs().end), outcomes[-1] == "done")
                self.assertLess(len(outcomes), 20)
                clock.tick(timedelta(minutes=1))
        self.assertGreater(len(outcomes), 3)
        self.assertEqual(outcomes, ["running"] * (len(outcomes) - 1) + ["done"])
        self.assertRecordValues(
            self.runs(),
            [
                {
                    "reason": "button",
                    "start": started,
                    "end": started + timedelta(minutes=len(outcomes) - 1),
                    "calls": 3,
                    "seen": 3,
                    "created": 3,
                    "waited": 0,
                    "paused_on": False,
                }
            ],
        )
        self.assertEqual(self.fake.count("searchOrders"), 3)
        self.assertFalse(self.job.open_run_id)
        self.assertTrue(self.order(ORDERS[2]).sale_order_id)

    def test_a_run_between_two_calls_says_that_it_goes_on(self):
        self.call_for_one_slice()
        self.assertEqual(self.job.open_run_id, self.runs())
        self.assertEqual(self.job.plan, "Its last run goes on.")

    def test_waiting_for_quota_is_part_of_the_run(self):
        self.fake.errors = [None, ThrottledError("429.", retry_after=59)]
        started = fields.Datetime.now()
        with freeze_time(started):
            self.call()
            run = self.runs()
            self.assertEqual((run.outcome, run.end), ("waiting", False))
            self.assertEqual(self.job.not_before, started + timedelta(seconds=60))
            self.assertEqual(self.job.plan, "Amazon's quota is used up until then.")
            self.call()
            self.assertEqual(self.runs().outcome, "waiting", "Not before its time")
        with freeze_time(started + timedelta(seconds=70)):
            self.call()
        self.assertRecordValues(
            self.runs(),
            [
                {
                    "outcome": "done",
                    "start": started,
                    "end": started + timedelta(seconds=70),
                    "waited": 70,
                    "calls": 4,
                    "created": 3,
                    "failed": 0,
                }
            ],
        )

    def test_only_the_pauses_for_quota_are_waited(self):
        started = fields.Datetime.now()
        with freeze_time(started) as clock:
            self.call_for_one_slice()
            clock.tick(timedelta(minutes=1))
            self.call()
        self.assertEqual((self.runs().outcome, self.runs().waited), ("done", 0))

    def test_a_run_after_the_end_is_another_row(self):
        self.call()
        self.connection.action_download_orders()
        self.call()
        self.assertEqual(self.runs().mapped("reason"), ["schedule", "button"])


@tagged("post_install", "-at_install")
class TestStopped(RunsCommon):
    def assert_stopped(self):
        self.assertFalse(self.job.open_run_id)
        self.assertEqual(len(self.runs()), 1)
        self.assertEqual(self.runs().outcome, "stopped")
        self.assertTrue(self.runs().end)

    def test_of_a_connection_that_is_set_inactive(self):
        self.call_for_one_slice()
        self.connection.active = False
        self.assert_stopped()

    def test_of_a_connection_that_is_refused(self):
        self.call_for_one_slice()
        self.connection.state = "reauthorize"
        self.assert_stopped()

    def test_of_a_function_that_is_switched_off(self):
        self.call_for_one_slice()
        self.connection.download_orders = False
        self.call()
        self.assert_stopped()
        self.assertEqual(self.fake.count("searchOrders"), 1)

    def test_what_waits_for_quota_is_stopped_too(self):
        self.fake.errors = [ThrottledError("429.", retry_after=60)]
        self.call()
        self.connection.download_orders = False
        self.call()
        self.assert_stopped()

    def test_what_was_stopped_goes_on_in_a_run_of_its_own(self):
        self.call_for_one_slice()
        self.connection.download_orders = False
        self.call()
        self.connection.download_orders = True
        self.call()
        self.assertEqual(self.runs().mapped("outcome"), ["stopped", "done"])
        tokens = [call[1] for call in self.fake.calls if call[0] == "searchOrders"]
        self.assertEqual(tokens, [None, "1", "2"])


@tagged("post_install", "-at_install")
class TestButton(RunsCommon):
    def assert_asked_for(self):
        """The job is due for what the button was pressed for."""
        self.assertTrue(self.job.requested)
        self.assertFalse(self.job.not_before)
        job_type = self.job._get_type()
        self.assertIn(self.job, self.job.search(self.job._get_due_domain(job_type)))

    def test_pressed_in_the_last_slice(self):
        job_type = self.env.registry["amazon.job.type.download_orders"]
        complete = job_type._complete

        def press_and_complete(model, job, run):
            job.connection_id.action_download_orders()
            return complete(model, job, run)

        with patch.object(job_type, "_complete", press_and_complete):
            self.call()
        self.assertEqual(self.runs().outcome, "done")
        self.assert_asked_for()
        self.call()
        self.assertEqual(self.runs().mapped("reason"), ["schedule", "button"])
        self.assertFalse(self.job.requested)

    def test_pressed_when_the_run_ends(self):
        finish = JobRun._finish

        def press_and_finish(job_run, outcome=None):
            job_run.job.connection_id.action_download_orders()
            return finish(job_run, outcome)

        with patch.object(JobRun, "_finish", press_and_finish):
            self.call()
        self.assertEqual(self.runs().outcome, "done")
        self.assert_asked_for()

    def test_pressed_while_a_run_waits_to_go_on(self):
        self.call_for_one_slice()
        self.connection.action_download_orders()
        self.call()
        self.assertEqual(self.runs().outcome, "done")
        self.assert_asked_for()

    def test_what_failed_is_still_asked_for(self):
        self.connection.download_orders = False
        self.connection.action_download_orders()
        self.fake.errors = [UnavailableError("Down.")]
        self.call()
        self.assertEqual(self.runs().outcome, "failed")
        self.assertTrue(self.job.requested)
        self.assertIn("failure", self.job.plan)
        with freeze_time(self.job.not_before):
            self.call()
        self.assertEqual(self.runs().mapped("outcome"), ["failed", "done"])
        self.assertEqual(self.runs().mapped("reason"), ["button", "button"])
        self.assertFalse(self.job.requested)

    def test_what_was_asked_for_goes_on_although_it_is_switched_off(self):
        self.connection.download_orders = False
        self.connection.action_download_orders()
        self.call_for_one_slice()
        self.assertEqual(self.job.plan, "Its last run goes on.")
        self.call()
        self.assertEqual(self.runs().outcome, "done")
        self.assertEqual(self.runs().reason, "button")

    def test_what_was_asked_for_outlives_a_server_that_stops(self):
        self.connection.download_orders = False
        self.connection.action_download_orders()
        self.call_for_one_slice()
        self.lose_the_server()
        self.call()
        self.assertEqual(self.runs().mapped("outcome"), ["interrupted", "done"])
        self.assertEqual(self.runs().mapped("reason"), ["button", "button"])
        self.assertEqual(self.connection.order_count, 3)
        self.assertFalse(self.job.next_run)


@tagged("post_install", "-at_install")
class TestImport(RunsCommon):
    def setUp(self):
        super().setUp()
        self.connection.state = "importing"
        self.connection._enter_stage(KIND)
        self.call_for_one_slice()

    def assert_completed(self):
        self.assertEqual(self.connection.state, "completed")
        self.assertFalse(self.connection.import_stage)
        self.assertEqual(self.connection.order_count, 3)

    def test_goes_through_although_its_function_is_switched_off_meanwhile(self):
        self.connection.download_orders = False
        self.call()
        self.assert_completed()

    def test_goes_through_after_a_failure_with_its_function_off(self):
        self.connection.download_orders = False
        self.fake.errors = [UnavailableError("Down.")]
        self.call()
        self.assertEqual(self.runs().outcome, "failed")
        with freeze_time(self.job.not_before):
            self.call()
        self.assert_completed()

    def test_goes_through_after_a_server_that_stopped(self):
        self.connection.download_orders = False
        self.lose_the_server()
        self.call()
        self.assert_completed()
        self.assertEqual(self.runs().mapped("reason"), ["import", "import"])


@tagged("post_install", "-at_install")
class TestBoundary(RunsCommon):
    """Whatever goes wrong is a failed run, or in the log; the scheduler goes on."""

    def patch_type(self, name, function):
        self.patch(self.env.registry[f"amazon.job.type.{KIND}"], name, function)

    def test_a_run_that_cannot_be_prepared_has_failed(self):
        sentence = "Not prepared."

        def refuse(_model, _job, _run):
            raise UserError(sentence)

        self.patch_type("_start_run", refuse)
        self.call()
        self.assertEqual(self.runs().outcome, "failed")
        self.assertIn("Not prepared.", self.runs().line_ids.message)
        self.assertTrue(self.job.not_before)

    def test_what_is_due_cannot_be_found_out(self):
        def fail(_model):
            raise KeyError("a bridge")

        self.patch_type("_get_enabled_domain", fail)
        with self.assertLogs("odoo.addons.amazon_connector", "ERROR") as logs:
            self.call()
        self.assertIn("KeyError", logs.output[0])
        self.assertNotIn("a bridge", logs.output[0].splitlines()[0])

    def test_a_store_that_was_stopped_while_its_job_waited_is_not_asked(self):
        run = JobRunner.run

        def stop_and_run(runner, jobs):
            jobs.connection_id.active = False
            # Somebody else's transaction.
            jobs.env["ir.cron"]._commit_progress()
            return run(runner, jobs)

        self.patch(JobRunner, "run", stop_and_run)
        self.call()
        self.assertFalse(self.connection.active)
        self.assertFalse(self.fake.calls)
        self.assertFalse(self.runs())


@tagged("post_install", "-at_install")
class TestTurnOfStores(RunsCommon):
    def test_who_waits_longest_starts_first(self):
        """A run that goes on has waited since it was left open, not since its start."""
        other = self._create_connection("A2OTHER")._get_job(KIND)
        began = fields.Datetime.now()
        with freeze_time(began - timedelta(minutes=30)):
            self.job.connection_id.action_download_orders()
            self.call_for_one_slice()
        other.not_before = began
        with freeze_time(began - timedelta(minutes=20)):
            self.call_for_one_slice()
        self.assertTrue(self.job.open_run_id)
        with freeze_time(began - timedelta(minutes=10)):
            other._request()
        started = []
        run = JobRunner.run

        def note_and_run(runner, jobs):
            started.extend(jobs)
            return run(runner, jobs)

        self.patch(JobRunner, "run", note_and_run)
        self.call()
        self.assertEqual(started[:2], [other, self.job])


@tagged("post_install", "-at_install")
class TestRetry(InventoryCommon):
    def line(self, kind, model):
        """The line of the last run that says what went wrong with a record."""
        lines = self.last_run(kind).line_ids
        line = lines.filtered(lambda one: one.res_model == model)
        self.assertEqual(len(line), 1)
        self.assertIn(line.level, ("warning", "error"))
        return line

    def assert_retried(self, line, kind):
        job = self.connection._get_job(kind)
        job.requested = False
        line.action_retry()
        self.assertTrue(job.requested)

    def test_the_button_is_shown_for_all_but_notes(self):
        view = self.env["amazon.history"].get_view(view_type="form")
        (button,) = etree.fromstring(view["arch"]).findall(
            ".//button[@name='action_retry']"
        )
        self.assertEqual(button.get("invisible"), "level == 'info'")
        self.assertFalse(button.get("column_invisible"))

    def test_of_a_line_about_the_connection(self):
        self.fake.errors = [UnavailableError("Down.")]
        self.download()
        self.assert_retried(self.line(KIND, "amazon.connection"), KIND)

    def test_of_a_line_about_an_order(self):
        self.fake.add(build_order(items=[build_item(sku="NOT-KNOWN")]))
        self.connection.unknown_product = "hold"
        self.download()
        line = self.line(KIND, "amazon.order")
        self.assert_retried(line, KIND)
        self.assertTrue(self.order().to_process)

    def test_of_a_line_about_a_listing(self):
        self.fake.refused = {"MUG"}
        self.switch_on()
        line = self.line("sync_inventory", "amazon.listing")
        self.assert_retried(line, "sync_inventory")
        self.assertTrue(self.listing().to_push)
        self.assertTrue(self.listing().to_process)

    def test_of_a_line_about_a_shipment(self):
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        self.fake.errors = [RejectedError("Unknown carrier.", status=400)]
        self.send()
        self.assertEqual(shipment.state, "failed")
        self.line("send_shipments", "amazon.shipment").action_retry()
        self.assertEqual(shipment.state, "pending")
        self.send()
        self.assertEqual(shipment.state, "done")

    def test_of_a_line_whose_record_is_gone(self):
        self.fake.add(build_order(items=[build_item(sku="NOT-KNOWN")]))
        self.connection.unknown_product = "hold"
        self.download()
        line = self.line(KIND, "amazon.order")
        self.order().unlink()
        self.assert_retried(line, KIND)


@tagged("post_install", "-at_install")
class TestWhatOthersSee(AmazonCommon):
    """A run may switch on a currency: who has a copy of the others has it at once."""

    def setUp(self):
        super().setUp()
        self.currencies = self.env["res.currency"]
        self.currencies.search([("name", "=", "CAD")]).active = False
        self.env.flush_all()
        self.registry.clear_cache("stable")
        self.registry.cache_invalidated.clear()

    def download_in_dollars_of_canada(self):
        self.fake.add(build_order(items=[build_item(currency="CAD")], currency="CAD"))
        self.download()
        self.assertEqual(self.order().sale_order_id.currency_id.name, "CAD")

    def watch(self):
        """Have what is signalled noted, run by run and at the end of the action."""
        noted = []
        signal_changes = self.registry.signal_changes
        finish = JobRun._finish

        def note():
            noted.append(set(self.registry.cache_invalidated))
            signal_changes()

        def finish_and_note(run, *args):
            finish(run, *args)
            noted.append("finished")

        self.patch(self.registry, "signal_changes", note)
        self.patch(JobRun, "_finish", finish_and_note)
        return noted

    def test_other_processes_are_told_with_the_commit(self):
        noted = self.watch()
        self.download_in_dollars_of_canada()
        in_run = noted[: noted.index("finished")]
        self.assertTrue(any("stable" in names for names in in_run), noted)

    def test_what_was_looked_up_before_the_commit_is_forgotten(self):
        commit = type(self.env["ir.cron"])._commit_progress

        def look_and_commit(cron, *args, **kwargs):
            if self.registry.cache_invalidated:
                self.currencies.get_all_currencies()
            return commit(cron, *args, **kwargs)

        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", look_and_commit
        ):
            self.download_in_dollars_of_canada()
        before = self.cr.sql_log_count
        self.currencies.get_all_currencies()
        self.assertGreater(self.cr.sql_log_count, before)

    def test_what_a_failed_slice_switched_on_is_told_to_nobody(self):
        noted = self.watch()

        def fail(*_args):
            self.registry.clear_cache("stable")
            raise UnavailableError("HTML 503.")

        orders = type(self.env["amazon.job.type.download_orders"])
        with patch.object(orders, "_do_slice", fail):
            self.download()
        self.assertEqual(self.last_run().outcome, "failed")
        self.assertFalse(any("stable" in names for names in noted), noted)
