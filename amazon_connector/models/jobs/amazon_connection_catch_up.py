"""After a backup was restored: what happened is read before anything is sent."""

from odoo import fields, models

from .amazon_history import COPY_QUESTION, READ_OUTCOMES


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    catch_up_since = fields.Datetime(
        copy=False,
        readonly=True,
        help="Since when what happened on Amazon is read; nothing is sent before that "
        "is done.",
    )

    # === BUSINESS METHODS === #

    def _begin_catch_up(self, is_complete):
        """Have everything read anew; what sends waits for it.

        :param bool is_complete: whether nothing that was done is missing in Odoo
        """
        types = self.env["amazon.job.type"]._get_types()
        self.catch_up_since = fields.Datetime.now()
        self.env["amazon.job"]._create_missing(self)
        for connection in self:
            for job_type in types:
                job_type._prepare_catch_up(connection, is_complete)
            if connection.active and connection._is_connected():
                connection._reset_job_failures()
                connection._get_reading_jobs()._request()
                connection._end_catch_up()

    def _get_reading_jobs(self):
        """Return the jobs that have to have read before anything is sent."""
        jobs = self.env["amazon.job"]
        for job in self.sudo().job_ids:
            job_type = job._get_type()
            if (
                job_type is not None
                and job_type._is_read_first
                and job_type._is_switched_on(self)
                and job.filtered_domain(job_type._get_enabled_domain())
            ):
                jobs |= job
        return jobs

    def _end_catch_up(self):
        """Let go on what sends, once all is read."""
        since = self.catch_up_since
        if not since:
            return
        for job in self._get_reading_jobs():
            run = job.last_run_id
            if not run or run.start < since or run.outcome not in READ_OUTCOMES:
                return
        self.catch_up_since = False
        waiting = self.sudo().job_ids.filtered(
            lambda job: (one := job._get_type()) is not None and one._is_held_until_read
        )
        waiting._wake()

    def _note_copy_decision(self, outcome, sentence, reason):
        """Leave a row in the history of each store.

        :param str outcome: of the row
        :param str reason: why it is there: event, button
        """
        history = self.env["amazon.history"].sudo()
        for connection in self:
            run = history.create(
                {
                    "connection_id": connection.id,
                    "company_id": connection.company_id.id,
                    "kind": COPY_QUESTION,
                    "reason": reason,
                }
            )
            run._note(sentence, connection)
            run._finish(outcome)
