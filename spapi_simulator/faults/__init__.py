"""Faults on demand: answers and interruptions that real clients must survive.

``repertoire.KINDS`` is all there is; a further kind is one more entry.
"""

from .answers import DroppedConnection
from .fault import (
    DOWNLOAD_DOCUMENT,
    GET_ACCESS_TOKEN,
    OTHER_OPERATIONS,
    OWN_WORDS,
    UPLOAD_DOCUMENT,
    Fault,
    Faults,
    Target,
)
from .interference import answer
from .repertoire import KINDS
from .refusals import KNOWN
