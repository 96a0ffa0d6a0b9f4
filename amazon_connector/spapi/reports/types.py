"""A report that Amazon writes, its document, and a row of it."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Report:
    """How far Amazon is with a report.

    :ivar state: "waiting", "done", "cancelled" (Amazon says so of one without data,
        too) or "failed"
    :ivar document_id: of the document, "" until there is one
    """

    report_id: str
    state: str
    document_id: str


@dataclass(frozen=True)
class ReportDocument:
    """Where a document is, for five minutes.

    :ivar is_compressed: whether it is to be unpacked by gzip
    """

    url: str = field(repr=False)
    is_compressed: bool


@dataclass(frozen=True)
class ReportedListing:
    """A row of the report of all listings; absent texts are "".

    :ivar line: its number in the document, the headings are line 1
    :ivar sku: as Amazon spells it, blanks around it included
    :ivar price: in the currency of the marketplace, or None
    :ivar quantity: what the merchant offers, or None
    :ivar channel: "merchant" or "amazon", "" where the report does not say
    :ivar status: Amazon's word in lower case, in the language of the report
    :ivar unreadable: the columns whose value could not be read, by English names
    """

    line: int
    sku: str
    asin: str
    title: str
    price: Decimal | None
    quantity: int | None
    channel: str
    status: str
    unreadable: tuple = ()


@dataclass(frozen=True)
class UnreadableRow:
    """A row that cannot be used.

    :ivar line: its number in the document
    :ivar reason: a sentence
    """

    line: int
    reason: str
