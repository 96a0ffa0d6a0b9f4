"""What runs in the background: job rows, the loop, the history, the initial import."""

from . import amazon_history
from . import amazon_job
from . import amazon_job_schedule
from . import amazon_job_plan
from . import amazon_job_runs
from . import amazon_connection_import
