"""What the tests of shipments share."""

from .common import AmazonCommon


class ShipmentsCommon(AmazonCommon):
    def sent(self):
        """Return the packages that Amazon took, in the order of the requests."""
        return [request["packageDetail"] for _order, request in self.fake.applied]

    def sent_numbers(self):
        return [detail["trackingNumber"] for detail in self.sent()]

    def before_answer(self, act):
        """Have something happen once while a confirmation is on its way to Amazon."""
        confirm = self.fake.confirm_shipment
        acts = [act]

        def confirm_shipment(order_id, request):
            while acts:
                acts.pop()()
                # As the transaction of a person ends.
                self.env.flush_all()
            return confirm(order_id, request)

        self.patch(self.fake, "confirm_shipment", confirm_shipment)

    def get_reminders(self, sale):
        reminder = "amazon_connector.mail_activity_type_order_shipment"
        return sale.activity_search([reminder])
