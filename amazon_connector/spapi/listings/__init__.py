"""Listings Items API 2021-08-01: the questions asked, and a listing."""

from .calls import IDENTIFIERS_LIMIT, is_searchable, quantity_request
from .parse import parse_availability, parse_listing
from .types import (
    Availability,
    Listing,
    ListingIssue,
    ListingsPage,
    Submission,
    Variation,
)
