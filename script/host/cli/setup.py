"""script/setup: make this machine ready for the other scripts."""

import argparse

from host.browser import ADVICE, ensure_browser
from host.errors import run_main
from host.odoo_source import find_odoo
from host.postgres import PostgresServer
from host.processes import exit_on_signals
from host.templates import ensure_template


def main() -> None:
    argparse.ArgumentParser(
        prog="script/setup", description="Make this machine ready for the scripts."
    ).parse_args()
    exit_on_signals()
    source = find_odoo()
    with PostgresServer() as server:
        ensure_template(server, source)
    browser = ensure_browser()
    print(f"Ready: Odoo {source.version}, {browser or 'no browser'}.")
    if not browser:
        print(f"Note: {ADVICE}")


if __name__ == "__main__":
    run_main(main)
