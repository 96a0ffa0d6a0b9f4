"""An Odoo with the addon on a database of its own, for the fixtures that run one."""

import os
import subprocess
from contextlib import contextmanager

from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.postgres_binaries import binaries
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
