"""Odoo's own checks of addons, its module `test_lint`."""

import subprocess

from host.odoo import odoo_command
from host.odoo_source import find_odoo
from host.paths import KITS_ADDON, REPOSITORY
from host.postgres import PostgresServer
from host.templates import addon_instance

# Left out is what runs beside it with settings of our own, pylint and ESLint, and the
# test of manifests: it knows none of OCA's keys (development_status), whose own checks
# of the manifest are among the linters.
TAGS = ",".join(
    [
        "/test_lint",
        "-/test_lint:TestPyLint",
        "-/test_lint:TestESLint",
        "-/test_lint:ManifestLinter.test_manifests",
    ]
)


def run_odoo_lint() -> int:
    """Check the addons in a database of their own; the log goes to the terminal."""
    source = find_odoo()
    with (
        PostgresServer() as postgres,
        addon_instance(postgres, source) as (database, data_dir),
    ):
        command = odoo_command(source, database, data_dir, [REPOSITORY])
        command += [
            f"--init={KITS_ADDON},test_lint",
            f"--test-tags={TAGS}",
            "--stop-after-init",
        ]
        command += ["--max-cron-threads=0", "--no-http", "--log-level=warn"]
        command += ["--log-handler=odoo.tests.stats:INFO"]
        command += ["--log-handler=odoo.tests.result:INFO"]
        env = source.environment() | postgres.environment
        return subprocess.run(
            command, cwd=data_dir, env=env, stdin=subprocess.DEVNULL, check=False
        ).returncode
