"""Links that are sent by mail and work once. What a link needs to be known again is computed, never stored.

The token is a keyed hash over the row's id and a random salt that the row holds; the key comes from SECRET_KEY. The
worker computes it when it writes the mail, the page that it leads to computes it again. So it stands in no table, in
no message of the broker and in no log, and who reads the database alone cannot make it. A new salt ends the old link.
"""

import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

PURPOSE = "comity.mailed-link"


def new_salt() -> str:
    """Random, 128 bits."""
    return secrets.token_hex(16)


def keys() -> list[str]:
    """The portal's key, and those before it that still hold."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


class MailedLinkQuerySet(models.QuerySet):
    """Finding the row of a link."""

    def by_token(self, token: str) -> "MailedLink":
        """The row of a token. Raises the model's DoesNotExist when nobody was ever sent it, or another followed it."""
        try:
            key, _dot, code = token.partition(".")
            row = self.get(pk=uuid.UUID(bytes=urlsafe_b64decode(key + "==")))
        except (ValueError, UnicodeError, self.model.DoesNotExist):
            raise self.model.DoesNotExist from None
        if not any(constant_time_compare(row.code(key), code) for key in keys()):
            raise self.model.DoesNotExist
        return row


class MailedLink(models.Model):
    """What a link refers to, until when it works, and whether it was used."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    expires_at = models.DateTimeField(_("valid until"))
    used_at = models.DateTimeField(_("used"), null=True)

    objects = MailedLinkQuerySet.as_manager()

    class Meta:
        abstract = True

    def code(self, key: str | None = None) -> str:
        """The secret part of the token, made with the portal's key or the one given."""
        value = f"{self.pk}:{self.salt}"
        digest = salted_hmac(f"{PURPOSE}.{self._meta.label_lower}", value, secret=key, algorithm="sha256")
        return _text(digest.digest())

    def token(self) -> str:
        """What stands in the link: for the mail alone."""
        return f"{_text(self.pk.bytes)}.{self.code()}"

    def runs(self, now: datetime) -> bool:
        """Whether the link works at `now`: not used, not past its end."""
        return self.used_at is None and now < self.expires_at

    def renew(self, expires_at: datetime) -> Self:
        """End the link that was sent, and let another one work until then. Saves nothing."""
        self.salt, self.expires_at = new_salt(), expires_at
        return self


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
