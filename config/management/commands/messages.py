"""Bring the translators' files up to date with the sources."""

from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config.languages import catalogue_files, compile_catalogues

#: Facts of the moment, which would make every run a change.
_OF_THE_MOMENT = ("POT-Creation-Date", "PO-Revision-Date", "Report-Msgid-Bugs-To")


class Command(BaseCommand):
    help = "Collect what is to be translated; needs gettext, as the tests do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--language",
            action="append",
            dest="languages",
            help="Languages to bring up to date; all, unless some are given.",
        )

    def handle(
        self, *args: Any, languages: list[str] | None = None, **options: Any
    ) -> None:
        """What is no longer said is dropped; what is new waits for its translation."""
        english = settings.LANGUAGE_CODE
        wanted = languages or [
            code for code, _ in settings.LANGUAGES if code != english
        ]
        common: dict[str, Any] = {
            "locale": wanted,
            "no_obsolete": True,
            "no_wrap": True,
            "add_location": "file",
            "ignore_patterns": ["tests/*", "streaming/engine/*", ".venv/*"],
            "verbosity": 0,
        }
        call_command("makemessages", domain="django", **common)
        call_command("makemessages", domain="djangojs", extensions=["js"], **common)
        for path in catalogue_files():
            _settle(path)
        compile_catalogues()


def _settle(path: Any) -> None:
    """The same messages make the same file, whenever they are collected."""
    file = polib.pofile(str(path), wrapwidth=0)
    for name in _OF_THE_MOMENT:
        file.metadata.pop(name, None)
    file.metadata["Project-Id-Version"] = "Greenroom"
    file.metadata["Language"] = path.parts[-3]
    file.metadata_is_fuzzy = False
    file.header = ""
    file.save(str(path))
