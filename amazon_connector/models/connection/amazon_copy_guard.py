"""Keeps a copy of the database from speaking with Amazon for the store.

One row says which database connected (``copy_signs.py``). The runner asks before each
run, with one statement; what differs stops all jobs and asks an administrator, once.
What a database is, is looked at nowhere else: nobody who works in Odoo waits for it.
"""

import logging
import secrets

from odoo import api, fields, models
from odoo.tools import SQL, config

from .copy_signs import KeptCount, Stamp, find_sign, get_path, keep_count, read_count
from .reminders import COPY_REMINDER

_logger = logging.getLogger(__name__)

# state diagram
#   clear --[another database than was stamped]--> asked
#   asked --[this is a copy]--> silent
#   asked, silent --[this is the one that sells]--> clear
STATES = [
    ("clear", "Speaks with Amazon"),
    ("asked", "Asks whether it is a copy"),
    ("silent", "Is a copy, stays silent"),
]


class AmazonCopyGuard(models.Model):
    _name = "amazon.copy.guard"
    _description = "Amazon Copy Guard"

    state = fields.Selection(
        selection=STATES,
        default="clear",
        required=True,
        readonly=True,
    )
    sign = fields.Selection(
        selection=[
            ("duplicated", "Duplicated in Odoo"),
            ("copied", "A copy under another name"),
            ("restored", "Restored or moved"),
            ("older", "Older than it was"),
            ("elsewhere", "Another one speaks with Amazon"),
        ],
        readonly=True,
        help="By what the database showed that it is not the one that connected.",
    )
    is_complete = fields.Boolean(
        readonly=True,
        help="Nothing that was done since is missing in it, as far as the file beside "
        "the key knows.",
    )
    asked_on = fields.Datetime(readonly=True)
    decided_on = fields.Datetime(readonly=True)
    # === FIELDS: STAMP === #
    token = fields.Char(readonly=True, help="Drawn by lot for each stamp.")
    uuid = fields.Char(readonly=True)
    name = fields.Char(string="Database", readonly=True)
    place = fields.Char(readonly=True, help="Of the database in PostgreSQL.")
    seen_name = fields.Char(
        readonly=True, help="The name of the database when it asked."
    )

    # === BUSINESS METHODS - CHECK === #

    @api.model
    def _check(self):
        """Return what to keep of a run that may begin, ``None`` when none may.

        The caller commits, and then has :meth:`_keep` write it down.

        :rtype: KeptCount or None
        """
        kept = self._read_kept()
        guard, state, token, stamp, found, runs = self._read_state(kept)
        if state != "clear":
            return None
        if token:
            sign = find_sign(stamp, found, is_behind=runs is None)
        else:
            # From before it was stamped, of a database that was stamped since.
            sign = "older" if kept.token and self._has_worked() else ""
        if sign:
            guard._ask(sign, found.name, is_complete=kept.token == token and bool(runs))
            return None
        if not token or found != stamp:
            token = guard._stamp(found, token)
        return KeptCount(token, runs)

    @api.model
    def _keep(self, count):
        """Write down outside the database that a run began; the run is committed."""
        try:
            self._write_kept(count)
        except OSError as error:
            # Only the next look knows less.
            _logger.warning(
                "The file of the copy guard cannot be written in Odoo's data "
                "directory (%s). Without it, a database that is restored in its own "
                "place is not noticed.",
                error.strerror or type(error).__name__,
            )

    @api.model
    def _get_row(self):
        """Return the one row, in sudo: it comes with the addon."""
        return self.sudo().search([], limit=1)

    @api.model
    def _read_state(self, kept):
        """Return what is stored and what this database is, and count a run.

        :param KeptCount kept: what the file says, read before
        :return: the row in sudo, its state and token, the :class:`Stamp` that it has,
            that of this database, and the number of runs, ``None`` (and none is
            counted) when the file knows of more
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT guard.id, guard.state, guard.token,
                       guard.uuid, guard.name, guard.place,
                       parameter.value, current_database(),
                       concat_ws(
                           ':',
                           (SELECT system_identifier FROM pg_control_system()),
                           (SELECT oid FROM pg_database
                             WHERE datname = current_database()),
                           'amazon_copy_guard'::regclass::oid
                       ),
                       CASE WHEN guard.token IS DISTINCT FROM %(token)s
                              OR counter.last_value >= %(runs)s
                            THEN nextval('amazon_copy_guard_id_seq')
                       END
                  FROM amazon_copy_guard AS guard
                 CROSS JOIN amazon_copy_guard_id_seq AS counter
                  LEFT JOIN ir_config_parameter AS parameter
                         ON parameter.key = 'database.uuid'
                 ORDER BY guard.id
                 LIMIT 1
                """,
                token=kept.token,
                runs=kept.runs,
            )
        )
        row_id, state, token, *values, runs = self.env.cr.fetchone()
        stamp, found = Stamp(*values[:3]), Stamp(*values[3:])
        return self.sudo().browse(row_id), state, token, stamp, found, runs

    def _stamp(self, found, token=None):
        """Let this database be the one that speaks with Amazon; return its token.

        :param Stamp found: what it is
        :param token: of a database that was renamed
        """
        token = token or secrets.token_hex(16)
        self.write(
            {
                "token": token,
                "uuid": found.uuid,
                "name": found.name,
                "place": found.place,
            }
        )
        return token

    @api.model
    def _has_worked(self):
        """Whether orders were downloaded into this database."""
        connections = self.env["amazon.connection"].sudo()
        worked = [("orders_synced_until", "!=", False), ("active", "in", (True, False))]
        return bool(connections.search_count(worked, limit=1))

    @api.model
    def _read_kept(self):
        """Return what the file says, a ``KeptCount``."""
        return read_count(get_path(config["data_dir"], self.env.cr.dbname))

    @api.model
    def _write_kept(self, count):
        keep_count(get_path(config["data_dir"], self.env.cr.dbname), count)

    # === BUSINESS METHODS - QUESTION === #

    @api.model
    def _report_elsewhere(self):
        """Amazon knows what only this database can say, and it never said it.

        So a second one runs that is the same in all else: a server that was cloned as
        a whole, or was taken back together with its files.
        """
        guard = self._get_row()
        if guard.state == "clear":
            guard._ask("elsewhere", self.env.cr.dbname, is_complete=False)

    def _ask(self, sign, seen_name, is_complete):
        """Stop all stores, and ask an administrator once."""
        self.write(
            {
                "state": "asked",
                "sign": sign,
                "is_complete": is_complete,
                "asked_on": fields.Datetime.now(),
                "seen_name": seen_name,
            }
        )
        connections = self._get_connections()
        question = self._get_question()
        connections._note_copy_decision("stopped", question, "event")
        at_work = connections.filtered(lambda one: one.active and one._is_connected())
        (at_work or connections)[:1]._ask_whether_copy(question)

    def _get_question(self):
        """Return what was noticed, as people read it; "" when nothing is asked."""
        if not self or self.state == "clear":
            return ""
        names = {"then": self.name or "", "now": self.seen_name or ""}
        _ = self.env._
        sentences = {
            "duplicated": _(
                "This database (%(now)s) was duplicated from the one that was "
                "connected to Amazon (%(then)s).",
                **names,
            ),
            "copied": _(
                "This database (%(now)s) is a copy of the one that was connected to "
                "Amazon (%(then)s).",
                **names,
            ),
            "restored": _(
                "This database (%(now)s) was restored from a backup, or moved to "
                "another database server.",
                **names,
            ),
            "older": _(
                "This database (%(now)s) was restored from an old backup: this server "
                "has worked with Amazon since the backup was made.",
                **names,
            ),
            "elsewhere": _(
                "Amazon was told of a shipment of this database (%(now)s) by another "
                "one: the server runs a second time, or was taken back to an earlier "
                "state.",
                **names,
            ),
        }
        return sentences.get(self.sign, "")

    # === BUSINESS METHODS - DECISION === #

    def _stay_silent(self):
        """A person says that this is a copy."""
        self.write({"state": "silent", "decided_on": fields.Datetime.now()})
        self._settle_question(
            self.env._(
                "%(user)s said that this database is a copy. It stays silent: nothing "
                "is asked of Amazon or sent. %(question)s",
                user=self.env.user.name,
                question=self._get_question(),
            ),
            "stopped",
        )

    def _go_on(self):
        """A person says that this is the database that sells: read, then send."""
        sentence = self.env._(
            "%(user)s said that this database is the one that sells. What happened on "
            "Amazon is read first; shipments and quantities wait for that. "
            "%(question)s",
            user=self.env.user.name,
            question=self._get_question(),
        )
        self.write({"state": "clear", "decided_on": fields.Datetime.now()})
        # A token of its own: the file of the database that this one was copied from
        # has nothing to say of it.
        *_stored, found, _runs = self._read_state(KeptCount())
        self._stamp(found)
        self._settle_question(sentence, "done")
        self._get_connections()._begin_catch_up(is_complete=self.is_complete)

    def _settle_question(self, sentence, outcome):
        connections = self._get_connections()
        connections._note_copy_decision(outcome, sentence, "button")
        connections._drop_reminders([COPY_REMINDER])

    def _get_connections(self):
        """Return the stores of all companies that were ever connected, in sudo."""
        connections = self.env["amazon.connection"].sudo()
        return connections.with_context(active_test=False).search(
            [("state", "!=", "draft")]
        )
