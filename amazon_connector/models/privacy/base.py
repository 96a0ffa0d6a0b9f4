"""Any record may name a contact by a link to it: whose buyer is named so is logged."""

from odoo import api, models
from odoo.exceptions import MissingError


class Base(models.AbstractModel):
    _inherit = "base"

    # === READING === #

    def _read_format(self, fnames, load="_classic_read"):
        """Override to log whose name a person reads through a link."""
        values_list = super()._read_format(fnames, load=load)
        if not self.env.su:
            for name in self._get_contact_links(fnames):
                values = [values.get(name) for values in values_list]
                # With the name, or without it.
                ids = [one[0] if isinstance(one, tuple) else one for one in values]
                self._note_named_buyers("read", ids)
        return values_list

    def _export_rows(self, paths, *, _is_toplevel_call=True):
        """Override to log whose name is in a file that a person takes away."""
        rows = super()._export_rows(paths, _is_toplevel_call=_is_toplevel_call)
        if not self.env.su:
            names = {path[0] for path in paths if path}
            for name in self._get_contact_links(names):
                self._note_named_buyers("export", self[name].ids)
        return rows

    @api.model
    def _web_read_group_format(self, groupby, aggregates, groups):
        """Override to log whose name is the title of a group."""
        if not self.env.su:
            ids = [
                value.id
                for group in groups
                for value in group[: len(groupby)]
                if isinstance(value, models.BaseModel) and value._name == "res.partner"
            ]
            self._note_named_buyers("read", ids)
        return super()._web_read_group_format(groupby, aggregates, groups)

    # === BUSINESS METHODS === #

    @api.model
    def _get_contact_links(self, names):
        """Return those of the names whose fields lead to one contact, a list."""
        fields = (self._fields.get(name) for name in names)
        return [
            field.name
            for field in fields
            if field
            and field.type == "many2one"
            and field.comodel_name == "res.partner"
        ]

    @api.model
    def _note_named_buyers(self, action, ids):
        """Remember whose name a person was shown.

        :param str action: a key of ``amazon.personal.data.access.action``
        :param ids: of ``res.partner``, with gaps, and of others than buyers as well
        """
        known = {one for one in ids if one and isinstance(one, int)}
        if known:
            partners = self.env["res.partner"].browse(known)
            try:
                buyers = partners._filter_amazon_buyers()
            except MissingError:
                # A link that is not the database's own may lead nowhere.
                buyers = partners.exists()._filter_amazon_buyers()
            buyers._note_personal_access(action, ["display_name"])

    def _note_documents(self, action, name):
        """Remember that a person was shown what hangs on other records.

        :param str action: as in :meth:`_note_named_buyers`
        :param str name: of the field that names their model; ``res_id`` is their id
        """
        if self.env.su:
            return
        personal = self.env.registry["amazon.personal.record"]
        for model, mine in self.sudo().grouped(name).items():
            records = self.env.get(model) if model else None
            if isinstance(records, personal):
                ids = {one.res_id for one in mine if one.res_id}
                records.browse(ids)._note_personal_access(action)
