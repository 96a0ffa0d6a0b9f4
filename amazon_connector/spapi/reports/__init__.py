"""Reports API 2021-06-30: the report of all listings, asked for, fetched, and read."""

from .parse import read_listings
from .types import Report, ReportDocument, ReportedListing, UnreadableRow
