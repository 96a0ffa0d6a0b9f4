"""Listings Items API 2021-08-01: the questions asked, and a listing."""

from .calls import IDENTIFIERS_LIMIT, ListingsPage, Submission
from .parse import Listing, parse_listing, quantity_request
