"""Records, rules and jobs; each file holds one model or one part of one."""

from . import amazon_vault
from . import amazon_marketplace
from . import amazon_connection
from . import amazon_connection_client
from . import amazon_connection_credentials
from . import amazon_storefront
from . import amazon_quota
from . import amazon_history
from . import amazon_job
from . import amazon_job_orders
from . import amazon_job_runs
from . import amazon_job_shipments
from . import amazon_order
from . import amazon_order_import
from . import amazon_order_line
from . import amazon_order_sale_lines
from . import amazon_order_store
from . import amazon_customer
from . import amazon_carrier
from . import amazon_shipment
from . import sale_order
from . import stock_picking
