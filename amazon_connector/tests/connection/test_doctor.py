"""The doctor tells what is wrong from what Amazon answered, refused and left out."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.connection.amazon_quota import QuotaObserver
from ...spapi.roles import ADDRESS_ROLE, LISTINGS_ROLE, ORDERS_ROLE
from ..builders import build_order
from ..common import SECRETS, SELLER, AmazonCommon


class DoctorCommon(AmazonCommon):
    def answer(self, operation, status=200, ahead=0.0):
        """Have Amazon answer an operation of the store, as a run is told."""
        observer = QuotaObserver(self.env, self.connection._get_quota_account())
        observer.before(operation)
        observer.after(operation, status, None, "invented-request")
        observer.close(ahead)
        self.env.invalidate_all()

    def examine(self):
        action = self.connection.action_open_doctor()
        return self.env[action["res_model"]].browse(action["res_id"])

    def levels(self):
        """Return ``{subject: level}``."""
        return {line.subject: line.level for line in self.examine().line_ids}

    def line(self, subject):
        lines = self.examine().line_ids
        return lines.filtered(lambda one: one.subject == subject)


@tagged("post_install", "-at_install")
class TestLastAnswers(DoctorCommon):
    def bucket(self, operation="searchOrders"):
        return self.env["amazon.quota"].search([("operation", "=", operation)])

    def test_the_last_answer_is_kept_when_the_run_ends(self):
        self.answer("searchOrders", 503, ahead=4.26)
        bucket = self.bucket()
        self.assertEqual(bucket.last_status, 503)
        self.assertEqual(bucket.last_request_id, "invented-request")
        self.assertEqual(bucket.clock_ahead, 4.3)
        self.assertTrue(bucket.last_answer_on)

    def test_all_last_answers_are_kept_by_one_statement(self):
        observer = QuotaObserver(self.env, self.connection._get_quota_account())
        for operation, status in (("searchOrders", 200), ("getOrder", 404)):
            observer.before(operation)
            observer.after(operation, status, None, "")
        with self.assertQueryCount(1):
            observer.close(0)
        self.env.invalidate_all()
        found = [self.bucket(name).last_status for name in ("searchOrders", "getOrder")]
        self.assertEqual(found, [200, 404])
        self.assertFalse(self.bucket("getOrder").last_request_id)

    def test_an_answer_costs_no_statement_while_the_run_goes_on(self):
        account = self.connection._get_quota_account()
        observer = QuotaObserver(self.env, account)
        # The bucket is made.
        observer.before("searchOrders")
        with self.assertQueryCount(0):
            observer.after("searchOrders", 200, None, "invented-request")
        with self.assertQueryCount(2):
            # Reads and writes the bucket, as without an answer.
            observer.before("searchOrders")
        self.env.invalidate_all()
        self.assertEqual(self.bucket().last_status, 200)
        with self.assertQueryCount(1):
            observer.close(0)
        with self.assertQueryCount(0):
            observer.close(0)


@tagged("post_install", "-at_install")
class TestDoctor(DoctorCommon):
    def test_a_denied_operation_names_its_role(self):
        self.answer("searchOrders")
        self.answer("patchListingsItem", 403)
        levels = self.levels()
        self.assertEqual(levels[f"Role {LISTINGS_ROLE}"], "bad")
        self.assertEqual(levels[f"Role {ORDERS_ROLE}"], "good")
        line = self.line(f"Role {LISTINGS_ROLE}")
        self.assertIn("patchListingsItem", line.finding)
        self.assertIn("Develop Apps", line.advice)

    def test_a_role_is_there_again_once_amazon_answers(self):
        self.answer("searchOrders", 403)
        self.answer("searchOrders")
        self.assertEqual(self.levels()[f"Role {ORDERS_ROLE}"], "good")

    def test_another_accounts_answers_do_not_count(self):
        observer = QuotaObserver(self.env, "na:A9OTHERSELLER:app")
        observer.before("searchOrders")
        observer.after("searchOrders", 403, None, "")
        observer.close(0)
        self.assertEqual(self.levels()[f"Role {ORDERS_ROLE}"], "info")

    def test_addresses_that_amazon_leaves_out_mean_a_role(self):
        subject = f"Role {ADDRESS_ROLE}"
        self.assertEqual(self.levels()[subject], "info")
        self.fake.add(build_order(address=None))
        self.download()
        self.assertEqual(self.levels()[subject], "bad")
        self.assertIn("1 of the 1", self.line(subject).finding)
        self.fake.add(build_order("111-0000002-0000002"))
        self.download()
        self.assertEqual(self.levels()[subject], "warning")

    def test_orders_with_addresses_prove_the_role(self):
        self.fake.add(build_order())
        self.download()
        self.assertEqual(self.levels()[f"Role {ADDRESS_ROLE}"], "good")

    def test_what_expires_is_counted_down(self):
        today = fields.Date.context_today(self.connection)
        self.connection.sudo().write(
            {
                "authorized_on": today - timedelta(days=345),
                "secret_made_on": today - timedelta(days=200),
            }
        )
        self.assertEqual(self.levels()["Authorisation"], "warning")
        self.assertIn("20 days left", self.line("Authorisation").finding)
        self.assertEqual(self.levels()["Client secret"], "bad")
        self.connection.sudo().write({"authorized_on": today, "secret_made_on": today})
        self.assertEqual(self.levels()["Authorisation"], "good")

    def test_clocks_that_differ(self):
        for ahead, level in ((0, "good"), (90, "good"), (300, "bad"), (-300, "bad")):
            self.answer("searchOrders", ahead=ahead)
            self.assertEqual(self.levels()["Clock"], level, ahead)
        self.assertIn("This server's clock is 300", self.line("Clock").finding)

    def test_jobs_that_fail_say_why(self):
        self.assertEqual(self.levels()["Jobs"], "good")
        job = self.connection._get_job("download_orders")
        self.download()
        job.last_run_id._error("Amazon was struck by lightning.")
        job.failures = 3
        line = self.line("Download orders")
        self.assertEqual(line.level, "bad")
        self.assertIn("lightning", line.finding)

    def test_a_refused_authorisation_and_a_copy_come_first(self):
        self.connection._require_reauthorisation("Amazon said no.", "grant")
        self.assertEqual(self.levels()["Connection"], "bad")
        guard = self.env["amazon.copy.guard"]._get_row()
        guard.write({"state": "asked", "sign": "restored"})
        self.env.invalidate_all()
        self.assertIn("restored", self.examine().line_ids[0].finding)

    def test_quota_used(self):
        self.answer("searchOrders")
        answer = self.examine().answer_ids
        self.assertEqual(answer.operation, "searchOrders")
        self.assertAlmostEqual(answer.used, 5, delta=1)
        self.assertAlmostEqual(answer.per_minute, 0.34, delta=0.01)

    def test_the_text_to_copy_holds_no_secret_and_nobodys_name(self):
        self.fake.add(build_order(buyer="Berta Beispiel"))
        self.download()
        self.answer("searchOrders", 403)
        self.download()
        text = self.examine().diagnosis
        self.assertIn("searchOrders, 403", text)
        self.assertIn("download_orders", text)
        order = self.order()
        forbidden = [
            SELLER,
            *SECRETS.values(),
            "amzn1",
            self.connection.display_name,
            self.connection.company_id.name,
            self.connection.user_id.name,
            self.env.user.name,
            order.amazon_order_id,
            "Berta",
        ]
        for secret in forbidden:
            self.assertNotIn(secret, text)

    def test_it_asks_nothing_of_amazon(self):
        self.examine()
        self.assertEqual(self.fake.calls, [])

    def test_a_user_does_not_open_it(self):
        user = new_test_user(
            self.env, "u", groups="amazon_connector.amazon_connector_group_user"
        )
        with self.assertRaises(AccessError):
            self.connection.with_user(user).action_open_doctor()

    def test_an_administrator_sees_only_what_they_asked_for(self):
        groups = "amazon_connector.amazon_connector_group_manager"
        first, second = (
            new_test_user(self.env, login, groups=groups) for login in ("m1", "m2")
        )
        action = self.connection.with_user(first).action_open_doctor()
        doctor = self.env["amazon.connection.doctor"].browse(action["res_id"])
        self.assertTrue(doctor.with_user(first).line_ids)
        with self.assertRaises(AccessError):
            doctor.with_user(second).read(["diagnosis"])
