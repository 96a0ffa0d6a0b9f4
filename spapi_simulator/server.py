"""Runs the application on a loopback port with uvicorn."""

import asyncio
import contextlib
import ipaddress
import signal
import socket

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Protocol(HttpToolsProtocol):
    """HTTP that lets the application cut a connection, as faults need."""

    def connection_made(self, transport):
        """Hand the transport of the connection to the application."""
        super().connection_made(transport)
        application = self.app

        async def with_transport(scope, receive, send):
            scope["spapi_simulator.transport"] = transport
            await application(scope, receive, send)

        self.app = with_transport


class Server(uvicorn.Server):
    """A server that reports its start and ends cleanly on a signal."""

    def __init__(self, config, on_started):
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets=None):
        """Accept connections, then tell so."""
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets=None):
        """Stop without waiting for answers that a fault delays."""
        for task in list(self.server_state.tasks):
            task.cancel()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self):
        """Stop on SIGINT and SIGTERM without dying from the signal afterwards."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def loopback_socket(host, port):
    """A bound socket; OSError when taken, ValueError when not on loopback."""
    address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    if not address.is_loopback:
        raise ValueError(f"{host} is not a loopback address")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    # Only with the protocol named does asyncio set TCP_NODELAY on connections;
    # without it every answer waits 40 ms for the client's acknowledgement.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((str(address), port))
        # Listening now, not later, shows at once that a port is taken.
        bound.listen(512)
    except OSError:
        bound.close()
        raise
    return bound


def make_server(application, on_started):
    """A quiet server for the application."""
    config = uvicorn.Config(
        application,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    return Server(config, on_started)
