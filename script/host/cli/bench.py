"""script/bench: run the benchmarks and print what they measured."""

import argparse
import importlib
import sys

from host.errors import run_main
from host.paths import REPOSITORY
from host.processes import exit_on_signals

BENCHMARKS = (
    "simulator",
    "two_stores",
    "products",
    "orders",
    "shipments",
    "inventory",
    "overview",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description="Measure. Exit code 1 when a figure misses its target.",
    )
    parser.add_argument("name", nargs="?", choices=BENCHMARKS, help="default: all")
    arguments = parser.parse_args()
    exit_on_signals()
    # benchmarks/ and the simulator are beside script/, wherever we are called from.
    sys.path.insert(0, str(REPOSITORY))
    missed = 0
    for name in [arguments.name] if arguments.name else BENCHMARKS:
        print(f"== {name} ==", flush=True)
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            print(figure, flush=True)
            missed += not figure.reached
    return int(missed > 0)


if __name__ == "__main__":
    run_main(main)
