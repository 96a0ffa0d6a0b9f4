"""Orders whose address Amazon does not show: in, stopped, completed by themselves."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.orders.amazon_job_type_complete_addresses import IN_VAIN_LIMIT
from ...spapi.errors import AuthError, RejectedError
from ..builders import ago, build_item, build_order
from ..common import AmazonCommon

# What Amazon shows of an address without the role.
REGION = {"city": "Springfield", "stateOrRegion": "IL", "countryCode": "US"}


def withhold(document):
    """Take away what the restricted role shows."""
    if "recipient" in document:
        document["recipient"] = {"deliveryAddress": dict(REGION)}
    document["buyer"] = {}
    return document


@tagged("post_install", "-at_install")
class TestAddressMissing(AmazonCommon):
    def import_withheld(self, number=1, **more):
        document = withhold(build_order(order_id=f"111-0000001-{number:07}", **more))
        self.fake.add(document)
        self.download()
        return self.order(document["orderId"]).sale_order_id

    def grant(self, *numbers, **more):
        """Amazon shows the addresses now; nothing of the orders changed."""
        for number in numbers or (1,):
            self.fake.add(build_order(order_id=f"111-0000001-{number:07}", **more))

    def complete(self):
        self.run_job("complete_addresses")

    def hour_passes(self):
        self.env["amazon.order"].search([]).address_asked = False

    # === IN, AND STOPPED === #

    def test_the_order_comes_in_confirmed_reserved_and_marked(self):
        sale = self.import_withheld()
        row = self.order()
        self.assertEqual((row.state, sale.state), ("imported", "sale"))
        self.assertTrue(row.is_address_missing)
        self.assertTrue(sale.is_amazon_address_missing)
        self.assertEqual(sale.picking_ids.state, "assigned")
        self.assertEqual(sale.partner_shipping_id.city, "Springfield")
        self.assertEqual(sale.partner_shipping_id.state_id.code, "IL")
        self.assertIn("Direct-to-Consumer", self.last_run().line_ids.message)

    def test_it_cannot_be_shipped_and_says_why(self):
        sale = self.import_withheld()
        picking = sale.picking_ids
        self.assertIn("does not show", picking.amazon_stop_reason)
        with self.assertRaisesRegex(UserError, "does not show"):
            self.ship(sale)
        self.assertEqual(picking.state, "assigned")

    def test_two_such_orders_do_not_share_a_contact(self):
        first, second = self.import_withheld(1), self.import_withheld(2)
        self.assertNotEqual(first.partner_id, second.partner_id)

    def test_a_known_buyer_s_home_is_not_taken_for_the_address(self):
        home = self.import_order(order_id="111-0000001-0000009")
        document = withhold(build_order())
        document["buyer"] = {"buyerEmail": "berta@marketplace.example"}
        self.fake.add(document)
        self.download()
        sale = self.order().sale_order_id
        self.assertEqual(sale.partner_id, home.partner_id)
        self.assertFalse(sale.partner_shipping_id.street)

    # === COMPLETED === #

    def test_a_role_granted_later_completes_an_order_that_did_not_change(self):
        sale = self.import_withheld()
        unknown = sale.partner_id
        self.grant()
        self.hour_passes()
        self.complete()
        self.assertRecordValues(
            sale.partner_shipping_id,
            [{"name": "Berta Beispiel", "street": "1 Example Road"}],
        )
        self.assertEqual(sale.partner_id, sale.partner_shipping_id)
        self.assertEqual(sale.partner_invoice_id, sale.partner_id)
        picking = sale.picking_ids
        self.assertEqual(picking.partner_id, sale.partner_shipping_id)
        self.assertEqual(picking.move_ids.partner_id, sale.partner_shipping_id)
        self.assertFalse(self.order().is_address_missing)
        self.assertFalse(sale.is_amazon_address_missing)
        self.assertFalse(picking.amazon_stop_reason)
        self.assertFalse(unknown.exists())
        self.assertFalse(sale.activity_ids | picking.activity_ids)
        self.assertFalse(self.last_run("complete_addresses").warned)
        self.assertEqual(self.ship(sale).state, "done")

    def test_getorder_completes_it_although_no_search_shows_it(self):
        sale = self.import_withheld()
        self.download()
        self.grant()
        self.hour_passes()
        self.complete()
        self.assertEqual(self.fake.count("getOrder"), 1)
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")
        run = self.last_run("complete_addresses")
        self.assertEqual((run.updated, run.outcome), (1, "done"))

    def test_it_becomes_the_customer_who_is_known_already(self):
        known = self.import_order(order_id="111-0000001-0000009").partner_id
        sale = self.import_withheld()
        self.grant()
        self.hour_passes()
        self.complete()
        self.assertEqual(sale.partner_id, known)
        self.assertEqual(sale.partner_shipping_id, known)

    def test_a_lost_inbox_row_is_completed_all_the_same(self):
        sale = self.import_withheld()
        self.order().sudo().unlink()
        self.grant()
        self.download()
        self.assertEqual(self.order().sale_order_id, sale)
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")

    def test_all_open_steps_of_the_delivery_get_the_address(self):
        self.connection.warehouse_id.delivery_steps = "pick_ship"
        sale = self.import_withheld()
        self.grant()
        self.hour_passes()
        self.complete()
        pick = sale.picking_ids
        pick.move_ids.picked = True
        pick.button_validate()
        delivery = sale.picking_ids - pick
        self.assertEqual(delivery.partner_id, sale.partner_shipping_id)
        self.assertEqual(delivery.move_ids.partner_id, sale.partner_shipping_id)

    def test_other_changes_that_come_with_the_address_are_reflected(self):
        sale = self.import_withheld()
        self.grant(items=[build_item(quantity=2)], updated=ago(days=2))
        self.hour_passes()
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")
        line = sale.order_line.filtered("amazon_item_ref")
        self.assertEqual(line.product_uom_qty, 2)
        self.assertEqual(sale.picking_ids.move_ids.product_uom_qty, 2)
        self.assertIn("Changed on Amazon", str(sale.message_ids.mapped("body")))

    def test_an_address_filled_in_by_hand_stays_and_lets_go(self):
        sale = self.import_withheld()
        sale.partner_shipping_id.write({"name": "By Hand", "street": "5 Hand Road"})
        self.assertFalse(sale.picking_ids.amazon_stop_reason)
        self.grant()
        self.hour_passes()
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "5 Hand Road")
        self.assertFalse(self.order().is_address_missing)

    # === HIDDEN LATER === #

    def change_unseen(self):
        """Have an order go elsewhere while Amazon shows no address; return its sale."""
        sale = self.import_order()
        self.fake.add(withhold(build_order(updated=ago(days=2))))
        self.download()
        return sale

    def test_an_order_that_changes_unseen_is_asked_for_and_follows(self):
        sale = self.change_unseen()
        picking = sale.picking_ids
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")
        self.assertFalse(picking.amazon_stop_reason, "what is known may leave")
        self.assertFalse(sale.is_amazon_address_missing)
        self.complete()
        self.assertFalse(self.fake.count("getOrder"), "it was asked just now")
        self.grant(updated=ago(days=2), address={"addressLine1": "9 New Road"})
        self.hour_passes()
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "9 New Road")
        self.assertEqual(picking.partner_id, sale.partner_shipping_id)
        self.assertIn("Changed on Amazon", str(sale.message_ids.mapped("body")))
        self.hour_passes()
        self.complete()
        self.assertEqual(self.fake.count("getOrder"), 1)

    def test_an_order_that_did_not_go_elsewhere_stays_as_it_is(self):
        sale = self.change_unseen()
        messages = sale.message_ids
        self.grant(updated=ago(days=2))
        self.connection._reset_job_failures()
        self.complete()
        self.assertEqual(self.fake.count("getOrder"), 1)
        self.assertEqual(sale.message_ids, messages)
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")

    def test_hidden_addresses_end_the_run_like_missing_ones(self):
        for number in range(IN_VAIN_LIMIT + 3):
            number = f"111-0000001-{number:07}"
            self.import_order(order_id=number)
            self.fake.add(withhold(build_order(number, updated=ago(days=2))))
        self.download()
        self.hour_passes()
        self.complete()
        self.assertEqual(self.fake.count("getOrder"), IN_VAIN_LIMIT)

    def test_nobody_asks_where_an_order_goes_that_is_shipped(self):
        self.change_unseen()
        items = [build_item(fulfilled=1)]
        document = build_order(items=items, status="SHIPPED", updated=ago(days=1))
        self.fake.add(withhold(document))
        self.download()
        self.assertEqual(self.order().status, "shipped")
        self.hour_passes()
        self.complete()
        self.assertFalse(self.fake.count("getOrder"))

    # === WHEN AMAZON IS ASKED === #

    def test_amazon_is_asked_once_an_hour_for_each_order(self):
        self.import_withheld()
        self.complete()
        self.assertFalse(self.fake.count("getOrder"), "the import was the answer")
        self.hour_passes()
        self.complete()
        self.complete()
        self.assertEqual(self.fake.count("getOrder"), 1)

    def test_import_again_asks_at_once(self):
        sale = self.import_withheld()
        self.grant()
        self.order().action_retry()
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")

    def test_a_store_that_is_authorised_again_asks_at_once(self):
        sale = self.import_withheld()
        self.grant()
        self.connection._reset_job_failures()
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")

    def test_several_in_vain_end_the_run(self):
        for number in range(IN_VAIN_LIMIT + 3):
            self.import_withheld(number)
        self.hour_passes()
        self.complete()
        self.assertEqual(self.fake.count("getOrder"), IN_VAIN_LIMIT)

    def test_an_order_that_amazon_does_not_find_keeps_no_other_waiting(self):
        self.import_withheld(1)
        sale = self.import_withheld(2)
        self.grant(2)
        self.hour_passes()
        self.fake.errors = [RejectedError("Not found.", operation="getOrder")]
        self.complete()
        self.assertEqual(sale.partner_shipping_id.street, "1 Example Road")
        self.assertIn(
            "111-0000001-0000001", self.last_run("complete_addresses").line_ids.message
        )

    def test_a_denial_puts_this_function_off_alone(self):
        self.import_withheld()
        self.hour_passes()
        self.fake.errors = [
            AuthError("Denied.", operation="getOrder", reason="forbidden")
        ]
        self.complete()
        self.assertEqual(self.last_run("complete_addresses").outcome, "failed")
        self.assertNotEqual(self.connection.state, "reauthorize")

    def test_nobody_is_asked_for_orders_that_are_not_to_be_shipped_any_more(self):
        sale = self.import_withheld()
        self.fake.add(withhold(build_order(status="CANCELLED", updated=ago(days=2))))
        self.download()
        self.assertEqual(sale.state, "cancel")
        self.hour_passes()
        self.complete()
        self.assertFalse(self.fake.count("getOrder"))

    def test_a_store_without_such_orders_has_no_run(self):
        self.import_order()
        self.complete()
        self.assertFalse(self.last_run("complete_addresses"))
