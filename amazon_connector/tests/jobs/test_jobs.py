"""The loop of all jobs: whose turn it is, and transactions that meet."""

import logging
import queue
import threading
import time
from contextlib import closing
from datetime import timedelta
from functools import partial

import psycopg2
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.sql_db import connection_info_for
from odoo.tests import tagged

from ...models.jobs import session
from ...models.jobs.runner import JobRun, JobRunner
from ...models.jobs.session import AmazonSession
from ...spapi.errors import ThrottledError
from ...tools import hide_failed_statements
from ..builders import ahead, build_order, moment
from ..common import AmazonCommon

STATEMENTS = logging.getLogger("odoo.sql_db")


@tagged("post_install", "-at_install")
class TestTurns(AmazonCommon):
    def due(self, kind="download_orders"):
        jobs = self.env["amazon.job"]
        job_type = self.env["amazon.job.type"]._get_type(kind)
        return jobs.search(jobs._get_due_domain(job_type)).connection_id

    def test_what_wakes_one_store_spends_no_quota_of_another(self):
        busy = self._create_connection("A2BUSY")
        self.amazon_of(busy).errors = [ThrottledError("Wait.", retry_after=60)]
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), 1)
        self.env["amazon.job"].search(
            [("connection_id", "=", busy.id), ("kind", "=", "download_orders")]
        ).not_before = False
        self.assertEqual(self.due(), busy)

    def test_asked_for_by_a_person_it_runs_at_once(self):
        self.download()
        self.assertFalse(self.due())
        self.connection.action_download_orders()
        self.assertEqual(self.due(), self.connection)

    def test_after_its_interval_it_runs_again(self):
        self.download()
        job = self.connection.job_ids.filtered(
            lambda job: job.kind == "download_orders"
        )
        pause = job.not_before - fields.Datetime.now()
        self.assertTrue(timedelta(minutes=3) < pause < timedelta(minutes=5))

    def test_a_shipment_wakes_its_own_store_only(self):
        self._create_connection("A2OTHER")
        self.send()
        self.assertFalse(self.due("send_shipments"))
        self.ship(self.import_order())
        self.assertEqual(self.due("send_shipments"), self.connection)

    def test_a_transaction_in_the_way_of_the_end_of_a_run_is_met_again(self):
        self.fake.add(build_order())
        finish = JobRun._finish
        collisions = [SerializationFailure("could not serialize access")]

        def finish_in_the_way(job_run, outcome=None):
            if collisions:
                raise collisions.pop()
            return finish(job_run, outcome)

        self.patch(JobRun, "_finish", finish_in_the_way)
        self.download()
        self.assertFalse(collisions)
        self.assertEqual(self.last_run().outcome, "done")
        self.assertEqual(self.order().state, "imported")

    def test_collisions_add_up_only_in_a_row(self):
        """A long run meets many others; only one that gets nowhere is ended."""
        self.fake.page_size = 1
        orders = [f"111-0000001-{number:07d}" for number in range(20)]
        self.fake.add(*(build_order(order) for order in orders))
        models = self.env.registry["amazon.order"]
        store = models._store_documents
        started = []

        def store_in_the_way(model, connection, documents, run):
            started.append(documents[0]["orderId"])
            if started.count(started[-1]) == 1:
                raise SerializationFailure("could not serialize access")
            return store(model, connection, documents, run)

        self.patch(models, "_store_documents", store_in_the_way)
        self.download()
        self.assertEqual(self.last_run().outcome, "done")
        self.assertEqual(self.connection.order_count, 20)

    def test_one_that_gets_nowhere_ends_and_is_put_off(self):
        models = self.env.registry["amazon.order"]

        def in_the_way(*_args):
            raise SerializationFailure("could not serialize access")

        self.patch(models, "_store_documents", in_the_way)
        with self.assertLogs("odoo.addons.amazon_connector.tools", "ERROR"):
            self.download()
        run = self.last_run()
        self.assertEqual(run.outcome, "failed")
        self.assertIn("Others changed the same records", run.line_ids.message)


