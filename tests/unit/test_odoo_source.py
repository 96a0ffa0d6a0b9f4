"""Which Odoo the scripts take: `ODOO_PATH` names a folder or an archive."""

import shutil

import pytest
from host.errors import HostError
from host.odoo_source import find_odoo


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that looks like a git checkout of Odoo 19.0; the cache is empty."""
    monkeypatch.setenv("AMAZON_CONNECTOR_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "odoo-19.0"
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text("version_info = (19, 0, 0, 'final')\n")
    return folder


def test_a_folder_is_used_where_it_is(checkout, monkeypatch):
    monkeypatch.setenv("ODOO_PATH", str(checkout))
    source = find_odoo()
    assert (source.path, source.version) == (checkout, "19.0.0")


@pytest.mark.parametrize("form", ["gztar", "zip"])
def test_an_archive_is_unpacked_once(checkout, tmp_path, monkeypatch, form):
    archive = shutil.make_archive(
        str(tmp_path / "archive"), form, checkout.parent, checkout.name
    )
    monkeypatch.setenv("ODOO_PATH", archive)
    source = find_odoo()
    assert source.version == "19.0.0"
    assert (tmp_path / "cache") in source.path.parents
    (source.path / "mark").touch()
    assert (find_odoo().path / "mark").exists()


def test_what_is_no_archive_is_said(checkout, tmp_path, monkeypatch):
    file = tmp_path / "odoo.txt"
    file.write_text("no archive")
    monkeypatch.setenv("ODOO_PATH", str(file))
    with pytest.raises(HostError, match="cannot be unpacked"):
        find_odoo()
