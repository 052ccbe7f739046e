"""Every check of the project, in one command, cheapest first."""

import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

STEPS = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "system check": ("manage.py", "check", "--fail-level", "WARNING"),
    "migrations": ("manage.py", "makemigrations", "--check", "--dry-run"),
    "types": ("mypy", "."),
    "tests": ("pytest", "-q", "-n", "2", "--dist", "loadfile"),
}


class Command(BaseCommand):
    help = "Check format, lint, settings, migrations, types and tests."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--skip", action="append", default=[], choices=list(STEPS), metavar="STEP"
        )

    def handle(self, *args: Any, skip: list[str], **options: Any) -> None:
        for name, command in STEPS.items():
            if name in skip:
                continue
            self.stdout.write(self.style.MIGRATE_HEADING(name))
            self.stdout.flush()
            if subprocess.run(_run_by_us(command), check=False).returncode:  # noqa: S603
                raise CommandError(f"The step {name!r} failed.")
        self.stdout.write(self.style.SUCCESS("All checks passed."))


def _run_by_us(command: tuple[str, ...]) -> list[str]:
    """The command under this very Python, so that PATH does not matter."""
    tool, *arguments = command
    if tool == "manage.py":
        return [sys.executable, tool, *arguments]
    return [sys.executable, "-m", tool, *arguments]
