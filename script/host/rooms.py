"""The rooms of the addon, and which of them import from which, read from the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

from host.paths import ADDON, REPOSITORY

# What each room may import from. The host's own modules are everybody's.
_BASE = {"tools", "spapi"}
_CONNECTION = _BASE | {"connection"}
_JOBS = _CONNECTION | {"jobs"}
_PRODUCTS = _JOBS | {"products"}
_ORDERS = _PRODUCTS | {"orders"}
_MODELS = _ORDERS | {"stock", "inventory", "shipments"}
ALLOWED = {
    "spapi": set(),
    "tools": set(),
    "log_secrets": _BASE,
    "connection": _BASE,
    "jobs": _CONNECTION,
    "products": _JOBS,
    "orders": _PRODUCTS,
    # What touches everybody's stock knows no other room.
    "stock": set(),
    "inventory": _ORDERS,
    "shipments": _ORDERS,
    # What of all rooms is personal, and when it goes.
    "privacy": _MODELS,
    # Counts what all others keep, and is known to none of them.
    "overview": _MODELS,
    "wizards": _MODELS,
    "controllers": _MODELS | {"wizards"},
}
Imports = dict[str, dict[str, list[str]]]


def find_imports() -> Imports:
    """``{room: {room that it imports from: [files, relative to the addon]}}``."""
    found: Imports = {room: {} for room in ALLOWED}
    addon = REPOSITORY / ADDON
    for path in sorted(addon.rglob("*.py")):
        inside = path.relative_to(addon)
        room = _room_of(inside.parts)
        if room is None:
            continue
        for target in _imported(path, inside):
            other = _room_of(target)
            if other and other != room:
                files = found.setdefault(room, {}).setdefault(other, [])
                if str(inside) not in files:
                    files.append(str(inside))
    return found


def find_violations(imports: Imports) -> list[str]:
    """The imports against the directions, one sentence each."""
    return [
        f"{file}: {room} may not import from {other}"
        for room, others in imports.items()
        for other, files in others.items()
        if other not in ALLOWED.get(room, set())
        for file in files
    ]


def _room_of(parts: tuple[str, ...]) -> str | None:
    """The room of a path or a dotted module inside the addon; None outside of rooms."""
    if not parts or parts[0] == "tests":
        return None
    name = parts[1] if parts[0] == "models" and len(parts) > 1 else parts[0]
    name = name.removesuffix(".py")
    return None if name in ("__init__", "__manifest__", "models") else name


def _imported(path: Path, inside: Path) -> Iterator[tuple[str, ...]]:
    """The addon's modules that a file imports, as parts from the addon's folder."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        module = tuple((node.module or "").split(".")) if node.module else ()
        if node.level:
            base = inside.parts[: len(inside.parts) - node.level]
            target = (*base, *module)
        elif module[:3] == ("odoo", "addons", ADDON):
            target = module[3:]
        else:
            continue
        for alias in node.names:
            yield (*target, alias.name)
