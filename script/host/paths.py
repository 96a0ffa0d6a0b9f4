"""Where things are: the repository, and the cache that all clones share."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from host.errors import HostError

REPOSITORY = Path(__file__).resolve().parents[2]
ADDON = "amazon_connector"
# Needs modules of Odoo that the connector does without.
KITS_ADDON = "amazon_connector_mrp"
ADDONS = (ADDON, KITS_ADDON)


def cache_dir() -> Path:
    """The folder for everything that outlives one run, created when missing."""
    configured = os.environ.get("AMAZON_CONNECTOR_CACHE")
    if configured:
        path = Path(configured).expanduser().absolute()
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        path = Path(home) / "amazon_connector"
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise HostError(
            f"the cache folder {path} cannot be written ({error.strerror}); "
            "set AMAZON_CONNECTOR_CACHE to a folder that can."
        ) from error
    return path


def with_compiled(environment: Mapping[str, str]) -> dict[str, str]:
    """The same environment, where Python finds again what an earlier one compiled.

    In the cache, so that none of it comes into a folder of sources.
    """
    env = {**environment, "PYTHONPYCACHEPREFIX": str(cache_dir() / "pycache")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the cache's lock of that name; other processes wait for it."""
    with open(cache_dir() / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
