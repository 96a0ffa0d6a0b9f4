"""script/test: run the tests, each kind in the surroundings it needs."""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from host.browser import ADVICE, ensure_browser
from host.clock import days_ahead, is_ahead
from host.coverage_report import Coverage, coverage_options
from host.errors import HostError, run_main
from host.odoo import ensure_config, install
from host.odoo_source import OdooSource, find_odoo
from host.paths import ADDON, ADDONS, KITS_ADDON, REPOSITORY, with_compiled
from host.ports import LOCALHOST
from host.postgres import PostgresServer
from host.postgres_binaries import binaries
from host.processes import Process, die_with_parent, exit_on_signals
from host.recordings import Recordings
from host.simulator import SimulatorServer
from host.templates import (
    BASE_MODULES,
    KITS_MODULES,
    addon_instance,
    ensure_template,
    temporary_instance,
)
from host.venv import AMAZON_SDK, ensure_venv

FOLDERS = {
    "unit": Path("tests", "unit"),
    "contract": Path("tests", "contract"),
    "addon": Path(ADDON, "tests"),
    "kits": Path(KITS_ADDON, "tests"),
    "system": Path("tests", "system"),
}
# Their browser has today's clock, and what they read of the database, too.
TODAY_ONLY = "system"
# Between which the tests of a kind are shared out when all of them are run.
PROCESSES = 2
# What is quick, of all kinds: for the loop while working, not part of "all".
QUICK = "quick"
QUICK_PURE = ("tests/unit", "tests/contract/test_connector.py")
# Part of the contract tests, in an environment of their own.
SDK_FOLDER = Path("tests", "sdk")
PASSED = 0
NOTHING_COLLECTED = 5


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/test",
        description="Run all tests, or one kind. Further arguments go to pytest.",
    )
    parser.add_argument(
        "kind", nargs="?", choices=[*FOLDERS, QUICK], help="default: all"
    )
    parser.add_argument(
        "--ahead",
        type=int,
        default=0,
        metavar="DAYS",
        help="run all but the system tests with the clock so many days ahead",
    )
    arguments, pytest_arguments = parser.parse_known_args()
    if arguments.ahead and arguments.kind == TODAY_ONLY:
        parser.error("the system tests run with today's clock only.")
    if arguments.ahead and arguments.kind == QUICK:
        parser.error("the quick tests run in a copy of a database of today only.")
    exit_on_signals()
    kinds = [arguments.kind] if arguments.kind else list(FOLDERS)
    with Recordings() as recordings, Coverage() as coverage, _Beside() as beside:
        results = {}
        if not arguments.kind:
            kinds.remove(TODAY_ONLY)
            beside.start(TODAY_ONLY, pytest_arguments)
        for kind in kinds:
            with coverage.of(kind, whole=not pytest_arguments):
                with days_ahead(arguments.ahead):
                    results[kind] = _run_kind(kind, pytest_arguments, arguments.ahead)
        results |= beside.wait()
        if coverage.found:
            coverage.print_report()
        complete = not arguments.kind and not pytest_arguments
        if not recordings.is_shared and (complete or recordings.found):
            results["requests"] = _judge(recordings, complete)
    print("\n== Summary ==")
    for name, (outcome, seconds) in results.items():
        print(f"{name:10}{outcome} ({seconds:.0f} s)")
    outcomes = [outcome for outcome, _seconds in results.values()]
    return int(any(outcome.startswith("FAILED") for outcome in outcomes))


class _Beside:
    """A kind that runs at the same time, since each uses little more than one core.

    Its output is shown when the others have ended. A context manager.
    """

    def __enter__(self) -> "_Beside":
        self._folder = tempfile.TemporaryDirectory(prefix="amazon_connector_beside_")
        self._log = Path(self._folder.name, "output.log")
        self._process: Process | None = None
        return self

    def __exit__(self, *_exc_info) -> None:
        if self._process:
            self._process.stop()
        self._folder.cleanup()

    def start(self, kind: str, pytest_arguments: list[str]) -> None:
        """Begin with a kind."""
        print(f"The {kind} tests run beside the others and are shown after them.")
        command = [sys.executable, "-m", "host.cli.test", kind, *pytest_arguments]
        self._kind, self._started = kind, time.monotonic()
        self._process = Process(
            command, self._log, dict(os.environ), REPOSITORY, f"{kind} tests"
        )

    def wait(self) -> dict[str, tuple[str, float]]:
        """Show what it printed; (outcome, seconds) by its name, {} when none began."""
        if not self._process:
            return {}
        code = self._process.wait()
        seconds = time.monotonic() - self._started
        print(self._log.read_text(errors="replace"), flush=True)
        outcome = f"FAILED (exit code {code})" if code else "passed"
        return {self._kind: (outcome, seconds)}


