"""Orders API 2026-01-01: the questions asked, and an order as frozen values."""

from .anonymous import remove_personal_data
from .calls import OrdersPage, find_readable
from .parse import parse_order, read_order_number
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
