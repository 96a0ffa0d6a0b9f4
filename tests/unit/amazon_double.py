"""A server on this machine that answers what a test wants it to."""

import json
import os
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from spapi_simulator.recorder import VARIABLE, Recorder

HTML = "<html><body>Service Unavailable</body></html>"
TOKEN_PATH = "/auth/o2/token"


def reply(status, body=None, headers=None, delay=0.0):
    return {"status": status, "body": body, "headers": headers or {}, "delay": delay}


def errors(status, code, message, details="", headers=None):
    entry = {"code": code, "message": message, "details": details}
    return reply(status, {"errors": [entry]}, headers)


def token(value="Atza|token-one", expires_in=3600):
    return reply(
        200,
        {"access_token": value, "token_type": "bearer", "expires_in": expires_in},
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def _answer(self):
        size = int(self.headers.get("content-length") or 0)
        raw_body = self.rfile.read(size)
        if folder := os.environ.get(VARIABLE):
            Recorder(folder).record(self.command, self.path, self.headers, raw_body)
        body = raw_body.decode()
        double = self.server.double
        login = self.path == TOKEN_PATH
        request = {
            "method": self.command,
            "path": self.path,
            "headers": {key.lower(): value for key, value in self.headers.items()},
            "form": parse_qs(body) if login else {},
            "body": json.loads(body) if body and not login else None,
        }
        (double.logins if login else double.requests).append(request)
        queue = double.login_replies if login else double.replies
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        if callable(answer):
            answer = answer(request)
        if answer == "reset":
            self.close_connection = True
            self.connection.close()
            return
        time.sleep(answer["delay"])
        content = answer["body"]
        html = isinstance(content, str)
        plain = html or isinstance(content, bytes)
        raw = b"" if content is None else (content if plain else json.dumps(content))
        raw = raw.encode() if isinstance(raw, str) else raw
        try:
            self.send_response(answer["status"])
            if "Content-Type" not in answer["headers"]:
                kind = "text/html" if html else "application/json"
                self.send_header("Content-Type", kind)
            self.send_header("x-amzn-RequestId", "request-1")
            for name, value in answer["headers"].items():
                self.send_header(name, value)
            if answer["status"] != 204:
                self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer


class AmazonDouble:
    """``replies`` and ``login_replies`` are used up in order; the last one stays.

    A reply may be a function of the request.
    """

    def __init__(self, url):
        self.url = url
        self.replies = [reply(200, {"orders": []})]
        self.login_replies = [token()]
        self.requests = []
        self.logins = []


@contextmanager
def running_double():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.double = AmazonDouble(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.double
    finally:
        server.shutdown()
        server.server_close()
