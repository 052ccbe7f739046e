from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand

from streaming import services
from streaming.services.reconciling import reconcile


class Command(BaseCommand):
    help = "Sweep, then compare our sessions with what the avatar services have."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = async_to_sync(services.sweep)()
        self.stdout.write(f"Ended {swept} that had lost their viewer, time or use.")
        for outcome in async_to_sync(reconcile)():
            self.stdout.write(str(outcome))
