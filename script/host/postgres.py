"""PostgreSQL: the user's server when libpq's variables name one, else our own.

Our own is one cluster in the cache. Whoever needs it starts it, the last user
stops it; each user is a file named by its process, so that users which were
killed are recognised and forgotten by the next.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import errors, sql

from host.errors import HostError
from host.paths import cache_dir, locked
from host.postgres_binaries import NOBODY, binaries, unprivileged

EXTERNAL_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
TEMPORARY_PREFIX = "ac_run"
SUPERUSER = "odoo"
# Nothing in this cluster is worth the wait for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Statements of tests are small; compiling one costs more than it saves.
    "jit": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
}


class PostgresServer:
    """A context manager: inside it there is a server to connect to.

    `environment` holds libpq's variables for child processes.
    """

    def __init__(self):
        self.embedded = not any(os.environ.get(name) for name in EXTERNAL_VARIABLES)
        self.environment: dict[str, str] = {}
        self._user_file: Path | None = None
        if self.embedded:
            self._root = cache_dir() / "postgres-18"
            self._data = self._root / "data"
            self._users = self._root / "users"

    @property
    def dsn(self) -> dict[str, str]:
        """The arguments of `psycopg2.connect` beside the database's name."""
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
        return {names[key]: value for key, value in self.environment.items()}

    def __enter__(self) -> "PostgresServer":
        if self.embedded:
            self._acquire()
        else:
            self._check_rights()
        return self

    def __exit__(self, *_exc_info) -> None:
        if self._user_file:
            with locked("postgres"):
                self._user_file.unlink(missing_ok=True)
                self._user_file = None
                if not self._living_users():
                    self._control("stop", "-m", "fast")

    # Databases

    def connect(self, database: str) -> psycopg2.extensions.connection:
        """A connection that commits each statement by itself, to be closed."""
        connection = psycopg2.connect(dbname=database, **self.dsn)
        connection.autocommit = True
        return connection

    @contextlib.contextmanager
    def cursor(self, database: str = "postgres") -> Iterator:
        """A cursor that commits each statement by itself."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def database_exists(self, name: str) -> bool:
        with self.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return bool(cursor.fetchone())

    def create_database(self, name: str, template: str = "template0") -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                with self.cursor() as cursor:
                    cursor.execute(statement)
                return
            except errors.ObjectInUse:
                # A template that somebody is connected to; this passes.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def drop_database(self, name: str) -> None:
        with self.cursor() as cursor:
            cursor.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                    sql.Identifier(name)
                )
            )

    def rename_database(self, name: str, new_name: str) -> None:
        with self.cursor() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(name), sql.Identifier(new_name)
                )
            )

    @contextlib.contextmanager
    def temporary_database(self, template: str = "template0") -> Iterator[str]:
        """A database of one's own, dropped at the end."""
        name = f"{TEMPORARY_PREFIX}_{os.getpid()}_{secrets.token_hex(4)}"
        try:
            self.create_database(name, template)
            yield name
        finally:
            self.drop_database(name)

    # The user's own server

    def _check_rights(self) -> None:
        try:
            with self.cursor() as cursor:
                cursor.execute(
                    "SELECT current_user, rolcreatedb OR rolsuper "
                    "FROM pg_roles WHERE rolname = current_user"
                )
                user, may_create = cursor.fetchone()
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise HostError(
                "the PostgreSQL server that PGHOST, PGPORT and PGUSER name cannot be "
                f"used: {reason}"
            ) from error
        if not may_create:
            raise HostError(
                f"the PostgreSQL user {user} may not create databases: "
                f'an administrator can allow it with ALTER ROLE "{user}" CREATEDB.'
            )
        if user == "postgres":
            raise HostError(
                "Odoo refuses to work as the PostgreSQL user postgres: "
                "set PGUSER to another user that may create databases."
            )

    # Our own cluster

    def _acquire(self) -> None:
        with locked("postgres"):
            self._users.mkdir(parents=True, exist_ok=True)
            token = secrets.token_hex(4)
            self._user_file = self._users / f"{os.getpid()}-{token}"
            started = psutil.Process().create_time()
            self._user_file.write_text(str(started))
            try:
                self._start()
                self._drop_orphans()
            except BaseException:
                self._user_file.unlink()
                self._user_file = None
                raise

    def _start(self) -> None:
        if not (self._data / "PG_VERSION").exists():
            self._initialize()
        self.environment = {
            "PGHOST": str(self._socket_dir()),
            "PGPORT": "5432",
            "PGUSER": SUPERUSER,
        }
        if self._control("status", check=False) == 0:
            return
        options = [f"-c {key}='{value}'" for key, value in SETTINGS.items()]
        options.append(f"-c unix_socket_directories='{self._socket_dir()}'")
        log = self._root / "server.log"
        log.unlink(missing_ok=True)
        self._control("start", "-l", str(log), "-o", " ".join(options))

    def _initialize(self) -> None:
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            os.chown(self._data, NOBODY, NOBODY)
        command = ["initdb", "-D", str(self._data), "-U", SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8"]
        # An interrupted initdb leaves no PG_VERSION to be taken for a cluster:
        # it removes what it made.
        self._execute(command)

    def _socket_dir(self) -> Path:
        # The address of a Unix socket holds about a hundred characters.
        if len(str(self._root)) < 80:
            return self._root
        digest = hashlib.sha256(str(self._root).encode()).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"amazon_connector-{digest}"
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        return folder

    def _control(self, action: str, *options: str, check: bool = True) -> int:
        command = ["pg_ctl", action, "-D", str(self._data), *options]
        if action != "status":
            command += ["-w", "-t", "60"]
        return self._execute(command, check=check)

    def _execute(self, command: list[str], check: bool = True) -> int:
        program, *arguments = command
        command = [*unprivileged(), str(binaries() / program), *arguments]
        # A file, not a pipe: the server inherits it and would keep a pipe open.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={**os.environ, "LC_ALL": "C"},
                # Ctrl-C is for us; the server is stopped when we are done.
                start_new_session=True,
            )
            if check and result.returncode:
                output.seek(0)
                lines = output.read().strip().splitlines() or ["no message"]
                raise HostError(
                    f"PostgreSQL: {program} failed ({lines[-1].strip()}); "
                    f"see {self._root}/server.log."
                )
        return result.returncode

    def _living_users(self) -> list[str]:
        """The users' files, without those of processes that are gone."""
        living = []
        for file in self._users.iterdir():
            try:
                process = psutil.Process(int(file.name.partition("-")[0]))
                alive = abs(process.create_time() - float(file.read_text())) < 1
            except (psutil.Error, ValueError):
                alive = False
            if alive:
                living.append(file.name)
            else:
                file.unlink(missing_ok=True)
        return living

    def _drop_orphans(self) -> None:
        """Drop the databases of runs which were killed."""
        owners = {name.partition("-")[0] for name in self._living_users()}
        with self.cursor() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s",
                [f"{TEMPORARY_PREFIX}\\_%"],
            )
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            owner = name.split("_")[2]
            if owner not in owners and not psutil.pid_exists(int(owner)):
                self.drop_database(name)