def _judge(recordings: Recordings, complete: bool) -> tuple[str, float]:
    print("\n== requests of the connector ==", flush=True)
    started = time.monotonic()
    return recordings.judge(complete), time.monotonic() - started


def _run_kind(kind: str, pytest_arguments: list[str], days: int) -> tuple[str, float]:
    clock = f", {days} days ahead" if days else ""
    print(f"\n== {kind} tests{clock} ==", flush=True)
    started = time.monotonic()
    try:
        if kind == QUICK:
            code = _run_quick(pytest_arguments)
        else:
            code = _run_folder(kind, pytest_arguments)
    except HostError as error:
        print(f"error: {error}", file=sys.stderr)
        outcome = "FAILED to run"
    else:
        outcome = {
            PASSED: "passed",
            NOTHING_COLLECTED: "FAILED: no test was selected",
        }.get(code, f"FAILED (exit code {code})")
    return outcome, time.monotonic() - started


def _run_folder(kind: str, pytest_arguments: list[str]) -> int:
    if not any((REPOSITORY / FOLDERS[kind]).rglob("test_*.py")):
        raise HostError(f"there are no {kind} tests in {FOLDERS[kind]}.")
    runners = {
        "addon": _run_addon,
        "kits": _run_kits,
        "contract": _run_contract,
        "system": _run_system,
    }
    return runners.get(kind, _run_pure)(FOLDERS[kind], pytest_arguments)


def _run_pure(folder: Path, pytest_arguments: list[str]) -> int:
    return _pytest(["-p", "no:odoo", str(folder), *pytest_arguments], dict(os.environ))


def _run_contract(folder: Path, pytest_arguments: list[str]) -> int:
    codes = [_run_pure(folder, pytest_arguments), _run_sdk(pytest_arguments)]
    if pytest_arguments and PASSED in codes:
        # A selection may well mean the tests of one folder only.
        codes = [code for code in codes if code != NOTHING_COLLECTED]
    return next((code for code in codes if code), PASSED)


def _run_sdk(pytest_arguments: list[str]) -> int:
    """Have Amazon's own client library talk to the simulator."""
    print("\n-- with Amazon's client library --", flush=True)
    python = ensure_venv(AMAZON_SDK)
    options = ["-p", "no:odoo", "--override-ini=pythonpath=.", str(SDK_FOLDER)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "simulator.log")
        with SimulatorServer(log, seed=11, quota_factor=1000) as simulator:
            env = {
                **os.environ,
                "SIMULATOR_URL": simulator.url,
                # The library asks a proxy of the environment for access tokens.
                "NO_PROXY": LOCALHOST,
                "no_proxy": LOCALHOST,
            }
            return _pytest([*options, *pytest_arguments], env, python)


def _run_system(folder: Path, pytest_arguments: list[str]) -> int:
    source = find_odoo()
    # Held here, the server and the template are ready once for all tests.
    with PostgresServer() as postgres:
        ensure_template(postgres, source)
        env = {**os.environ, **postgres.environment}
        options = ["-p", "no:odoo", str(folder)]
        if not pytest_arguments:
            # They wait a lot; each process keeps servers of its own.
            options += ["-n", str(PROCESSES), "--dist", "loadfile"]
        return _pytest([*options, *pytest_arguments], env)


def _run_addon(folder: Path, pytest_arguments: list[str]) -> int:
    source = find_odoo()
    browser = ensure_browser()
    if not browser:
        print(f"Note: {ADVICE}", flush=True)
    with (
        PostgresServer() as postgres,
        _open_database(postgres, source) as (database, data_dir),
    ):
        return _pytest_odoo(
            folder,
            _odoo_options(source, database, data_dir, bool(browser)),
            pytest_arguments,
            # Odoo's browser tests keep screenshots and the browser's profile there.
            source.environment() | postgres.environment | {"TMPDIR": str(data_dir)},
        )


@contextlib.contextmanager
def _open_database(
    postgres: PostgresServer, source: OdooSource, with_kits: bool = False
) -> Iterator[tuple[str, Path]]:
    """A database with the addon, or with that for kits, too: its name and folder."""
    if not is_ahead():
        with addon_instance(postgres, source, with_kits) as instance:
            yield instance
        return
    modules = KITS_MODULES if with_kits else BASE_MODULES
    with temporary_instance(postgres, source, modules) as (database, data_dir):
        # The clock of the template with the addon is today's.
        addons = ADDONS if with_kits else (ADDON,)
        install(source, postgres, database, addons, data_dir)
        yield database, data_dir


