"""Tab-separated reports, written in slices."""

from collections.abc import Callable
from dataclasses import dataclass

#: Rows between which other work may go on.
SLICE_ROWS = 50
#: What would break a table has no place in a cell.
_BLANKS = str.maketrans("\t\r\n", "   ")


@dataclass(frozen=True)
class ReportType:
    """A type of report.

    ``write`` takes the simulator and the job of the report; it is long work (it
    yields between slices) that returns a ``Table``, or None when there is no data.
    ``options`` names the reportOptions; of the marketplaces asked for,
    ``one_marketplace`` reports use the first one only.
    """

    name: str
    write: Callable
    options: tuple = ()
    one_marketplace: bool = False


@dataclass(frozen=True)
class Table:
    """A written report: pieces of its content, and the Content-Type it is sent with."""

    chunks: list
    content_type: str


def write_table(header, rows, encoding, content_type):
    """A table of a header and of rows of texts; None without rows.

    Characters that the encoding lacks become question marks, as in Amazon's reports.
    """
    chunks, lines = [], [_line(header)]
    for row in rows:
        lines.append(_line(row))
        if len(lines) > SLICE_ROWS:
            chunks.append("".join(lines).encode(encoding, "replace"))
            lines = []
            yield
    if not chunks and len(lines) == 1:
        return None
    chunks.append("".join(lines).encode(encoding, "replace"))
    return Table(chunks, content_type)


def _line(cells):
    return "\t".join(str(cell).translate(_BLANKS) for cell in cells) + "\r\n"
