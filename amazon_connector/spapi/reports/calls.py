"""What is asked of the Reports API 2021-06-30, and what its answers hold.

Source: createReport, getReport and getReportDocument, and Amazon's description of
GET_MERCHANT_LISTINGS_ALL_DATA.
"""

import zlib

from ..errors import UnreadableError
from ..json_fields import identifier_at, text_at
from .types import Report, ReportDocument

LISTINGS_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"
# All of it, unpacked: a million listings with long descriptions.
DOCUMENT_LIMIT = 2 * 1024 * 1024 * 1024
# How long all of a document may take to arrive.
DOCUMENT_SECONDS = 15 * 60.0
_STATES = {
    "IN_QUEUE": "waiting",
    "IN_PROGRESS": "waiting",
    "DONE": "done",
    "CANCELLED": "cancelled",
    "FATAL": "failed",
}
# What zlib calls the format of gzip files.
_GZIP_FORMAT = 31
_GZIP_MAGIC = b"\x1f\x8b"
_UNPACKED_AT_ONCE = 1024 * 1024


def listings_report_params(marketplace_id):
    """Return the body of createReport for all listings of one marketplace.

    Amazon may answer with a report that it wrote shortly before, in whichever
    language that one was asked for.
    """
    return {
        "reportType": LISTINGS_REPORT,
        "marketplaceIds": [marketplace_id],
        "reportOptions": {"preferredReportDocumentLocale": "en_US"},
    }


def read_report(body, status):
    """Return the :class:`.Report`, None when it is not as the model promises.

    :param str status: its ``processingStatus``
    """
    report_id = identifier_at(body, "reportId")
    state = _STATES.get(status)
    document_id = identifier_at(body, "reportDocumentId")
    if not report_id or not state or (state == "done" and not document_id):
        return None
    return Report(report_id, state, document_id)


def read_document(body, url):
    """Return the :class:`.ReportDocument`, None for an unknown compression."""
    algorithm = text_at(body, "compressionAlgorithm").upper()
    if algorithm not in ("", "GZIP"):
        return None
    return ReportDocument(url, bool(algorithm))


class Unpacker:
    """Takes a document that arrives in pieces, and writes it into a file, unpacked.

    :param file: writable in binary mode
    :param bool is_compressed: whether it is gzip
    :param int limit: bytes that are written at most
    """

    def __init__(self, file, is_compressed, limit=DOCUMENT_LIMIT):
        self._file = file
        self._left = limit
        self._gzip = zlib.decompressobj(_GZIP_FORMAT) if is_compressed else None
        self._is_first = True

    def unpack(self, piece):
        """Take the next piece.

        :raises UnreadableError: when it is damaged or the document too large
        """
        if self._is_first and piece:
            self._is_first = False
            # Whoever sent it may have let the client unpack it already.
            if self._gzip and not piece.startswith(_GZIP_MAGIC):
                self._gzip = None
        if self._gzip is None:
            self._keep(piece)
            return
        try:
            self._keep(self._gzip.decompress(piece, _UNPACKED_AT_ONCE))
            while self._gzip.unconsumed_tail:
                rest = self._gzip.unconsumed_tail
                self._keep(self._gzip.decompress(rest, _UNPACKED_AT_ONCE))
        except zlib.error:
            raise UnreadableError("The report of Amazon's is damaged.") from None

    def finish(self):
        """All pieces are there.

        :raises UnreadableError: when the end is missing
        """
        if self._gzip is not None and not self._gzip.eof:
            raise UnreadableError("The report of Amazon's is cut off.")

    def _keep(self, content):
        self._left -= len(content)
        if self._left < 0:
            raise UnreadableError("The report of Amazon's is too large.")
        self._file.write(content)
