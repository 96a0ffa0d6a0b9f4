"""A refusal becomes a sentence that a person can follow, and one activity."""

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...models.shipments.refusals import explain_refusal
from ...spapi.errors import RejectedError
from ..builders import build_item
from ..shipments_common import ShipmentsCommon

# What Amazon says, by which it is known what it means.
SAID = {
    "OrderItemId  is invalid, please obtain the value through the getOrderItems API "
    "or Manage Orders page": "no such item",
    "Failed to create package due to not finding a matching package or order already "
    "fulfilled.  ErrorMessage(errorCode=GeneralError, errorDescription=Unable to find "
    "package to update for order (), errorMetric=PackageToUpdateNotFound, "
    "packageIndex=null)": "confirmed outside of Odoo",
    "The quantity exceeds the quantity that is left to ship.": "more units",
    "The order cannot be shipped in status CANCELLED.": "not to be shipped",
    "The order cannot be shipped in status PENDING.": "not paid yet",
    "The operation does not support Ship+ orders.": "nothing to do",
    "The order is fulfilled by Amazon.": "nothing to do",
    "shipDate must not be in the future.": "clock",
    "shipDate must not be before the purchase.": "before the order was placed",
    "shipDate must be a date and time in ISO 8601 format.": "does not take the date",
    "carrierName is required when carrierCode is Other.": "Amazon's name",
    "The carrier's name must not exceed 50 characters.": "shorter name",
    "The input you have submitted is not valid. Please check the fields with invalid "
    "type [packageDetail.carrierCode].": "Amazon's name",
    "The tracking number is not valid.": "label",
    "The tracking number is not valid for the carrier.": "label",
    "The marketplaceId does not match that of the order.": "another marketplace",
    "The package needs transparencyCodes.": "Transparency",
    "codCollectionMethod is not valid for the marketplace.": "cash on delivery",
    "Application does not have access to one or more requested data elements.": "role",
    "Amazon does not know what was asked for.": "no such order",
    "The weather is bad.": "Seller Central",
}


@tagged("post_install", "-at_install")
class TestRefusalSentences(ShipmentsCommon):
    def test_each_says_what_amazon_said_what_it_means_and_what_to_do(self):
        for said, meant in SAID.items():
            error = RejectedError(
                f"Amazon refused the request: {said}",
                operation="confirmShipment",
                status=400,
                code="InvalidInput",
            )
            with self.subTest(said):
                refusal = explain_refusal(self.env, error)
                self.assertIn(said, refusal.sentence)
                self.assertIn("InvalidInput", refusal.sentence)
                advice = refusal.sentence.split("InvalidInput)", 1)[1]
                self.assertIn(meant, advice)
                self.assertEqual(refusal.is_final, meant == "nothing to do")


@tagged("post_install", "-at_install")
class TestRefused(ShipmentsCommon):
    def refuse(self, said="The quantity exceeds the quantity that is left to ship."):
        self.fake.errors.append(
            RejectedError(said, operation="confirmShipment", request_id="req-1")
        )

    def test_the_responsible_has_one_activity_until_it_is_mended(self):
        sale = self.import_order()
        picking = self.ship(sale)
        shipment = picking.amazon_shipment_ids
        self.refuse()
        self.send()
        self.assertEqual(shipment.state, "failed")
        self.assertIn("more units", shipment.error)
        activity = self.get_reminders(sale)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.connection.user_id)
        self.assertIn("more units", html2plaintext(activity.note))
        self.assertNotIn("Berta", activity.note)
        self.send()
        self.refuse()
        shipment.action_retry()
        self.send()
        self.assertEqual(len(self.get_reminders(sale)), 1)
        shipment.action_retry()
        self.send()
        self.assertEqual(shipment.state, "done")
        self.assertFalse(self.get_reminders(sale))

    def test_the_history_names_amazons_request(self):
        self.ship(self.import_order())
        self.refuse()
        self.send()
        run = self.last_run("send_shipments")
        (line,) = run.line_ids.filtered(lambda line: line.level == "error")
        self.assertEqual(line.request_id, "req-1")

    def test_two_refused_parcels_of_an_order_are_one_activity(self):
        sale = self.import_order(items=[build_item(quantity=2)])
        self.ship(sale, quantities={"MUG": 1})
        self.ship(sale)
        self.refuse()
        self.refuse()
        self.send()
        activity = self.get_reminders(sale)
        self.assertEqual(len(activity), 1)
        for picking in sale.picking_ids:
            self.assertIn(picking.name, html2plaintext(activity.note))

    def test_what_the_request_cannot_say_is_refused_before_it_is_sent(self):
        shipment = self.ship(self.import_order()).amazon_shipment_ids
        shipment.line_ids.transparency_codes = "AZ:1, AZ:2"
        self.send()
        self.assertFalse(self.fake.count("confirmShipment"))
        self.assertEqual(shipment.state, "failed")
        self.assertIn("more transparency codes than units", shipment.error)
        self.assertFalse(shipment.sent_values)


@tagged("post_install", "-at_install")
class TestBlockedReminder(ShipmentsCommon):
    def test_it_goes_when_shipments_are_not_to_be_sent_any_more(self):
        sale = self.import_order()
        self.ship(sale, carrier=False)
        self.send()
        self.assertTrue(self.get_reminders(sale))
        self.connection.send_shipments = False
        # Another shipment, so that there is something to do.
        other = self.import_order(order_id="111-0000001-0000002")
        self.ship(other).amazon_shipment_ids.action_send_now()
        self.send()
        self.assertFalse(self.get_reminders(sale))

    def test_what_is_switched_off_is_none(self):
        self.connection.send_shipments = False
        sale = self.import_order()
        self.ship(sale, carrier=False)
        self.env["amazon.job"].search([("kind", "=", "send_shipments")])._request()
        self.send()
        self.assertFalse(self.get_reminders(sale))
