"""Whether a key opens anything now."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from personas.models import Persona
from streaming.embedding.errors import EmbedOff
from streaming.models import EmbedKey


def require_in_use(key: EmbedKey) -> None:
    """Raise `EmbedOff` unless the key is on and its maker could still make it."""
    if not in_use([key]):
        raise gone()


def in_use(keys: Iterable[EmbedKey]) -> set[EmbedKey]:
    """Those by which somebody could come in now: one query for each of their makers."""
    by_maker = defaultdict(list)
    for key in keys:
        if key.is_on and key.owner.is_active:
            by_maker[key.owner].append(key)
    found = set()
    for maker, theirs in by_maker.items():
        wanted = {key.persona_id for key in theirs}
        personas = Persona.objects.current().embeddable_by(maker).filter(pk__in=wanted)
        kept = set(personas.values_list("pk", flat=True))
        found |= {key for key in theirs if key.persona_id in kept}
    return found


def gone() -> EmbedOff:
    return EmbedOff(_("This persona cannot be talked to here at the moment."))
