"""Amazon Seller Central in Odoo: products, orders, stock and shipments."""

from . import models
from . import wizards
from . import controllers
