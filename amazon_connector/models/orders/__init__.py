"""Amazon's orders and the sale orders made of them."""

from . import amazon_order
from . import amazon_order_import
from . import amazon_order_line
from . import amazon_order_products
from . import amazon_order_sale_lines
from . import amazon_order_store
from . import amazon_customer
from . import amazon_job_type_download_orders
from . import sale_order
