"""Orders API 2026-01-01: the questions asked, and an order as frozen values."""

from .calls import OrdersPage
from .parse import parse_order
from .types import (
    Address,
    Buyer,
    Charge,
    Order,
    OrderItem,
    Package,
    PackageItem,
    TaxRegistration,
)
