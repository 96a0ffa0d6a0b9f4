"""The command line of the simulator."""

import asyncio
import os

from . import recorder
from .app import create_app
from .options import build_parser
from .server import loopback_socket, make_server
from .simulator import Simulator


def main(arguments=None):
    """Run until a signal; returns the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        bound = loopback_socket(options.host, options.port)
    except ValueError:
        parser.error(f"{options.host} is not a loopback address")
    except OSError as error:
        place = f"{options.host}:{options.port}"
        parser.error(f"cannot listen on {place}: {error.strerror}")
    simulator = Simulator(
        options.seed,
        options.orders,
        options.quota_factor,
        options.listings,
        options.speed,
        options.processing_seconds,
        options.redirect_uri,
    )
    port = bound.getsockname()[1]

    def started():
        if options.port_file:
            _write_port(parser, options.port_file, port)
        host = f"[{options.host}]" if ":" in options.host else options.host
        print(f"SP-API simulator on http://{host}:{port}", flush=True)

    application = create_app(simulator)
    if folder := os.environ.get(recorder.VARIABLE):
        application = recorder.RecordingApp(application, folder)
    server = make_server(application, started)
    asyncio.run(server.serve(sockets=[bound]))
    return 0


def _write_port(parser, path, port):
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{port}\n")
    except OSError as error:
        parser.error(f"cannot write {path}: {error.strerror}")
