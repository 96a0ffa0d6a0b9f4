"""An Odoo with the addon on a database of its own, for the fixtures that run one."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.postgres import PostgresServer
from host.postgres_binaries import NOBODY, binaries
from host.templates import addon_instance


@contextmanager
def prepare_odoo(postgres, amazon_url, parameters=None, with_kits=False, **options):
    """Yield an ``OdooServer`` that calls this Amazon, not started yet.

    :param dict parameters: further system parameters
    :param with_kits: whether with the addon for kits, and bills of materials
    :param options: of ``OdooServer``
    """
    source = find_odoo()
    with addon_instance(postgres, source, with_kits) as (database, data_dir):
        yield OdooServer(
            database,
            postgres,
            data_dir,
            source=source,
            system_parameters={
                "amazon_connector.sp_api_url": amazon_url,
                "amazon_connector.lwa_url": amazon_url,
                **(parameters or {}),
            },
            **options,
        )


def run_pg(postgres, program, *arguments, **options):
    """Run a program of PostgreSQL; return what it wrote."""
    done = subprocess.run(
        [binaries() / program, *arguments],
        env=os.environ | postgres.environment,
        capture_output=True,
        **options,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Cluster(PostgresServer):
    """A PostgreSQL of one's own, with all its data in one folder.

    :param Path root: the folder, of whom PostgreSQL runs as
    """

    def __init__(self, root):
        super().__init__()
        # Whatever server libpq's variables name.
        self.embedded = True
        self._root, self._data = root, root / "data"
        self._saved = root / "saved"

    @classmethod
    @contextmanager
    def temporary(cls):
        """Yield one that runs, and is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="ac_cluster-") as folder:
            if os.geteuid() == 0:
                os.chown(folder, NOBODY, NOBODY)
            with cls(Path(folder)) as cluster:
                yield cluster

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_exc_info):
        self.stop()

    def start(self):
        """Start it, where it does not run."""
        self._start()

    def stop(self):
        """Stop it, where it runs."""
        if self._control("status", check=False) == 0:
            self._control("stop", "-m", "fast")

    def save(self):
        """Keep what the folder holds now; it is stopped."""
        subprocess.run(["cp", "-a", self._data, self._saved], check=True)

    def take_back(self):
        """Have the folder hold again what was kept; it is stopped."""
        shutil.rmtree(self._data)
        self._saved.rename(self._data)
