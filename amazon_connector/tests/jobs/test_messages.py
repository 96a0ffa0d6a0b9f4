"""The list of all messages: what it shows, finds, opens and tries again."""

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..builders import build_item, build_order
from ..common import AmazonCommon

ORDERS = [f"111-0000001-000000{number}" for number in (1, 2, 3)]
KIND = "download_orders"


class MessagesCommon(AmazonCommon):
    def prepare(self):
        self.lines = self.env["amazon.history.line"]
        self.other = self._create_connection("A2OTHER")
        self.run = self.create_run(self.connection)

    def create_run(self, connection, kind=KIND):
        return self.env["amazon.history"].create(
            {"connection_id": connection.id, "kind": kind, "reason": "schedule"}
        )

    def import_held_orders(self):
        """Orders that wait for their product: the run has a line about each."""
        self.fake.add(
            *(
                build_order(order_id, items=[build_item(sku="NOT-KNOWN")])
                for order_id in ORDERS
            )
        )
        self.connection.unknown_product = "hold"
        self.download()
        orders = self.env["amazon.order"].search([("state", "=", "held")])
        self.assertEqual(len(orders), len(ORDERS))
        orders.to_process = False
        self.connection._get_job(KIND).requested = False
        return orders

    def add_line(self, run, message="Invented.", record=None, level="error"):
        run._add_line(level, message, record)
        return run.line_ids[-1:]


