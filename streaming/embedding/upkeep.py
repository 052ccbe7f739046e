"""Switching keys off, changing them, and forgetting who came by them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.timezone import now

from streaming import services
from streaming.models import EmbedKey, Session, UsageEntry, Visitor

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
    """Delete a key; the worker then forgets everybody who came by it, with what they said."""
    from streaming import tasks  # which imports us

    switch(key, on=False)
    key.delete()
    transaction.on_commit(tasks.forget_visitors_without_key, robust=True)


@receiver(pre_delete, sender=EmbedKey)
def charge_the_host(instance: EmbedKey, **_: Any) -> None:
    """Leave what visitors have used with who made their key, also when a persona goes.

    Deleting it would give them that time anew.
    """
    _charge_hosts(instance.visitors.values_list("user_id", flat=True))


def _charge_hosts(user_ids: Iterable[int]) -> None:
    """Make these visitors' entries in the ledger their hosts'; the names stay."""
    visits = Visitor.objects.filter(user__in=list(user_ids), key__isnull=False)
    hosts = defaultdict(list)
    for user_id, host_id in visits.values_list("user_id", "key__owner_id"):
        hosts[host_id].append(user_id)
    for host_id, theirs in hosts.items():
        UsageEntry.objects.filter(user__in=theirs).update(user=host_id)


def stop_sessions(key: EmbedKey) -> None:
    _stop(Session.objects.open().filter(owner__visitor__key=key))


def forget_absent(at: datetime | None = None) -> int:
    """Forget visitors who were not seen for `EMBED_KEEP_DAYS`; how many there were.

    Whose key is gone cannot come again.
    """
    days = max(_LEAST_DAYS, settings.EMBED_KEEP_DAYS)
    since = (at or now()) - timedelta(days=days)
    absent = Q(visitor__last_seen_at__lt=since) | Q(visitor__key=None)
    return forget(User.objects.filter(absent))


def forget(users: "QuerySet[User]") -> int:
    """Delete visitors, and every word that was said with them.

    What they used stays in the ledger as their hosts', and their sessions as numbers.
    """
    ids = list(users.filter(visitor__isnull=False).values_list("pk", flat=True))
    _stop(Session.objects.open().filter(owner__in=ids))
    _charge_hosts(ids)
    for user_id in ids:  # one by one, so that no transaction is long
        User.objects.filter(pk=user_id).delete()
    return len(ids)


def _stop(sessions: "QuerySet[Session]") -> None:
    async_to_sync(services.stop_all)(list(sessions.select_related("account")))
