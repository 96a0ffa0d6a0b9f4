"""Listings and the products that they stand for."""

from . import amazon_listing
from . import amazon_listing_store
from . import amazon_listing_products
from . import amazon_listing_images
from . import amazon_job_type_download_products
from . import product
