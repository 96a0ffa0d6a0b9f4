"""Start the SP-API simulator as a child process."""

import os
import sys
from pathlib import Path

from host.paths import REPOSITORY
from host.ports import LOCALHOST, check_port, free_port
from host.processes import Process


class SimulatorServer:
    """An Amazon on this machine; ``options`` go to its command line."""

    def __init__(self, log_file: Path, port: int = 0, **options):
        self.port = check_port(port) if port else free_port()
        self.log_file = log_file
        self.options = {"seed": 7} | options
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://{LOCALHOST}:{self.port}"

    def __enter__(self) -> "SimulatorServer":
        self.start()
        return self

    def __exit__(self, *_exc_info) -> None:
        self.stop()

    def start(self) -> None:
        command = [sys.executable, "-m", "spapi_simulator", "--port", str(self.port)]
        for name, value in self.options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        paths = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
        env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
        self.process = Process(command, self.log_file, env=env, name="The simulator")
        self.process.wait_until_http_answers(f"{self.url}/_simulator/health", 60)

    def stop(self) -> None:
        if self.process:
            self.process.stop()
            self.process = None