@tagged("post_install", "-at_install")
class TestMessageList(MessagesCommon):
    def test_it_is_searched_and_grouped_by_connection_and_function(self):
        """Neither is stored with the line."""
        self.add_line(self.run)
        self.add_line(self.create_run(self.other, "send_shipments"))
        mine = self.lines.search([("connection_id", "=", self.connection.id)])
        self.assertEqual(mine, self.run.line_ids)
        for field, value in (
            ("connection_id", self.other),
            ("kind", "send_shipments"),
        ):
            with self.subTest(field):
                self.assertTrue(self.lines.fields_get([field])[field]["groupable"])
                found = self.lines.search([(field, "=", value)])
                groups = dict(self.lines._read_group([], [field], ["__count"]))
                self.assertEqual(groups[value], len(found))
                shown = self.lines.web_read_group([], [field], ["__count"])
                self.assertEqual(shown["length"], len(groups))

    def test_a_function_whose_addon_is_gone_has_its_stored_name(self):
        self.run.kind = "count_parcels"
        line = self.add_line(self.run)
        described = self.lines.fields_get(["kind"])["kind"]["selection"]
        self.assertIn(("count_parcels", "count_parcels"), described)
        self.assertEqual(line.kind, "count_parcels")

    def test_what_a_line_is_about_is_read_with_one_query_for_each_model(self):
        orders = self.import_held_orders()
        lines = self.lines.search([("res_model", "=", "amazon.order")])
        self.assertEqual(set(lines.mapped("about")), set(ORDERS))
        for some in lines[:1], lines:
            self.env.flush_all()
            self.env.invalidate_all()
            some.fetch(["res_model", "res_id"])
            with self.assertQueryCount(1):
                some.mapped("about")
        self.assertEqual(len(lines), len(orders))

    def test_what_is_gone_or_may_not_be_read_has_no_name(self):
        line = self.add_line(self.run, record=self.connection)
        self.assertEqual(line.about, self.connection.display_name)
        for model, record_id in (
            ("amazon.gone", self.connection.id),
            ("amazon.connection", 2**31 - 1),
            (False, False),
        ):
            with self.subTest(model):
                line.write({"res_model": model, "res_id": record_id})
                self.assertFalse(line.about)
                action = line.action_open()
                self.assertEqual(
                    (action["res_model"], action["res_id"]),
                    ("amazon.history", self.run.id),
                )

    def test_a_click_opens_what_the_line_is_about(self):
        (order, *_others) = self.import_held_orders()
        line = self.lines.search(
            [("res_model", "=", "amazon.order"), ("res_id", "=", order.id)]
        )
        action = line.action_open()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("amazon.order", order.id)
        )
        view = etree.fromstring(self.lines.get_view(view_type="list")["arch"])
        self.assertEqual(
            (view.get("action"), view.get("type")), ("action_open", "object")
        )

    def test_last_night_is_that_of_the_reader(self):
        """From six in the evening to eight in the morning, in their time zone."""
        view = etree.fromstring(self.lines.get_view(view_type="search")["arch"])
        domains = {
            node.get("name"): safe_eval(node.get("domain"))
            for node in view.iter("filter")
            if node.get("domain")
        }
        made = {}
        for hour in (
            "2026-03-09 20:00",  # Monday, 17:00 in São Paulo
            "2026-03-09 21:00",  # 18:00
            "2026-03-10 03:30",  # Tuesday, 00:30
            "2026-03-10 10:59",  # 07:59
            "2026-03-10 11:00",  # 08:00
        ):
            line = made[hour] = self.add_line(self.run)
            self.env.cr.execute(
                "UPDATE amazon_history_line SET create_date = %s WHERE id = %s",
                [hour, line.id],
            )
        self.env.invalidate_all()
        mine = [("id", "in", [line.id for line in made.values()])]
        reader = self.lines.with_context(tz="America/Sao_Paulo")
        with freeze_time(datetime(2026, 3, 10, 15)):
            for name, hours in (
                ("last_night", list(made)[1:4]),
                ("today", list(made)[2:]),
                ("this_week", list(made)),
            ):
                with self.subTest(name):
                    found = reader.search(domains[name] + mine, order="create_date")
                    expected = self.lines.union(*(made[hour] for hour in hours))
                    self.assertEqual(found, expected)

    def test_a_store_of_another_company_is_not_shown(self):
        line = self.add_line(self.run)
        company = self.env["res.company"].create({"name": "Example Other"})
        reader = new_test_user(
            self.env,
            "example-reader",
            groups="amazon_connector.amazon_connector_group_user",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(self.lines.with_user(reader).search([("id", "=", line.id)]))
        with self.assertRaises(AccessError):
            line.with_user(reader).read(["connection_id"])


@tagged("post_install", "-at_install")
class TestRetryMany(MessagesCommon):
    def retry(self, lines):
        """Return the toast: (its kind, its message)."""
        params = lines.action_retry()["params"]
        return params["type"], params["message"]

    def test_each_record_is_tried_once(self):
        orders = self.import_held_orders()
        lines = self.lines.search([("res_model", "=", "amazon.order")])
        lines |= self.add_line(self.run, "Once more.", orders[0])
        model = self.env.registry["amazon.order"]
        seen = []
        retry = model.action_retry

        def note(records):
            seen.extend(records)
            return retry(records)

        with patch.object(model, "action_retry", note):
            kind, message = self.retry(lines)
        self.assertCountEqual(seen, orders)
        self.assertEqual(orders.mapped("to_process"), [True] * len(orders))
        self.assertEqual((kind, message), ("info", "Tried again: 3. %s"))
        self.assertTrue(self.connection._get_job(KIND).requested)

    def test_what_is_about_nothing_has_its_job_done_again_once(self):
        lines = self.add_line(self.run) | self.add_line(self.run)
        lines |= self.add_line(self.create_run(self.other))
        _kind, message = self.retry(lines)
        self.assertIn("Tried again: 2.", message)
        for connection in self.connection, self.other:
            self.assertTrue(connection._get_job(KIND).requested)

    def test_what_cannot_be_tried_keeps_no_other_back_and_is_told(self):
        orders = self.import_held_orders()
        self.other.state = "reauthorize"
        note = self.add_line(self.run, "Something to know.", level="info")
        broken = self.add_line(self.create_run(self.other))
        gone = self.add_line(self.create_run(self.connection, "count_parcels"))
        about_order = self.lines.search(
            [("res_model", "=", "amazon.order"), ("res_id", "=", orders[0].id)]
        )
        kind, message = self.retry(note | broken | gone | about_order)
        self.assertTrue(orders[0].to_process)
        self.assertEqual(kind, "warning")
        for sentence in (
            "Tried again: 1.",
            "Cannot be tried again: 1. Store A2OTHER is not connected",
            "The addon that does this job is not installed any more.",
            "Nothing went wrong there.",
        ):
            self.assertIn(sentence, message)

    def test_of_many_records_those_that_can_be_are_tried(self):
        orders = self.import_held_orders()
        model = self.env.registry["amazon.order"]
        retry = model.action_retry
        reason = "Not this one."

        def refuse_one(records):
            if orders[1] in records:
                raise AccessError(reason)
            return retry(records)

        lines = self.lines.search([("res_model", "=", "amazon.order")])
        with patch.object(model, "action_retry", refuse_one):
            _kind, message = self.retry(lines)
        self.assertEqual([order.to_process for order in orders], [True, False, True])
        self.assertIn(
            "Tried again: 2. Cannot be tried again: 1. Not this one.", message
        )


@tagged("post_install", "-at_install")
class TestMessagesOfARecord(MessagesCommon):
    def test_the_button_counts_and_opens_the_lines_about_the_record(self):
        orders = self.import_held_orders()
        self.add_line(self.run, "Once more.", orders[0])
        self.assertEqual(orders[0].history_line_count, 2)
        self.assertEqual(orders[1].history_line_count, 1)
        action = orders[0].action_open_history_lines()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(found), 2)
        self.assertEqual(set(found.mapped("res_id")), {orders[0].id})
        self.assertFalse(action["context"], "Errors, warnings and notes")

    def test_a_page_is_counted_with_one_query(self):
        orders = self.import_held_orders()
        for some in orders[:1], orders:
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                some.mapped("history_line_count")

    def test_the_connection_s_button_opens_all_lines_of_its_runs(self):
        self.import_held_orders()
        self.add_line(self.create_run(self.other))
        action = self.connection.action_open_history_lines()
        found = self.lines.search(action["domain"])
        self.assertEqual(found.connection_id, self.connection)
        self.assertEqual(self.connection.history_line_count, len(found))
        self.assertGreaterEqual(len(found), len(ORDERS))

    def test_each_form_has_the_button(self):
        for model in (
            "amazon.connection",
            "amazon.order",
            "amazon.listing",
            "amazon.shipment",
            "amazon.quantity.feed",
        ):
            with self.subTest(model):
                view = self.env[model].get_view(view_type="form")
                buttons = etree.fromstring(view["arch"]).xpath(
                    "//div[@name='button_box']"
                    "/button[@name='action_open_history_lines']"
                )
                self.assertEqual(len(buttons), 1)

    def test_who_ships_reads_a_shipment_without_the_history(self):
        packer = new_test_user(
            self.env, "example-packer", groups="stock.group_stock_user"
        )
        shipment = self.env["amazon.shipment"].with_user(packer).new({})
        self.assertEqual(shipment.history_line_count, 0)


