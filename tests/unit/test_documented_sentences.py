"""What docs/connect.md says that a user reads is what the addon says."""

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ADDON = REPOSITORY / "amazon_connector"
DOCUMENT = REPOSITORY / "docs" / "connect.md"
# Rows that describe what happens in place of quoting a sentence.
DESCRIPTIONS = ("The same sentence", "While the set-up is there")
PLACEHOLDER = re.compile(r"%\(\w+\)s|%s")


def documented():
    """The sentences of the table, by what is wrong."""
    section = DOCUMENT.read_text().split("says no\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in section.splitlines()
        if line.startswith("| ")
    ]
    return {
        wrong: sentence
        for wrong, sentence in rows[2:]
        if not sentence.startswith(DESCRIPTIONS)
    }


def translated():
    """The texts that the addon's code gives to be translated."""
    for path in sorted(ADDON.rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and called(node) == "_":
                yield node.args[0].value


def called(node):
    """The last name of what is called: "_" of env._ as well."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def shown():
    """The texts of the addon's own page for browsers that come back."""
    page = ADDON / "views" / "connection" / "amazon_authorize_templates.xml"
    return " ".join(" ".join(ElementTree.parse(page).getroot().itertext()).split())


def pattern(text):
    """What a text looks like with anything in its places."""
    parts = [re.escape(part) for part in PLACEHOLDER.split(text)]
    # Amazon's request id at the end is left out of the documentation.
    return re.compile(r".+?".join(parts).removesuffix(r"\ .+?"))


PATTERNS = [pattern(text) for text in translated()]
SENTENCES = documented()


def test_the_table_is_found():
    assert len(SENTENCES) > 15


@pytest.mark.parametrize("wrong", SENTENCES)
def test_a_documented_sentence_is_one_of_the_addons(wrong):
    sentence = SENTENCES[wrong]
    is_translated = any(found.fullmatch(sentence) for found in PATTERNS)
    assert is_translated or sentence.replace(". ", " ", 1) in shown(), sentence
