from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import sign_in_link


class Command(BaseCommand):
    help = "Print a link that signs the demo user in, once, within an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There is no demo user in production.")
        self.stdout.write(f"http://localhost:{settings.PORT}{sign_in_link()}")
