"""Listings and the products that they stand for."""

from . import amazon_listed_mixin
from . import amazon_listing
from . import amazon_listing_catalog
from . import amazon_listing_family
from . import amazon_listing_health
from . import amazon_listing_image
from . import amazon_listing_linking
from . import amazon_listing_report
from . import amazon_storefront
from . import amazon_job_type_download_products
from . import product_product
from . import product_template
