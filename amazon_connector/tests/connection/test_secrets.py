"""No way of reading that Odoo has gives a secret away, nor its ciphertext."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.connection.amazon_vault import ENCRYPTED_FIELDS, NO_ACCESS
from ..common import SECRETS, AmazonCommon

CODE = "the-code"
TEXTS = ("char", "text")


@tagged("post_install", "-at_install")
class TestSecrets(AmazonCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = ("manager", "user")
        cls.manager, cls.user = (
            new_test_user(
                cls.env,
                f"amazon_{group}",
                f"amazon_connector.amazon_connector_group_{group},"
                # They see as much as they can.
                "base.group_allow_export,sales_team.group_sale_manager,"
                "stock.group_stock_manager",
            )
            for group in groups
        )

    def prepare(self):
        super().prepare()
        self.import_order()
        values = {"marketplace_id": self.connection.marketplace_id.id, **SECRETS}
        setups = self.env["amazon.connection.setup"].with_user(self.manager)
        self.set_up = setups.create(values | {"authorization_code": CODE})
        self.env.flush_all()
        self.env.invalidate_all()

    def records(self):
        """One record of each model that holds secrets, and of one that points there."""
        return (
            self.connection,
            self.set_up,
            self.order(),
            self.connection.storefront_ids[:1],
        )

    def closed(self):
        """(record, field) of all the texts that nobody may read."""
        return [
            (record, name)
            for record in self.records()
            for name, field in record._fields.items()
            if field.groups == NO_ACCESS and field.type in TEXTS
        ]

    def texts(self):
        """Every secret, and every ciphertext that is stored."""
        found = [*SECRETS.values(), CODE]
        for model, name in ENCRYPTED_FIELDS:
            stored = self.env[model].sudo().search([(name, "!=", False)])
            self.assertTrue(stored, f"{model}.{name}")
            found += stored.mapped(name)
        return found

    def test_saving_a_form_does_not_send_its_secrets_back(self):
        shown = {name: {} for name in SECRETS} | {"has_credentials": {}}
        connection = self.connection.with_user(self.manager)
        answers = connection.web_save(dict(SECRETS), shown)
        setups = self.env["amazon.connection.setup"].with_user(self.manager)
        values = {"marketplace_id": connection.marketplace_id.id, **SECRETS}
        values["authorization_code"] = CODE
        answers += setups.web_save(values, shown | {"authorization_code": {}})
        settings = self.env["res.config.settings"]
        typed = {"amazon_lwa_client_secret": "settings-secret"}
        answers += settings.web_save(typed, {"amazon_lwa_client_secret": {}})
        for secret in (*SECRETS.values(), CODE, "settings-secret"):
            self.assertNotIn(secret, str(answers))

    def test_whatever_can_be_read_or_exported_holds_no_secret(self):
        texts = self.texts()
        for user in (self.manager, self.user):
            for record in self.records():
                mine = record.with_user(user)
                if not mine.has_access("read"):
                    continue
                names = list(mine.fields_get())
                self.assertTrue(names)
                answers = [
                    mine.read(names),
                    mine.web_read({name: {} for name in names}),
                    mine.export_data(names),
                    mine.search_read([("id", "in", mine.ids)]),
                ]
                for text in texts:
                    self.assertNotIn(text, str(answers))

    def test_every_stored_secret_is_closed(self):
        closed = self.closed()
        models = [(record._name, name) for record, name in closed]
        for field in ENCRYPTED_FIELDS:
            self.assertIn(field, models)
        for user in (self.manager, self.user):
            for record, name in closed:
                mine = record.with_user(user)
                if mine.has_access("read"):
                    self.assertNotIn(name, mine.fields_get())

    def test_no_question_is_answered_that_names_a_stored_secret(self):
        for user in (self.manager, self.user):
            for record, name in self.closed():
                questions = self.questions(record.with_user(user), name)
                for number, ask in enumerate(questions):
                    with (
                        self.subTest(f"{user.login} {record._name}.{name} {number}"),
                        self.assertRaises(AccessError),
                    ):
                        ask()

    def test_no_path_leads_to_a_stored_secret(self):
        fronts = self.connection.storefront_ids[:1]
        self.assertTrue(fronts)
        for user in (self.manager, self.user):
            mine = fronts.with_user(user)
            for record, name in self.closed():
                if record != self.connection:
                    continue
                path = f"connection_id.{name}"
                for ask in (
                    lambda mine=mine, path=path: mine.search([(path, "!=", False)]),
                    lambda mine=mine, name=name: mine.search(
                        [("connection_id", "any", [(name, "!=", False)])]
                    ),
                    lambda mine=mine, path=path: mine.formatted_read_group(
                        [], [path], ["__count"]
                    ),
                    lambda mine=mine, name=name: mine.export_data(
                        [f"connection_id/{name}"]
                    ),
                    lambda mine=mine, name=name: mine.web_read(
                        {"connection_id": {"fields": {name: {}}}}
                    ),
                ):
                    with self.subTest(f"{user.login} {path}"):
                        with self.assertRaises(AccessError):
                            ask()

    def questions(self, mine, name):
        """Every way of asking for, or by, a field."""
        records = mine.browse()
        return (
            lambda: records.search([(name, "!=", False)]),
            lambda: records.search([(name, "=like", "g%")]),
            lambda: records.search_count([(name, "!=", False)]),
            lambda: records.search([], order=f"{name} DESC"),
            lambda: records.search_read([], [name]),
            lambda: records.web_search_read([], {name: {}}),
            lambda: records.formatted_read_group([], [name], ["__count"]),
            lambda: records.formatted_read_group([], [], [f"{name}:count_distinct"]),
            lambda: records.formatted_read_group([], [], [f"{name}:array_agg"]),
            lambda: records.formatted_read_group([], [], [f"{name}:max"]),
            lambda: mine.read([name]),
            lambda: mine.web_read({name: {}}),
            lambda: mine.export_data([name]),
            lambda: mine.filtered_domain([(name, "!=", False)]),
            lambda: mine.mapped(name),
            lambda: mine.write({name: "mine"}),
        )
