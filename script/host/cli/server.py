"""script/server: Odoo with the addon installed, in the foreground."""

import argparse
import re
import shutil
from pathlib import Path

from host.errors import HostError, run_main
from host.odoo import OdooServer
from host.odoo_source import find_odoo
from host.paths import ADDON, cache_dir
from host.ports import check_port
from host.postgres import TEMPORARY_PREFIX, PostgresServer
from host.processes import exit_on_signals
from host.templates import copy_filestore, ensure_template, locked_database

DEFAULT_DATABASE = "amazon_connector_server"


def main() -> int:
    arguments = _parse()
    exit_on_signals()
    check_port(arguments.port)
    source = find_odoo()
    name = arguments.database
    data_dir = cache_dir() / "server" / name
    with PostgresServer() as postgres, locked_database(name):
        template = ensure_template(postgres, source)
        odoo = OdooServer(
            name,
            postgres,
            data_dir,
            source=source,
            port=arguments.port,
            workers=arguments.workers,
        )
        _prepare_database(odoo, template)
        odoo.log_file.unlink(missing_ok=True)
        with odoo:
            print(f"Odoo:     {odoo.url}")
            if odoo.workers:
                print(f"Websocket: {odoo.websocket_url} (for a proxy: /websocket)")
            print("Login:    admin / admin")
            print(f"Database: {name}")
            print(f"Log:      {odoo.log_file}")
            print("Ctrl-C stops it.", flush=True)
            process = odoo.process
            assert process, "it was started"
            code = process.wait()
            raise HostError(
                f"Odoo ended by itself (exit code {code}): {process.last_error()}"
            )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server", description="Run Odoo with the addon until Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=8069, help="default: %(default)s")
    parser.add_argument(
        "--database",
        default=DEFAULT_DATABASE,
        help="kept between runs, created when missing; default: %(default)s",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        help="processes that serve pages, and one for websockets; "
        "default: %(default)s, threads in one process",
    )
    arguments = parser.parse_args()
    name = arguments.database
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name) or name.startswith(
        (TEMPORARY_PREFIX, "ac_base_", "template")
    ):
        raise HostError(
            f"{name} cannot be the database's name: take letters, digits and "
            "underscores, not starting as the scripts' own databases do."
        )
    return arguments


def _prepare_database(odoo: OdooServer, template: str) -> None:
    """Create the database with the addon, or bring the addon's data up to date."""
    postgres, name = odoo.postgres, odoo.database
    if postgres.database_exists(name) and _has_addon(odoo):
        odoo.update([ADDON])
        return
    print(f"Creating the database {name}", flush=True)
    # What an interrupted creation left is no use.
    postgres.drop_database(name)
    shutil.rmtree(odoo.data_dir, ignore_errors=True)
    postgres.create_database(name, template)
    copy_filestore(template, Path(odoo.data_dir), name)
    odoo.install([ADDON])


def _has_addon(odoo: OdooServer) -> bool:
    with odoo.postgres.cursor(odoo.database) as cursor:
        cursor.execute("SELECT to_regclass('ir_module_module')")
        if not cursor.fetchone()[0]:
            raise HostError(f"the database {odoo.database} exists and is not Odoo's.")
        cursor.execute(
            "SELECT 1 FROM ir_module_module WHERE name = %s AND state = 'installed'",
            [ADDON],
        )
        return bool(cursor.fetchone())


if __name__ == "__main__":
    run_main(main)
