"""Reports and feeds by way of the admin interface."""

from .connection import Connection


class ProcessingAdmin(Connection):
    """Sets how reports and feeds are processed, and looks at them."""

    def processing(self):
        """How long jobs take and from which size documents are GZIP."""
        return self._call("GET", "/processing")

    def set_processing(self, **values):
        """Set ``seconds`` (of reports and feeds) or ``gzip_bytes``."""
        return self._call("PUT", "/processing", body=values)

    def fail_next(self, kind, **options):
        """Let the next report or feed fail: type, seller_id, reason, status."""
        self._call("POST", "/processing/failures", body={"kind": kind, **options})

    def forget_failures(self):
        """Let no report or feed fail any more."""
        self._call("DELETE", "/processing/failures")

    def reports(self, seller_id=None):
        """The reports of an account or of all, oldest first."""
        return self._call("GET", "/reports", {"seller_id": seller_id})["reports"]

    def feeds(self, seller_id=None):
        """The feeds of an account or of all, oldest first."""
        return self._call("GET", "/feeds", {"seller_id": seller_id})["feeds"]

    def feed(self, feed_id):
        """A feed with ``input`` and ``result``, the texts of its documents."""
        return self._call("GET", f"/feeds/{feed_id}")
