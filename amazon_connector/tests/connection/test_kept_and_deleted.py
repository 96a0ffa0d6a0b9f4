"""What stays while a store needs it, and a store that goes while a job runs."""

import logging

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged, test_cursor

from ...models.connection.messages import explain_error
from ...spapi.errors import UnavailableError
from ..common import AmazonCommon

JOB = "odoo.addons.amazon_connector"


@tagged("post_install", "-at_install")
class TestKeptAndDeleted(AmazonCommon):
    def test_a_client_is_neither_archived_nor_deleted(self):
        client = self.env["res.partner"].create({"name": "Goods & Sons"})
        self.connection.client_id = client
        words = f"Goods & Sons.*{self.connection.display_name}.*another Client"
        with self.assertRaisesRegex(UserError, words):
            client.action_archive()
        with self.assertRaisesRegex(UserError, words):
            client.unlink()
        self.connection.client_id = self.connection.company_id.partner_id
        client.action_archive()
        client.unlink()

    def test_an_account_that_is_not_connected_yet_is_called_that(self):
        draft = self._create_connection("A2NEWSELLER", connected=False)
        with self.assertRaisesRegex(ValidationError, "not connected yet") as why:
            self._create_connection("A2NEWSELLER")
        self.assertIn(draft.display_name, str(why.exception))

    def test_amazon_out_of_order_is_not_called_a_missing_network(self):
        error = UnavailableError("Status 503.", status=503)
        for by_hand in (False, True):
            said = explain_error(self.env, error, by_hand=by_hand)
            self.assertIn("out of order", said)
            self.assertNotIn("network", said)
        self.assertIn("network", explain_error(self.env, UnavailableError("Gone.")))

    def test_a_store_that_is_deleted_under_way_leaves_no_error(self):
        connection = self._create_connection("A2NEWSELLER")
        fake = self.amazon_of(connection)
        search = fake.search_orders

        def delete_and_search(**kwargs):
            connection.unlink()
            # Somebody else did it: the job's rollback does not bring it back.
            test_cursor.TestCursor._cursors_stack[-1].commit()
            return search(**kwargs)

        fake.search_orders = delete_and_search
        with self.assertNoLogs(JOB, level=logging.ERROR):
            self.download()
        self.assertFalse(connection.exists())