def _run_kits(folder: Path, pytest_arguments: list[str]) -> int:
    """Both addons, in a database with bills of materials; the other has none."""
    source = find_odoo()
    with (
        PostgresServer() as postgres,
        _open_database(postgres, source, with_kits=True) as (database, data_dir),
    ):
        return _pytest_odoo(
            folder,
            _odoo_options(source, database, data_dir, browser=False),
            pytest_arguments,
            source.environment() | postgres.environment,
        )


def _pytest_odoo(
    folder: Path, options: list[str], pytest_arguments: list[str], env: dict[str, str]
) -> int:
    """Run the tests of an addon; all of them in processes with a database each."""
    if not pytest_arguments:
        options += ["-n", str(PROCESSES), "--dist", "loadscope"]
        # In the order of the rooms, the last of which are quick.
        options.append("--no-loadscope-reorder")
    options += ["-p", "host.worker_folder"]
    # Each process copies the database with PostgreSQL's own programs.
    env = env | {"PATH": os.pathsep.join([str(binaries()), os.environ["PATH"]])}
    return _pytest([*options, str(folder), *pytest_arguments], env)


def _run_quick(pytest_arguments: list[str]) -> int:
    """The linters for Python and tests without Odoo, beside some of the addon's."""
    lint = [sys.executable, "-m", "host.cli.lint", "ruff-check", "ruff-format"]
    pure = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    pure += ["-p", "no:odoo", *QUICK_PURE, *pytest_arguments]
    with _Aside("the linters", lint) as linters, _Aside("without Odoo", pure) as rest:
        addon = _run_quick_addon(pytest_arguments)
        codes = [linters.wait(), addon, rest.wait()]
    if pytest_arguments and PASSED in codes[1:]:
        # A selection may well mean the tests of one side only.
        codes = [code for code in codes if code != NOTHING_COLLECTED]
    return next((code for code in codes if code), PASSED)


class _Aside:
    """A command that runs beside others, and is shown when it is waited for.

    A context manager, which ends it.
    """

    def __init__(self, title: str, command: list[str]):
        self._title, self._command = title, command

    def __enter__(self) -> "_Aside":
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name, "output.log")
        self._process = Process(
            self._command, self._log, dict(os.environ), REPOSITORY, self._title
        )
        return self

    def __exit__(self, *_exc_info) -> None:
        self._process.stop()
        self._folder.cleanup()

    def wait(self) -> int:
        """Show what it printed; return its exit code."""
        code = self._process.wait()
        print(f"\n-- {self._title} --", self._log.read_text(), sep="\n", flush=True)
        return code


def _run_quick_addon(pytest_arguments: list[str]) -> int:
    """The short test of each quick file, or what the arguments select; no browser."""
    source = find_odoo()
    with (
        PostgresServer() as postgres,
        addon_instance(postgres, source) as (database, data_dir),
    ):
        options = _odoo_options(source, database, data_dir, browser=False)
        options += ["-q", "-p", "host.quick_selection"]
        if not pytest_arguments:
            options.append("--one-of-file")
        # Of the many histories a few, unless somebody wants more.
        env = {"HISTORIES": "2"} | source.environment() | postgres.environment
        return _pytest([*options, str(FOLDERS["addon"]), *pytest_arguments], env)


def _odoo_options(
    source: OdooSource, database: str, data_dir: Path, browser: bool
) -> list[str]:
    options = [
        # The addon's folder on sys.path would show its modules a second time.
        "--override-ini=pythonpath=.",
        f"--odoo-database={database}",
        f"--odoo-config={ensure_config(data_dir)}",
        f"--odoo-addons-path={source.addons_path_option()}",
        "--odoo-log-level=error",
        f"--odoo-extra=data-dir={data_dir}",
        "--odoo-extra=http-interface=127.0.0.1",
        "--odoo-extra=max-cron-threads=0",
    ]
    if browser:
        options.append("--odoo-http")
    return options


def _pytest(
    arguments: list[str], env: dict[str, str], python: Path | str = sys.executable
) -> int:
    command = [str(python), *coverage_options(env)]
    command += ["-m", "pytest", "-p", "no:cacheprovider", *arguments]
    # In our own process group, so that Ctrl-C and the terminal reach pytest.
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=with_compiled(env),
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),
    )
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    run_main(main)
