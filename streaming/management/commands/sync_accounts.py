from typing import Any

from django.core.management.base import BaseCommand

from streaming.accounts import sync_accounts


class Command(BaseCommand):
    help = "Create or update the avatar accounts that the settings describe."

    def handle(self, *args: Any, **options: Any) -> None:
        for account in sync_accounts():
            self.stdout.write(f"{account.name}: {account.base_url}")
