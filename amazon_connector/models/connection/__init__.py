"""A selling account: connected, renewed, its secrets, its quota."""

from . import amazon_guarded
from . import amazon_vault
from . import amazon_application
from . import amazon_credentials
from . import amazon_marketplace
from . import amazon_connection_mixin
from . import amazon_connection
from . import amazon_connection_connect
from . import amazon_connection_renewal
from . import amazon_copy_guard
from . import amazon_connection_copy
from . import amazon_connection_digest
from . import amazon_integration
from . import amazon_storefront
from . import amazon_quota
from . import res_partner
from . import res_config_settings