@tagged("post_install", "-at_install")
class TestLinkOfToasts(MessagesCommon):
    def open(self, params):
        """Return the runs that the link of the toast shows, as the web client does."""
        (link,) = params["links"]
        self.assertTrue(params["message"].endswith(" %s"), "The link's place")
        *_start, active_id, name = link["url"].split("/")
        action = self.env.ref(name.removeprefix("action-"))
        domain = safe_eval(action.domain or "[]", {"active_id": int(active_id or 0)})
        return self.env[action.res_model].search(domain)

    def test_it_leads_to_the_runs_of_the_connection_and_function(self):
        self.create_run(self.other)
        self.create_run(self.connection, "send_shipments")
        params = self.connection.action_download_orders()["params"]
        self.assertEqual(self.open(params), self.run)
        self.assertEqual(self.run.job_id, self.connection._get_job(KIND))

    def test_what_a_person_tries_again_says_so(self):
        orders = self.import_held_orders()
        params = orders.action_retry()["params"]
        self.assertIn("Started.", params["message"])
        self.assertEqual(self.open(params).job_id, self.connection._get_job(KIND))

    def test_of_several_stores_it_leads_to_the_whole_history(self):
        both = self.connection | self.other
        (link,) = both._request_job(KIND)["params"]["links"]
        self.assertEqual(
            link["url"], "/odoo/action-amazon_connector.amazon_history_action"
        )
        for connection in both:
            self.assertTrue(connection._get_job(KIND).requested)

    def test_a_percent_sign_of_the_message_is_no_place_for_the_link(self):
        jobs = self.connection._get_job(KIND)
        action = self.connection._get_notification("SKU 50%s", "info", jobs)
        self.assertEqual(action["params"]["message"], "SKU 50%%s %s")

    def test_who_may_not_read_the_history_gets_no_link(self):
        packer = new_test_user(
            self.env, "example-packer", groups="stock.group_stock_user"
        )
        jobs = self.connection.with_user(packer)._get_job(KIND)
        action = self.env["amazon.connection"]._get_started_notification(jobs)
        self.assertNotIn("links", action["params"])
        self.assertIn("Started.", action["params"]["message"])
