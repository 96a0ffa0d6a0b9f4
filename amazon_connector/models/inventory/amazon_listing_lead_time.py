"""What Amazon is told of how long a listing takes to ship, and when it comes back."""

from odoo import fields, models

from ...spapi.listings import quantity_request
from .lead_times import LeadTime, LeadTimes


class AmazonListing(models.Model):
    _inherit = "amazon.listing"

    sent_lead_days = fields.Integer(
        string="Lead Time Sent",
        readonly=True,
        aggregator=None,
        help="The days to ship that Amazon was last told.",
    )
    sent_restock_on = fields.Date(
        string="Restock Date Sent",
        readonly=True,
        help="When there will be some again, as Amazon was last told.",
    )

    # === BUSINESS METHODS === #

    def _filter_push_needed(self, quantities):
        """Override: also those of which Amazon was told other days, or another date."""
        needed = super()._filter_push_needed(quantities)
        for connection, rows in (self - needed).grouped("connection_id").items():
            if connection.send_lead_times:
                found = LeadTimes(connection).get(
                    {row: quantities[row] for row in rows}
                )
                needed |= rows.filtered(
                    lambda row, found=found: row._is_lead_time_changed(found[row])
                )
        return needed

    def _is_lead_time_changed(self, lead_time):
        told = LeadTime(self.sent_lead_days, self.sent_restock_on or None)
        return self._complete_lead_time(lead_time) != told

    def _get_lead_time_to_send(self, quantity):
        """Return the :class:`LeadTime` that is told beside a quantity."""
        self.ensure_one()
        found = LeadTimes(self.connection_id).get({self: quantity})
        return self._complete_lead_time(found[self])

    def _complete_lead_time(self, lead_time):
        """Take back what was told once: a day, since no lead time cannot be told."""
        if lead_time.days or not self.sent_lead_days:
            return lead_time
        return LeadTime(1, lead_time.restock_on)

    def _get_request_preparation(self):
        """Return what makes the body of the request that sets the quantity.

        It touches no record.

        :return: (quantity, LeadTime or ``None`` to tell none) -> dict
        """
        self.ensure_one()
        product_type, told_on = self.product_type or "", self.sent_restock_on

        def prepare(quantity, lead_time):
            if lead_time is None:
                return quantity_request(product_type, quantity)
            return quantity_request(
                product_type,
                quantity,
                lead_days=lead_time.days,
                restock_on=lead_time.restock_on,
                # Beside what is there, a date could not be taken back.
                is_whole=bool(told_on and not lead_time.restock_on),
            )

        return prepare

    def _mark_lead_time_taken(self, lead_time):
        """Write down what Amazon took beside the quantity, ``None`` for nothing."""
        if lead_time:
            self.write(
                {
                    "sent_lead_days": lead_time.days,
                    "sent_restock_on": lead_time.restock_on or False,
                }
            )
