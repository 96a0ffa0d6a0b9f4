"""Whoever triggers a job goes on while the scheduler is told of it."""

import threading
from functools import partial

from odoo.tests import TransactionCase, tagged

from odoo.addons.base.models.ir_cron import IrCron

PATIENCE = 60


@tagged("post_install", "-at_install")
class TestTellScheduler(TransactionCase):
    def setUp(self):
        super().setUp()
        self.cron = self.env["amazon.job.type"]._get_type("send_shipments")._get_cron()
        self.told = []
        self.may_go_on = threading.Event()
        self.is_told = threading.Event()
        self.addCleanup(self.may_go_on.set)
        self.patch(IrCron, "_notifydb", lambda _cron: self._notify_slowly())

    def _notify_slowly(self):
        self.may_go_on.wait(PATIENCE)
        self.told.append(threading.current_thread())
        self.is_told.set()

    def _wait_until_told(self):
        self.may_go_on.set()
        self.assertTrue(self.is_told.wait(PATIENCE))
        self.is_told.clear()

    def test_who_triggers_a_job_does_not_wait(self):
        self.cron._notifydb()
        self.assertFalse(self.told, "it came back before")
        self._wait_until_told()
        self.assertEqual(len(self.told), 1)

    def test_each_commit_is_told_of(self):
        for count in (1, 2):
            self.cron._notifydb()
            self._wait_until_told()
            self.assertEqual(len(self.told), count)

    def test_other_scheduled_actions_are_told_of_as_ever(self):
        self.may_go_on.set()
        self.env.ref("base.autovacuum_job")._notifydb()
        self.assertEqual(self.told, [threading.current_thread()])

    def test_a_scheduler_out_of_reach_is_said_in_the_log(self):
        def fail(_cron):
            raise OSError("no connection")

        with self.assertLogs("odoo.addons.amazon_connector.models.jobs") as logs:
            self.cron._tell_scheduler(self.env.cr.dbname, partial(fail, self.cron))
        self.assertIn("within a minute", logs.output[0])
