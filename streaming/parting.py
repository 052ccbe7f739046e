"""Sessions that began while somebody deleted their persona.

Whoever deletes a persona first ends what is open with it, before the transaction, since
that asks avatar services. What begins after that look is found here, under the lock that
every new session needs (`limits.grant`), and ended once the persona is gone.
"""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models.signals import pre_delete

from personas.models import Persona
from streaming import services
from streaming.models import EndReason, Session


def connect() -> None:
    """Watch personas being deleted, by whomever. Doing it twice is harmless."""
    pre_delete.connect(_persona_goes, Persona, dispatch_uid="streaming.parting")


def _persona_goes(*, instance: Persona, **_: Any) -> None:
    list(Persona.objects.select_for_update().filter(pk=instance.pk).values_list("pk"))
    begun = Session.objects.speaking().with_personas([instance.pk])
    if ids := list(begun.values_list("pk", flat=True)):
        transaction.on_commit(lambda: _end(ids), robust=True)


def _end(ids: list[uuid.UUID]) -> None:
    left = Session.objects.speaking().filter(pk__in=ids).select_related("account")
    ending = [(session, EndReason.PERSONA_ENDED) for session in left]
    async_to_sync(services.close_each)(ending)
