"""script/i18n: bring the terms to translate up to date, or check them.

The template of each addon has all terms, the file of each language its translations:
new terms are added without one, for a person to translate.
"""

import argparse
import difflib
from pathlib import Path

from host.errors import HostError, run_main
from host.odoo import install
from host.odoo_source import find_odoo
from host.paths import ADDONS, REPOSITORY
from host.postgres import PostgresServer
from host.processes import exit_on_signals
from host.templates import temporary_instance
from host.translations import (
    LANGUAGES,
    export_terms,
    template_of,
    update_translation,
)

MOST_LINES_SHOWN = 40


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/i18n",
        description="Write the terms to translate, as Odoo exports them.",
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether the files are current"
    )
    arguments = parser.parse_args()
    exit_on_signals()
    source = find_odoo()
    with (
        PostgresServer() as postgres,
        temporary_instance(postgres, source) as (database, data_dir),
    ):
        # One after the other: what the first extends is not yet extended by the next.
        for addon in ADDONS:
            install(source, postgres, database, [addon], data_dir)
            terms = export_terms(source, postgres, database, data_dir, addon)
            _write(template_of(addon), terms, arguments.check)


def _write(template: Path, terms: str, only_check: bool) -> None:
    name = template.relative_to(REPOSITORY)
    if only_check:
        _check(template, terms)
        print(f"{name} is current.")
    else:
        template.parent.mkdir(exist_ok=True)
        template.write_text(terms)
        print(f"{name} is written.")
        for language in LANGUAGES:
            if missing := update_translation(template.stem, language):
                print(f"{template.stem} {language}: {missing} terms to translate.")


def _check(template: Path, terms: str) -> None:
    """Raise an error that shows the difference."""
    kept = template.read_text() if template.exists() else ""
    if kept == terms:
        return
    difference = difflib.unified_diff(
        kept.splitlines(), terms.splitlines(), "kept", "exported", "", "", 1, ""
    )
    lines = list(difference)[:MOST_LINES_SHOWN]
    raise HostError(
        "the template is not current, run script/i18n:\n" + "\n".join(lines)
    )


if __name__ == "__main__":
    run_main(main)
