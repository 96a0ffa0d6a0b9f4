"""The addon's descriptions, made from the fragments in its folder `readme/`.

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
from host.paths import ADDON, REPOSITORY

FOLDER = REPOSITORY / ADDON
FRAGMENTS = FOLDER / "readme"
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
MADE = "made by script/readme from amazon_connector/readme: change the fragments there"
CHANGELOG = f"""\
<!-- {MADE} -->

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
    manifest = ast.literal_eval((FOLDER / "__manifest__.py").read_text())
    text = _readme(manifest)
    return {
        FOLDER / "README.rst": text,
        FOLDER / PICTURES / "index.html": _page(text),
        REPOSITORY / "CHANGELOG.md": CHANGELOG + _fragment("HISTORY"),
    }


def outdated() -> list[Path]:
    """The made files that are missing or not what the fragments say."""
    return [
        path
        for path, text in build().items()
        if not path.exists() or path.read_text() != text
    ]


def _fragment(name: str) -> str:
    """The Markdown of one fragment."""
    path = FRAGMENTS / f"{name}.md"
    if not path.is_file():
        raise HostError(f"{path.relative_to(REPOSITORY)} is missing.")
    return path.read_text().strip() + "\n"


def _readme(manifest: dict) -> str:
    """README.rst of the addon."""
    title = manifest["name"]
    bar = "=" * len(title)
    facts = (
        f"Maturity: {manifest['development_status']}. Licence: {manifest['license']}."
    )
    parts = [
        f".. {MADE}",
        f"{bar}\n{title}\n{bar}",
        facts,
        _as_rst("DESCRIPTION"),
        "**Table of contents**\n\n.. contents::\n   :local:\n   :depth: 2",
    ]
    for name, heading in SECTIONS.items():
        parts += [_heading(heading, "="), _as_rst(name)]
    parts += [
        _heading("Credits", "="),
        _heading("Authors", "-"),
        f"* {manifest['author']}",
        _heading("Contributors", "-"),
        _as_rst("CONTRIBUTORS"),
    ]
    return "\n\n".join(parts) + "\n"


def _heading(text: str, mark: str) -> str:
    return f"{text}\n{mark * len(text)}"


def _as_rst(name: str) -> str:
    """A fragment as reStructuredText; its pictures as seen from the addon's folder."""
    convert = mistune.create_markdown(renderer=RSTRenderer())
    text = _fragment(name).replace(f"](../{PICTURES}", f"]({PICTURES}")
    lines = str(convert(text)).strip().splitlines()
    return FIGURE.sub(WITH_SIZE, "\n".join(line.rstrip() for line in lines))


def _page(readme: str) -> str:
    """The page that Odoo's list of apps shows, beside its pictures."""
    parts = docutils.core.publish_parts(
        readme.replace(f":: {PICTURES}", ":: "),
        writer="html5",
        settings_overrides=DOCUTILS,
    )
    return PAGE.format(title=parts["title"], made=MADE, body=parts["html_body"].strip())
