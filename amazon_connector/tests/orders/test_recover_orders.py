"""Recover order: what a person asks for by number comes in, or it is said why not."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...spapi.errors import RejectedError, ThrottledError
from ..builders import NOW, ago, build_item
from .test_order_windows import WindowsCommon, number

KIND = "recover_orders"


@tagged("post_install", "-at_install")
class TestRecoverOrders(WindowsCommon):
    def recover(self, text):
        wizard = Form(self.env["amazon.order.recover"])
        wizard.connection_id = self.connection
        wizard.numbers = text
        return wizard.save().action_recover()

    def add_old(self, *places, **more):
        for place in places:
            self.add(
                place,
                NOW - timedelta(days=200),
                **{"status": "UNSHIPPED", "items": [build_item()]} | more,
            )

    def run_all(self):
        self.run_job(KIND)
        return self.last_run(KIND)

    def test_several_orders_come_in_with_one_run(self):
        self.add_old(1, 2, 3)
        action = self.recover(f" {number(1)},{number(2)};\n{number(3)} {number(1)}")
        self.assertFalse(self.fake.calls, "Nothing is asked while a person waits")
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )
        run = self.run_all()
        self.assertEqual(self.fake.count("getOrder"), 3)
        self.assertEqual(self.fake.count("searchOrders"), 0)
        self.assertRecordValues(
            run, [{"reason": "button", "outcome": "done", "created": 3, "calls": 3}]
        )
        for place in (1, 2, 3):
            sale = self.order(number(place)).sale_order_id
            self.assertEqual(sale.state, "sale")
            self.assertIn(
                f"Order {number(place)}: Imported. {sale.name}",
                run.line_ids.mapped("message"),
            )
        self.assertFalse(self.connection.orders_synced_until)
        self.assertFalse(self.job(KIND).position)

    def test_an_unknown_number_is_said_and_costs_no_other(self):
        self.add_old(1)
        self.recover(f"{number(8)} {number(1)}")
        run = self.run_all()
        self.assertTrue(self.order(number(1)).sale_order_id)
        self.assertFalse(self.order(number(8)))
        warning = run.line_ids.filtered(lambda line: line.level == "warning")
        self.assertIn(f"knows no order {number(8)}", warning.message)
        self.assertIn("Seller Central", warning.message)

    def test_a_refused_number_is_said_with_amazons_reason(self):
        self.fake.errors = [RejectedError("Amazon refused: strange.", status=400)]
        self.recover(number(1))
        run = self.run_all()
        self.assertEqual(run.outcome, "warning")
        self.assertIn("strange", run.line_ids.message)

    def test_what_is_no_number_is_refused_in_words(self):
        for text in ("123-1234567-123456", "ABC", "12-3", "１23-1234567-1234567"):
            with self.assertRaisesRegex(UserError, "no order number"):
                self.recover(f"{number(1)} {text}")
        with self.assertRaisesRegex(UserError, "Enter the number"):
            self.recover(" , ")
        with self.assertRaisesRegex(UserError, "101 orders; 100"):
            self.recover("\n".join(number(place) for place in range(101)))
        self.assertFalse(self.job(KIND).requested)

    def test_dashes_of_a_text_processor_are_understood(self):
        self.add_old(1)
        self.recover(number(1).replace("-", "–"))
        self.run_all()
        self.assertTrue(self.order(number(1)))

    def test_a_held_order_is_tried_again_although_amazon_changed_nothing(self):
        self.add_old(1, items=[build_item(sku="LAMP")])
        self.recover(number(1))
        run = self.run_all()
        self.assertEqual(self.order(number(1)).state, "held")
        self.assertIn("Held", "".join(run.line_ids.mapped("message")))
        self._create_product("LAMP")
        self.recover(number(1))
        self.run_all()
        self.assertEqual(self.order(number(1)).state, "imported")

    def test_two_requests_are_two_runs(self):
        self.add_old(1, 2)
        self.recover(number(1))
        self.recover(number(2))
        self.run_all()
        self.assertFalse(self.order(number(2)))
        self.assertTrue(self.job(KIND).requested)
        self.run_all()
        self.assertTrue(self.order(number(2)).sale_order_id)
        runs = self.env["amazon.history"].search([("kind", "=", KIND)])
        self.assertEqual(runs.mapped("reason"), ["button", "button"])
        self.assertFalse(self.job(KIND).requested)

    def test_waiting_for_quota_it_goes_on_where_it_was(self):
        self.add_old(1, 2)
        self.fake.errors = [None, ThrottledError("429.", retry_after=60)]
        self.recover(f"{number(1)} {number(2)}")
        run = self.run_all()
        self.assertEqual(run.outcome, "waiting")
        self.put_off_is_over(KIND)
        run.outcome = "running"
        self.run_all()
        self.assertTrue(self.order(number(2)).sale_order_id)
        self.assertEqual(self.fake.count("getOrder"), 3)
        self.assertEqual(self.last_run(KIND), run)

    def test_it_works_with_download_orders_off(self):
        self.connection.download_orders = False
        self.add_old(1)
        self.recover(number(1))
        self.run_all()
        self.assertTrue(self.order(number(1)).sale_order_id)

    def test_nobody_asked_for_anything(self):
        self.run_all()
        self.assertFalse(self.last_run(KIND))
        self.assertIn("somebody asks", self.job(KIND).plan)

    def test_what_fails_for_long_is_given_up_and_said(self):
        self.add_old(1, 2)
        self.recover(number(1))
        self.recover(number(2))
        self.job(KIND).failures = 30
        run = self.run_all()
        self.assertIn("given up", run.line_ids[:1].message)
        self.assertFalse(self.order(number(1)))
        self.assertTrue(self.order(number(2)), "The next request is none the worse")
        self.assertFalse(self.job(KIND).position)

    def test_a_store_that_is_not_connected_refuses_in_words(self):
        self.connection.state = "reauthorize"
        with self.assertRaisesRegex(UserError, "not connected"):
            self.recover(number(1))
        with self.assertRaisesRegex(UserError, "not connected"):
            self.connection.action_recover_orders()

    def test_the_only_store_is_chosen(self):
        wizards = self.env["amazon.order.recover"]
        others = self.env["amazon.connection"].search([]) - self.connection
        others.active = False
        self.assertEqual(wizards.new().connection_id, self.connection)
        self._create_connection("A9OTHERSELLER")
        self.assertFalse(wizards.new().connection_id)
        action = self.connection.action_recover_orders()
        wizard = wizards.with_context(**action["context"]).new()
        self.assertEqual(wizard.connection_id, self.connection)

    def test_users_of_amazon_may_and_others_may_not(self):
        self.add_old(1)
        user = new_test_user(
            self.env, "amazon_user", "amazon_connector.amazon_connector_group_user"
        )
        self.env = self.env(user=user)
        self.recover(number(1))
        self.assertTrue(self.job(KIND).sudo().requested)
        salesman = new_test_user(
            self.env(su=True), "salesman", "sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            self.env["amazon.order.recover"].with_user(salesman).create(
                {"connection_id": self.connection.id, "numbers": number(1)}
            )

    def test_no_personal_data_is_in_the_history(self):
        self.add_old(1, buyer="Needle Haystack")
        self.recover(number(1))
        run = self.run_all()
        self.assertNotIn("Needle", "".join(run.line_ids.mapped("message")))

    def test_an_order_that_came_in_stays_as_it_is(self):
        self.add_old(1, updated=ago(days=3))
        self.download()
        sale = self.order(number(1)).sale_order_id
        self.assertTrue(sale)
        before = sale.write_date
        self.recover(number(1))
        run = self.run_all()
        self.assertEqual(run.unchanged, 1)
        self.assertEqual(sale.write_date, before)
