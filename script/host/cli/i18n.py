"""script/i18n: bring the template of the translations up to date, or check it."""

import argparse
import difflib

from host.errors import HostError, run_main
from host.odoo import install
from host.odoo_source import find_odoo
from host.paths import ADDON, REPOSITORY
from host.postgres import PostgresServer
from host.processes import exit_on_signals
from host.templates import temporary_instance
from host.translations import TEMPLATE, export_terms

MOST_LINES_SHOWN = 40


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="script/i18n",
        description="Write the terms to translate, as Odoo exports them.",
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether the file is current"
    )
    arguments = parser.parse_args()
    exit_on_signals()
    source = find_odoo()
    with (
        PostgresServer() as postgres,
        temporary_instance(postgres, source) as (database, data_dir),
    ):
        install(source, postgres, database, [ADDON], data_dir)
        terms = export_terms(source, postgres, database, data_dir)
    name = TEMPLATE.relative_to(REPOSITORY)
    if arguments.check:
        _check(terms)
        print(f"{name} is current.")
    else:
        TEMPLATE.parent.mkdir(exist_ok=True)
        TEMPLATE.write_text(terms)
        print(f"{name} is written.")


def _check(terms: str) -> None:
    """Raise an error that shows the difference."""
    kept = TEMPLATE.read_text() if TEMPLATE.exists() else ""
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
