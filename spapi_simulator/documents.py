"""Documents that clients upload and download at presigned addresses, as from S3.

An address works for five minutes, for one method and, when uploading, with the
promised Content-Type only. Contents are kept as they are sent: a document that is
compressed holds GZIP data.
"""

import gzip
import hashlib
import hmac
import random
import secrets
import uuid
import zlib
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

#: How long an address works, in seconds of the simulated clock.
ADDRESS_SECONDS = 300
#: Contents of at least so many bytes are compressed, unless set otherwise.
GZIP_BYTES = 16_384
#: All documents together; beyond this the oldest are gone before their time.
MAX_BYTES = 256 * 1024 * 1024
#: What a document takes besides its content, roughly.
_OWN_BYTES = 1_024
REPORT, FEED_INPUT, FEED_RESULT = "report", "feed input", "feed result"
#: How many days documents can be had.
_DAYS = {REPORT: 90, FEED_INPUT: 28, FEED_RESULT: 28}
#: Compressing is fast; so many pieces may go in one slice.
_SLICE_CHUNKS = 16
#: What zlib calls the format of gzip files.
_GZIP_FORMAT = 31
_ALGORITHM = "AWS4-HMAC-SHA256"
#: A new key in each process: addresses of another run are as good as forged.
_KEY = secrets.token_bytes(16)


@dataclass
class Document:
    """A document of an account; ``content`` is None until it was uploaded.

    ``purpose`` is what for it is: ``REPORT``, ``FEED_INPUT`` or ``FEED_RESULT``;
    ``expires`` is when the document itself goes, in seconds since the epoch;
    ``used`` tells that a feed took it.
    """

    id: str
    seller_id: str
    purpose: str
    content_type: str
    expires: float
    content: bytes | None = None
    compressed: bool = False
    used: bool = False

    def plain(self):
        """The content without compression."""
        content = self.content
        return gzip.decompress(content) if content and self.compressed else content

    def size(self):
        """The bytes it takes in memory, roughly."""
        return _OWN_BYTES + len(self.content or b"")

    def describe(self):
        """What the admin interface tells about it."""
        return {
            "id": self.id,
            "seller_id": self.seller_id,
            "purpose": self.purpose,
            "content_type": self.content_type,
            "size": None if self.content is None else len(self.content),
            "compressed": self.compressed,
        }


class Documents:
    """All documents, and the addresses under which they are."""

    def __init__(self, clock, seed):
        self.clock = clock
        self.seed = seed
        self.reset()

    def reset(self):
        """Forget all documents."""
        self.gzip_bytes = GZIP_BYTES
        self.max_bytes = MAX_BYTES
        #: {id: document}, the oldest first, and what they take together.
        self._documents, self._bytes = {}, 0
        self._rng = random.Random(f"{self.seed}:documents")

    def add(self, seller_id, purpose, content_type, content=None, *, compressed=False):
        """Keep a document; without content it is to be uploaded."""
        self._drop_old()
        unique = uuid.UUID(int=self._rng.getrandbits(128), version=4)
        document = Document(
            id=f"amzn1.tortuga.4.na.{unique}.T{self._rng.getrandbits(48):012X}",
            seller_id=seller_id,
            purpose=purpose,
            content_type=content_type,
            expires=self.clock.timestamp() + _DAYS[purpose] * 86400,
            content=content,
            compressed=compressed,
        )
        self._documents[document.id] = document
        self._bytes += document.size()
        self._make_room(document)
        return document

    def upload(self, document, content):
        """Keep what was uploaded for a document, in the place of earlier content."""
        before, document.content = document.size(), content
        # During a long upload the document itself may have gone.
        if document.id in self._documents:
            self._bytes += document.size() - before
            self._make_room(document)

    def _make_room(self, newest):
        while self._bytes > self.max_bytes and len(self._documents) > 1:
            first, second = islice(self._documents.values(), 2)
            self._drop(second if first is newest else first)

    def _drop(self, document):
        del self._documents[document.id]
        self._bytes -= document.size()

    def add_result(self, seller_id, purpose, content_type, chunks):
        """Keep what the simulator wrote, compressed when it is large.

        Long work: yields between chunks (a list of bytes), returns the document.
        """
        if sum(map(len, chunks)) < self.gzip_bytes:
            return self.add(seller_id, purpose, content_type, b"".join(chunks))
        small = []
        compressor = zlib.compressobj(wbits=_GZIP_FORMAT)
        for number, chunk in enumerate(chunks, start=1):
            small.append(compressor.compress(chunk))
            if number % _SLICE_CHUNKS == 0:
                yield
        small.append(compressor.flush())
        content = b"".join(small)
        return self.add(seller_id, purpose, content_type, content, compressed=True)

    def get(self, document_id, seller_id=None, purposes=None):
        """The document, or None when it is unknown, gone or not one of these."""
        document = self._documents.get(document_id)
        if document is None or document.expires <= self.clock.timestamp():
            return None
        if seller_id not in (None, document.seller_id):
            return None
        return document if not purposes or document.purpose in purposes else None

    def _drop_old(self):
        now = self.clock.timestamp()
        for document in list(self._documents.values()):
            if document.expires <= now:
                self._drop(document)

    def upload_url(self, base_url, document):
        """Where to PUT the content of a document."""
        return self._url(base_url, document, "PUT")

    def download_url(self, base_url, document, decoding=False):
        """Where to GET a document.

        With ``decoding`` the answer says Content-Encoding: gzip, so that HTTP
        clients decompress it by themselves.
        """
        encoding = "gzip" if decoding and document.compressed else ""
        return self._url(base_url, document, "GET", encoding)

    def _url(self, base_url, document, method, encoding=""):
        issued = self.clock.now().strftime("%Y%m%dT%H%M%SZ")
        signed = "content-type;host" if method == "PUT" else "host"
        query = {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Date": issued,
            "X-Amz-SignedHeaders": signed,
            "X-Amz-Expires": str(ADDRESS_SECONDS),
        }
        if encoding:
            query["response-content-encoding"] = encoding
        query["X-Amz-Signature"] = sign(method, document, query)
        return f"{base_url}/documents/{document.id}?{urlencode(query)}"


def sign(method, document, query):
    """The signature that belongs to a query (without signature) of an address."""
    # S3 signs the Content-Type header of an upload.
    kind = document.content_type if method == "PUT" else ""
    fields = sorted((k, v) for k, v in query.items() if k != "X-Amz-Signature")
    text = repr((method, document.id, kind, fields))
    return hmac.new(_KEY, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
