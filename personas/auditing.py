"""Who changed what, when: the history of some fields of a model.

    audit = Audited("name", "seat_limit")

A row is kept only where one of these fields changed, with whoever sent the request. What a
`QuerySet.update()` changes is not seen: verbs that use one on such a field save instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import models
from simple_history import register
from simple_history.models import HistoricalRecords

if TYPE_CHECKING:  # ships no types
    Records = Any
else:
    Records = HistoricalRecords

MANAGER = "audit"


class Audited(Records):  # type: ignore[misc, unused-ignore]
    """The fields that are kept; whatever else the model has is nobody's business here."""

    def __init__(self, *names: str, **options: Any) -> None:
        self.names = names
        super().__init__(**options)

    def finalize(self, sender: type[models.Model], **kwargs: Any) -> None:
        if self.cls is sender:
            kept = {*self.names, sender._meta.pk.name}
            self.excluded_fields = [
                field.name for field in sender._meta.fields if field.name not in kept
            ]
        super().finalize(sender, **kwargs)

    def post_save(
        self,
        instance: Any,
        created: bool,
        using: str | None = None,
        update_fields: Any = None,
        **kwargs: Any,
    ) -> None:
        if created or self._differs(instance, update_fields):
            super().post_save(instance, created, using=using, **kwargs)

    def post_delete(
        self, instance: Any, using: str | None = None, **kwargs: Any
    ) -> None:
        """That somebody is gone of whom nothing was kept is nothing to keep."""
        if getattr(instance, self.manager_name).exists():
            super().post_delete(instance, using=using, **kwargs)

    def _differs(self, instance: Any, update_fields: Any) -> bool:
        if getattr(instance, "_change_reason", None):
            return True
        if update_fields is not None and not {*update_fields} & {*self.names}:
            return False
        known = getattr(instance, self.manager_name).order_by("-history_id").first()
        return known is None or any(
            getattr(known, field.attname) != getattr(instance, field.attname)
            for field in self.fields_included(instance)
        )


@contextmanager
def credited_to_nobody() -> Iterator[None]:
    """For whoever deletes their own account: a row would name somebody who is gone."""
    request = getattr(Records.context, "request", None)
    if request is None:
        yield
        return
    del Records.context.request
    try:
        yield
    finally:
        Records.context.request = request


def audit_users() -> None:
    """Of people: whether they may come in, and what they may do. No address, no password."""
    register(
        User,
        app="personas",
        manager_name=MANAGER,
        records_class=_AuditedUser,
        m2m_fields=["groups"],
    )


class _AuditedUser(Audited):
    def __init__(self, **options: Any) -> None:
        super().__init__("username", "is_active", "is_staff", "is_superuser", **options)
