"""What the worker does by itself."""

import logging

from asgiref.sync import async_to_sync
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task, on_startup

from streaming import services
from streaming.embedding.upkeep import forget_absent
from streaming.services.reconciling import reconcile

logger = logging.getLogger(__name__)


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def sweep_sessions() -> int:
    """Every minute: end the sessions that have lost their viewer, time or use."""
    return async_to_sync(_sweep)()


async def _sweep() -> int:
    count = await services.sweep()
    await services.see_off_ending()
    return count


@db_periodic_task(crontab())  # type: ignore[untyped-decorator]
def reconcile_sessions() -> None:
    """Every minute: compare our sessions with what the avatar services have."""
    for outcome in async_to_sync(reconcile)():
        if outcome.problem or outcome.ended_here or outcome.stopped_there:
            logger.info("Reconciled. %s", outcome)


@db_periodic_task(crontab(minute="20", hour="*/6"))  # type: ignore[untyped-decorator]
def forget_visitors() -> None:
    """Delete visitors of other sites who were not here for days, and what they said."""
    if count := forget_absent():
        logger.info("Forgot %d visitors.", count)


@db_task()  # type: ignore[untyped-decorator]
def forget_visitors_without_key() -> None:
    """Somebody has deleted a key, and with it goes what was said by it."""
    forget_absent()


@on_startup()  # type: ignore[untyped-decorator]
def reconcile_at_start() -> None:
    """A crash may be why the worker starts; so compare at once, not in a minute."""
    reconcile_sessions()
