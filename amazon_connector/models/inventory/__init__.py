"""The quantities that Amazon offers, kept equal to the warehouse's."""

from . import amazon_connection
from . import amazon_storefront
from . import amazon_inventory_rule
from . import amazon_quantity_feed
from . import amazon_listing_feed
from . import amazon_listing_quantity
from . import amazon_listing_explanation
from . import amazon_listing_read_back
from . import amazon_listing_lead_time
from . import amazon_listing_zero
from . import amazon_stock_change
from . import product_supplierinfo
from . import amazon_job_type_sync_inventory
