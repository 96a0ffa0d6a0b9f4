"""The addon as a wheel: built, installed beside any Odoo, and found there."""

import ast
import os
import subprocess
import sys
import zipfile
from email.parser import HeaderParser

import pytest
from host.odoo import install
from host.odoo_source import find_odoo
from host.paths import ADDON, KITS_ADDON, REPOSITORY
from host.templates import temporary_instance

FOLDER = REPOSITORY / ADDON
WHERE = (
    "from odoo.modules.module import get_module_path, initialize_sys_path; "
    "from odoo.tools import config; "
    "config.parse_config(['--config=odoo.conf'], setup_logging=False); "
    "initialize_sys_path(); "
    f"print(get_module_path('{ADDON}'))"
)


def pip(*arguments):
    """Run pip with what is installed already: nothing is fetched."""
    command = [sys.executable, "-m", "pip", *arguments]
    command += ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    env = os.environ | {"PIP_CONFIG_FILE": os.devnull}
    result = subprocess.run(command, env=env, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def manifest():
    """The addon's manifest."""
    return ast.literal_eval((FOLDER / "__manifest__.py").read_text())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the addon."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", f"--wheel-dir={folder}", str(FOLDER))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder of packages that holds the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("site-packages")
    pip("install", f"--target={folder}", str(wheel))
    return folder


def metadata(wheel):
    """The metadata by which pip knows the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode())


def test_the_wheel_requires_only_what_the_package_index_has(wheel, manifest):
    told = metadata(wheel)
    assert told["Name"] == "odoo-addon-amazon_connector"
    assert told["Version"] == manifest["version"]
    required = manifest["external_dependencies"]["python"]
    assert sorted(told.get_all("Requires-Dist")) == sorted(required)


def test_the_wheel_holds_what_the_manifest_names(installed, manifest):
    folder = installed / "odoo" / "addons" / ADDON
    for name in (*manifest["data"], *manifest["demo"], "static/description/icon.png"):
        assert (folder / name).is_file(), name
    assert not (folder / "pyproject.toml").exists()


def with_installed(source, installed):
    """The environment of an Odoo that has the wheel among its packages."""
    env = source.environment()
    env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(installed)])
    return env


def test_odoo_finds_and_installs_the_module_of_the_wheel(
    installed, postgres, monkeypatch
):
    source = find_odoo()
    with temporary_instance(postgres, source) as (database, data_dir):
        # Its own configuration, not that of the user's home.
        (data_dir / "odoo.conf").write_text("[options]\n")
        found = subprocess.run(
            [sys.executable, "-c", WHERE],
            cwd=data_dir,
            env=with_installed(source, installed),
            capture_output=True,
            text=True,
        )
        assert found.returncode == 0, found.stderr
        assert found.stdout.strip() == str(installed / "odoo" / "addons" / ADDON)
        monkeypatch.setenv("PYTHONPATH", str(installed))
        # No folder of addons: the repository cannot be what is found.
        install(source, postgres, database, [ADDON], data_dir, addons=())
        with postgres.cursor(database) as cursor:
            cursor.execute(
                "SELECT state FROM ir_module_module WHERE name = %s", [ADDON]
            )
            assert cursor.fetchone() == ("installed",)


def test_the_addon_for_kits_becomes_a_wheel_of_its_own(tmp_path):
    folder = REPOSITORY / KITS_ADDON
    pip("wheel", "--no-build-isolation", f"--wheel-dir={tmp_path}", str(folder))
    (built,) = tmp_path.glob("*.whl")
    told = metadata(built)
    assert told["Name"] == f"odoo-addon-{KITS_ADDON}"
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
    for name in ("hooks.py", "models/stock_picking.py", "static/description/icon.png"):
        assert f"odoo/addons/{KITS_ADDON}/{name}" in names
