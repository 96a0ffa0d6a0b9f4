"""Amazon Seller Central in Odoo: products, orders, stock and shipments."""

from . import models
from . import wizards
from . import controllers
from .log_secrets import hide_secrets_in_log
