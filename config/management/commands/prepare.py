"""Everything between an installed environment and a portal that can start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.languages import compile_catalogues


class Command(BaseCommand):
    help = "Migrate, compile languages, collect static files, load examples, make accounts and groups."

    def handle(self, *args: Any, **options: Any) -> None:
        """In one process, because starting Django is most of the work. Safe to repeat."""
        compile_catalogues()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_examples")
        call_command("sync_accounts")
        call_command("sync_groups", verbosity=0)
