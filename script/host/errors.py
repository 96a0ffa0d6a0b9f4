"""The error every command turns into one sentence on stderr and exit code 1."""

import sys
from collections.abc import Callable


class HostError(Exception):
    """Something about the machine that the user can put right."""


def run_main(main: Callable[[], int | None]) -> None:
    """Run a command's `main` and leave the process with its exit code."""
    try:
        sys.exit(main() or 0)
    except HostError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
