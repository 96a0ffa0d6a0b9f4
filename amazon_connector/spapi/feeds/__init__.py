"""Feeds API 2021-06-30: many quantities at once, handed over, and their report."""

from .calls import QuantityFeed, split_quantities
from .parse import read_processing_report
from .types import Feed, FeedUpload, ProcessingReport, QuantityMessage
