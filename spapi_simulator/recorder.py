"""Keeps all requests in files, for whoever judges afterwards what a client sent.

The variable SPAPI_SIMULATOR_RECORDINGS names a folder; each process writes a file of
its own there, one JSON object a line. Access tokens and a form's secrets are left out.
"""

import json
import os
import re
import threading
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

VARIABLE = "SPAPI_SIMULATOR_RECORDINGS"
_FORM = "application/x-www-form-urlencoded"
_SECRETS = ("client_secret", "code", "refresh_token")
#: Not of the SP-API: the admin interface, pages for people, contents of documents; an
#: address may begin with its region.
_OTHERS = re.compile(r"(/(na|eu|fe))?/(_simulator|apps|documents|images|schemas)\b")


class Recorder:
    """Appends requests to a file of this process."""

    _lock = threading.Lock()

    def __init__(self, folder):
        self._path = Path(folder, f"{os.getpid()}.jsonl")

    def record(self, method, target, headers, body):
        """Keep a request of the SP-API.

        :param target: path and query as sent
        :param bytes body: of any encoding
        """
        path, _mark, query = target.partition("?")
        if _OTHERS.match(path):
            return
        content_type = headers.get("content-type", "")
        entry = {
            "method": method,
            "path": path,
            "query": query,
            "user_agent": headers.get("user-agent", ""),
            "content_type": content_type,
            "body": _without_secrets(body.decode("utf-8", "replace"), content_type),
        }
        with self._lock, open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


class RecordingApp:
    """An ASGI application in front of another that records what reaches it."""

    def __init__(self, application, folder):
        self._application = application
        self._recorder = Recorder(folder)

    async def __call__(self, scope, receive, send):
        """Read the request, keep it once it came whole, and hand it on."""
        if scope["type"] != "http" or _OTHERS.match(scope["path"]):
            await self._application(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        # A client that was ended before its body came has asked for nothing yet.
        if messages[-1]["type"] == "http.request":
            self._record(scope, messages)

        async def replay():
            return messages.pop(0) if messages else await receive()

        await self._application(scope, replay, send)

    def _record(self, scope, messages):
        query = scope["query_string"].decode("latin-1")
        self._recorder.record(
            scope["method"],
            scope["raw_path"].decode("latin-1") + (f"?{query}" if query else ""),
            {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]},
            b"".join(message.get("body", b"") for message in messages),
        )


def _without_secrets(text, content_type):
    if not content_type.startswith(_FORM):
        return text
    pairs = parse_qsl(text, keep_blank_values=True)
    kept = ((k, "secret" if v and k in _SECRETS else v) for k, v in pairs)
    return urlencode(list(kept))
