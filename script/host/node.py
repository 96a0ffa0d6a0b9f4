"""Node, and the linters for JavaScript: installed into the cache, as Python's are."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from host.errors import HostError
from host.paths import REPOSITORY, cache_dir, locked

FILES = ("package.json", "package-lock.json", ".npmrc")
ADVICE = "JavaScript is not checked: install Node and npm (apt-get install nodejs npm)."


def ensure_node_modules() -> Path | None:
    """The folder `node_modules` with the linters, None where there is no Node."""
    if not _ensure_node():
        return None
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((REPOSITORY / name).read_bytes())
    folder = cache_dir() / f"node-{digest.hexdigest()[:12]}"
    stamp = folder / ".complete"
    if not stamp.exists():
        with locked("node"):
            if not stamp.exists():
                _install(folder)
                stamp.touch()
    return folder / "node_modules"


def _ensure_node() -> bool:
    """Find Node and npm, or install Debian's where that is in our power."""
    if _has_node() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return _has_node()
    print("Installing Node", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update"],
        ["install", "-y", "--no-install-recommends", "nodejs", "npm"],
    ):
        subprocess.run(
            ["apt-get", "-q", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
        )
    return _has_node()


def _has_node() -> bool:
    return bool(shutil.which("node") and shutil.which("npm"))


def _install(folder: Path) -> None:
    print("Installing the linters for JavaScript", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(REPOSITORY / name, folder)
    result = subprocess.run(
        ["npm", "ci"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        lines = [line for line in result.stdout.splitlines() if line.strip()]
        raise HostError(
            "installing the linters for JavaScript failed (is there a network?): "
            + (lines[0] if lines else f"exit code {result.returncode}")
        )
