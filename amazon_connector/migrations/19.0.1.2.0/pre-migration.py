"""To 19.0.1.2.0: a job's place in its work, and the outcomes of its runs.

What a job kept in ``resume`` is a part of what it keeps in ``position``. A run that
goes on later is one row of the history now, so each of the old rows has ended.
"""

from odoo.tools import sql


def migrate(cr, version):
    _move_position(cr)
    _close_partial_runs(cr)


def _move_position(cr):
    if not sql.column_exists(cr, "amazon_job", "resume"):
        return
    sql.rename_column(cr, "amazon_job", "resume", "position")
    cr.execute(
        """
        UPDATE amazon_job
           SET "position" = CASE kind
               WHEN 'download_orders'
               THEN jsonb_build_object('window', "position")
               WHEN 'download_products'
               THEN jsonb_build_object('walks', "position")
               WHEN 'sync_inventory'
               THEN jsonb_build_object('compared_up_to', "position" -> 'after')
               END
         WHERE "position" IS NOT NULL
        """
    )


def _close_partial_runs(cr):
    """Give the runs that went on in the next row the outcome of what they did."""
    cr.execute(
        """
        UPDATE amazon_history
           SET outcome = CASE
               WHEN COALESCE(warned, 0) + COALESCE(failed, 0) > 0 THEN 'warning'
               WHEN COALESCE(created, 0) + COALESCE(updated, 0) > 0 THEN 'done'
               ELSE 'nothing' END
         WHERE outcome IN ('partial', 'waiting')
        """
    )
