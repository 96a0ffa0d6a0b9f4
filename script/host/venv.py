"""Build the virtual environments; runs on the bare Python, standard library only.

`python3 -m host.venv` prints the path of the project's own Python.
"""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from host.errors import HostError, run_main
from host.paths import REPOSITORY, cache_dir, locked


@dataclass(frozen=True)
class Environment:
    """What is installed together."""

    name: str
    requirements: tuple[str, ...]


PROJECT = Environment("venv", ("requirements.txt", "requirements-dev.txt"))
# Apart: Amazon's client library asks for versions of its own, and its package has
# the name of the connector's, spapi.
AMAZON_SDK = Environment("venv-sdk", ("requirements-sdk.txt",))


def venv_path(environment: Environment = PROJECT) -> Path:
    """One environment per content of the requirements and per interpreter."""
    digest = hashlib.sha256()
    for file in environment.requirements:
        digest.update((REPOSITORY / file).read_bytes())
    digest.update(f"{sys.version}{platform.machine()}{_base_python()}".encode())
    return cache_dir() / f"{environment.name}-{digest.hexdigest()[:12]}"


def ensure_venv(environment: Environment = PROJECT) -> Path:
    """Return the environment's Python, after building it when it is missing."""
    path = venv_path(environment)
    python = path / "bin" / "python"
    stamp = path / ".complete"
    if stamp.exists():
        return python
    with locked("venv"):
        if not stamp.exists():
            # A virtual environment cannot be renamed (its commands name their
            # interpreter), so it is built in place and the stamp comes last.
            shutil.rmtree(path, ignore_errors=True)
            _build(environment, path, python)
            stamp.touch()
    return python


def _base_python() -> str:
    """The interpreter itself, also when this is an environment made of it."""
    if sys.prefix == sys.base_prefix:
        return sys.executable
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return str(Path(sys.base_prefix, "bin", name))


def _build(environment: Environment, path: Path, python: Path) -> None:
    _ensure_ensurepip()
    _say(f"Creating the Python environment {path}")
    log = cache_dir() / "venv.log"
    _run([_base_python(), "-m", "venv", str(path)], log, "creating it failed")
    command = [str(python), "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--only-binary=:all:"]
    if platform.machine() == "aarch64":
        # Has no wheel for this machine, alone of all: a C++ compiler is needed.
        command.append("--no-binary=libsass")
    for file in environment.requirements:
        command += ["-r", str(REPOSITORY / file)]
    _run(command, log, "installing the Python packages failed (is there a network?)")
    _run(
        [str(python), "-m", "compileall", "-q", str(path / "lib")],
        log,
        "compiling the packages failed",
        check=False,
    )


def _ensure_ensurepip() -> None:
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say(f"Installing {package}")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        log = cache_dir() / "venv.log"
        _run(["apt-get", "update"], log, "apt-get update failed", check=False)
        for name in (package, "python3-venv"):
            command = ["apt-get", "install", "-y", "--no-install-recommends", name]
            if _run(command, log, "", check=False, env=env) == 0:
                break
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip"):
            return
    raise HostError(
        f"this Python ({sys.executable}) cannot create virtual environments: "
        f"install {package} (apt-get install {package})."
    )


def _run(
    command: list[str],
    log: Path,
    failure: str,
    check: bool = True,
    env: dict[str, str] | None = None,
) -> int:
    with open(log, "a") as output:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
        )
    if check and result.returncode:
        errors = [
            line.strip()
            for line in log.read_text(errors="replace").splitlines()
            if line.startswith("ERROR:")
        ]
        detail = f" {errors[-1]}" if errors else ""
        raise HostError(f"{failure}; details are in {log}.{detail}")
    return result.returncode


def _say(message: str) -> None:
    # stdout carries the path of the interpreter for the calling script.
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    print(ensure_venv())


if __name__ == "__main__":
    run_main(main)
