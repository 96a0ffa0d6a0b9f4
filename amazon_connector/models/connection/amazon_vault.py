"""Keeps secrets unreadable: authenticated encryption with a key outside the database.

The key is taken from the environment (``AMAZON_CONNECTOR_KEY``), else from Odoo's
configuration file (``amazon_connector_key``), else from a file in Odoo's data
directory, which is made at first use. Several keys may be given, separated by
commas: the first one encrypts, all of them decrypt.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, config, split_every

KEY_NAME = "amazon_connector_key"

# Everything that is stored encrypted, for the rotation of the key.
ENCRYPTED_FIELDS = (
    ("amazon.connection", "lwa_client_secret_encrypted"),
    ("amazon.connection", "refresh_token_encrypted"),
    ("amazon.connection.setup", "lwa_client_secret_encrypted"),
    ("amazon.connection.setup", "refresh_token_encrypted"),
    ("amazon.connection.setup", "authorization_code_encrypted"),
    ("amazon.order", "document_encrypted"),
    ("amazon.order", "reflected_encrypted"),
)
ENCRYPTED_PARAMETERS = ("amazon_connector.lwa_client_secret_encrypted",)

MAKE_KEY = (
    "python3 -c 'from cryptography.fernet import Fernet; "
    "print(Fernet.generate_key().decode())'"
)

ROTATED_AT_ONCE = 1000

# Odoo's mark for a field that no user may read, write or export, only sudo.
NO_ACCESS = "."


class EncryptionKeyError(UserError):
    """What is stored cannot be read with the keys of this server."""


class AmazonVault(models.AbstractModel):
    _name = "amazon.vault"
    _description = "Amazon Secrets Vault"

    @api.model
    def _encrypt(self, text):
        """Return the ciphertext (str) of a text, False for an empty one."""
        return self._get_fernet().encrypt(text.encode()).decode() if text else False

    @api.model
    def _decrypt(self, token):
        """Return the text of a ciphertext, "" for an empty one.

        :raise EncryptionKeyError: when this server has not got the key it was made with
        """
        if not token:
            return ""
        try:
            return self._get_fernet().decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise EncryptionKeyError(
                self.env._(
                    "What was stored for Amazon cannot be read with this server's "
                    "key. Nothing was lost. Put back the key it was stored with "
                    "(%(name)s). If anything was stored since, give both keys, "
                    "separated by a comma. If the old key is gone for good, enter the "
                    "credentials again.",
                    name=KEY_NAME,
                )
            ) from error

    @api.model
    def _clean(self, text):
        """Return a pasted secret without blanks and control characters."""
        return "".join(c for c in text or "" if c.isprintable() and not c.isspace())

    @api.model
    def _rotate(self):
        """Encrypt again with the first key all that an older key can still read.

        Committed in batches, so that it neither holds up the jobs nor has to start
        again: what the first key reads is passed over.

        :raise EncryptionKeyError: when something is read with none of the keys; what
            was encrypted again before is kept, and nothing is lost
        """
        parameters = self.env["ir.config_parameter"].sudo()
        for key in ENCRYPTED_PARAMETERS:
            if token := self._get_reencrypted(parameters.get_param(key)):
                parameters.set_param(key, token)
        for model, name in ENCRYPTED_FIELDS:
            records = self.env[model].sudo().with_context(active_test=False)
            found = records.search([(name, "!=", False)], order="id")
            for ids in split_every(ROTATED_AT_ONCE, found.ids):
                self._rotate_batch(records.browse(ids), name)
                self._keep_rotated()

    @api.model
    def _rotate_batch(self, records, name):
        """Replace what an older key made, unless somebody stored something since."""
        renewed = {
            record: token
            for record in records.exists()
            if (token := self._get_reencrypted(record[name]))
        }
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s AS stored SET %(column)s = renewed.new "
                "FROM unnest(%(ids)s::int[], %(old)s::text[], %(new)s::text[]) "
                "AS renewed (id, old, new) "
                "WHERE stored.id = renewed.id AND stored.%(column)s = renewed.old",
                table=SQL.identifier(records._table),
                column=SQL.identifier(name),
                ids=[record.id for record in renewed],
                old=[record[name] for record in renewed],
                new=list(renewed.values()),
            )
        )
        records.invalidate_model([name])

    @api.model
    def _get_reencrypted(self, token):
        """Return a ciphertext of the first key, False for one that is it already."""
        if not token:
            return False
        first = self._get_keys()[0]
        with suppress(InvalidToken):
            first.decrypt(token.encode())
            return False
        return self._encrypt(self._decrypt(token))

    @api.model
    def _keep_rotated(self):
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _get_fernet(self):
        return MultiFernet(self._get_keys())

    @api.model
    def _get_keys(self):
        """Return the keys, that which encrypts first.

        :raise EncryptionKeyError: when there is none that can be used
        """
        given = os.environ.get(KEY_NAME.upper()) or config.get(KEY_NAME)
        keys = given or self._get_key_file_content()
        try:
            return [Fernet(key.strip()) for key in keys.split(",")]
        except ValueError as error:
            raise EncryptionKeyError(
                self.env._(
                    "The key %(name)s is not valid. Put back the right one; a new one "
                    "is made by this command: %(command)s",
                    name=KEY_NAME,
                    command=MAKE_KEY,
                )
            ) from error

    @api.model
    def _get_key_file_content(self):
        path = Path(config["data_dir"]) / KEY_NAME
        try:
            return self._read_key_file(path)
        except OSError as error:
            raise EncryptionKeyError(
                self.env._(
                    "The key file %(path)s cannot be read or made (%(reason)s). "
                    "Nothing was lost. Give Odoo's system user access to it, or set a "
                    "key as %(name)s in odoo.conf.",
                    path=path,
                    reason=error.strerror or type(error).__name__,
                    name=KEY_NAME,
                )
            ) from error

    @api.model
    def _read_key_file(self, path):
        """Return the file's content; it is made when nothing needs an older one."""
        if not path.exists():
            self._check_key_not_lost(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written aside and then linked: a file of this name is always whole,
            # and of two workers that get here at once one makes the key.
            with tempfile.NamedTemporaryFile("wb", dir=path.parent) as aside:
                aside.write(Fernet.generate_key())
                aside.flush()
                with suppress(FileExistsError):
                    os.link(aside.name, path)
        return path.read_text()

    @api.model
    def _check_key_not_lost(self, path):
        """:raise EncryptionKeyError: when a key is gone that something needs"""
        if not self._is_in_use():
            return
        raise EncryptionKeyError(
            self.env._(
                "The key file %(path)s is missing, and something is stored that only "
                "its key can read. Put the file back. If it is lost for good, set a "
                "new key as %(name)s in odoo.conf and enter the credentials again.",
                path=path,
                name=KEY_NAME,
            )
        )

    @api.model
    def _is_in_use(self):
        """Whether anything is stored encrypted."""
        parameters = self.env["ir.config_parameter"].sudo()
        return any(map(parameters.get_param, ENCRYPTED_PARAMETERS)) or any(
            self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search_count([(name, "!=", False)], limit=1)
            for model, name in ENCRYPTED_FIELDS
        )
