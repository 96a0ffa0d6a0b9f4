"""Records that show a buyer: who reads, exports or prints them is logged.

Odoo may answer a reading from a cursor that cannot write, and no answer should wait
for the log. So what is read is only noted in the transaction; once that is over, it is
written on a cursor of its own. What this process has noted today is not noted again.
"""

from collections import defaultdict

from odoo import api, fields, models

from ...tools import log_unexpected

# What is remembered of a day, at most; then it is begun anew.
NOTED_AT_MOST = 200_000
_NOTED_KEY = "amazon_personal_data_noted"


class _Noted:
    """The readings that this process wrote down today: ``(database, user, …)``."""

    def __init__(self):
        self.day = None
        self.keys = set()

    def add_new(self, day, keys):
        """Remember keys; return those that are new."""
        if day != self.day or len(self.keys) > NOTED_AT_MOST:
            self.day, self.keys = day, set()
        new = set(keys) - self.keys
        self.keys |= new
        return new

    def forget(self, keys):
        """They could not be written: the next reading tries again."""
        self.keys -= set(keys)


_noted = _Noted()


class AmazonPersonalRecord(models.AbstractModel):
    _name = "amazon.personal.record"
    _description = "Record with a Buyer's Personal Data"

    # === READING === #

    def _read_format(self, fnames, load="_classic_read"):
        """Override to log whose data a person reads."""
        self._note_personal_access("read", fnames)
        return super()._read_format(fnames, load=load)

    def _export_rows(self, paths, *, _is_toplevel_call=True):
        """Override to log whose data a person takes away as a file.

        What another record leads to passes here, too.
        """
        rows = super()._export_rows(paths, _is_toplevel_call=_is_toplevel_call)
        self._note_personal_access("export", {path[0] for path in paths if path})
        return rows

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Override to log whose name a person is offered."""
        found = super().name_search(name, domain, operator, limit)
        found_ids = [record_id for record_id, _name in found]
        self.browse(found_ids)._note_personal_access("read", ["display_name"])
        return found

    # === BUSINESS METHODS === #

    def _note_personal_access(self, action, names=None):
        """Remember that a person has read these records, to be written afterwards.

        :param str action: a key of ``amazon.personal.data.access.action``
        :param names: of the fields that were read; ``None`` for all
        """
        # What the server does by itself, or prepares for a person, is in sudo.
        if self.env.su or not self.env.uid or not self.ids:
            return
        personal = self.env["amazon.personal.data"]._get_read_fields(self._name)
        if names is not None and personal.isdisjoint(names):
            return
        cr = self.env.cr
        day = fields.Date.today()
        keys = {
            (cr.dbname, self.env.uid, action, self._name, record_id)
            for record_id in self.ids
        }
        if new := _noted.add_new(day, keys):
            waiting = cr.postcommit.data.setdefault(_NOTED_KEY, set())
            if not waiting:
                cr.postcommit.add(self._write_personal_accesses)
            waiting |= new
            # Nothing was shown of what is rolled back.
            cr.postrollback.add(lambda: _noted.forget(new))

    @api.model
    def _write_personal_accesses(self):
        """Write down what was read in the transaction that is over now."""
        waiting = self.env.cr.postcommit.data.pop(_NOTED_KEY, set())
        ids = defaultdict(list)
        for _dbname, uid, action, model, record_id in sorted(waiting):
            ids[uid, action, model].append(record_id)
        try:
            self.env["amazon.personal.data.access"]._write_apart(ids)
        except Exception as error:
            # The boundary of the log: who read has the answer already.
            log_unexpected(error)
            _noted.forget(waiting)

    def _find_accessed_orders(self):
        """Return the ``amazon.order`` whose buyer these records show.

        Called in sudo, in an environment that may write.
        """
        raise NotImplementedError
