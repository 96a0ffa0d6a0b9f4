"""Faults on demand: answers and interruptions that real clients must survive.

``repertoire.KINDS`` is all there is; a further kind is one more entry.
"""

from .answers import DroppedConnection
from .fault import (
    DOWNLOAD_DOCUMENT,
    GET_ACCESS_TOKEN,
    OTHER_OPERATIONS,
    UPLOAD_DOCUMENT,
    Fault,
    Faults,
    Target,
)
from .interference import interfere
from .repertoire import KINDS
