"""Every sentence that a person reads is there in each language, and fills in alike."""

import ast
import re

import polib
import pytest
from host.paths import ADDONS, REPOSITORY
from host.translations import LANGUAGES, template_of, translation_of

PLACEHOLDERS = re.compile(r"%(?:\(\w+\))?[\d.]*[a-z%]|\$?\{[^}]*\}")
TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(params=ADDONS)
def addon(request):
    return request.param


@pytest.fixture(params=LANGUAGES)
def translation(request, addon):
    return polib.pofile(str(translation_of(addon, request.param)))


def found(pattern, text):
    return sorted(pattern.findall(text))


def called_terms(path):
    """The texts that a Python file has translated, as a set."""
    calls = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and node.args
    )
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) == "_"
        and isinstance(call.args[0], ast.Constant)
    }


def edges(text):
    """The blanks and line breaks that a text begins and ends with."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_only_what_people_read_is_a_term(addon):
    """Odoo takes the first text of a bracket that follows ``_("…")`` for one, too."""
    called, keys = {}, []
    for entry in polib.pofile(str(template_of(addon))):
        files = [
            name.removeprefix("code:addons/")
            for name, _line in entry.occurrences
            if name.startswith("code:addons/") and name.endswith(".py")
        ]
        for name in files:
            if name not in called:
                called[name] = called_terms(REPOSITORY / name)
            if entry.msgid not in called[name]:
                keys.append((name, entry.msgid))
    assert not keys, "put a name before the text, or before the bracket"


def test_each_term_is_translated(addon, translation):
    template = polib.pofile(str(template_of(addon)))
    assert [entry.msgid for entry in translation] == [
        entry.msgid for entry in template
    ], "run script/i18n"
    missing = [entry.msgid for entry in translation if not entry.msgstr.strip()]
    assert not missing
    assert not translation.fuzzy_entries()


def test_a_translation_fills_in_the_same(translation):
    wrong = [
        (entry.msgid, entry.msgstr)
        for entry in translation
        for pattern in (PLACEHOLDERS, TAGS)
        if found(pattern, entry.msgid) != found(pattern, entry.msgstr)
    ]
    assert not wrong


def test_a_translation_begins_and_ends_the_same(translation):
    wrong = [
        (entry.msgid, entry.msgstr)
        for entry in translation
        if edges(entry.msgid) != edges(entry.msgstr)
    ]
    assert not wrong
