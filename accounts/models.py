"""The person who signs in, their sessions, links to a new password, and the note that a form has been sent already."""

import uuid

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.links import MailedLink


class UserManager(BaseUserManager["User"]):
    """Makes people; there is no create_superuser, because the product has no superuser."""

    def create_user(self, *, email: str, password: str | None, name: str, language: str = "en") -> "User":
        """Save a new active person. Without a password nobody can sign in as them."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, language=language)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in does not care about capitals in an address."""
        return self.get(email__iexact=username)


class DeskView(models.TextChoices):
    """Whose work a person's desk shows."""

    MINE = "mine", _("Mine")
    AGENCY = "agency", _("My agency's")


class Theme(models.TextChoices):
    """Whether a person's pages are light or dark: as their device wants it, or always so."""

    DEVICE = "device", _("As my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser):
    """A person. What they may do comes from their memberships; what they see comes from grants.

    `groups` is guardian's view of the agencies for which the person now works on cases. It is kept by
    `agencies.services` and opens nothing by itself: cases/access.py asks the memberships.
    """

    is_superuser = False
    is_staff = False

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    desk_view = models.CharField(max_length=10, choices=DeskView.choices, default=DeskView.MINE)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.DEVICE)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), auto_now_add=True)
    groups = models.ManyToManyField(Group, related_name="user_set", related_query_name="user", blank=True)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name as the person writes it."""
        return self.name

    def get_short_name(self) -> str:
        """The same: names are never cut."""
        return self.name


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in, or not yet. accounts.sessions writes the rows."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """What reads and writes a row."""
        from accounts.sessions import SessionStore

        return SessionStore


class PasswordLink(MailedLink):
    """A link with which a person sets a new password, because they asked for one.

    Without a person: it was asked for an address that nobody has. The row is there so that both take the same way.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.pk)


class Submission(models.Model):
    """One sending of one form. The token was in the form; a second sending gets the first's page."""

    token = models.UUIDField(primary_key=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=300, blank=True)
    # A checksum of what was sent, where the sender chooses the token: see docs/adr/0044-keys-of-programs.md.
    says = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.token)
