"""A copy of the database asks before it speaks with Amazon; the one that sells never.

The table of cases stands in docs/behaviour.md.
"""

import json
import tempfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.connection.amazon_credentials import MANAGER
from ...models.connection.copy_signs import (
    KeptCount,
    Stamp,
    find_sign,
    get_path,
    keep_count,
    read_count,
)
from ...models.connection.reminders import COPY_REMINDER
from ..common import AmazonCommon


@tagged("post_install", "-at_install")
class TestSigns(AmazonCommon):
    """What a database shows, row by row of the table."""

    def setUp(self):
        super().setUp()
        self.stamp = Stamp(uuid="uuid", name="shop", place="1:16400:17000")

    def sign(self, is_behind=False, **found):
        values = {"uuid": "uuid", "name": "shop", "place": "1:16400:17000"} | found
        return find_sign(self.stamp, Stamp(**values), is_behind)

    def test_the_same_database_shows_nothing(self):
        self.assertEqual(self.sign(), "")

    def test_a_renamed_database_shows_nothing(self):
        self.assertEqual(self.sign(name="shop_new"), "")

    def test_odoos_own_duplicate_has_another_uuid(self):
        found = self.sign(uuid="other", name="shop_copy", place="1:16500:17000")
        self.assertEqual(found, "duplicated")

    def test_a_plain_copy_has_another_name_and_place(self):
        found = self.sign(name="shop_copy", place="1:16500:17000")
        self.assertEqual(found, "copied")

    def test_a_dump_restored_on_another_server_has_another_place(self):
        self.assertEqual(self.sign(place="2:16400:17000"), "restored")

    def test_a_dump_restored_over_the_database_has_new_tables(self):
        self.assertEqual(self.sign(place="1:16400:18000"), "restored")

    def test_an_old_state_in_its_own_place_is_behind(self):
        """As after a snapshot, or a recovery to a point in time."""
        self.assertEqual(self.sign(is_behind=True), "older")