@tagged("post_install", "-at_install")
class TestThreads(AmazonCommon):
    def test_failed_statements_are_hidden_in_the_own_thread_alone(self):
        """Overlapping, too: the first that ends must not let the other be heard."""
        entered, left = threading.Event(), threading.Event()

        def overlap():
            with hide_failed_statements():
                entered.set()
                left.wait(60)
                STATEMENTS.error("statement of the other thread")

        with self.assertLogs(STATEMENTS, "ERROR") as logs:
            with hide_failed_statements():
                thread = threading.Thread(target=overlap)
                thread.start()
                entered.wait(60)
                STATEMENTS.error("own statement")
            STATEMENTS.error("later statement")
            left.set()
            thread.join(60)
        self.assertEqual([r.getMessage() for r in logs.records], ["later statement"])

    def test_several_requests_are_under_way_at_once(self):
        self.patch(session, "REQUESTS_IN_FLIGHT", 3)
        meeting = threading.Barrier(3)
        requests = [(number, partial(meeting.wait, 60)) for number in range(3)]
        answers = list(AmazonSession(self.connection).send_each(requests))
        self.assertEqual({key for key, _answer, _error in answers}, {0, 1, 2})
        self.assertEqual([error for _key, _answer, error in answers], [None] * 3)

    def test_other_work_is_done_while_requests_are_under_way(self):
        for in_flight in (2, 1):
            with self.subTest(in_flight=in_flight):
                self.patch(session, "REQUESTS_IN_FLIGHT", in_flight)
                done = threading.Event()
                requests = [(1, partial(done.wait, 60))]
                sending = AmazonSession(self.connection).send_each(requests, done.set)
                self.assertEqual(list(sending), [(1, True, None)])

    def test_an_answer_is_looked_at_before_the_next_request_is_prepared(self):
        """What is to be sent follows from the stock after the commit, not before."""
        self.patch(session, "REQUESTS_IN_FLIGHT", 2)
        seen, seen_before = [], {}

        def prepare():
            for number in range(4):
                seen_before[number] = list(seen)
                yield number, bool

        for key, *_outcome in AmazonSession(self.connection).send_each(prepare()):
            seen.append(key)
        self.assertEqual(len(seen), 4)
        self.assertEqual((seen_before[0], seen_before[1]), ([], []))
        for number in (2, 3):
            # As many as there is room for, and no more.
            self.assertGreaterEqual(len(seen_before[number]), number - 1)

    def test_log_lines_of_all_threads_name_the_database(self):
        named = self.env.cr.dbname
        requests = [(1, lambda: threading.current_thread().dbname)]
        self.patch(session, "REQUESTS_IN_FLIGHT", 2)
        answers = list(AmazonSession(self.connection).send_each(requests))
        self.assertEqual(answers, [(1, named, None)])
        runner = JobRunner(self.env["amazon.job.type"]._get_type("download_orders"))
        runner.deadline = time.monotonic() + 60
        nothing = queue.SimpleQueue()
        thread = threading.Thread(
            target=runner._work_queue, args=(self.env, nothing, [])
        )
        thread.start()
        thread.join(60)
        self.assertEqual(thread.dbname, named)

    def test_nothing_more_is_sent_once_one_is_throttled(self):
        self.patch(session, "REQUESTS_IN_FLIGHT", 2)

        def refuse():
            raise ThrottledError("429.", retry_after=60)

        requests = iter([(number, refuse) for number in range(10)])
        answers = list(AmazonSession(self.connection).send_each(requests))
        self.assertTrue(all(error for _key, _answer, error in answers))
        self.assertEqual(len(answers) + len(list(requests)), 10)
        self.assertLessEqual(len(answers), 4)


@tagged("post_install", "-at_install")
class TestFamily(AmazonCommon):
    """Jobs of one family do not run at the same time for a store."""

    def get_lock(self, kind, connection=None):
        return (connection or self.connection)._get_job(kind)._get_lock()

    def test_a_family_has_one_lock_in_each_store(self):
        locks = {
            self.get_lock(kind)
            for kind in ("download_orders", "sweep_orders", "recover_orders")
        }
        self.assertEqual(len(locks), 1)
        other = self._create_connection("A2OTHER")
        self.assertNotIn(self.get_lock("download_orders", other), locks)
        self.assertNotIn(self.get_lock("send_shipments"), locks)
        self.assertNotEqual(
            self.get_lock("send_shipments"), self.get_lock("sync_inventory")
        )

    def test_while_another_of_its_family_runs_a_job_comes_again_soon(self):
        job = self.connection._get_job("download_orders")
        lock = job._get_lock()
        triggers = self.env["ir.cron.trigger"].sudo()
        of_this_job = [("cron_id", "=", job.cron_id.id)]
        triggers.search(of_this_job).unlink()
        _name, info = connection_info_for(self.env.cr.dbname)
        with closing(psycopg2.connect(**info)) as other_worker:
            with other_worker.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, %s)", lock)
            self.download()
            self.assertFalse(self.fake.calls)
            self.assertFalse(job.last_run_id)
            delay = triggers.search(of_this_job).call_at - fields.Datetime.now()
            self.assertTrue(timedelta(0) < delay < timedelta(minutes=1))
        self.download()
        self.assertTrue(self.fake.calls)


@tagged("post_install", "-at_install")
class TestCursor(AmazonCommon):
    def test_the_cursor_cannot_be_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.connection.orders_synced_until = moment(ahead(days=2))
