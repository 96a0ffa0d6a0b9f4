"""An addon's translations: the template, every term as Odoo exports it, and a file for
each language, with the same terms in the same order."""

import re
import sys
import tempfile
from pathlib import Path

import polib

from host.errors import HostError
from host.odoo_source import OdooSource
from host.paths import ADDON, REPOSITORY
from host.postgres import PostgresServer
from host.processes import run_logged

# The header says when, and by which release of Odoo 19, the terms were exported.
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date): .*\n', re.MULTILINE)
RELEASE = re.compile(r'^("Project-Id-Version: .*?\b19\.0)\b.*', re.MULTILINE)
SERIES_ONLY = r'\1\\n"'
# Odoo's code of each language that the addons speak in full, and its plural forms.
LANGUAGES = {
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "it": "nplurals=2; plural=(n != 1);",
    "ja": "nplurals=1; plural=0;",
    "nl": "nplurals=2; plural=(n != 1);",
    "pt_BR": "nplurals=2; plural=(n > 1);",
}


def template_of(addon: str = ADDON) -> Path:
    """Where the template of an addon is kept."""
    return REPOSITORY / addon / "i18n" / f"{addon}.pot"


def translation_of(addon: str, language: str) -> Path:
    """Where the terms of an addon are kept in a language."""
    return template_of(addon).with_name(f"{language}.po")


def update_translation(addon: str, language: str) -> int:
    """Give the file of a language the template's terms; return how many are to do.

    What is translated stays, terms that are gone go.
    """
    file = translation_of(addon, language)
    kept = polib.pofile(str(file)) if file.exists() else polib.POFile()
    known = {entry.msgid: entry.msgstr for entry in kept}
    updated = polib.pofile(str(template_of(addon)))
    updated.metadata |= {
        "Language": language,
        "Plural-Forms": LANGUAGES[language],
        "Content-Transfer-Encoding": "8bit",
    }
    for entry in updated:
        entry.msgstr = known.get(entry.msgid, "")
    updated.save(str(file))
    return len(updated.untranslated_entries())


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
