"""The requests that the connector makes during a run of the tests, and the verdict."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from host.paths import ADDON, REPOSITORY

# Where the servers that the tests start write what they are asked.
VARIABLE = "SPAPI_SIMULATOR_RECORDINGS"
OUTCOMES = {0: "passed", 77: "skipped: Amazon's models are missing"}


class Recordings:
    """Use it as a context manager around all tests of a run.

    A run that is part of another one writes into the folder of that one, which judges.
    """

    def __enter__(self) -> "Recordings":
        self.is_shared = VARIABLE in os.environ
        if not self.is_shared:
            prefix = "amazon_connector_requests_"
            self._folder = tempfile.TemporaryDirectory(prefix=prefix)
            os.environ[VARIABLE] = self._folder.name
        return self

    def __exit__(self, *_exc_info) -> None:
        if not self.is_shared:
            del os.environ[VARIABLE]
            self._folder.cleanup()

    @property
    def found(self) -> bool:
        """Whether any server was asked anything."""
        return any(Path(self._folder.name).iterdir())

    def judge(self, complete: bool) -> str:
        """Compare them with Amazon's models; return the outcome as a sentence.

        :param complete: whether each of the connector's operations has to be there
        """
        script = REPOSITORY / "tests" / "contract" / "recorded_requests.py"
        command = [sys.executable, str(script), self._folder.name]
        command += ["--complete"] if complete else []
        # The connector's package `spapi` needs no Odoo.
        env = {**os.environ, "PYTHONPATH": str(REPOSITORY / ADDON)}
        code = subprocess.run(command, env=env, check=False).returncode
        return OUTCOMES.get(code, f"FAILED (exit code {code})")
