"""What notifications tell of: orders, listings, reports and feeds.

The parts of the simulator call their listeners and know nothing of notifications.
"""

from .order_change import change_types, order_change
from .payloads import feed_finished, report_finished

_JOBS = {
    "report": ("REPORT_PROCESSING_FINISHED", report_finished),
    "feed": ("FEED_PROCESSING_FINISHED", feed_finished),
}


class Sources:
    """Listens to the parts of a simulator and publishes what Amazon would tell."""

    def __init__(self, board):
        self.board = board

    def watch(self, simulator):
        """Listen from now on."""
        simulator.store.on_change.append(self.order_changed)
        simulator.processing.listeners.append(self.job_finished)

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
