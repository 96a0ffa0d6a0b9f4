"""The whole client: the parts of the subjects, and what is common to all."""

from .accounts import AccountsAdmin
from .listings import ListingsAdmin
from .notifications import NotificationsAdmin
from .orders import OrdersAdmin
from .processing import ProcessingAdmin


class SimulatorAdmin(
    AccountsAdmin, ListingsAdmin, NotificationsAdmin, OrdersAdmin, ProcessingAdmin
):
    """Looks at and changes the world of a running simulator."""

    def health(self):
        """Whether the simulator serves."""
        return self._call("GET", "/health")

    def reset(self):
        """Return to the state at the start."""
        self._call("POST", "/reset")

    def products(self):
        """The catalogue."""
        return self._call("GET", "/products")["products"]

    def journal(self, operation=None, order_id=None, sku=None, limit=None):
        """The requests received, oldest first; ``limit`` keeps the last ones."""
        params = {
            "operation": operation,
            "order_id": order_id,
            "sku": sku,
            "limit": limit,
        }
        return self._call("GET", "/journal", params)["entries"]

    def clear_journal(self):
        """Forget the requests received."""
        self._call("DELETE", "/journal")

    def faults(self):
        """The faults in force."""
        return self._call("GET", "/faults")["faults"]

    def fault_kinds(self):
        """The repertoire: {kind, answer, operation_happens, operations}."""
        return self._call("GET", "/faults/kinds")["kinds"]

    def add_fault(self, kind, **options):
        """Put a fault in force: operation, order_id, seller_id, times, ..."""
        return self._call("POST", "/faults", body={"kind": kind, **options})["id"]

    def clear_faults(self):
        """End all faults."""
        self._call("DELETE", "/faults")

    def clock(self):
        """The simulated time."""
        return self._call("GET", "/clock")

    def advance_clock(self, seconds):
        """Move the simulated time forward."""
        return self._call("POST", "/clock", body={"advance_seconds": seconds})

    def set_clock_speed(self, factor):
        """Let the simulated time run so many times as fast as real time."""
        return self._call("POST", "/clock", body={"speed": factor})

    def quotas(self):
        """The usage plans in force and the tokens left."""
        return self._call("GET", "/quotas")

    def set_quota_factor(self, factor):
        """Scale the usage plans; all buckets are full again."""
        return self._call("PUT", "/quotas", body={"factor": factor})
