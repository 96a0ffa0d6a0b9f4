"""The template of an addon's translations: every term, as Odoo exports it."""

import re
import sys
import tempfile
from pathlib import Path

from host.errors import HostError
from host.odoo_source import OdooSource
from host.paths import ADDON, REPOSITORY
from host.postgres import PostgresServer
from host.processes import run_logged

# The header says when, and by which release of Odoo 19, the terms were exported.
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)
RELEASE = re.compile(r'^("Project-Id-Version: .*?\b19\.0)\b.*', re.MULTILINE)
SERIES_ONLY = r'\1\\n"'


def template_of(addon: str = ADDON) -> Path:
    """Where the template of an addon is kept."""
    return REPOSITORY / addon / "i18n" / f"{addon}.pot"


def export_terms(
    source: OdooSource,
    postgres: PostgresServer,
    database: str,
    data_dir: Path,
    addon: str = ADDON,
) -> str:
    """The text of the template, from a database that has the addon installed.

    Two exports of the same addon are equal: dates are left out, and of Odoo's
    version all but the series.
    """
    with tempfile.TemporaryDirectory(dir=data_dir) as folder:
        exported = Path(folder, template_of(addon).name)
        # An empty one, or Odoo would read that of the user's home.
        config = Path(folder, "odoo.conf")
        config.write_text(
            "[options]\n"
            f"addons_path = {source.addons_path_option()}\n"
            f"data_dir = {data_dir}\n"
        )
        command = [sys.executable, "-m", "odoo", "i18n", "export"]
        command += [f"--config={config}", f"--database={database}"]
        command += ["--languages=pot", f"--output={exported}", addon]
        log = Path(folder, "export.log")
        env = source.environment() | postgres.environment
        code = run_logged(command, log, env=env, cwd=Path(folder), name="Odoo")
        if code or not exported.is_file():
            raise HostError(
                f"exporting the terms failed:\n{log.read_text(errors='replace')}"
            )
        return RELEASE.sub(SERIES_ONLY, DATES.sub("", exported.read_text()))
