"""What tells a copy of a database from the one that speaks with Amazon.

A *stamp* says which database connected: its ``database.uuid``, its name, and its place
in PostgreSQL. It is kept in the database. Beside the key file, outside the database,
stands how many runs there were: a database that knows of fewer is an old one.

Runs are counted in the database first, and in the file once that is committed. So the
file is behind the database at most (a server that was killed, a node with a data
directory of its own, a file that is gone), and before it only when the database was
taken back to an earlier state.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = "amazon_connector_stamps"


@dataclass(frozen=True)
class Stamp:
    """Which database it is.

    :ivar str uuid: ``database.uuid``, which Odoo's own duplicate gets anew
    :ivar str name: of the database
    :ivar str place: of the cluster, the database and a table in it: a copy, and what
        is restored from a dump, gets others; a restart, a new host name, an update or
        another name does not change them
    """

    uuid: str
    name: str
    place: str


@dataclass(frozen=True)
class KeptCount:
    """What the file beside the key says.

    :ivar str token: of the stamp that it belongs to
    :ivar int runs: how many had begun when it was written
    """

    token: str = ""
    runs: int = 0


def find_sign(stamp, found, is_behind):
    """Return by what a database shows that it is not the one that was stamped.

    :param Stamp stamp: of the database that connected
    :param Stamp found: what this database is now
    :param bool is_behind: whether the file knows of more runs than the database
    :return: duplicated, older, copied, restored, or "" where it is the same one
    """
    if found.uuid != stamp.uuid:
        return "duplicated"
    if is_behind:
        return "older"
    if found.place == stamp.place:
        # Another name alone: it was renamed.
        return ""
    return "restored" if found.name == stamp.name else "copied"


def get_path(data_dir, name):
    """Return the file of a database of this name."""
    return Path(data_dir) / FOLDER / name


def read_count(path):
    """Return the :class:`KeptCount` of a file, an empty one where none can be read.

    That proves nothing: a container may be made anew without its data directory.
    """
    try:
        kept = json.loads(path.read_text())
        return KeptCount(str(kept["token"]), int(kept["runs"]))
    except (OSError, ValueError, KeyError, TypeError):
        return KeptCount()


def keep_count(path, count):
    """Write down how many runs there were, unless that of a later one is there.

    Of two that get here at once, the earlier may stay: what is behind proves nothing.

    :raise OSError: when it cannot be written
    """
    kept = read_count(path)
    if kept.token == count.token and kept.runs >= count.runs:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"token": count.token, "runs": count.runs})
    # Written aside, so that a file of this name is always whole.
    handle, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
