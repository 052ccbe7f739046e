"""Switching keys off, changing them, and forgetting who came by them."""

from datetime import datetime, timedelta

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.timezone import now

from streaming import services
from streaming.models import EmbedKey, EndReason, Session

#: Limits count a day, so whoever was here today must not be forgotten.
_LEAST_DAYS = 2


def switch(key: EmbedKey, *, on: bool) -> None:
    """Let people in, or nobody; who is in a conversation then is sent away."""
    key.is_on = on
    key.save(update_fields=["is_on"])
    if not on:
        stop_sessions(key)


def rotate(key: EmbedKey) -> None:
    """Another key in place of this one, which is worthless from now on, as are its visits."""
    key.renew()
    stop_sessions(key)


def discard(key: EmbedKey) -> None:
    """Delete a key, and everybody who came by it with what they said."""
    switch(key, on=False)
    forget(User.objects.filter(visitor__key=key))
    key.delete()


def stop_sessions(key: EmbedKey) -> None:
    _stop(Session.objects.open().filter(owner__visitor__key=key))


def forget_absent(at: datetime | None = None) -> int:
    """Forget visitors who were not seen for `EMBED_KEEP_DAYS`; how many there were."""
    days = max(_LEAST_DAYS, settings.EMBED_KEEP_DAYS)
    since = (at or now()) - timedelta(days=days)
    return forget(User.objects.filter(visitor__last_seen_at__lt=since))


def forget(users: "QuerySet[User]") -> int:
    """Delete visitors, and every word that was said with them.

    What they used stays in the ledger, and their sessions as numbers.
    """
    ids = list(users.filter(visitor__isnull=False).values_list("pk", flat=True))
    _stop(Session.objects.open().filter(owner__in=ids))
    for user_id in ids:  # one by one, so that no transaction is long
        User.objects.filter(pk=user_id).delete()
    return len(ids)


def _stop(sessions: "QuerySet[Session]") -> None:
    for session in sessions.select_related("account"):
        async_to_sync(services.close_session)(session, reason=EndReason.STAFF_STOPPED)
