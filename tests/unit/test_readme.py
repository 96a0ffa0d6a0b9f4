"""README.rst, index.html and CHANGELOG.md are what the fragments say."""

import re
import shutil
from pathlib import Path

import pytest
from host import readme
from host.errors import HostError
from host.paths import KITS_ADDON

PAGE = readme.FOLDER / "static" / "description" / "index.html"


@pytest.fixture
def fragments(tmp_path, monkeypatch):
    """A copy of the fragments, in place of those of the addon."""
    folder = Path(shutil.copytree(readme.FRAGMENTS[readme.ADDON], tmp_path / "readme"))
    monkeypatch.setitem(readme.FRAGMENTS, readme.ADDON, folder)
    return folder


def test_the_made_files_are_current():
    assert readme.outdated() == [], "run script/readme"


def test_a_changed_fragment_makes_the_made_files_outdated(fragments):
    with (fragments / "HISTORY.md").open("a") as file:
        file.write("- One thing more.\n")
    of_others = [path for path in readme.build() if KITS_ADDON in path.parts]
    assert len(of_others) == 2
    assert {*readme.outdated(), *of_others} == set(readme.build())
    assert not {*readme.outdated()} & {*of_others}


def test_a_fragment_that_cannot_be_read_is_an_error(fragments):
    (fragments / "USAGE.md").write_text("![No such text\n\n.. figure::\n")
    with pytest.raises(readme.docutils.utils.SystemMessage):
        readme.build()


def test_a_missing_fragment_is_named(fragments, monkeypatch):
    monkeypatch.setattr(readme, "REPOSITORY", fragments.parent)
    (fragments / "INSTALL.md").unlink()
    with pytest.raises(HostError, match="readme/INSTALL.md is missing"):
        readme.build()


def test_the_page_shows_its_pictures_from_beside_it():
    pictures = re.findall(r'<img alt="(.+?)" src="(.+?)"', PAGE.read_text())
    assert len(pictures) == 4
    for alternative, name in pictures:
        assert (PAGE.parent / name).is_file()
        assert alternative != name


def test_the_page_fetches_nothing_from_elsewhere():
    assert not re.findall(
        r"""(?:src|url)\s*[=(]\s*["']?(?:https?:)?//""", PAGE.read_text()
    )
