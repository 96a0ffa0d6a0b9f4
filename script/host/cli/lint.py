"""script/lint: the linters, each by its name."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

from host.errors import HostError, run_main
from host.node import ADVICE, ensure_node_modules
from host.odoo_lint import run_odoo_lint
from host.paths import ADDON, ADDONS, REPOSITORY
from host.processes import exit_on_signals

JAVASCRIPT = f"{ADDON}/static/**/*.js"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/lint", description="Run all linters, or those that are named."
    )
    parser.add_argument(
        "linters",
        nargs="*",
        metavar="linter",
        help=f"default: all of {', '.join(LINTERS)}",
    )
    names = parser.parse_args().linters or list(LINTERS)
    unknown = [name for name in names if name not in LINTERS]
    if unknown:
        raise HostError(
            f"there is no linter {unknown[0]}; there are: {', '.join(LINTERS)}."
        )
    exit_on_signals()
    failed = [name for name in names if _run(name)]
    if failed:
        print(f"\nFAILED: {', '.join(failed)}")
    return int(bool(failed))


def _run(name: str) -> int:
    print(f"\n== {name} ==", flush=True)
    try:
        return LINTERS[name]()
    except HostError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _python(*arguments: str) -> Callable[[], int]:
    return lambda: _call([sys.executable, "-m", *arguments])


def _javascript(program: str, *arguments: str) -> Callable[[], int]:
    def run() -> int:
        modules = ensure_node_modules()
        if not modules:
            print(f"Note: {ADVICE}", flush=True)
            # A build server that checks nothing would look well.
            return int(bool(os.environ.get("CI")))
        # ESLint's configuration imports from there.
        env = {"NODE_PATH": str(modules)}
        return _call([str(modules / ".bin" / program), *arguments], env)

    return run


def _call(command: list[str], env: dict[str, str] | None = None) -> int:
    return subprocess.run(
        command,
        cwd=REPOSITORY,
        env=os.environ | (env or {}),
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


LINTERS: dict[str, Callable[[], int]] = {
    "ruff-check": _python("ruff", "check", "--no-cache", "."),
    "ruff-format": _python("ruff", "format", "--no-cache", "--check", "."),
    "pylint": _python("pylint", "--rcfile=.pylintrc", *ADDONS),
    "oca-module": _python(
        "oca_pre_commit_hooks.cli", *(f"{addon}/__manifest__.py" for addon in ADDONS)
    ),
    "readme": _python("host.cli.readme", "--check"),
    "mypy": _python("mypy"),
    "eslint": _javascript("eslint", "--max-warnings=0", JAVASCRIPT),
    "prettier": _javascript("prettier", "--check", JAVASCRIPT),
    "odoo": run_odoo_lint,
}


if __name__ == "__main__":
    run_main(main)
