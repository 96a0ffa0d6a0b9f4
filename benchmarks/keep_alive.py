"""The smallest HTTP client with keep-alive: one socket, one request at a time.

A full client library costs more time for a request than the simulator does; here the
server is to be measured.
"""

import json
import socket
import time
from urllib.parse import quote, urlsplit


class KeepAlive:
    """One connection to a server on this machine."""

    def __init__(self, base_url, token=None):
        address = urlsplit(base_url)
        self._socket = socket.create_connection((address.hostname, address.port), 30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = f"Host: {address.netloc}\r\n".encode()
        if token:
            self._head += f"x-amz-access-token: {token}\r\n".encode()

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        self._socket.close()

    def get(self, target):
        """(status, body) of a GET."""
        self._socket.sendall(b"GET %s HTTP/1.1\r\n%s\r\n" % (target, self._head))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        head, body = answer.split(b"\r\n\r\n", 1)
        rest = _content_length(head) - len(body)
        parts = [body]
        while rest > 0:
            parts.append(self._receive())
            rest -= len(parts[-1])
        return int(head[9:12]), b"".join(parts)

    def _receive(self):
        data = self._socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def _content_length(head):
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def target(path, **query):
    """The request target of a path and its query."""
    text = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    return f"{path}?{text}".encode() if text else path.encode()


def requests_per_second(client, targets, seconds=3.0):
    """How many of the targets, in turn, are answered with 200 in a second."""
    count, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < seconds:
        status, body = client.get(targets[count % len(targets)])
        if status != 200:
            raise RuntimeError(f"HTTP {status}: {body[:300]!r}")
        count += 1
    return count / elapsed


def read_json(client, path):
    """The decoded answer of a GET that must succeed."""
    status, body = client.get(path)
    if status != 200:
        raise RuntimeError(f"HTTP {status}: {body[:300]!r}")
    return json.loads(body)
