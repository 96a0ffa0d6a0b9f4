"""The key of the secrets: changed, wrong, missing."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config

from ...models.connection.amazon_vault import (
    ENCRYPTED_FIELDS,
    ENCRYPTED_PARAMETERS,
    KEY_NAME,
    EncryptionKeyError,
)
from ..builders import build_order
from ..common import SECRETS, AmazonCommon

VAULT = "odoo.addons.amazon_connector.models.connection.amazon_vault"


@tagged("post_install", "-at_install")
class TestKeys(AmazonCommon):
    def setUp(self):
        # The seam as it is, before the tests' own Amazon is put there.
        self.real_open_client = self.env.registry["amazon.connection"]._open_client
        super().setUp()
        # What was stored before the test, by the demonstration, has another key.
        others = self.env["amazon.connection"].with_context(active_test=False)
        others.search([("id", "!=", self.connection.id)]).unlink()
        self.vault = self.env["amazon.vault"]
        self.kept = []
        vaults = self.env.registry["amazon.vault"]
        self.patch(vaults, "_keep_rotated", lambda vault: self.kept.append(True))

    def forget_all(self):
        """Leave nothing encrypted behind."""
        for model, name in ENCRYPTED_FIELDS:
            records = self.env[model].sudo().with_context(active_test=False)
            records.search([(name, "!=", False)])[name] = False
        for name in ENCRYPTED_PARAMETERS:
            self.env["ir.config_parameter"].set_param(name, False)

    def keys(self, *keys):
        value = ",".join(key.decode() for key in keys)
        return patch.dict(os.environ, {"AMAZON_CONNECTOR_KEY": value})

    def store(self):
        self.connection.refresh_token = SECRETS["refresh_token"]
        self.connection.lwa_client_secret = SECRETS["lwa_client_secret"]

    def token(self):
        return self.vault._decrypt(self.connection.sudo().refresh_token_encrypted)

    def test_the_key_can_be_changed_without_losing_anything(self):
        old, new = Fernet.generate_key(), Fernet.generate_key()
        with self.keys(old):
            self.store()
        with self.keys(new, old):
            self.assertEqual(self.token(), SECRETS["refresh_token"])
            self.env["res.config.settings"].create({}).action_amazon_rotate_key()
        with self.keys(new):
            self.assertEqual(self.token(), SECRETS["refresh_token"])
        with self.keys(old), self.assertRaisesRegex(UserError, "Nothing was lost"):
            self.token()

    def test_all_is_encrypted_again_in_batches_and_once(self):
        old, new = Fernet.generate_key(), Fernet.generate_key()
        self.forget_all()
        with self.keys(old):
            self.store()
            for number in range(1, 6):
                self.fake.add(build_order(f"111-0000001-000000{number}"))
            self.download()
        with self.keys(new, old), patch(f"{VAULT}.ROTATED_AT_ONCE", 2):
            self.vault._rotate()
            # Two fields of the connection, and two of five orders.
            self.assertEqual(len(self.kept), 2 + 3 + 3)
            before = self.order().sudo().document_encrypted
            self.vault._rotate()
            self.assertEqual(self.order().sudo().document_encrypted, before)
        with self.keys(new):
            self.assertEqual(self.token(), SECRETS["refresh_token"])
            for order in self.connection.sudo().order_ids:
                self.assertTrue(self.vault._decrypt(order.document_encrypted))
                self.assertTrue(self.vault._decrypt(order.reflected_encrypted))

    def test_a_wrong_key_says_so_and_loses_nothing(self):
        right, wrong = Fernet.generate_key(), Fernet.generate_key()
        with self.keys(right):
            self.store()
        with self.keys(wrong), self.assertRaisesRegex(UserError, "Put back the key"):
            self.env["amazon.vault"]._rotate()
        with self.keys(right):
            self.assertEqual(self.token(), SECRETS["refresh_token"])

    def test_the_key_file_is_made_once_and_for_nobody_else(self):
        self.forget_all()
        with TemporaryDirectory() as folder, self.data_dir(folder):
            token = self.vault._encrypt("text")
            (file,) = Path(folder).iterdir()
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertEqual(self.vault._decrypt(token), "text")

    def test_a_missing_key_file_is_not_replaced_while_anything_is_stored(self):
        self.import_order()
        self.env["amazon.connection.setup"].create(
            {"marketplace_id": self.connection.marketplace_id.id}
        )
        text = self.vault._encrypt("text")
        for model, name in ENCRYPTED_FIELDS:
            with self.subTest(f"{model}.{name}"):
                self.forget_all()
                self.env[model].sudo().search([], limit=1)[name] = text
                self.refuses_without_its_file()
        for name in ENCRYPTED_PARAMETERS:
            with self.subTest(name):
                self.forget_all()
                self.env["ir.config_parameter"].set_param(name, text)
                self.refuses_without_its_file()
        self.assertEqual(self.vault._decrypt(text), "text")

    def test_a_key_file_that_cannot_be_read_says_so(self):
        self.store()
        with TemporaryDirectory() as folder, self.data_dir(folder):
            # A folder in its place cannot be read by anybody, root included.
            Path(folder, KEY_NAME).mkdir()
            with self.assertRaisesRegex(EncryptionKeyError, "cannot be read or made"):
                self.token()

    def refuses_without_its_file(self):
        with TemporaryDirectory() as folder, self.data_dir(folder):
            with self.assertRaisesRegex(UserError, "Put the file back"):
                self.vault._encrypt("more")
            self.assertFalse(list(Path(folder).iterdir()))

    def data_dir(self, folder):
        return patch.dict(config.options, {"data_dir": folder})

    def test_a_key_that_is_none_says_so(self):
        with self.keys(b"short"), self.assertRaisesRegex(UserError, "not valid"):
            self.token()

    def test_the_responsible_of_a_connected_store_is_reminded_once_of_a_wrong_key(self):
        self.connection.import_summary = "Done."
        self.connection.state = "completed"
        connections = self.env.registry["amazon.connection"]
        with (
            self.keys(Fernet.generate_key()),
            patch.object(connections, "_open_client", self.real_open_client),
        ):
            for kind in ("download_orders", "download_orders", "send_shipments"):
                self.run_job(kind)
                self.assertEqual(
                    self.connection.activity_ids.mapped("summary"),
                    ["Amazon credentials cannot be read"],
                    "A run that asks nothing of Amazon proves nothing",
                )
                self.put_off_is_over(kind)
        activity = self.connection.activity_ids
        self.assertIn("Put back the key", activity.note)
        self.assertEqual(activity.user_id, self.connection.user_id)
        self.assertEqual(self.connection.state, "completed")
        job = self.connection._get_job("download_orders")
        self.assertEqual(job.failures, 2)
        self.download()
        self.assertFalse(self.connection.activity_ids)
