"""How much of the addons the tests of a run went through."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from host.paths import REPOSITORY

VARIABLE = "COVERAGE_FILE"
LOW_PERCENT = 80
# Python's own way to watch lines is cheaper, where there is one.
CORE = {"COVERAGE_CORE": "sysmon"} if sys.version_info >= (3, 12) else {}


def coverage_options(env: Mapping[str, str]) -> list[str]:
    """What Python needs before `-m pytest` to measure, when that is wanted."""
    if VARIABLE not in env:
        return []
    return ["-m", "coverage", "run", "--parallel-mode"]


class Coverage:
    """Use it as a context manager around all tests of a run."""

    def __enter__(self) -> "Coverage":
        self._folder = tempfile.TemporaryDirectory(prefix="amazon_connector_coverage_")
        return self

    def __exit__(self, *_exc_info) -> None:
        self._folder.cleanup()

    @contextlib.contextmanager
    def of(self, kind: str, whole: bool) -> Iterator[None]:
        """Have the tests started inside measured, if that says something.

        A part of a kind goes through little. Measuring slows the addon's tests, so
        that they are measured where ``COVERAGE`` asks for it.
        """
        in_odoo = kind in ("addon", "kits") and bool(os.environ.get("COVERAGE"))
        wanted = kind == "unit" or in_odoo
        if not (wanted and whole):
            yield
            return
        variables = {VARIABLE: str(self._file), **CORE}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name in variables:
                del os.environ[name]

    @property
    def found(self) -> bool:
        """Whether anything was measured."""
        return any(Path(self._folder.name).iterdir())

    def print_report(self) -> None:
        """Print the total, and the files of which little was run."""
        # Only here: whoever imports it early measures himself.
        from coverage import Coverage as Measurement

        measurement = Measurement(
            data_file=str(self._file), config_file=str(REPOSITORY / "pyproject.toml")
        )
        measurement.combine()
        low = []
        lines = missed = 0
        for file in sorted(measurement.get_data().measured_files()):
            _name, statements, _excluded, missing, _text = measurement.analysis2(file)
            lines += len(statements)
            missed += len(missing)
            percent = _percent(len(statements), len(missing))
            if percent < LOW_PERCENT:
                low.append((percent, os.path.relpath(file, REPOSITORY)))
        print("\n== Coverage of the addons ==")
        print(f"{_percent(lines, missed):.0f} % of {lines} lines")
        for percent, name in sorted(low):
            print(f"{percent:3.0f} % {name}")

    @property
    def _file(self) -> Path:
        return Path(self._folder.name, "coverage")


def _percent(lines: int, missed: int) -> float:
    return 100 * (lines - missed) / lines if lines else 100.0
