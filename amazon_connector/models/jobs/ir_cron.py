"""Whoever triggers a job does not wait until the scheduler has been told of it."""

import _thread
import logging

from odoo import api, models

_logger = logging.getLogger(__name__)

# Databases whose scheduler a thread is about to tell. Whoever triggers meanwhile is
# told of along with them.
_ABOUT_TO_TELL = set()


class IrCron(models.Model):
    _inherit = "ir.cron"

    # === BUSINESS METHODS === #

    @api.model
    def _notifydb(self):
        """Override of `base`, which opens a connection to PostgreSQL each time.

        That takes longer than all else that the connector adds to the validation of a
        delivery. The trigger is committed by then: a scheduler that is told of it
        late, or never, finds it within a minute.
        """
        if not self.env.context.get("amazon_tells_in_background"):
            return super()._notifydb()
        database = self.env.cr.dbname
        if database not in _ABOUT_TO_TELL:
            _ABOUT_TO_TELL.add(database)
            # One of `threading` would be waited for until it has begun.
            _thread.start_new_thread(
                self._tell_scheduler, (database, super()._notifydb)
            )

    @api.model
    def _tell_scheduler(self, database, notify):
        """Run in a thread of its own, in which no record may be read."""
        # Before it is told: who commits from here on is told of once more.
        _ABOUT_TO_TELL.discard(database)
        try:
            notify()
        except Exception:
            _logger.warning(
                "The scheduler could not be told of a trigger; it finds it within a "
                "minute.",
                exc_info=True,
            )
