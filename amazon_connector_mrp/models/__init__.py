"""Kits between the parcels of Odoo and the items of Amazon."""

from . import amazon_order
from . import amazon_shipment
from . import sale_order_line
from . import stock_picking
