"""Run Odoo: install modules into a database, and serve it."""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from host.errors import HostError
from host.odoo_source import OdooSource, find_odoo
from host.paths import REPOSITORY
from host.ports import LOCALHOST, check_port, free_port
from host.postgres import PostgresServer
from host.processes import Process, run_logged

LAUNCHER = Path(__file__).parent / "bin" / "odoo"


def ensure_config(data_dir: Path) -> Path:
    """A configuration of its own, or Odoo would read the one of the user's home."""
    data_dir.mkdir(parents=True, exist_ok=True)
    config = data_dir / "odoo.conf"
    if not config.exists():
        config.write_text("[options]\n")
    return config


def odoo_command(
    source: OdooSource,
    database: str,
    data_dir: Path,
    addons: Sequence[Path],
) -> list[str]:
    """The part of the command line that every start of Odoo has."""
    config = ensure_config(data_dir)
    command = [sys.executable, str(LAUNCHER), "server", f"--config={config}"]
    command += [f"--database={database}", f"--data-dir={data_dir}"]
    addons_path = source.addons_path_option(addons)
    if addons_path:
        command.append(f"--addons-path={addons_path}")
    return command


def install(
    source: OdooSource,
    server: PostgresServer,
    database: str,
    modules: Sequence[str],
    data_dir: Path,
    addons: Sequence[Path] = (REPOSITORY,),
    with_demo: bool = True,
    log_file: Path | None = None,
    action: str = "init",
) -> None:
    """Install modules (or `update` them, as action); raise when Odoo could not."""
    log = log_file or data_dir / "install.log"
    command = odoo_command(source, database, data_dir, addons)
    command += [f"--{action}={','.join(modules)}", "--stop-after-init", "--no-http"]
    command += [
        "--max-cron-threads=0",
        "--with-demo" if with_demo else "--without-demo",
    ]
    env = source.environment() | server.environment
    code = run_logged(command, log, env=env, cwd=data_dir, name="Odoo")
    text = log.read_text(errors="replace") if log.exists() else ""
    missing = [line for line in text.splitlines() if "invalid module names" in line]
    if code or missing:
        lines = text.splitlines()
        # The message of the exception is the last line of Odoo's traceback.
        reason = (missing or [line for line in lines if line.strip()] or ["no log"])[-1]
        raise HostError(
            f"installing {', '.join(modules)} failed: {reason.strip()}\n"
            + "\n".join(lines[-40:])
        )


class OdooServer:
    """An Odoo that serves one database on 127.0.0.1.

    `system_parameters` are written to the database before each start.
    """

    def __init__(
        self,
        database: str,
        postgres: PostgresServer,
        data_dir: Path,
        addons: Sequence[Path] = (REPOSITORY,),
        source: OdooSource | None = None,
        port: int = 0,
        workers: int = 0,
        max_cron_threads: int = 2,
        system_parameters: Mapping[str, str] | None = None,
        extra_args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        log_file: Path | None = None,
    ):
        self.database = database
        self.postgres = postgres
        self.data_dir = data_dir
        self.addons = addons
        self.source = source or find_odoo()
        self.port = check_port(port) if port else free_port()
        self.workers = workers
        self.websocket_port = free_port()
        self.max_cron_threads = max_cron_threads
        self.system_parameters = dict(system_parameters or {})
        self.extra_args = list(extra_args)
        self.env = dict(env or {})
        self.log_file = log_file or data_dir / "odoo.log"
        self.process: Process | None = None

    @property
    def url(self) -> str:
        return f"http://{LOCALHOST}:{self.port}"

    @property
    def websocket_url(self) -> str:
        """Where the websocket worker answers; there is one with workers only."""
        return f"http://{LOCALHOST}:{self.websocket_port}"

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def __enter__(self) -> "OdooServer":
        self.start()
        return self

    def __exit__(self, *_exc_info) -> None:
        self.stop()

    def install(
        self, modules: Sequence[str], with_demo: bool = True, log_file=None
    ) -> None:
        """Install modules into the database; the server must not run."""
        install(
            self.source,
            self.postgres,
            self.database,
            modules,
            self.data_dir,
            self.addons,
            with_demo,
            log_file,
        )

    def update(self, modules: Sequence[str]) -> None:
        """Update installed modules; the server must not run."""
        install(
            self.source,
            self.postgres,
            self.database,
            modules,
            self.data_dir,
            self.addons,
            action="update",
        )

    def start(self, timeout: float = 120) -> None:
        """Return once the server answers."""
        self.set_system_parameters(self.system_parameters)
        command = odoo_command(self.source, self.database, self.data_dir, self.addons)
        command += [
            f"--db-filter=^{self.database}$",
            "--no-database-list",
            f"--http-interface={LOCALHOST}",
            f"--http-port={self.port}",
            # Only used with workers, but two servers must never share it.
            f"--gevent-port={self.websocket_port}",
            f"--workers={self.workers}",
            f"--max-cron-threads={self.max_cron_threads}",
            *self.extra_args,
        ]
        env = self.source.environment() | self.postgres.environment | self.env
        self.process = Process(
            command, self.log_file, env=env, cwd=self.data_dir, name="Odoo"
        )
        try:
            self.process.wait_until_http_answers(f"{self.url}/web/health", timeout)
            if self.workers:
                health = f"{self.websocket_url}/websocket/health"
                self.process.wait_until_http_answers(health, timeout)
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout: float = 20) -> None:
        if self.process:
            self.process.stop(timeout)
            self.process = None

    def kill(self) -> None:
        """End it as a crash would, with SIGKILL."""
        if self.process:
            self.process.kill()
            self.process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def set_system_parameters(self, values: Mapping[str, str]) -> None:
        """Write system parameters straight to the database."""
        if not values:
            return
        with self.postgres.cursor(self.database) as cursor:
            for key, value in values.items():
                cursor.execute(
                    "INSERT INTO ir_config_parameter (key, value, create_date, "
                    "write_date) VALUES (%s, %s, now() at time zone 'UTC', "
                    "now() at time zone 'UTC') ON CONFLICT (key) DO UPDATE SET "
                    "value = excluded.value",
                    [key, str(value)],
                )

    def log_text(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return self.log_file.read_text(errors="replace")
        return ""
