"""The addons' descriptions, made from the fragments in their folders `readme/`.

The sections and their order are those of OCA's generator, which is not on the
package index. Its badges are left out: they are fetched from somebody else's server
whenever an administrator looks at the list of apps.
"""

import ast
import re
from pathlib import Path

import docutils.core
import mistune
from mistune.renderers.rst import RSTRenderer

from host.errors import HostError
from host.paths import ADDON, ADDONS, REPOSITORY

FOLDER = REPOSITORY / ADDON
# By addon; the changelog of the repository is the first one's.
FRAGMENTS = {addon: REPOSITORY / addon / "readme" for addon in ADDONS}
PICTURES = "static/description/"
SECTIONS = {
    "CONTEXT": "Use Cases / Context",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
}
# A picture's caption stands for it where it cannot be seen, too.
FIGURE = re.compile(r"^(\.\. figure:: \S+)\n\n   (.+)$", re.MULTILINE)
WITH_SIZE = "\\1\n   :alt: \\2\n   :width: 100%\n\n   \\2"
MADE = "made by script/readme from {addon}/readme: change the fragments there"
CHANGELOG = f"""\
<!-- {MADE.format(addon=ADDON)} -->

# Changelog

What users notice, version by version, in the form of
[Keep a Changelog](https://keepachangelog.com/en/1.1.0/). Versions are those of the
addon: Odoo's series, then ours.

"""
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"/><title>{title}</title></head>
<body>
<!-- {made} -->
<section class="oe_container">
{body}
</section>
</body>
</html>
"""
DOCUTILS = {
    # A fragment that docutils understands in part only is a mistake.
    "halt_level": 2,
    "report_level": 5,
    "traceback": True,
    "raw_enabled": False,
    "file_insertion_enabled": False,
    "initial_header_level": 2,
    "doctitle_xform": True,
    "toc_backlinks": False,
    "syntax_highlight": "none",
}


def build() -> dict[Path, str]:
    """The text that each of the made files should have, by its path."""
    made = {}
    for addon in ADDONS:
        folder = FOLDER.parent / addon
        manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
        text = _readme(addon, manifest)
        made[folder / "README.rst"] = text
        made[folder / PICTURES / "index.html"] = _page(addon, text)
    made[FOLDER.parent / "CHANGELOG.md"] = CHANGELOG + _fragment(ADDON, "HISTORY")
    return made


def outdated() -> list[Path]:
    """The made files that are missing or not what the fragments say."""
    return [
        path
        for path, text in build().items()
        if not path.exists() or path.read_text() != text
    ]


def _fragment(addon: str, name: str) -> str:
    """The Markdown of one fragment."""
    path = FRAGMENTS[addon] / f"{name}.md"
    if not path.is_file():
        raise HostError(f"{path.relative_to(REPOSITORY)} is missing.")
    return path.read_text().strip() + "\n"


def _readme(addon: str, manifest: dict) -> str:
    """README.rst of an addon."""
    title = manifest["name"]
    bar = "=" * len(title)
    facts = (
        f"Maturity: {manifest['development_status']}. Licence: {manifest['license']}."
    )
    parts = [
        f".. {MADE.format(addon=addon)}",
        f"{bar}\n{title}\n{bar}",
        facts,
        _as_rst(addon, "DESCRIPTION"),
        "**Table of contents**\n\n.. contents::\n   :local:\n   :depth: 2",
    ]
    for name, heading in SECTIONS.items():
        parts += [_heading(heading, "="), _as_rst(addon, name)]
    parts += [
        _heading("Credits", "="),
        _heading("Authors", "-"),
        f"* {manifest['author']}",
        _heading("Contributors", "-"),
        _as_rst(addon, "CONTRIBUTORS"),
    ]
    return "\n\n".join(parts) + "\n"


def _heading(text: str, mark: str) -> str:
    return f"{text}\n{mark * len(text)}"


def _as_rst(addon: str, name: str) -> str:
    """A fragment as reStructuredText; its pictures as seen from the addon's folder."""
    convert = mistune.create_markdown(renderer=RSTRenderer())
    text = _fragment(addon, name).replace(f"](../{PICTURES}", f"]({PICTURES}")
    lines = str(convert(text)).strip().splitlines()
    return FIGURE.sub(WITH_SIZE, "\n".join(line.rstrip() for line in lines))


def _page(addon: str, readme: str) -> str:
    """The page that Odoo's list of apps shows, beside its pictures."""
    parts = docutils.core.publish_parts(
        readme.replace(f":: {PICTURES}", ":: "),
        writer="html5",
        settings_overrides=DOCUTILS,
    )
    body = parts["html_body"].strip()
    return PAGE.format(title=parts["title"], made=MADE.format(addon=addon), body=body)
