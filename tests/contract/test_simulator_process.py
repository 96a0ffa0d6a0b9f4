"""The simulator as a process: start, refusal to start, end."""

import signal
import subprocess
import sys
import threading

import httpx
import pytest
from simulator_client import ROOT, Api, start_simulator

from spapi_simulator.accounts import NORTH_AMERICA
from spapi_simulator.admin import SimulatorAdmin


def run(*options):
    """The exit code, output and error output of a short run."""
    command = [sys.executable, "-m", "spapi_simulator", *options]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--seed", "tulip"), "--seed: tulip is not a whole number"),
        (("--host", "192.0.2.1"), "192.0.2.1 is not a loopback address"),
        (("--host", "somewhere"), "somewhere is not a loopback address"),
        (("--quota-factor", "nan"), "--quota-factor: nan is not between 0.001 and"),
        (("--speed", "0"), "--speed: 0.0 is not between 0.001 and 1000000"),
        (("--speed", "fast"), "--speed: fast is not a number"),
        (("--processing-seconds", "-1"), "-1.0 is not between 0.01 and 86400"),
        (("--orders", "-1"), "--orders: -1 is not between 0 and 1000000"),
        (("--listings", "many"), "--listings: many is not a whole number"),
        (("--port", "70000"), "--port: 70000 is not between 0 and 65535"),
        (("--port-file", "/nowhere/port"), "cannot write /nowhere/port"),
        (("--redirect-uri", "ftp://x"), "--redirect-uri: ftp://x does not begin with"),
        (("--unknown",), "--unknown"),
    ],
)
def test_refuses_bad_options(options, expected):
    code, output, words = run(*options)
    assert (code, output, words.count("\n")) == (2, "", 1)
    assert expected in words


def test_refuses_a_taken_port(base_url):
    port = base_url.rsplit(":", 1)[1]
    code, output, words = run("--port", port, "--seed", "1")
    assert (code, output) == (2, "")
    assert words.count("\n") == 1
    assert port in words


def test_help_names_every_option_and_gives_examples():
    code, output, _words = run("--help")
    assert code == 0
    for option in ("port", "port-file", "host", "seed", "listings", "orders"):
        assert f"--{option} " in output
    for option in ("quota-factor", "processing-seconds", "speed", "redirect-uri"):
        assert f"--{option} " in output
    assert "python -m spapi_simulator --port 8585" in output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_with_a_request_under_way(tmp_path, number):
    port_file = tmp_path / "port"
    options = ("--port-file", str(port_file))
    process, url = start_simulator(*options, stderr=subprocess.PIPE)
    assert url.endswith(":" + port_file.read_text().strip())
    with SimulatorAdmin(url) as admin:
        admin.add_fault("timeout_after")
        with httpx.Client(base_url=url, trust_env=False) as client:
            api = Api(client, NORTH_AMERICA)
            waiting = threading.Thread(target=ignore_errors, args=(api.search,))
            waiting.start()
            while not any(entry["applied"] for entry in admin.journal("searchOrders")):
                continue
            process.send_signal(number)
            assert process.wait(10) == 0
            waiting.join()
    assert process.communicate() == ("", "")


def ignore_errors(call):
    """Make a request whose answer never comes."""
    try:
        call()
    except httpx.TransportError:
        return
