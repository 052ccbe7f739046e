"""System checks: settings that each look right, but not together."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.compatibility)
def one_process_needs_no_redis(**kwargs: Any) -> list[CheckMessage]:
    """The in-memory channel layer joins the sockets of one process only."""
    in_memory = "InMemory" in settings.CHANNEL_LAYERS["default"]["BACKEND"]
    if settings.WEB_PROCESSES > 1 and in_memory:
        return [
            Error(
                f"{settings.WEB_PROCESSES} web processes share nothing without Redis.",
                hint="Set REDIS_URL, or WEB_PROCESSES=1.",
                id="greenroom.E001",
            )
        ]
    return []


@register(Tags.compatibility)  # database checks run only for a database that is named
def several_processes_want_a_server(**kwargs: Any) -> list[CheckMessage]:
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if settings.WEB_PROCESSES > 1 and sqlite:
        return [
            Warning(
                "Several web processes on SQLite wait for each other at every write.",
                hint="Point DATABASE_URL at PostgreSQL.",
                id="greenroom.W001",
            )
        ]
    return []


@register(Tags.security)
def open_api_is_for_demos(**kwargs: Any) -> list[CheckMessage]:
    if settings.PRODUCTION and settings.OPEN_API:
        return [
            Error(
                "OPEN_API lets every program on this machine act as the demo user.",
                hint="Leave OPEN_API out in production and use tokens.",
                id="greenroom.E002",
            )
        ]
    return []
