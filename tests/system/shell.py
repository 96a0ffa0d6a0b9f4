"""Runs a script of ``data/`` in ``odoo shell``, for what nobody sees from outside."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from host.odoo import odoo_command
from host.paths import REPOSITORY

SCRIPTS = Path(__file__).resolve().parent / "data"


def run_in_shell(server, name, question):
    """Return what a script answers.

    :param server: an ``OdooServer`` that does not run
    :param name: of the file; it reads the file SHELL_QUESTION and writes SHELL_ANSWER
    :param question: what JSON can hold; so is the answer
    """
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "question.json", Path(folder) / "answer.json"
        asked.write_text(json.dumps(question))
        command = odoo_command(
            server.source, server.database, server.data_dir, (REPOSITORY,)
        )
        command[2] = "shell"
        done = subprocess.run(
            [*command, "--no-http", "--max-cron-threads=0", "--log-level=warn"],
            input=(SCRIPTS / name).read_text(),
            env=os.environ
            | server.source.environment()
            | server.postgres.environment
            | {"SHELL_QUESTION": str(asked), "SHELL_ANSWER": str(answered)},
            cwd=server.data_dir,
            capture_output=True,
            text=True,
        )
        assert answered.exists(), done.stderr[-5000:] + done.stdout[-2000:]
        return json.loads(answered.read_text())
