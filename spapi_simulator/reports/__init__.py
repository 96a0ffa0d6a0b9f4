"""The contents of reports, one module per subject."""

from . import listings, orders

#: {report type: what writes it}; see ``tables.ReportType``.
TYPES = {kind.name: kind for kind in (*listings.TYPES, *orders.TYPES)}
