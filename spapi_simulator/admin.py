"""A client of the simulator's admin interface, for tests and demonstrations."""

import httpx


class SimulatorAdmin:
    """Looks at and changes the world of a running simulator."""

    def __init__(self, base_url, timeout=30.0):
        url = base_url.rstrip("/") + "/_simulator"
        # The simulator is local; a proxy of the environment cannot reach it.
        self._client = httpx.Client(base_url=url, timeout=timeout, trust_env=False)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        """Close the connections."""
        self._client.close()

    def _call(self, method, path, params=None, body=None):
        given = {k: v for k, v in (params or {}).items() if v is not None}
        response = self._client.request(method, path, params=given, json=body)
        if response.status_code >= 400:
            raise ValueError(f"{method} {path}: {response.text}")
        return response.json() if response.content else None

    def health(self):
        """Whether the simulator serves."""
        return self._call("GET", "/health")

    def accounts(self):
        """The accounts with their credentials."""
        return self._call("GET", "/accounts")["accounts"]

    def products(self):
        """The catalogue."""
        return self._call("GET", "/products")["products"]

    def orders(self, seller_id=None):
        """Full order documents."""
        return self._call("GET", "/orders", {"seller_id": seller_id})["orders"]

    def order(self, order_id):
        """One full order document."""
        return self._call("GET", f"/orders/{order_id}")

    def create_orders(self, seller_id, **wishes):
        """Generate orders: count, status, lines, marketplace_id, age_seconds, ..."""
        body = {"seller_id": seller_id, **wishes}
        return self._call("POST", "/orders", body=body)["orders"]

    def create_order(self, seller_id, **wishes):
        """Generate one order."""
        return self.create_orders(seller_id, **wishes)[0]

    def change_order(self, order_id, partial=None, status=None):
        """Merge a partial document, or bring the order into a status."""
        body = dict(partial or {})
        if status is not None:
            body["status"] = status
        return self._call("PATCH", f"/orders/{order_id}", body=body)

    def journal(self, operation=None, order_id=None, sku=None):
        """The requests received."""
        params = {"operation": operation, "order_id": order_id, "sku": sku}
        return self._call("GET", "/journal", params)["entries"]

    def clear_journal(self):
        """Forget the requests received."""
        self._call("DELETE", "/journal")

    def faults(self):
        """The faults in force."""
        return self._call("GET", "/faults")["faults"]

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

    def quotas(self):
        """The usage plans in force and the tokens left."""
        return self._call("GET", "/quotas")

    def set_quota_factor(self, factor):
        """Scale the usage plans; all buckets are full again."""
        return self._call("PUT", "/quotas", body={"factor": factor})

    def reset(self):
        """Return to the state at the start."""
        self._call("POST", "/reset")
