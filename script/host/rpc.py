"""Talk to a running Odoo the way its web client does."""

import itertools
from typing import Any

import requests


class OdooError(Exception):
    """What Odoo answered instead of a result; `name` is the exception's class."""

    def __init__(self, message: str, name: str = "", debug: str = ""):
        super().__init__(message)
        self.name = name
        self.debug = debug


class OdooClient:
    """A logged-in session.

    >>> client.call("res.partner", "search_read", [("ref", "=", "A")], ["name"])
    """

    def __init__(
        self,
        url: str,
        database: str,
        login: str = "admin",
        password: str = "admin",
        timeout: float = 120,
    ):
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.session = requests.Session()
        # A proxy of the environment has no business with 127.0.0.1.
        self.session.trust_env = False
        self._ids = itertools.count(1)
        answer = self.post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )
        self.uid = answer.get("uid")
        if not self.uid:
            raise OdooError(f"{login} could not log in to {database}", "AccessDenied")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method; recordsets are lists of ids, as first argument."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": args, "kwargs": kwargs},
        )

    def post(self, path: str, params: dict[str, Any]) -> Any:
        """Post to a JSON-RPC route and return its result."""
        response = self.session.post(
            self.url + path,
            json={"jsonrpc": "2.0", "id": next(self._ids), "params": params},
            timeout=self.timeout,
        )
        response.raise_for_status()
        answer = response.json()
        error = answer.get("error")
        if error:
            data = error.get("data") or {}
            message = data.get("message") or error.get("message") or "unknown error"
            raise OdooError(message, data.get("name", ""), data.get("debug", ""))
        return answer.get("result")
