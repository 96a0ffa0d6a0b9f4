"""Who may import what, read from the sources."""

import ast
import re
from pathlib import Path

import pytest
from host.rooms import ALLOWED, find_imports, find_violations

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
        SPAPI / "public.py": {"requests", "urllib3", "http"},
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


def test_no_room_imports_against_the_directions():
    imports = find_imports()
    rooms = {folder.name for folder in (ADDON / "models").iterdir() if folder.is_dir()}
    assert rooms - {"__pycache__"} <= set(ALLOWED)
    assert imports["orders"]["products"], "imports are found"
    assert find_violations(imports) == []


def test_an_import_against_the_directions_is_found():
    sentences = find_violations({"stock": {"orders": ["models/stock/stock_move.py"]}})
    assert sentences == ["models/stock/stock_move.py: stock may not import from orders"]


def model_methods():
    """Yield (model, method, file) for each method of the addon's own models."""
    for path in sources(ADDON / "models", ADDON / "wizards"):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.ClassDef):
                continue
            names = {
                target.id: statement.value.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.value, ast.Constant)
                for target in statement.targets
            }
            model = names.get("_name") or names.get("_inherit")
            for statement in node.body:
                if isinstance(statement, ast.FunctionDef) and model:
                    yield model, statement.name, label(path)


@pytest.mark.parametrize("method", ["create", "write", "unlink"])
def test_a_model_is_created_and_written_in_one_place(method):
    found = {}
    for model, name, file in model_methods():
        if name == method:
            found.setdefault(model, []).append(file)
    assert "amazon.connection" in found
    assert {model: files for model, files in found.items() if len(files) > 1} == {}


def job_kinds():
    """The kinds of the addon's own job types, read from their classes."""
    for path in sources(ADDON / "models"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names = [getattr(target, "id", "") for target in node.targets]
                if "_kind" in names and node.value.value:
                    yield node.value.value


def test_nothing_asks_for_the_kind_of_a_job():
    """Neither in a condition nor in a tuple of kinds: job types know what they are."""
    kinds = set(job_kinds())
    assert len(kinds) >= 4
    found = []
    for path in sources(ADDON / "models", ADDON / "wizards", ADDON / "controllers"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                parts = [node.left, *node.comparators]
            elif isinstance(node, ast.Tuple | ast.List | ast.Set):
                # The switch of a job type may have its name, alone or in a domain.
                parts = node.elts if len(node.elts) > 1 else []
                if not all(getattr(part, "value", None) in kinds for part in parts):
                    continue
            else:
                continue
            values = [getattr(part, "value", None) for part in parts]
            if any(value in kinds for value in values if isinstance(value, str)):
                found.append(f"{label(path)}:{node.lineno}")
    assert found == []


def documented_visits():
    """(walk, file, what is named of it) of the walks in docs/architecture.md."""
    text = (REPOSITORY / "docs" / "architecture.md").read_text()
    walks = text.split("## Three walks")[1].split("\n## ")[0]
    for walk in re.split(r"\n\*\*", walks)[1:]:
        numbers = {}
        for number, line in re.findall(r"^(\d+)\. (.*)$", walk, flags=re.M):
            for part in line.split(" → "):
                back = re.match(r"↩ (\d+) ", part)
                if back:
                    file = numbers[back.group(1)]
                else:
                    file = re.match(r"`([\w/]+\.\w+)`", part).group(1)
                    numbers.setdefault(number, file)
                named = r"\*([^*]+)\*" if file.endswith(".xml") else r"`(\w+)`"
                yield walk.split(",")[0], file, re.findall(named, part)


VISITS = list(documented_visits())
STEPS = [(file, name) for _walk, file, names in VISITS for name in names]


@pytest.mark.parametrize(
    ("walk", "most_files"),
    [("An order", 20), ("A stock change", 12), ("A wrong secret", 12)],
)
def test_the_walks_are_short(walk, most_files):
    files = [file for name, file, _named in VISITS if name == walk]
    assert 5 < len(set(files)) <= most_files
    returns = [file for place, file in enumerate(files) if file in files[:place]]
    assert len(returns) <= 9


def test_every_step_of_the_walks_is_named():
    assert [file for _walk, file, names in VISITS if not names] == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: ":".join(step))
def test_a_documented_step_is_in_its_file(step):
    file, name = step
    text = (ADDON / file).read_text()
    if file.endswith(".xml"):
        assert name in text
    elif name != "action_confirm":
        # Odoo's own, which the walk passes through.
        assert re.search(rf"^\s*(def|class) {name}\b", text, flags=re.M)
