"""Find an Odoo 19: `ODOO_PATH`, an installed one, or Debian's package."""

import dataclasses
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from host import debian
from host.errors import HostError
from host.paths import REPOSITORY, cache_dir, locked, with_compiled

SERIES = (19, 0)


@dataclasses.dataclass(frozen=True)
class OdooSource:
    """A folder to import `odoo` from, and which Odoo that is."""

    path: Path
    version: str

    @property
    def addons_paths(self) -> list[Path]:
        """Folders of standard addons beside those Odoo finds by itself."""
        addons = self.path / "addons"
        return [addons] if (addons / "sale" / "__manifest__.py").exists() else []

    @property
    def identity(self) -> str:
        """Differs between any two sources whose databases may differ."""
        return f"{self.version} {self.path}"

    def environment(self) -> dict[str, str]:
        """The environment of a Python process that imports this Odoo."""
        # Odoo is large: compiling it takes a good part of its start.
        env = with_compiled(os.environ)
        inherited = env.get("PYTHONPATH")
        env["PYTHONPATH"] = os.pathsep.join(
            [str(self.path), *([inherited] if inherited else [])]
        )
        # A configuration of the user's own Odoo must not leak into ours.
        env.pop("ODOO_RC", None)
        env.pop("OPENERP_SERVER", None)
        return env

    def addons_path_option(self, addons: Sequence[Path] = (REPOSITORY,)) -> str:
        paths = [*self.addons_paths, *addons]
        return ",".join(str(path) for path in paths)


def find_odoo() -> OdooSource:
    """The Odoo to use; fetches Debian's package when there is no other."""
    configured = os.environ.get("ODOO_PATH")
    if configured:
        path = Path(configured).expanduser().absolute()
        return _from_folder(_unpacked(path) if path.is_file() else path)
    installed = _installed_package()
    if installed:
        # Only `odoo` and `addons` are to be seen from its folder: the other
        # packages there must not shadow those of our environment.
        return OdooSource(_isolated(installed), _version(installed))
    unpacked = debian.ensure_unpacked()
    return OdooSource(unpacked, _version(unpacked / "odoo"))


def _unpacked(archive: Path) -> Path:
    """The folder in the cache that holds what is in the archive, unpacked once."""
    status = archive.stat()
    key = f"{archive} {status.st_size} {status.st_mtime_ns}"
    folder = cache_dir() / f"odoo-archive-{sha256(key.encode()).hexdigest()[:12]}"
    with locked("odoo"):
        if not folder.is_dir():
            _unpack(archive, folder)
    # An archive has one folder that holds everything.
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 else folder


def _unpack(archive: Path, folder: Path) -> None:
    print(f"Unpacking {archive.name}", flush=True)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="odoo-") as work:
        target = Path(work, "unpacked")
        try:
            shutil.unpack_archive(archive, target)
        except (shutil.ReadError, OSError, ValueError) as error:
            raise HostError(
                f"ODOO_PATH ({archive}) cannot be unpacked: it must be a folder, or "
                f"an archive (.tar.gz or .zip) of Odoo 19.0 ({error})."
            ) from error
        target.rename(folder)


def _from_folder(folder: Path) -> OdooSource:
    candidates = [
        folder,
        folder.parent,
        folder / "odoo",
        folder / "usr" / "lib" / "python3" / "dist-packages",
    ]
    for candidate in candidates:
        package = candidate / "odoo"
        if (package / "release.py").is_file():
            version = _version(package)
            if _series(version) != SERIES:
                raise HostError(f"ODOO_PATH ({folder}) is Odoo {version}, not 19.0.")
            if candidate.name in ("dist-packages", "site-packages"):
                candidate = _isolated(package)
            return OdooSource(candidate, version)
    raise HostError(
        f"ODOO_PATH ({folder}) holds no Odoo: it must be the folder with the "
        "package `odoo` or with `odoo-bin`, or an archive of it."
    )


def _installed_package() -> Path | None:
    spec = importlib.util.find_spec("odoo")
    candidates = list(spec.submodule_search_locations or []) if spec else []
    if sys.prefix != sys.base_prefix:
        code = (
            "import importlib.util as u; s = u.find_spec('odoo'); "
            "print(*(s.submodule_search_locations or []) if s else (), sep='\\n')"
        )
        base_python = Path(sys.base_prefix) / "bin" / "python3"
        result = subprocess.run(
            [str(base_python), "-c", code],
            capture_output=True,
            text=True,
            cwd="/",
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )
        candidates += result.stdout.split("\n")
    for candidate in filter(None, candidates):
        package = Path(candidate)
        if (package / "release.py").is_file() and (
            _series(_version(package)) == SERIES
        ):
            return package
    return None


def _isolated(package: Path) -> Path:
    """A folder that shows this `odoo`, and its addons, and nothing else."""
    siblings = {entry.name for entry in package.parent.iterdir()}
    if not siblings - {"odoo", "addons", "setup", "doc"}:
        return package.parent
    name = re.sub(r"\W+", "-", str(package.parent)).strip("-")
    folder = cache_dir() / "odoo-links" / name
    folder.mkdir(parents=True, exist_ok=True)
    for link, target in {
        folder / "odoo": package,
        folder / "addons": package.parent / "addons",
    }.items():
        if target.exists() and not link.is_symlink():
            try:
                link.symlink_to(target)
            except FileExistsError:
                continue
    return folder


def _version(package: Path) -> str:
    text = (package / "release.py").read_text()
    match = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+),\s*(\d+)", text, re.M)
    if not match:
        return "of an unknown version"
    return ".".join(match.groups())


def _series(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
