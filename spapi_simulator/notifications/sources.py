"""What notifications tell of: orders, listings, reports and feeds.

The parts of the simulator call their listeners and know nothing of notifications.
"""

from ..store.catalog_events import ISSUES, QUANTITY, STATUS
from .order_change import change_types, order_change
from .payloads import (
    feed_finished,
    issues_change,
    quantity_change,
    report_finished,
    status_change,
)

_JOBS = {
    "report": ("REPORT_PROCESSING_FINISHED", report_finished),
    "feed": ("FEED_PROCESSING_FINISHED", feed_finished),
}
_LISTINGS = {
    QUANTITY: ("LISTINGS_ITEM_MFN_QUANTITY_CHANGE", quantity_change),
    STATUS: ("LISTINGS_ITEM_STATUS_CHANGE", status_change),
    ISSUES: ("LISTINGS_ITEM_ISSUES_CHANGE", issues_change),
}


class Sources:
    """Listens to the parts of a simulator and publishes what Amazon would tell."""

    def __init__(self, board):
        self.board = board
        self._told = None

    def watch(self, simulator):
        """Listen from now on."""
        simulator.store.on_change.append(self.order_changed)
        simulator.processing.listeners.append(self.job_finished)
        for catalog in simulator.listings.values():
            catalog.listeners.append(self.listing_changed)

    def order_changed(self, seller_id, before, after):
        """Tell of an order; ``before`` is None for a new one."""
        if self.board.subscription_of(seller_id, "ORDER_CHANGE") is None:
            return
        marketplace_id = after["salesChannel"].get("marketplaceId")
        for change in change_types(before, after):
            payload = order_change(seller_id, after, change, after["lastUpdatedTime"])
            self.board.publish(
                seller_id, "ORDER_CHANGE", payload, marketplace_id, change
            )

    def job_finished(self, job):
        """Tell of a report or a feed that is over."""
        kind, make = _JOBS[job.kind]
        payload = make(job.seller_id, job.id, job.type, job.outcome, job.document_id)
        self.board.publish(job.seller_id, kind, payload)

    def listing_changed(self, event):
        """Tell of a quantity, a status or issues of a listing."""
        kind, make = _LISTINGS[event.kind]
        payload = make(event)
        # A quantity is that of the SKU, whatever the number of its marketplaces.
        telling = (event.kind, event.moment, payload)
        if telling != self._told:
            self._told = telling
            self.board.publish(event.seller_id, kind, payload, event.marketplace_id)
