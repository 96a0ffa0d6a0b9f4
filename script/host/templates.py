"""Databases with Odoo's own modules, built once and copied for each run."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from host.clock import days_ahead
from host.errors import HostError
from host.odoo import install
from host.odoo_source import OdooSource
from host.paths import ADDON, ADDONS, REPOSITORY, cache_dir, locked
from host.postgres import PostgresServer

RUN_PREFIX = "amazon_connector-run-"
ADDON_PREFIX = "ac_addon_"
# Databases with the addons that are kept; several clones share the cache.
KEPT = 8
# Where the addon keeps its key in Odoo's data folder.
KEY_FILE = "amazon_connector_key"
# Nothing of these folders comes into the database at the installation.
NOT_INSTALLED = ("tests", "static/src", "static/tests", "readme", "i18n")
BASE_MODULES = ("sale_stock", "stock_delivery", "delivery")
# Besides kits, what else of Odoo has deliveries leave in other ways.
KITS_MODULES = (
    *BASE_MODULES,
    "sale_mrp",
    "stock_picking_batch",
    "stock_dropshipping",
)


def filestore(data_dir: Path, database: str) -> Path:
    return data_dir / "filestore" / database


def ensure_template(
    server: PostgresServer,
    source: OdooSource,
    modules: tuple[str, ...] = BASE_MODULES,
    without_demo: tuple[str, ...] = (),
) -> str:
    """The name of a database with these modules and demo data.

    :param without_demo: further modules, whose demo data is left away
    """
    base = ensure_template(server, source, modules) if without_demo else None
    key = f"{source.identity} {','.join(modules)}"
    if without_demo:
        key += f" {','.join(without_demo)}"
    name = f"ac_base_{hashlib.sha256(key.encode()).hexdigest()[:10]}"
    kept = filestore(templates_dir(), name)
    if server.database_exists(name) and kept.is_dir():
        return name
    with locked(name):
        if not (server.database_exists(name) and kept.is_dir()):
            print(f"Building the template database (Odoo {source.version})", flush=True)
            wanted = without_demo or modules
            _build(server, source, wanted, name, base, with_demo=not without_demo)
    return name


def ensure_addon_template(
    server: PostgresServer, source: OdooSource, with_kits: bool = False
) -> str:
    """The name of a database with the addon as it is now, and demo data.

    It is built again when a file of the addon changed that is installed.

    :param with_kits: whether with the addon for kits, and bills of materials
    """
    addons = ADDONS if with_kits else (ADDON,)
    modules = KITS_MODULES if with_kits else BASE_MODULES
    base = ensure_template(server, source, modules)
    name = f"{ADDON_PREFIX}{base.rpartition('_')[2]}_{_digest(addons)}"
    with locked("addon-template"):
        if not (server.database_exists(name) and _kept_key(name).exists()):
            what = "the addons" if with_kits else "the addon"
            print(f"Building the database with {what}", flush=True)
            _build(server, source, addons, name, base, (REPOSITORY,))
            _remove_old_addon_templates(server)
    return name


def _digest(addons: tuple[str, ...]) -> str:
    """Changes with each file that the installation of the addons reads."""
    left_out = tuple(f"{folder}/" for folder in NOT_INSTALLED)
    digest = hashlib.sha256()
    for addon in addons:
        for file in sorted((REPOSITORY / addon).rglob("*")):
            name = file.relative_to(REPOSITORY / addon).as_posix()
            if file.is_dir() or "__pycache__" in name or name.startswith(left_out):
                continue
            content = file.read_bytes()
            digest.update(f"{addon}/{name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:10]


def _remove_old_addon_templates(server: PostgresServer) -> None:
    with server.cursor() as cursor:
        # A database made later has a higher oid.
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) "
            "ORDER BY oid DESC OFFSET %s",
            [ADDON_PREFIX, KEPT],
        )
        old = [name for (name,) in cursor.fetchall()]
    for name in old:
        server.drop_database(name)
        shutil.rmtree(filestore(templates_dir(), name), ignore_errors=True)
        _kept_key(name).unlink(missing_ok=True)


def _build(
    server: PostgresServer,
    source: OdooSource,
    modules: tuple[str, ...],
    name: str,
    base: str | None = None,
    addons: tuple[Path, ...] = (),
    with_demo: bool = True,
) -> None:
    """Install modules into a new database, or into a copy of the template `base`."""
    server.drop_database(name)
    kept = filestore(templates_dir(), name)
    shutil.rmtree(kept, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(dir=cache_dir(), prefix="template-") as folder,
        server.temporary_database(base or "template0") as building,
        # All runs share it, whatever their clock.
        days_ahead(0),
    ):
        data_dir = Path(folder)
        if base:
            copy_filestore(base, data_dir, building)
        install(source, server, building, modules, data_dir, addons, with_demo)
        files = filestore(data_dir, building)
        files.mkdir(parents=True, exist_ok=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        files.rename(kept)
        key = data_dir / KEY_FILE
        if key.exists():
            shutil.copy2(key, _kept_key(name))
        server.rename_database(building, name)


def _kept_key(template: str) -> Path:
    return templates_dir() / f"{template}.key"


def templates_dir() -> Path:
    return cache_dir() / "templates"


def copy_filestore(template: str, data_dir: Path, database: str) -> None:
    """Give a copy of a template the files that belong to it."""
    source = filestore(templates_dir(), template)
    target = filestore(data_dir, database)
    if source.is_dir() and not target.exists():
        # Odoo adds and removes these files but never changes one, so that they
        # may be shared; where the file system cannot, they are copied.
        shutil.copytree(source, target, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@contextlib.contextmanager
def temporary_instance(
    server: PostgresServer,
    source: OdooSource,
    modules: tuple[str, ...] = BASE_MODULES,
    without_demo: tuple[str, ...] = (),
) -> Iterator[tuple[str, Path]]:
    """A fresh copy of the template: its database's name and its data folder."""
    template = ensure_template(server, source, modules, without_demo)
    with _instance(server, template) as instance:
        yield instance


@contextlib.contextmanager
def addon_instance(
    server: PostgresServer, source: OdooSource, with_kits: bool = False
) -> Iterator[tuple[str, Path]]:
    """The same with the addon installed as it is now; see the template."""
    template = ensure_addon_template(server, source, with_kits)
    with _instance(server, template) as (database, data_dir):
        # The demo's secrets are encrypted with it.
        shutil.copy2(_kept_key(template), data_dir / KEY_FILE)
        yield database, data_dir


@contextlib.contextmanager
def _instance(server: PostgresServer, template: str) -> Iterator[tuple[str, Path]]:
    _remove_orphans()
    with (
        tempfile.TemporaryDirectory(prefix=f"{RUN_PREFIX}{os.getpid()}-") as folder,
        server.temporary_database(template) as database,
    ):
        data_dir = Path(folder)
        copy_filestore(template, data_dir, database)
        yield database, data_dir


def _remove_orphans() -> None:
    """Remove the data folders of runs which were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{RUN_PREFIX}*-*"):
        pid = folder.name.removeprefix(RUN_PREFIX).partition("-")[0]
        if pid.isdigit() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def locked_database(name: str) -> Iterator[None]:
    """Have a persistent database to oneself; refuse when somebody has it."""
    with open(cache_dir() / f"database-{name}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HostError(
                f"the database {name} is in use by another script/server: "
                "stop that one or choose another --database."
            ) from error
        yield
