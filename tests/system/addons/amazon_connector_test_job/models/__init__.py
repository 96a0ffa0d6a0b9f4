"""The job type and its switch."""

from . import amazon_connection
from . import amazon_job_type_count_listings
