"""Fetch and unpack Debian's `odoo-19`, without installing it.

apt runs with a configuration of its own, so that the machine's sources stay as
they are; the archive's address and the keys are those the machine uses already.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from host.errors import HostError
from host.paths import cache_dir, locked

PACKAGES = [
    "odoo-19",
    # Files of Odoo's web client that Debian keeps in packages of their own.
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DIST_PACKAGES = Path("usr/lib/python3/dist-packages")
# Not free, hence not in Debian, and in no other package; but the web client's
# bundles name it, and log an error for each page without it.
MISSING_FILES = [
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js",
]
ALTERNATIVE = (
    "Set ODOO_PATH to an Odoo 19.0: a git checkout, or an archive of it (.tar.gz or "
    ".zip)."
)


def ensure_unpacked() -> Path:
    """The folder that holds the unpacked package `odoo`."""
    folder = cache_dir() / "odoo-19-debian"
    if not folder.is_dir():
        with locked("odoo"):
            if not folder.is_dir():
                _check_system()
                with tempfile.TemporaryDirectory(
                    dir=cache_dir(), prefix="odoo-"
                ) as work:
                    _fetch_and_unpack(Path(work)).rename(folder)
    return folder / DIST_PACKAGES


def _check_system() -> None:
    release = {}
    if os.path.exists("/etc/os-release"):
        for line in Path("/etc/os-release").read_text().splitlines():
            key, _, value = line.partition("=")
            release[key] = value.strip('"')
    if release.get("ID") != "debian" or not shutil.which("apt-get"):
        raise HostError(
            "no Odoo 19 was found, and it can be fetched by itself on Debian only. "
            + ALTERNATIVE
        )
    if not KEYRING.exists():
        raise HostError(
            f"Debian's keys are missing ({KEYRING}): install debian-archive-keyring. "
            + ALTERNATIVE
        )


def _archive() -> str:
    """The address of the main Debian archive, from the machine's own sources."""
    form = "$(REPO_URI)|$(ORIGIN)|$(RELEASE)|$(COMPONENT)"
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", form],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    for line in listing.splitlines():
        uri, origin, release, component = line.split("|")
        # Before the first "apt-get update" the origin is not known: apt then
        # leaves the variable as it is.
        from_debian = origin == "Debian" or origin.startswith("$(")
        side_archive = "security" in uri or "-" in release
        if from_debian and component == "main" and not side_archive:
            return uri
    raise HostError(
        "no Odoo 19 was found, and apt's sources name no Debian archive to fetch "
        "it from. " + ALTERNATIVE
    )


def _fetch_and_unpack(work: Path) -> Path:
    print("Fetching Odoo 19 from Debian (about 125 MB)", flush=True)
    for folder in ("lists/partial", "cache/archives/partial", "packages"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    sources = work / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_archive()} unstable main\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::Etc::preferencesparts": "-",
        "Dir::Etc::preferences": "-",
        "Dir::State": work,
        "Dir::State::Lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Update::Error-Mode": "any",
    }
    if os.geteuid() == 0:
        # apt's own user cannot enter a folder that is private to root.
        options["APT::Sandbox::User"] = "root"
    apt = ["apt-get", "-q"]
    for key, value in options.items():
        apt += ["-o", f"{key}={value}"]
    _run([*apt, "update"], work)
    _run([*apt, "download", *PACKAGES], work / "packages")
    root = work / "root"
    for package in sorted((work / "packages").glob("*.deb")):
        _run(["dpkg-deb", "-x", str(package), str(root)], work)
    _repair(root)
    return root


def _repair(root: Path) -> None:
    """Have every link resolve inside the unpacked tree."""
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            link = Path(folder, name)
            if not link.is_symlink():
                continue
            target = os.readlink(link)
            inside = root / target.lstrip("/")
            if target.startswith("/") and inside.exists():
                link.unlink()
                link.symlink_to(os.path.relpath(inside, link.parent))
    for name in MISSING_FILES:
        file = root / DIST_PACKAGES / name
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.unlink(missing_ok=True)
            file.touch()


def _run(command: list[str], cwd: Path) -> None:
    result = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    if result.returncode:
        errors = [
            line.strip() for line in result.stdout.splitlines() if line[:2] == "E:"
        ]
        detail = f" ({errors[0]})" if errors else ""
        raise HostError(
            f"fetching Odoo 19 from Debian failed{detail}; is there a network? "
            + ALTERNATIVE
        )
