"""The initial import of a connection: started by Finish, with its progress shown.

It is the first run of the ordinary jobs, one kind after the other, so it is broken off
and resumed as they are.
"""

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import hide_failed_statements


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    import_stage = fields.Selection(
        selection=lambda self: self.env["amazon.job.type"]._get_kind_selection(),
        copy=False,
        readonly=True,
        help="What the initial import brings at the moment.",
    )
    import_progress = fields.Float(
        copy=False, readonly=True, help="How much of the initial import is done, in %."
    )
    import_message = fields.Char(
        copy=False, readonly=True, help="What the initial import does at the moment."
    )
    import_summary = fields.Text(
        copy=False,
        readonly=True,
        help="What the initial import brought, as it was when it was completed.",
    )
    import_completed_on = fields.Datetime(
        string="Completed On",
        copy=False,
        readonly=True,
        help="When the initial import was completed.",
    )

    # === BUSINESS METHODS - STAGES === #

    def _get_import_stages(self):
        """Return the kinds of the initial import that are switched on, in order."""
        types = self.env["amazon.job.type"]._get_imported_types()
        return [one._kind for one in types if one._is_switched_on(self)]

    @api.model
    def _get_earlier_stages(self, job_type):
        """Return the kinds of the initial import that a job type has to wait for."""
        kinds = [one._kind for one in self.env["amazon.job.type"]._get_imported_types()]
        if job_type._kind not in kinds:
            return []
        return kinds[: kinds.index(job_type._kind)]

    def _start_import(self):
        """Start the initial import in the background."""
        self.ensure_one()
        stages = self._get_import_stages()
        reason = False
        if self.environment == "sandbox":
            reason = self._get_sandbox_note()
        elif not stages:
            reason = self.env._(
                "There was nothing to import: Download Products and Download Orders "
                "are off."
            )
        if reason:
            self.write(
                {
                    "state": "completed",
                    "import_stage": False,
                    "import_completed_on": fields.Datetime.now(),
                    "import_summary": reason,
                }
            )
            return
        self.write(
            {
                "state": "importing",
                "import_summary": False,
            }
        )
        self._enter_stage(stages[0])

    def _enter_stage(self, kind):
        self.import_stage = kind
        self._report_import(kind, 0, self.env._("Waiting for its turn…"))
        self.env["amazon.job"]._create_missing(self)
        self._get_job(kind)._request()

    def _complete_stage(self, kind):
        """The first run of a kind is done: go on, or sum up what came in."""
        if self.state == "importing" and self.import_stage == kind:
            earlier = self._get_earlier_stages(self._get_job(kind)._get_type())
            later = [
                stage
                for stage in self._get_import_stages()
                if stage not in (*earlier, kind)
            ]
            if later:
                self._enter_stage(later[0])
            else:
                self._complete_import()
        elif self.state == "authorized" and self._get_import_stages()[-1:] == [kind]:
            self._complete_import()

    @api.model
    def _get_lost_import_domain(self):
        """Return the domain of imports whose stage went with the addon that did it."""
        types = self.env["amazon.job.type"]._get_imported_types()
        return (
            Domain("state", "=", "importing")
            & Domain("import_stage", "!=", False)
            & Domain("import_stage", "not in", [one._kind for one in types])
        )

    def _restart_lost_imports(self):
        """Start those imports again among these connections.

        The first stage comes first again: what came in before stays as it is.
        """
        lost = self.filtered_domain(self._get_lost_import_domain())
        for connection in lost:
            connection._start_import()

    def _skip_stage(self, kind, reason):
        """Amazon denies what this stage needs; the others need not wait for it."""
        if self.state == "importing" and self.import_stage == kind:
            self.import_summary = self.env._("Not downloaded: %s", reason)
            self._complete_stage(kind)

    # === BUSINESS METHODS - PROGRESS === #

    def _report_import(self, kind, share, message):
        """Show how far the initial import is; nothing for a later run.

        :param float share: of this stage, between 0 and 1
        """
        if self.state == "importing" and self.import_stage == kind:
            stages = self._get_import_stages()
            place = stages.index(kind) if kind in stages else 0
            share = min(max(share, 0), 1)
            self.import_progress = 100 * (place + share) / max(len(stages), 1)
            self.import_message = message
            # A person may save the connection at this moment: the run starts its slice
            # again, and the server's log need not call it an error.
            with hide_failed_statements():
                self.flush_recordset(["import_progress", "import_message"])

    def _interrupt_import(self, kind, reason):
        """Say why the initial import stands still."""
        if self.state == "importing" and self.import_stage == kind:
            self.import_message = reason

    def _complete_import(self):
        types = self.env["amazon.job.type"]._get_imported_types()
        sentences = [
            one._sum_up_import(self) for one in types if one._is_switched_on(self)
        ]
        lines = [self.import_summary, *sentences]
        self.write(
            {
                "state": "completed",
                "import_stage": False,
                "import_progress": 100,
                "import_message": False,
                "import_completed_on": fields.Datetime.now(),
                "import_summary": "\n".join(line for line in lines if line),
            }
        )
