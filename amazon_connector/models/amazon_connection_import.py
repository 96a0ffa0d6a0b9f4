"""The initial import of a connection: begun by Finish, told as it goes on.

It is the first run of the ordinary jobs, so it is broken off and resumed as they are.
"""

from odoo import fields, models


class AmazonConnection(models.Model):
    _inherit = "amazon.connection"

    import_progress = fields.Float(
        copy=False, readonly=True, help="How much of the initial import is done, in %."
    )
    import_message = fields.Char(
        copy=False, readonly=True, help="What the initial import does at the moment."
    )
    import_summary = fields.Text(
        copy=False, readonly=True, help="What the initial import brought."
    )

    # === BUSINESS METHODS === #

    def _start_import(self):
        """Begin the initial import in the background."""
        self.ensure_one()
        if not self.download_orders:
            self.write(
                {
                    "state": "completed",
                    "import_summary": self.env._(
                        "There was nothing to import: Download Orders is off."
                    ),
                }
            )
            return
        self.write(
            {
                "state": "importing",
                "import_progress": 0,
                "import_message": self.env._("Waiting for its turn…"),
                "import_summary": False,
            }
        )
        self.env["amazon.job"]._make_for(self)
        jobs = self.sudo().job_ids
        jobs.filtered(lambda job: job.kind == "download_orders")._request()

    def _report_import(self, share, message):
        """Tell how far the initial import is; nothing for a later run.

        :param float share: between 0 and 1
        """
        if self.state == "importing":
            self.import_progress = 100 * min(max(share, 0), 1)
            self.import_message = message

    def _interrupt_import(self, reason):
        """Say why the initial import stands still."""
        if self.state == "importing":
            self.import_message = reason

    def _complete_import(self):
        """The first window is through: sum up what it brought."""
        if self.state not in ("authorized", "importing"):
            return
        self.write(
            {
                "state": "completed",
                "import_progress": 100,
                "import_message": False,
                "import_summary": self._sum_up_import(),
            }
        )

    def _sum_up_import(self):
        groups = self.env["amazon.order"]._read_group(
            [("connection_id", "=", self.id)], ["state"], ["__count"]
        )
        counts = dict(groups)
        trouble = counts.get("failed", 0) + counts.get("held", 0)
        lines = [
            self.env._(
                "%(imported)s orders came in, %(ignored)s were not for you to ship.",
                imported=counts.get("imported", 0) + counts.get("partial", 0),
                ignored=counts.get("ignored", 0) + counts.get("cancelled", 0),
            )
        ]
        if counts.get("partial"):
            lines.append(
                self.env._(
                    "%s of them are partial: products are missing, and so are their "
                    "lines. Each order says which.",
                    counts["partial"],
                )
            )
        if trouble:
            lines.append(
                self.env._(
                    "%s orders need you: they are held or failed. Open them by the "
                    "button above; Integration History tells why.",
                    trouble,
                )
            )
        return "\n".join(lines)
