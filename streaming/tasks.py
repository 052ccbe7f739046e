"""What the worker does by itself."""

from asgiref.sync import async_to_sync
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from streaming import services


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def sweep_sessions() -> int:
    """Every minute: end the sessions that have lost their viewer, time or use."""
    return async_to_sync(services.sweep)()
