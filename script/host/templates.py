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
from host.paths import cache_dir, locked
from host.postgres import PostgresServer

RUN_PREFIX = "amazon_connector-run-"
BASE_MODULES = ("sale_stock", "stock_delivery", "delivery")


def filestore(data_dir: Path, database: str) -> Path:
    return data_dir / "filestore" / database


def ensure_template(
    server: PostgresServer,
    source: OdooSource,
    modules: tuple[str, ...] = BASE_MODULES,
) -> str:
    """The name of a database with these modules and demo data."""
    key = f"{source.identity} {','.join(modules)}"
    name = f"ac_base_{hashlib.sha256(key.encode()).hexdigest()[:10]}"
    kept = filestore(templates_dir(), name)
    if server.database_exists(name) and kept.is_dir():
        return name
    with locked(name):
        if not (server.database_exists(name) and kept.is_dir()):
            _build(server, source, modules, name)
    return name


def _build(
    server: PostgresServer, source: OdooSource, modules: tuple[str, ...], name: str
) -> None:
    print(f"Building the template database (Odoo {source.version})", flush=True)
    server.drop_database(name)
    kept = filestore(templates_dir(), name)
    shutil.rmtree(kept, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(dir=cache_dir(), prefix="template-") as folder,
        server.temporary_database() as building,
        # All runs share it, whatever their clock.
        days_ahead(0),
    ):
        data_dir = Path(folder)
        install(source, server, building, modules, data_dir, addons=(), with_demo=True)
        files = filestore(data_dir, building)
        files.mkdir(parents=True, exist_ok=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        files.rename(kept)
        server.rename_database(building, name)


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
    server: PostgresServer, source: OdooSource
) -> Iterator[tuple[str, Path]]:
    """A fresh copy of the template: its database's name and its data folder."""
    template = ensure_template(server, source)
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
