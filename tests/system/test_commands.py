"""The commands: one clear sentence when something is wrong, nothing left behind."""

import os
import re
import socket
import subprocess
import sys
import uuid

import psutil
import pytest
from host.paths import REPOSITORY
from host.ports import LOCALHOST, free_port
from host.postgres import TEMPORARY_PREFIX
from host.simulator import SimulatorServer

POSTGRES_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
MARK = "AMAZON_CONNECTOR_SYSTEM_TEST"


def command(*arguments, timeout=600, **variables):
    """Run a command from the repository's root; return what it did and its mark."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        arguments,
        cwd=REPOSITORY,
        env=os.environ | variables | {MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=60)
    process.out, process.err, process.mark = out, err, mark
    return process


def left_behind(mark):
    """The processes that a command started and that still live."""
    found = []
    for process in psutil.process_iter(["environ", "cmdline", "status"]):
        environ = process.info["environ"] or {}
        alive = process.info["status"] != psutil.STATUS_ZOMBIE
        if environ.get(MARK) == mark and alive:
            found.append(process.info["cmdline"])
    return found


def assert_one_sentence(process, *words):
    """It failed, and stderr is one line that says why."""
    assert process.returncode not in (0, None), process.out
    lines = process.err.strip().splitlines()
    assert len(lines) == 1, process.err
    assert "Traceback" not in process.out + process.err
    for word in words:
        assert word in lines[0]
    assert left_behind(process.mark) == []


@pytest.fixture
def taken_port():
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind((LOCALHOST, 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.mark.parametrize("name", ["server", "demo"])
@pytest.mark.parametrize("port", ["99999", "-1"])
def test_an_impossible_port_is_refused(name, port):
    process = command(f"script/{name}", f"--port={port}")
    assert_one_sentence(process, port, "between 1 and 65535")


@pytest.mark.parametrize("name", ["server", "demo"])
def test_a_taken_port_is_refused(name, taken_port):
    process = command(f"script/{name}", "--port", taken_port)
    assert_one_sentence(process, taken_port, "taken", "--port")


@pytest.mark.parametrize("name", ["server", "demo"])
def test_a_postgresql_that_does_not_answer_is_named(name):
    variables = dict.fromkeys(POSTGRES_VARIABLES, "")
    variables |= {"PGHOST": LOCALHOST, "PGPORT": str(free_port())}
    arguments = ["--port", str(free_port())]
    process = command(f"script/{name}", *arguments, **variables)
    assert_one_sentence(process, "PostgreSQL", "PGHOST")


@pytest.mark.parametrize("name", ["server", "demo"])
def test_an_odoo_that_is_not_there_is_named(name):
    arguments = ["--port", str(free_port())]
    process = command(f"script/{name}", *arguments, ODOO_PATH="/nonexistent")
    assert_one_sentence(process, "ODOO_PATH", "/nonexistent")


def test_a_database_name_of_the_scripts_own_is_refused():
    process = command("script/server", "--database", "ac_run_1")
    assert_one_sentence(process, "ac_run_1")


def test_the_simulator_refuses_a_taken_port(taken_port):
    process = command(sys.executable, "-m", "spapi_simulator", "--port", taken_port)
    assert_one_sentence(process, taken_port)


@pytest.mark.parametrize("port", ["99999", "eighty"])
def test_the_simulator_refuses_an_impossible_port(port):
    process = command(sys.executable, "-m", "spapi_simulator", "--port", port)
    assert_one_sentence(process, "--port")


def databases_of(postgres, process):
    """The temporary databases that a process made and did not drop."""
    with postgres.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        names = [name for (name,) in cursor.fetchall()]
    return [
        name for name in names if name.startswith(f"{TEMPORARY_PREFIX}_{process.pid}_")
    ]


def test_the_demo_agrees_with_a_server_of_ones_own_and_leaves_nothing_behind(
    tmp_path, postgres
):
    log = tmp_path / "simulator.log"
    with SimulatorServer(log, listings=40, quota_factor=1000) as server:
        # SP-API is not at the top: another place than that of the login.
        url = f"{server.url}/na"
        # A machine that does something else as well takes several times as long.
        process = command(
            "script/demo", "--check", timeout=1800, SP_API_URL=url, LWA_URL=server.url
        )
    assert process.returncode == 0, process.out + process.err
    assert f"Amazon: using {url}" in process.out
    assert "Odoo and Amazon agree." in process.out
    assert re.search(r"Amazon confirmed \d+ shipments\.", process.out)
    assert left_behind(process.mark) == []
    assert databases_of(postgres, process) == []


def test_the_demo_names_an_amazon_that_does_not_answer(postgres):
    url = f"http://{LOCALHOST}:{free_port()}"
    process = command("script/demo", "--check", SP_API_URL=url)
    assert_one_sentence(process, "Amazon")
    assert databases_of(postgres, process) == []
