"""Speaks HTTP with the admin interface."""

import httpx


class Connection:
    """Requests below ``/_simulator`` of a running simulator."""

    def __init__(self, base_url, timeout=30.0):
        url = base_url.rstrip("/") + "/_simulator"
        # The simulator is local; a proxy of the environment cannot reach it. It closes
        # connections that nobody uses for a while, so none is kept for later.
        self._client = httpx.Client(
            base_url=url,
            timeout=timeout,
            trust_env=False,
            # There is nothing to verify, and reading the trusted certificates is slow.
            verify=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        """Close the connections."""
        self._client.close()

    def _call(self, method, path, params=None, body=None):
        """The decoded answer; ValueError with the simulator's words on refusal."""
        given = {k: v for k, v in (params or {}).items() if v is not None}
        response = self._client.request(method, path, params=given, json=body)
        if response.status_code >= 400:
            raise ValueError(f"{method} {path}: {response.text}")
        return response.json() if response.content else None
