"""The browser for Odoo's browser tests."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "browser tests are skipped: install Chromium (apt-get install chromium)."


def find_browser() -> str | None:
    """The path of Chromium or Chrome, None when there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def ensure_browser() -> str | None:
    """Find a browser, or install one where that is in our power."""
    found = find_browser()
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    print("Installing Chromium", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update"],
        ["install", "-y", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(
            ["apt-get", "-q", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=env,
        )
    return find_browser()
