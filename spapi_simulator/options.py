"""The options of the command line; each refuses what it cannot be in one sentence."""

import argparse
import math

from .clock import FASTEST, SLOWEST
from .pages.consent import CODE_PATH
from .processing import SECONDS

MOST_RECORDS = 1_000_000
_DESCRIPTION = """\
Amazon on your own machine: simulates Amazon's Selling Partner API and Login with
Amazon for any client, with invented sellers, listings and orders.

Prints one line with the address once it accepts connections. Open that address in
a browser to see the accounts, their credentials and how to point a client at it.
"""
_EPILOG = """\
examples:
  python -m spapi_simulator --port 8585
      as Amazon is: its usage plans, reports and feeds that take a while
  python -m spapi_simulator --port 8585 --quota-factor 1000
      for tests: requests are hardly ever throttled
  python -m spapi_simulator --port 8585 --listings 100000 --orders 100000
      a large seller; starts as fast as a small one
  python -m spapi_simulator --port 0 --port-file port.txt --seed 7
      for scripts: a free port, told in a file; the same seed gives the same store

Ends with code 0 on SIGTERM or SIGINT, with code 2 when it cannot start.
"""


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
    _add_server(parser.add_argument_group("where it serves").add_argument)
    _add_store(parser.add_argument_group("what is in the store").add_argument)
    _add_pace(parser.add_argument_group("how fast Amazon is").add_argument)
    return parser


def _add_server(add):
    add(
        "--port",
        metavar="NUMBER",
        type=_whole(0, 65535),
        default=0,
        help="port; 0, the default, takes a free one",
    )
    add(
        "--host",
        metavar="ADDRESS",
        default="127.0.0.1",
        help="loopback address (default %(default)s)",
    )
    add("--port-file", metavar="FILE", help="file to write the port to once it serves")
    add(
        "--redirect-uri",
        metavar="URI",
        type=_uri,
        action="append",
        default=[],
        help="OAuth redirect URI of the application, more than once for several; the "
        "first is where a seller goes when a client names none (default none). The "
        f"page {CODE_PATH} here shows the code",
    )


def _add_store(add):
    add(
        "--seed",
        metavar="NUMBER",
        type=_whole(),
        default=1,
        help="seed of everything invented (default %(default)s)",
    )
    add(
        "--listings",
        metavar="COUNT",
        type=_whole(0, MOST_RECORDS),
        default=240,
        help="listings of the first account (default %(default)s, at least 60); the "
        "others have a quarter, but some of every kind",
    )
    add(
        "--orders",
        metavar="COUNT",
        type=_whole(0, MOST_RECORDS),
        default=40,
        help="orders of the first account (default %(default)s); the others have a "
        "quarter, at least 5",
    )


def _add_pace(add):
    add(
        "--quota-factor",
        metavar="FACTOR",
        type=_factor,
        default=1.0,
        help="multiplies Amazon's rates, and above 1 its bursts (default 1)",
    )
    add(
        "--processing-seconds",
        metavar="SECONDS",
        type=_seconds,
        default=SECONDS,
        help="how long a report or a feed takes, in seconds of the simulated clock "
        "(default %(default)s)",
    )
    add(
        "--speed",
        metavar="FACTOR",
        type=_speed,
        default=1.0,
        help="how many times as fast as real time the simulated clock runs, and with "
        "it everything: quotas, reports, feeds, changes, schedules, lifetimes of "
        "tokens (default 1)",
    )


def _whole(least=-math.inf, most=math.inf):
    def read(text):
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number") from None
        return _bounded(number, least, most)

    return read


def _uri(text):
    if not text.startswith(("http://", "https://")):
        message = f"{text} does not begin with http:// or https://"
        raise argparse.ArgumentTypeError(message)
    return text


def _number(text, least, most):
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None
    return _bounded(number, least, most)


def _factor(text):
    return _number(text, 0.001, 1_000_000)


def _speed(text):
    return _number(text, SLOWEST, FASTEST)


def _seconds(text):
    return _number(text, 0.01, 86400)


def _bounded(number, least, most):
    if not least <= number <= most:
        message = f"{number} is not between {least} and {most}"
        raise argparse.ArgumentTypeError(message)
    return number
