"""Extract, compile and check the message catalogues; needs Babel, not GNU gettext."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange import catalogues
from exchange.glossary import refused_words


class Command(BaseCommand):
    """Exit 0 when good, 1 when `check` found something."""

    help = (
        "extract: bring locale/*/LC_MESSAGES/django.po up to date with the sources; "
        "compile: write the .mo files; check: report what is missing, fuzzy or against the glossary."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One of the three verbs."""
        parser.add_argument("verb", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it for every language of the product."""
        getattr(self, f"do_{options['verb']}")()

    def do_extract(self) -> None:
        """Update the .po files and say how many messages wait for a translation."""
        sources = catalogues.extracted(settings.BASE_DIR)
        for language in catalogues.languages():
            changed = catalogues.write_catalogue(settings.BASE_DIR, language, sources)
            catalog = catalogues.load(catalogues.po_path(settings.BASE_DIR, language), language)
            messages = catalogues.messages_of(catalog).values()
            empty = sum(not all(catalogues.strings_of(message)) for message in messages)
            state = "changed" if changed else "as it was"
            self.stdout.write(f"{language}: {state}, {len(messages)} messages, {empty} to translate")

    def do_compile(self) -> None:
        """Write the .mo files."""
        for language in catalogues.languages():
            path = catalogues.compile_catalogue(settings.BASE_DIR, language)
            self.stdout.write(f"{language}: {path.relative_to(settings.BASE_DIR)}")

    def do_check(self) -> None:
        """List every finding. Raises CommandError (exit 1) when there is one."""
        sources = catalogues.extracted(settings.BASE_DIR)
        lines: list[str] = []
        for language in catalogues.languages():
            lines += catalogues.findings(settings.BASE_DIR, language, sources)
        russian = catalogues.load(catalogues.po_path(settings.BASE_DIR, "ru"), "ru")
        lines += refused_words(russian)
        for line in lines:
            self.stdout.write(line)
        if lines:
            raise CommandError(f"{len(lines)} findings in the catalogues")
        self.stdout.write("the catalogues are complete")
