from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, the composition of the apps, and the commands that run them."""

    name = "config"

    def ready(self) -> None:
        from config import (
            accounts,
            checks,  # noqa: F401  (registers the system checks)
        )

        accounts.connect()
