"""Child processes that never outlive the program which started them."""

import atexit
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from host.errors import HostError

PR_SET_PDEATHSIG = 1

_running: set["Process"] = set()


class Process:
    """A child in its own process group, writing to a log file."""

    def __init__(
        self,
        command: Sequence[str],
        log_file: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        name: str | None = None,
    ):
        self.name = name or Path(command[0]).name
        self.log_file = log_file
        with open(log_file, "ab") as output:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )
        _running.add(self)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        """None while the process runs."""
        return self._popen.poll()

    def wait(self, timeout: float | None = None) -> int:
        return self._popen.wait(timeout)

    def stop(self, timeout: float = 20) -> None:
        """Ask it to end, and end its whole group when it does not in time."""
        if self.returncode is None:
            self._popen.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the process and to whatever it started in its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
        _running.discard(self)

    def wait_until_http_answers(self, url: str, timeout: float = 120) -> None:
        """Return as soon as `url` answers with any status."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.returncode is not None:
                raise HostError(
                    f"{self.name} ended at its start (exit code {self.returncode}): "
                    f"{self.last_error()}"
                )
            try:
                # Straight to the child: a proxy of the environment is not asked.
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                with opener.open(url, timeout=10):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise HostError(f"{self.name} did not answer at {url} within {timeout:.0f} s.")

    def last_error(self) -> str:
        """The log's last line with something to say."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        for line in reversed(lines):
            if " ERROR " in line or " CRITICAL " in line or "Error: " in line:
                return line.strip()
        return lines[-1].strip() if lines else "it wrote nothing"


def die_with_parent():
    """Have the kernel end the child when its parent was killed outright.

    The kernel looks at the thread that starts the child, so this is only safe
    from the main thread, the one that lives as long as the program.
    """
    if not sys.platform.startswith("linux"):
        return None
    if threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run_logged(
    command: Sequence[str],
    log_file: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    name: str | None = None,
) -> int:
    """Run a child to its end and return its exit code."""
    process = Process(command, log_file, env, cwd, name)
    try:
        return process.wait()
    finally:
        process.stop()


def exit_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into a normal exit, so that clean-ups run."""

    def leave(number, _frame):
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    # A shell sets SIGINT to "ignore" for what it starts in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@atexit.register
def _stop_all() -> None:
    for process in list(_running):
        process.stop(timeout=5)
