"""Who a session belongs to, asked at every click."""

import uuid

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import UUIDField

from accounts.kept import Kept
from accounts.models import User

PERSON = Kept(lambda pk: User.objects.filter(pk=pk), pk=UUIDField())


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, with Django's own question for the person kept."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        """The person, or None when there is none or the account is closed."""
        person = PERSON.first(pk=user_id)
        return person if person and self.user_can_authenticate(person) else None
