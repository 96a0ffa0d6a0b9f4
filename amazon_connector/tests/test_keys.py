"""The key of the secrets: changed, wrong, missing."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import config

from .common import SECRETS, AmazonCommon


@tagged("post_install", "-at_install")
class TestKeys(AmazonCommon):
    def setUp(self):
        super().setUp()
        # What was stored before the test, by the demonstration, has another key.
        others = self.env["amazon.connection"].with_context(active_test=False)
        others.search([("id", "!=", self.connection.id)]).unlink()

    def keys(self, *keys):
        value = ",".join(key.decode() for key in keys)
        return patch.dict(os.environ, {"AMAZON_CONNECTOR_KEY": value})

    def store(self):
        self.connection.refresh_token = SECRETS["refresh_token"]
        self.connection.lwa_client_secret = SECRETS["lwa_client_secret"]

    def token(self):
        vault = self.env["amazon.vault"]
        return vault._decrypt(self.connection.sudo().refresh_token_encrypted)

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

    def test_a_wrong_key_says_so_and_loses_nothing(self):
        right, wrong = Fernet.generate_key(), Fernet.generate_key()
        with self.keys(right):
            self.store()
        with self.keys(wrong), self.assertRaisesRegex(UserError, "Put back the key"):
            self.env["amazon.vault"]._rotate()
        with self.keys(right):
            self.assertEqual(self.token(), SECRETS["refresh_token"])

    def test_the_key_file_is_made_once_and_for_nobody_else(self):
        vault = self.env["amazon.vault"]
        self.connection.unlink()
        with TemporaryDirectory() as folder, self.data_dir(folder):
            token = vault._encrypt("text")
            (file,) = Path(folder).iterdir()
            self.assertEqual(file.stat().st_mode & 0o777, 0o600)
            self.assertEqual(vault._decrypt(token), "text")

    def test_a_missing_key_file_is_not_replaced_while_secrets_are_stored(self):
        with TemporaryDirectory() as folder, self.data_dir(folder):
            with self.assertRaisesRegex(UserError, "Put the file back"):
                self.token()
            self.assertFalse(list(Path(folder).iterdir()))
        self.assertEqual(self.token(), SECRETS["refresh_token"])

    def data_dir(self, folder):
        return patch.dict(config.options, {"data_dir": folder})

    def test_a_key_that_is_none_says_so(self):
        with self.keys(b"short"), self.assertRaisesRegex(UserError, "not valid"):
            self.token()
