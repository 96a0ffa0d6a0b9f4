"""An article of Amazon's catalogue in one marketplace."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CatalogIdentifier:
    """A code by which trade knows the article.

    :ivar kind: "ean", "upc", "gtin", "isbn", "jan", …; in lower case
    """

    kind: str
    value: str


@dataclass(frozen=True)
class CatalogItem:
    """What the catalogue says of an ASIN.

    :ivar identifiers: tuple of :class:`CatalogIdentifier`, each once; one code may be
        there as EAN, GTIN and UPC
    :ivar images: tuple of :class:`.pictures.Picture`, one for each variant
    """

    asin: str
    identifiers: tuple
    images: tuple
