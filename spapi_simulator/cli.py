"""The command line of the simulator."""

import argparse
import asyncio
import os

from . import recorder
from .app import create_app
from .server import loopback_socket, make_server
from .simulator import Simulator

_DESCRIPTION = """\
Simulate Amazon's Selling Partner API and Login with Amazon on this machine.

Prints one line with the address once it accepts connections. Point a client's
LWA host and SP-API endpoint at it; GET /_simulator/accounts shows the credentials.
"""
_EPILOG = "Ends with code 0 on SIGTERM or SIGINT, with code 2 when it cannot start."


class Parser(argparse.ArgumentParser):
    """Reports a mistake in one sentence."""

    def error(self, message):
        """End with code 2."""
        self.exit(2, f"spapi_simulator: {message}\n")


def build_parser():
    """All options with their help."""
    parser = Parser(
        prog="python -m spapi_simulator",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=_port, default=0, help="port; 0, the default, is a free one")
    add("--host", default="127.0.0.1", help="loopback address (default %(default)s)")
    add("--seed", type=int, default=1, help="seed of the store (default 1)")
    add(
        "--orders",
        type=_count,
        default=40,
        help="orders of the first account (default 40; the second has a quarter)",
    )
    add(
        "--listings",
        type=_count,
        default=240,
        help="listings of the first account (default 240, 60 at least; the others "
        "have fewer)",
    )
    add(
        "--quota-factor",
        type=_factor,
        default=1.0,
        help="multiplies Amazon's rates, and above 1 its bursts (default 1.0)",
    )
    add("--port-file", help="file to write the port number to once it serves")
    return parser


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
        options.seed, options.orders, options.quota_factor, options.listings
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


def _port(value):
    return _bounded(int(value), 0, 65535)


def _count(value):
    return _bounded(int(value), 0, 100_000)


def _factor(value):
    return _bounded(float(value), 0.001, 1e6)


def _bounded(number, least, most):
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"must be between {least} and {most}")
    return number
