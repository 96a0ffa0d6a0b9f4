"""What people who ship Amazon's orders see of them, and how they find them."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import fields
from odoo.tests import Form, new_test_user
from odoo.tools.safe_eval import safe_eval

from ...spapi.times import format_time
from ..builders import NOW, ago, ahead, build_item, build_order
from ..common import AmazonCommon

ORDER = "111-0000001-0000001"
SECOND = "111-0000001-0000002"
THIRD = "111-0000001-0000003"
MESSAGE = "Alles Gute, dein Hänschen <3"


class DailyWorkCommon(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packer = new_test_user(
            cls.env, "amazon_packer", "base.group_user,stock.group_stock_user"
        )
        cls.shipper = new_test_user(
            cls.env, "amazon_shipper", "amazon_connector.amazon_connector_group_user"
        )

    def filter_domain(self, view, name):
        """Return the domain of a filter as the client sends it."""
        view = self.env.ref(view)
        arch = self.env[view.model].get_view(view.id, "search")["arch"]
        (node,) = html.fragment_fromstring(arch).xpath(f"//filter[@name='{name}']")
        return safe_eval(node.get("domain"))


CONSTRAINTS = (
    "recipientAgeVerification",
    "recipientIdentityVerification",
    "palletDelivery",
    "cashOnDelivery",
)


class TestActivities(DailyWorkCommon):
    def test_what_is_to_be_done_is_planned_on_the_order(self):
        """As for one that is held: there is no sale order to plan it on."""
        self.connection.unknown_product = "hold"
        self.import_order(items=[build_item(sku="UNKNOWN")])
        row = self.order().with_user(self.shipper)
        self.assertEqual(row.state, "held")
        self.assertFalse(row.message_ids, "The import wrote something")
        self.assertFalse(row.message_follower_ids, "Somebody follows it unasked")
        row.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.shipper.id, summary="Ask"
        )
        mine = [("activity_user_id", "=", self.shipper.id)]
        self.assertEqual(row.search(mine), row)
        action = self.env.ref("amazon_connector.amazon_order_action")
        self.assertIn("activity", action.view_mode.split(","))
        row.activity_ids.action_feedback("Asked")
        self.assertIn("Asked", row.message_ids.body)

    def test_it_goes_with_the_connection(self):
        self.connection.unknown_product = "hold"
        self.import_order(items=[build_item(sku="UNKNOWN")])
        row = self.order()
        words = "Ask the supplier"
        row.message_post(body=words, message_type="comment")
        row.activity_schedule("mail.mail_activity_data_todo", summary=words)
        messages, activities = row.message_ids, row.activity_ids
        self.assertTrue(messages and activities)
        self.connection.unlink()
        self.assertFalse(row.exists() or messages.exists() or activities.exists())


class TestMarks(DailyWorkCommon):
    def test_marks_and_service_stand_on_order_sale_order_and_delivery(self):
        sale = self.import_order(
            service="NEXT_DAY",
            programs=["PRIME", "PREMIUM", "AMAZON_BUSINESS"],
            replaces="111-9999999-9999999",
            items=[build_item(cancel_requested=True, wrap="Classic")],
        )
        row = self.order()
        self.assertTrue(row.is_prime and row.is_premium and row.is_business)
        self.assertTrue(row.is_gift)
        self.assertTrue(row.has_cancel_request)
        self.assertEqual(row.marks, "Prime, Premium, Business, Gift")
        self.assertEqual(row.service_level_label, "Next day")
        self.assertEqual(row.status_label, "Unshipped")
        self.assertEqual(row.line_ids.gift_wrap_level, "Classic")
        self.assertTrue(row.line_ids.is_cancel_requested)
        for record in (sale, sale.picking_ids):
            self.assertEqual(record.amazon_marks, "Prime, Premium, Business, Gift")
            self.assertEqual(record.amazon_service_level, "Next day")
            self.assertTrue(record.amazon_has_cancel_request)
            self.assertEqual(record.amazon_replaced_ref, "111-9999999-9999999")
            self.assertEqual(record.amazon_ship_by, row.ship_by)
            self.assertTrue(record.amazon_ship_by)

    def test_what_the_carrier_must_observe_is_said_in_words(self):
        signed = build_item(constraints=["signatureConfirmation"])
        others = build_item("1002", constraints=CONSTRAINTS)
        sale = self.import_order(items=[signed, others])
        words = (
            "Recipient must sign",
            "Recipient's age must be checked",
            "Only for the recipient in person",
            "To be delivered on a pallet",
            "Recipient pays on delivery",
        )
        for record in (sale, sale.picking_ids):
            shown = record.amazon_shipping_constraints
            self.assertEqual(sorted(shown.split(", ")), sorted(words))
        self.assertEqual(self.order().shipping_constraints_label, shown)

    def test_what_holds_for_a_cancelled_item_is_not_said(self):
        cancelled = build_item("1002", quantity=0, constraints=CONSTRAINTS)
        sale = self.import_order(items=[build_item(), cancelled])
        self.assertFalse(sale.picking_ids.amazon_shipping_constraints)

    def test_items_of_the_transparency_program_are_marked(self):
        protected = build_item(item_programs=["SUBSCRIBE_AND_SAVE", "TRANSPARENCY"])
        self.import_order(items=[protected, build_item("1002")])
        marks = self.order().line_ids.mapped("needs_transparency_codes")
        self.assertEqual(marks, [True, False])

    def test_a_word_that_nobody_knows_is_shown_as_it_came(self):
        items = [build_item(constraints=["dogMustSign"])]
        self.import_order(service="BY_DRONE", programs=["AMAZON_MOON"], items=items)
        row = self.order()
        self.assertEqual(row.shipping_constraints_label, "dogMustSign")
        self.assertEqual(row.service_level_label, "by_drone")
        self.assertEqual(row.marks, "AMAZON_MOON")

    def test_an_ordinary_order_has_no_marks(self):
        sale = self.import_order()
        self.assertFalse(self.order().marks)
        self.assertFalse(sale.picking_ids.amazon_marks)
        self.assertFalse(sale.picking_ids.amazon_gift_note)
        self.assertFalse(sale.picking_ids.amazon_has_cancel_request)

    def test_a_sale_order_of_ones_own_has_none_of_it(self):
        sale = self.env["sale.order"].create(
            {"partner_id": self.env.user.partner_id.id}
        )
        self.assertFalse(sale.amazon_ship_by)
        self.assertFalse(sale.amazon_marks)
        self.assertFalse(sale.amazon_urgency)
        self.assertFalse(sale.amazon_gift_note)

    def test_a_request_to_cancel_that_is_taken_back_is_gone(self):
        item = build_item(cancel_requested=True)
        sale = self.import_order(items=[item])
        self.assertTrue(sale.amazon_has_cancel_request)
        self.import_order(updated=ago(days=2))
        self.assertFalse(sale.amazon_has_cancel_request)
        self.assertFalse(self.order().has_cancel_request)

    def test_what_is_shipped_cannot_be_cancelled_any_more(self):
        item = build_item(cancel_requested=True, fulfilled=1)
        self.import_order(items=[item], status="SHIPPED")
        self.assertFalse(self.order().has_cancel_request)

    def test_totals_customer_and_units_stand_in_the_list(self):
        items = [build_item(quantity=2), build_item("1002", quantity=3)]
        sale = self.import_order(items=items)
        row = self.order()
        self.assertEqual(row.item_count, 5)
        self.assertEqual(row.amount_total, 50)
        self.assertEqual(row.currency_id.name, "USD")
        self.assertEqual(row.partner_id, sale.partner_id)

    def test_a_total_is_in_the_orders_own_currency(self):
        self.env.ref("base.JPY").active = False
        self.import_order(items=[build_item(currency="JPY")], currency="JPY")
        self.assertEqual(self.order().currency_id.name, "JPY")

    def test_a_changed_ship_by_date_reaches_the_delivery(self):
        sale = self.import_order()
        later = ahead(days=6)
        self.import_order(ship_by=later, updated=ago(days=2))
        self.assertEqual(sale.picking_ids.amazon_ship_by, self.order().ship_by)
        self.assertEqual(sale.amazon_ship_by, self.order().ship_by)

    def test_rows_from_before_get_their_marks_of_their_documents(self):
        self.import_order(
            programs=["PRIME"], items=[build_item(wrap="Classic")], service="NEXT_DAY"
        )
        row = self.order()
        names = ("is_prime", "is_gift", "amount_total", "item_count")
        marks = row.read(names)
        row.write({name: False for name in names})
        row.line_ids.gift_wrap_level = False
        row._update_marks()
        self.assertEqual(row.read(names), marks)
        self.assertTrue(row.is_prime and row.is_gift)
        self.assertEqual(row.line_ids.gift_wrap_level, "Classic")

    def test_a_document_that_cannot_be_read_keeps_the_others_not_back(self):
        self.import_order(programs=["PRIME"])
        self.import_order(order_id=SECOND, programs=["PRIME"])
        rows = self.order() | self.order(SECOND)
        rows.is_prime = False
        self.order().document_encrypted = "nonsense"
        with self.assertLogs("odoo.addons.amazon_connector.tools", "ERROR"):
            rows._update_marks()
        self.assertEqual(rows.mapped("is_prime"), [False, True])


class TestGifts(DailyWorkCommon):
    def test_the_packer_reads_wrapping_and_message(self):
        item = build_item(quantity=2, message=MESSAGE, wrap="Classic")
        sale = self.import_order(items=[item])
        note = sale.picking_ids.with_user(self.packer).amazon_gift_note
        self.assertIn(MESSAGE, note)
        self.assertIn("Classic", note)
        self.assertIn("2 ×", note)

    def test_a_changed_message_is_the_one_that_is_read(self):
        sale = self.import_order(items=[build_item(message="Old wishes")])
        self.assertIn("Old wishes", sale.picking_ids.amazon_gift_note)
        self.import_order(items=[build_item(message="New wishes")], updated=ago(days=2))
        self.assertIn("New wishes", sale.picking_ids.amazon_gift_note)
        self.assertNotIn("Old wishes", sale.picking_ids.amazon_gift_note)

    def test_no_second_copy_of_the_message_is_kept(self):
        self.import_order(items=[build_item(message=MESSAGE, wrap="Classic")])
        row = self.order()
        stored = row.read([name for name, f in row._fields.items() if f.store])
        stored += row.line_ids.read(
            [name for name, f in row.line_ids._fields.items() if f.store]
        )
        self.assertNotIn("Hänschen", str(stored))

    def test_a_delivery_is_opened_although_the_document_cannot_be_read(self):
        sale = self.import_order(items=[build_item(message=MESSAGE)])
        self.order().document_encrypted = "nonsense"
        self.env.invalidate_all()
        note = sale.picking_ids.with_user(self.packer).amazon_gift_note
        self.assertTrue(note)
        self.assertNotIn(MESSAGE, note)


class TestPaper(DailyWorkCommon):
    def setUp(self):
        super().setUp()
        # How bars are drawn is not what is tried; it needs a library of its own.
        self.patch(
            self.env.registry["ir.actions.report"], "barcode", lambda *_a, **_k: b""
        )

    def render(self, report, picking):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.packer)
            ._render_qweb_html(report, picking.ids)
        )
        text = html.fromstring(content.decode()).text_content()
        return " ".join(text.split())

    def test_slip_and_picking_list_say_what_the_packer_needs(self):
        sale = self.import_order(
            service="SECOND_DAY",
            programs=["PRIME"],
            replaces="111-9999999-9999999",
            items=[
                build_item(
                    message=MESSAGE,
                    wrap="Classic",
                    cancel_requested=True,
                    constraints=["signatureConfirmation"],
                )
            ],
            ship_by=ago(hours=1),
        )
        for report in ("stock.report_deliveryslip", "stock.report_picking"):
            with self.subTest(report):
                text = self.render(report, sale.picking_ids)
                for needed in (
                    ORDER,
                    "Second day",
                    "Prime",
                    "Recipient must sign",
                    "Gift",
                    "Classic",
                    MESSAGE,
                    "Replacement of 111-9999999-9999999",
                    "asked to cancel",
                    "Late",
                ):
                    self.assertIn(needed, text)

    def test_paper_of_what_has_left_does_not_call_it_late(self):
        sale = self.import_order(ship_by=ago(hours=1))
        picking = self.ship(sale)
        text = self.render("stock.report_deliveryslip", picking)
        self.assertIn(ORDER, text)
        self.assertNotIn("Late", text)
        self.assertNotIn("Ship by", text)

    def test_paper_of_other_deliveries_is_as_it_was(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env.user.partner_id.id,
                "order_line": [fields.Command.create({"product_id": self.mug.id})],
            }
        )
        sale.action_confirm()
        for report in ("stock.report_deliveryslip", "stock.report_picking"):
            self.assertNotIn("Amazon", self.render(report, sale.picking_ids))


class TestLists(DailyWorkCommon):
    def import_three(self):
        """An order that is late, one that is due today, one that has time."""
        noon = (NOW + timedelta(days=1)).replace(hour=12, minute=0, second=0)
        for number, hours in ((ORDER, -3), (SECOND, 9), (THIRD, 33)):
            ship_by = format_time(noon + timedelta(hours=hours))
            self.fake.add(build_order(number, ship_by=ship_by))
        self.download()
        self.env.user.tz = "UTC"
        clock = freeze_time(noon)
        clock.start()
        self.addCleanup(clock.stop)
        self.env.invalidate_all()

    def found(self, view, name, more=()):
        model = self.env.ref(view).model
        records = self.env[model].search([*self.filter_domain(view, name), *more])
        number = "amazon_order_id" if model == "amazon.order" else "amazon_order_ref"
        return sorted(records.mapped(number))

    def test_late_and_due_today_are_found_in_all_three_lists(self):
        self.import_three()
        for view, late, today in (
            ("amazon_connector.amazon_order_view_search", "late", "today"),
            ("stock.view_picking_internal_search", "amazon_late", "amazon_today"),
            ("sale.view_sales_order_filter", "amazon_late", "amazon_today"),
        ):
            with self.subTest(view):
                self.assertEqual(self.found(view, late), [ORDER])
                self.assertEqual(self.found(view, today), [SECOND])

    def import_marked(self):
        """An order of each mark, and one that has none; return ``{mark: number}``."""
        marked = {
            "prime": {"programs": ["PRIME"]},
            "premium": {"programs": ["PREMIUM"]},
            "business": {"programs": ["AMAZON_BUSINESS"]},
            "gift": {"items": [build_item(wrap="Classic")]},
            "cancel_requested": {"items": [build_item(cancel_requested=True)]},
            "replacement": {"replaces": "111-9999999-9999999"},
            "": {},
        }
        numbers = {}
        for place, (mark, more) in enumerate(marked.items()):
            numbers[mark] = f"111-0000002-{place:07}"
            self.fake.add(build_order(numbers[mark], **more))
        self.download()
        del numbers[""]
        return numbers

    def test_each_mark_is_a_filter_of_all_three_lists(self):
        for mark, number in self.import_marked().items():
            for view, prefix in (
                ("amazon_connector.amazon_order_view_search", ""),
                ("stock.view_picking_internal_search", "amazon_"),
                ("sale.view_sales_order_filter", "amazon_"),
            ):
                with self.subTest(view, mark=mark):
                    self.assertEqual(self.found(view, f"{prefix}{mark}"), [number])

    def test_who_packs_filters_deliveries_by_marks(self):
        numbers = self.import_marked()
        pickings = self.env["stock.picking"].with_user(self.packer)
        for mark, number in numbers.items():
            domain = self.filter_domain(
                "stock.view_picking_internal_search", f"amazon_{mark}"
            )
            found = pickings.search(domain)
            self.assertEqual(found.mapped("amazon_order_ref"), [number], mark)
        others = pickings.search(
            [
                ("amazon_is_gift", "=", False),
                ("amazon_order_ref", "in", [*numbers.values()]),
            ]
        )
        self.assertEqual(len(others), len(numbers) - 1)

    def test_a_request_to_cancel_what_has_left_needs_no_look(self):
        number = self.import_marked()["cancel_requested"]
        sale = self.order(number).sale_order_id
        sale.action_ship_amazon_anyway()
        self.ship(sale)
        for view in (
            "stock.view_picking_internal_search",
            "sale.view_sales_order_filter",
        ):
            self.assertEqual(self.found(view, "amazon_cancel_requested"), [])

    def test_the_colour_says_the_same(self):
        self.import_three()
        rows = self.env["amazon.order"].search(
            [("amazon_order_id", "in", (ORDER, SECOND, THIRD))], order="ship_by"
        )
        self.assertEqual(rows.mapped("urgency"), ["late", "today", False])
        for record in (rows.sale_order_id, rows.sale_order_id.picking_ids):
            self.assertEqual(
                record.sorted("amazon_ship_by").mapped("amazon_urgency"),
                ["late", "today", False],
            )

    def test_what_comes_back_is_never_late(self):
        self.import_three()
        view = "stock.view_picking_internal_search"
        delivery = self.ship(self.order().sale_order_id)
        wizard = Form(
            self.env["stock.return.picking"].with_context(
                active_id=delivery.id, active_model="stock.picking"
            )
        ).save()
        wizard.product_return_moves.quantity = 1
        returned = wizard._create_return()
        self.assertEqual(returned.state, "assigned")
        self.assertFalse(returned.amazon_urgency)
        self.assertEqual(self.found(view, "amazon_late"), [])

    def test_today_ends_at_the_midnight_of_who_looks(self):
        self.import_three()
        self.env.user.tz = "Asia/Tokyo"  # It is 21:00; SECOND is due at 6 tomorrow.
        second = self.order(SECOND).with_context(tz="Asia/Tokyo")
        self.assertFalse(second.urgency)

    def test_what_has_left_is_neither_late_nor_mine_to_ship(self):
        self.import_three()
        self.ship(self.order().sale_order_id)
        view = "amazon_connector.amazon_order_view_search"
        self.assertEqual(self.found(view, "late"), [])
        self.assertEqual(self.found(view, "to_ship"), [SECOND, THIRD])
        self.assertFalse(self.order().is_to_ship)
        self.assertFalse(self.order().urgency)
        self.assertFalse(self.order().sale_order_id.amazon_urgency)

    def test_mine_to_ship_leaves_out_what_is_not(self):
        for number, more in (
            ("111-0000001-0000011", {"status": "SHIPPED"}),
            ("111-0000001-0000012", {"fulfilled_by": "AMAZON"}),
            ("111-0000001-0000013", {"status": "CANCELLED"}),
            ("111-0000001-0000014", {"status": "PENDING"}),
            ("111-0000001-0000015", {"items": [build_item(sku="UNKNOWN")]}),
            ("111-0000001-0000016", {}),
            ("111-0000001-0000017", {}),
        ):
            self.fake.add(build_order(number, **more))
        self.download()
        self.order("111-0000001-0000017").sale_order_id._action_cancel()
        view = "amazon_connector.amazon_order_view_search"
        mine = ["111-0000001-0000015", "111-0000001-0000016"]
        self.assertEqual(self.found(view, "to_ship"), mine)
        rows = self.env["amazon.order"].search([])
        self.assertEqual(
            sorted(rows.filtered("is_to_ship").mapped("amazon_order_id")), mine
        )

    def test_who_has_no_rights_in_sales_sees_the_list(self):
        self.import_order()
        rows = self.env["amazon.order"].with_user(self.shipper)
        found = rows.search([("is_to_ship", "=", True)])
        self.assertEqual(found.amazon_order_id, ORDER)
        view = self.env.ref("amazon_connector.amazon_order_view_list")
        arch = html.fragment_fromstring(rows.get_view(view.id, "list")["arch"])
        names = [node.get("name") for node in arch.xpath("//field")]
        (values,) = found.read(names)
        self.assertEqual(values["service_level_label"], "Standard")

    def test_amazon_deliveries_begin_with_the_most_urgent(self):
        for number, days in ((ORDER, 5), (SECOND, 1), (THIRD, 3)):
            self.fake.add(build_order(number, ship_by=ahead(days=days)))
        self.download()
        view = self.env.ref("amazon_connector.stock_picking_view_list_amazon")
        pickings = self.env["stock.picking"].with_user(self.packer)
        arch = html.fragment_fromstring(pickings.get_view(view.id, "list")["arch"])
        action = self.env.ref("amazon_connector.stock_picking_action_amazon")
        domain = safe_eval(action.domain)
        found = pickings.search(domain, order=arch.get("default_order"))
        numbers = found.mapped("amazon_order_ref")
        self.assertEqual(numbers, [SECOND, THIRD, ORDER])
        (values, *_others) = found.read(
            [node.get("name") for node in arch.xpath("//field")]
        )
        self.assertEqual(values["amazon_order_ref"], SECOND)
        # Of those that left the newest is first.
        for number, hours in ((THIRD, 2), (SECOND, 1)):
            done = self.order(number).sale_order_id.picking_ids
            self.ship(done.sale_id)
            done.date_done = fields.Datetime.now() - timedelta(hours=hours)
        found = pickings.search(domain, order=arch.get("default_order"))
        numbers = found.mapped("amazon_order_ref")
        self.assertEqual(numbers, [ORDER, SECOND, THIRD])


class TestFoundByNumber(DailyWorkCommon):
    def test_an_order_is_found_by_amazons_number_wherever_one_looks(self):
        sale = self.import_order()
        for record, user in (
            (sale, self.env.user),
            (sale.picking_ids, self.packer),
            (self.order(), self.shipper),
        ):
            found = record.browse().with_user(user).name_search("0000001-00000")
            self.assertIn(record.id, [id_ for id_, _name in found], record._name)

    def test_a_business_order_too_whose_purchase_order_took_the_place(self):
        sale = self.import_order(purchase_order="PO 4711", programs=["AMAZON_BUSINESS"])
        self.assertEqual(sale.client_order_ref, "PO 4711")
        self.assertEqual(self.env["sale.order"].name_search(ORDER)[0][0], sale.id)
        view = self.env.ref("sale.view_sales_order_filter")
        arch = self.env["sale.order"].get_view(view.id, "search")["arch"]
        node = html.fragment_fromstring(arch).xpath("//field[@name='name']")[0]
        domain = safe_eval(node.get("filter_domain"), {"self": ORDER})
        self.assertEqual(self.env["sale.order"].search(domain), sale)

    def test_the_first_field_of_the_transfers_search_finds_it(self):
        sale = self.import_order()
        view = self.env.ref("stock.view_picking_internal_search")
        arch = self.env["stock.picking"].get_view(view.id, "search")["arch"]
        node = html.fragment_fromstring(arch).xpath("//field[@name='name']")[0]
        domain = safe_eval(node.get("filter_domain"), {"self": ORDER})
        found = self.env["stock.picking"].with_user(self.packer).search(domain)
        self.assertEqual(found, sale.picking_ids)

    def test_order_delivery_and_shipments_are_one_click_away(self):
        sale = self.import_order()
        row = self.order()
        self.assertEqual(row.action_open_sale_order()["res_id"], sale.id)
        self.assertEqual(row.action_open_deliveries()["res_id"], sale.picking_ids.id)
        self.assertEqual(sale.action_open_amazon_orders()["res_id"], row.id)
        self.assertEqual(row.shipment_count, 0)
        picking = self.ship(sale)
        self.assertEqual(row.shipment_count, 1)
        shipments = self.env["amazon.shipment"].search(
            row.action_open_shipments()["domain"]
        )
        self.assertEqual(shipments.picking_id, picking)
