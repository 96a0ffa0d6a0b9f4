from . import test_client_stock
from . import test_company_stock
