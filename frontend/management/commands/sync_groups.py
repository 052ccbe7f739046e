from typing import Any

from django.core.management.base import BaseCommand

from frontend.administration.groups import sync_groups


class Command(BaseCommand):
    help = "Make the groups of staff (Operators, Editors, Auditors); safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        for group in sync_groups():
            self.stdout.write(f"{group.name}: {group.permissions.count()} permissions.")
