"""Kits between the parcels of Odoo and the items of Amazon, and in what is offered."""

from . import amazon_order
from . import amazon_shipment
from . import mrp_bom
from . import mrp_bom_line
from . import product_product
from . import sale_order_line
from . import stock_picking
