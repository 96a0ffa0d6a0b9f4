from . import test_download_products
from . import test_listing_issues
from . import test_listings_by_hand
from . import test_product_resolver
from . import test_products_import
