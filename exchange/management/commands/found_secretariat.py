"""Begin a portal: the organisation that runs it, and its first platform admins, who set their passwords by a link."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from agencies.models import Agency, Role
from agencies.services import add_member, create_agency, give_role
from agencies.services.accounts import ask_password_link
from agencies.services.memberships import AT_LEAST
from agencies.standing import people_holding


class Command(BaseCommand):
    """Exit 0 when done; 1 when the portal has platform admins already; 2 for misuse."""

    help = "Make the secretariat and its first platform admins; a link to set a password goes to each by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """What stands in the directory, and who."""
        parser.add_argument("--code", default="ORG-SEC")
        parser.add_argument("--name-en", required=True)
        parser.add_argument("--name-ru", required=True)
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="ru")
        parser.add_argument("admins", nargs="+", metavar="ADMIN", help='"Name <address>", two at least')

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing. From then on everybody comes by invitation, with four eyes."""
        admins = [parseaddr(text) for text in options["admins"]]
        for name, email in admins:
            try:
                validate_email(email)
            except ValidationError:
                name = ""
            if not name:
                raise CommandError('Each admin is written as "Name <address>".', returncode=2)
        if len({email.lower() for _name, email in admins}) < AT_LEAST[Role.PLATFORM_ADMIN]:
            raise CommandError("Four eyes need two people: name two admins at least.", returncode=2)
        if people_holding(Role.PLATFORM_ADMIN):
            raise CommandError("The portal has platform admins: they invite others.")
        with transaction.atomic():
            agency = create_agency(
                code=options["code"],
                kind=Agency.Kind.ORGANISATION_REGIONAL,
                name_en=options["name_en"],
                name_ru=options["name_ru"],
            )
            for name, email in admins:
                user = User.objects.create_user(email=email, password=None, name=name, language=options["language"])
                give_role(membership=add_member(user=user, agency=agency), role=Role.PLATFORM_ADMIN)
                ask_password_link(email=user.email)
        self.stdout.write(f"{agency.code}: {len(admins)} platform admins; a link goes to each by mail")
