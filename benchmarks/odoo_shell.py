"""Odoo's shell, in which a benchmark measures without a web server between."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from host.odoo import LAUNCHER, ensure_config
from host.odoo_source import OdooSource
from host.paths import REPOSITORY
from host.postgres import PostgresServer

SELLER, MARKETPLACE = "A1SIMULATOR0NA", "ATVPDKIKX0DER"


def describe_store(amazon):
    """Return what Odoo has to know to connect, and two products that are sold there.

    :param amazon: ``SimulatorAdmin``
    """
    (account,) = (one for one in amazon.accounts() if one["seller_id"] == SELLER)
    skus = [product["sku"] for product in amazon.products()[:2]]
    return {"account": account, "marketplace": MARKETPLACE, "skus": skus}


@dataclass(frozen=True)
class OdooShell:
    """A process of Odoo's with one database."""

    source: OdooSource
    postgres: PostgresServer
    database: str
    data_dir: Path

    def run(self, module, settings):
        """Call ``measure(env, **settings)`` of a module of ``benchmarks``."""
        command = [sys.executable, str(LAUNCHER), "shell", "--no-http"]
        command += [f"--config={ensure_config(self.data_dir)}"]
        command += [f"--database={self.database}", f"--data-dir={self.data_dir}"]
        command += ["--log-level=error"]
        command += [f"--addons-path={self.source.addons_path_option()}"]
        env = self.source.environment() | self.postgres.environment
        env["PYTHONPATH"] = os.pathsep.join([str(REPOSITORY), env["PYTHONPATH"]])
        text = (
            f"from benchmarks.{module} import measure\nmeasure(env, **{settings!r})\n"
        )
        subprocess.run(command, env=env, input=text, text=True, check=True)
