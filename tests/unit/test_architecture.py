"""Who may import what, read from the sources."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ADDON = REPOSITORY / "amazon_connector"
SPAPI = ADDON / "spapi"
HTTP = {"sp_api", "httpx", "requests", "urllib3", "http"}


def sources(*folders):
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def label(path):
    return str(path.relative_to(REPOSITORY))


def imports(path):
    """Yield (dotted module with leading dots, imported names)."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ()
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            yield "." * node.level + (node.module or ""), names


def top_levels(path):
    return {module.split(".")[0] for module, _names in imports(path)}


@pytest.mark.parametrize("path", sources(SPAPI), ids=label)
def test_only_the_client_knows_the_library_and_nothing_knows_odoo(path):
    found = top_levels(path)
    assert "odoo" not in found
    allowed = {
        SPAPI / "client.py": {"sp_api", "httpx"},
        # DefaultCookiePolicy is http.cookiejar's.
        SPAPI / "public.py": {"requests", "http"},
    }
    assert found & HTTP <= allowed.get(path, set())
    assert "spapi" not in found, "imports within the package are relative"


@pytest.mark.parametrize(
    "path",
    [path for path in sources(ADDON) if SPAPI not in path.parents],
    ids=label,
)
def test_the_rest_of_the_addon_uses_the_package_s_interface(path):
    if "tests" not in path.relative_to(ADDON).parts:
        assert not top_levels(path) & HTTP
    for module, names in imports(path):
        if "spapi" in module.split("."):
            private = [name for name in names if name.startswith("_")]
            assert not private, f"{label(path)} takes internals of {module}"


def test_the_simulator_does_not_know_the_addon():
    for path in sources(REPOSITORY / "spapi_simulator"):
        for module, _names in imports(path):
            parts = module.split(".")
            assert "amazon_connector" not in parts, label(path)
            assert "spapi" not in parts, label(path)