@tagged("post_install", "-at_install")
class TestKeptCount(AmazonCommon):
    """The file beside the key."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = get_path(folder.name, "shop")

    def test_what_is_kept_is_read(self):
        keep_count(self.path, KeptCount("token", 7))
        self.assertEqual(read_count(self.path), KeptCount("token", 7))

    def test_of_two_runs_the_later_stays(self):
        keep_count(self.path, KeptCount("token", 7))
        keep_count(self.path, KeptCount("token", 6))
        self.assertEqual(read_count(self.path).runs, 7)

    def test_another_stamp_replaces_it(self):
        keep_count(self.path, KeptCount("token", 7))
        keep_count(self.path, KeptCount("new", 1))
        self.assertEqual(read_count(self.path), KeptCount("new", 1))

    def test_a_missing_or_damaged_file_says_nothing(self):
        self.assertEqual(read_count(self.path), KeptCount())
        self.path.parent.mkdir()
        for content in ("", "{", "[]", '{"token": "a"}', json.dumps({"runs": "x"})):
            self.path.write_text(content)
            self.assertEqual(read_count(self.path), KeptCount(), content)

    def test_nothing_else_is_left_in_the_folder(self):
        keep_count(self.path, KeptCount("token", 7))
        self.assertEqual([*self.path.parent.iterdir()], [self.path])


@tagged("post_install", "-at_install")
class TestCopyGuard(AmazonCommon):
    def setUp(self):
        super().setUp()
        self.connection.state = "completed"
        self.guard = self.env["amazon.copy.guard"]._get_row()
        self.download()
        self.fake.calls.clear()

    def duplicate(self):
        """Do what Odoo's own duplicate does to the copy."""
        self.env["ir.config_parameter"].set_param("database.uuid", "another")

    def restore_dump(self):
        """Have the tables made anew, as a dump does."""
        self.guard.place = "1:1:1"

    def reset_to_old_state(self):
        """Have the file know of more runs than the database."""
        runs = self.kept_stamp.runs + 1000
        self.kept_stamp = KeptCount(self.guard.token, runs)

    def lines(self):
        runs = self.env["amazon.history"].search(
            [("connection_id", "=", self.connection.id), ("kind", "=", "copy_question")]
        )
        return runs.line_ids.sorted("id").mapped("message")

    def assert_asked(self, sign):
        self.download()
        self.assertEqual((self.guard.state, self.guard.sign), ("asked", sign))
        self.assertEqual(self.fake.calls, [])
        self.assertEqual(len(self.connection.activity_search([COPY_REMINDER])), 1)

    # === THE ONE THAT SELLS === #

    def test_the_first_run_stamps_the_database(self):
        self.assertTrue(self.guard.token)
        self.assertEqual(self.guard.name, self.env.cr.dbname)
        self.assertEqual(self.kept_stamp.token, self.guard.token)

    def test_each_run_is_counted_outside(self):
        before = self.kept_stamp.runs
        self.download()
        self.assertGreater(self.kept_stamp.runs, before)

    def test_a_run_that_was_killed_before_the_file_was_written_is_no_reason(self):
        self.kept_stamp = KeptCount(self.guard.token, self.kept_stamp.runs)
        with patch.object(type(self.guard), "_keep", lambda guard, count: None):
            self.download()
        self.download()
        self.assertEqual(self.guard.state, "clear")

    def test_another_node_without_the_file_is_no_reason(self):
        self.kept_stamp = KeptCount()
        self.download()
        self.assertEqual(self.guard.state, "clear")
        self.assertEqual(self.kept_stamp.token, self.guard.token)

    def test_another_nodes_old_file_is_no_reason(self):
        self.kept_stamp = KeptCount(self.guard.token, 1)
        self.download()
        self.assertEqual(self.guard.state, "clear")

    def test_a_new_name_alone_is_no_reason(self):
        self.guard.name = "former"
        self.download()
        self.assertEqual(self.guard.state, "clear")
        self.assertEqual(self.guard.name, self.env.cr.dbname)

    def test_a_database_of_a_former_version_is_stamped(self):
        self.guard.token = False
        self.kept_stamp = KeptCount()
        self.download()
        self.assertEqual(self.guard.state, "clear")
        self.assertTrue(self.guard.token)

    def test_the_look_costs_one_statement(self):
        self.guard._check()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.env["amazon.copy.guard"]._check()

    def test_a_file_that_cannot_be_written_is_told_in_the_log(self):
        failing = patch.object(
            type(self.guard), "_write_kept", side_effect=PermissionError(13, "denied")
        )
        name = "odoo.addons.amazon_connector.models.connection.amazon_copy_guard"
        with failing as failed, self.assertLogs(name, "WARNING") as log:
            self.download()
        failed.assert_called_once()
        self.assertIn("denied", log.output[0])
        self.assertEqual(self.guard.state, "clear")

    # === A COPY === #

    def test_a_duplicate_asks(self):
        self.duplicate()
        self.assert_asked("duplicated")

    def test_a_restored_dump_asks(self):
        self.restore_dump()
        self.assert_asked("restored")

    def test_a_copy_under_another_name_asks(self):
        self.restore_dump()
        self.guard.name = "shop"
        self.assert_asked("copied")
        self.assertIn("shop", self.connection.copy_question)

    def test_an_old_state_asks(self):
        self.reset_to_old_state()
        self.assert_asked("older")

    def test_an_old_state_asks_again_when_the_question_was_not_kept(self):
        """As when the server dies right then: no run is counted for the copy."""
        self.reset_to_old_state()
        for _attempt in range(3):
            self.assertIsNone(self.env["amazon.copy.guard"]._check())
            self.guard.state = "clear"

    def test_a_backup_from_before_the_stamp_asks(self):
        self.guard.token = False
        self.assert_asked("older")

    def test_it_asks_once(self):
        self.duplicate()
        self.assert_asked("duplicated")
        self.assert_asked("duplicated")
        self.assertEqual(len(self.lines()), 1)

    def test_who_may_answer_is_asked(self):
        user = new_test_user(
            self.env, "u", groups="amazon_connector.amazon_connector_group_user"
        )
        self.connection.user_id = user
        self.duplicate()
        self.assert_asked("duplicated")
        asked = self.connection.activity_search([COPY_REMINDER]).user_id
        self.assertTrue(asked.has_group(MANAGER))

    def test_the_responsible_is_asked_who_may_answer(self):
        self.duplicate()
        self.assert_asked("duplicated")
        asked = self.connection.activity_search([COPY_REMINDER]).user_id
        self.assertEqual(asked, self.connection.user_id)

    def test_all_stores_are_paused_before_anything_is_asked_of_amazon(self):
        other = self._create_connection("A2EXAMPLESELLER")
        self.duplicate()
        for kind in ("download_orders", "send_shipments", "sync_inventory"):
            self.run_job(kind)
        self.assertEqual(self.fake.calls + self.amazon_of(other).calls, [])
        self.assertEqual(other.copy_state, "asked")
        job = self.connection._get_job("download_orders")
        self.assertFalse(job.next_run)
        self.assertIn("copy", job.plan)

    def test_a_button_says_why_nothing_is_done(self):
        self.duplicate()
        self.download()
        with self.assertRaisesRegex(UserError, "duplicated"):
            self.connection.action_download_orders()

    def test_a_store_that_is_not_connected_shows_no_question(self):
        new = self._create_connection("A3EXAMPLESELLER", connected=False)
        self.duplicate()
        self.download()
        self.assertEqual(new.copy_state, "clear")
        self.assertFalse(new.copy_question)

    def test_a_neutralized_copy_may_be_connected_anew(self):
        self.duplicate()
        self.download()
        self.env.flush_all()
        for query in get_neutralization_queries(["amazon_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertEqual((self.guard.state, self.guard.token), ("clear", False))

    # === DECISIONS === #

    def test_a_user_does_not_decide(self):
        user = new_test_user(
            self.env, "u", groups="amazon_connector.amazon_connector_group_user"
        )
        self.duplicate()
        self.download()
        for action in ("action_stay_silent", "action_go_on_selling"):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                getattr(self.connection.with_user(user), action)()
        self.assertEqual(self.guard.state, "asked")

    def test_a_copy_stays_silent(self):
        self.duplicate()
        self.download()
        self.connection.action_stay_silent()
        self.download()
        self.assertEqual(self.guard.state, "silent")
        self.assertEqual(self.fake.calls, [])
        self.assertFalse(self.connection.activity_search([COPY_REMINDER]))
        self.assertIn("is a copy", self.lines()[-1])

    def test_nothing_is_decided_twice(self):
        self.duplicate()
        self.download()
        self.connection.action_go_on_selling()
        with self.assertRaisesRegex(UserError, "decided already"):
            self.connection.action_stay_silent()

    def test_the_one_that_sells_goes_on_and_is_not_asked_again(self):
        token = self.guard.token
        self.reset_to_old_state()
        self.download()
        self.connection.action_go_on_selling()
        self.download()
        self.assertEqual(self.guard.state, "clear")
        self.assertNotEqual(self.guard.token, token)
        self.assertEqual(self.fake.count("searchOrders"), 1)
        self.assertIn("is the one that sells", self.lines()[-1])
        self.assertFalse(self.connection.activity_search([COPY_REMINDER]))

    def test_a_silent_copy_may_go_on_later(self):
        self.duplicate()
        self.download()
        self.connection.action_stay_silent()
        self.connection.action_go_on_selling()
        self.download()
        self.assertEqual(self.fake.count("searchOrders"), 1)

    def test_a_manager_of_one_company_decides_for_all(self):
        company = self.env["res.company"].create({"name": "Other Example"})
        manager = new_test_user(
            self.env,
            "m",
            groups="amazon_connector.amazon_connector_group_manager,base.group_user",
        )
        other = self._create_connection("A4EXAMPLESELLER", company_id=company.id)
        self.duplicate()
        self.download()
        self.connection.with_user(manager).action_go_on_selling()
        self.assertTrue(other.catch_up_since)
        self.assertEqual(self.guard.state, "clear")
