"""Catalog Items API 2022-04-01: what Amazon knows of an article itself."""

from .calls import ASINS_LIMIT
from .parse import is_catalog_needed, parse_item
from .types import CatalogIdentifier, CatalogItem
