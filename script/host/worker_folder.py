"""A pytest plugin: each process of pytest-xdist has a data folder of its own.

The processes have a database each, and Odoo's tests remove the files in the folder that
their own database does not know.
"""

import os
import shutil
from pathlib import Path

from host.templates import KEY_FILE


def pytest_sessionstart():
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        return
    from odoo.tools import config

    shared = Path(config["data_dir"])
    own = shared / worker
    own.mkdir()
    shutil.copytree(shared / "filestore", own / "filestore")
    if (shared / KEY_FILE).exists():
        shutil.copy2(shared / KEY_FILE, own)
    config["data_dir"] = str(own)
