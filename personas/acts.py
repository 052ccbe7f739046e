"""What staff do that changes no audited field, in Django's own log."""

from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.IntegerChoices):
    """What staff do that changes no audited field; numbers beyond those of Django's log."""

    LOOKED = 10, _("looked at how they fare")
    STOPPED = 11, _("stopped")
    WOKE = 12, _("woke up")
    MOVED = 13, _("moved in the line")
    TESTED = 14, _("tested the connection of")
    STOPPED_IDLE = 15, _("stopped as idle")
    STOPPED_ALL = 16, _("stopped with all others")


def note(actor: Any, act: Act, *subjects: models.Model) -> None:
    """Enter what somebody did into Django's log, which the audit shows."""
    if not subjects:
        return
    kind = ContentType.objects.get_for_model(subjects[0])
    LogEntry.objects.bulk_create(
        [
            LogEntry(
                user_id=actor.pk,
                content_type=kind,
                object_id=str(one.pk),
                object_repr=str(one)[:200],
                action_flag=act,
                change_message="",
            )
            for one in subjects
        ]
    )
