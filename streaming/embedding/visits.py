"""Coming in by a key, and coming back with a token."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.timezone import now
from django.utils.translation import gettext as _

from config.errors import DomainError
from personas.models import Persona
from streaming.embedding import tokens
from streaming.embedding.errors import (
    EmbedUnknown,
    OriginNotAllowed,
    TooManyVisits,
    VisitOver,
)
from streaming.embedding.standing import require_in_use
from streaming.models import EmbedKey, Visitor
from streaming.models.embed import looks_like_key

_HOUR = timedelta(hours=1)


def key_for(slug: str, key: str) -> EmbedKey:
    """The key to a persona, in use. Raises `EmbedUnknown` or `EmbedOff`."""
    found = None
    if looks_like_key(key):
        keys = EmbedKey.objects.filter(key=key, persona__slug=slug)
        found = keys.select_related("persona", "owner").first()
    if found is None:
        raise _unknown()
    require_in_use(found)
    return found


def require_origin(key: EmbedKey, origin: str, *, own: str) -> None:
    """Raise `OriginNotAllowed` unless the key names the site, or the site is ours."""
    if origin != own and not key.allows(origin):
        raise OriginNotAllowed(
            _("%(persona)s may not be talked to on this site.")
            % {"persona": key.persona.name},
            detail=_("Its key does not name %(origin)s.")
            % {"origin": origin or _("the site that it stands on")},
        )


@transaction.atomic
def begin_visit(key: EmbedKey, *, origin: str, address: str, at: datetime) -> Visitor:
    """Somebody new. Raises `TooManyVisits` when too many came from their address.

    The key's row is the lock, so that the count holds until the new one is counted too. It
    is read again for that: raises `EmbedUnknown` or `EmbedOff` if the key has just ended.
    """
    locked = EmbedKey.objects.select_for_update(no_key=True).filter(pk=key.pk).first()
    if locked is None or locked.key != key.key:
        raise _unknown()
    require_in_use(locked)
    digest = address_digest(address)
    recent = key.visitors.filter(address_digest=digest, created_at__gt=at - _HOUR)
    if recent.count() >= key.visits_per_hour:
        oldest = recent.order_by("created_at").values_list("created_at", flat=True)[0]
        raise TooManyVisits(
            _("Many conversations were begun from your network. Try again later."),
            retry_after_s=(oldest + _HOUR - at).total_seconds(),
        )
    user = User(username=_name(key), is_active=False)
    user.set_unusable_password()
    # They come and go by the hundred, and nobody hands them any power.
    user.save_without_historical_record()  # type: ignore[attr-defined]
    EmbedKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return Visitor.objects.create(
        user=user,
        key=key,
        origin=origin,
        address_digest=digest,
        created_at=at,
        last_seen_at=at,
    )


def visitor_of(token: str) -> Visitor:
    """Whose token it is, with `user` and `key`. Raises `VisitOver` or `EmbedOff`."""
    visitor_id = tokens.visitor_id_in(token)
    visitors = Visitor.objects.select_related("user", "key__persona", "key__owner")
    visitor = visitors.filter(pk=visitor_id).first() if visitor_id else None
    if visitor is None or visitor.key is None:
        raise _over()
    if not tokens.is_good(token, visitor.key.key):
        raise _over()
    require_in_use(visitor.key)
    return visitor


def known(token: str, key: EmbedKey) -> Visitor | None:
    """Who comes back to the same key with a token that is good yet; else None."""
    try:
        visitor = visitor_of(token)
    except DomainError:
        return None
    if visitor.key_id != key.pk:
        return None
    note_seen(visitor)
    return visitor


def note_seen(visitor: Visitor) -> None:
    Visitor.objects.filter(pk=visitor.pk).update(last_seen_at=now())


def persona_of(visitor: Visitor) -> Persona:
    """Whom a visitor can talk to. Raises `VisitOver` once their key is gone."""
    if visitor.key is None:
        raise _over()
    return visitor.key.persona


def _unknown() -> EmbedUnknown:
    return EmbedUnknown(_("There is no such persona here, or the key is wrong."))


def _over() -> VisitOver:
    return VisitOver(_("This visit is over. Begin again."))


def _name(key: EmbedKey) -> str:
    """As staff read it on the board and in the ledger; nobody can sign up with blanks."""
    return f"Visitor of {key.name} #{get_random_string(8).lower()}"


def address_digest(address: str) -> str:
    """The address, so that it can be recognised and not be read."""
    return salted_hmac("greenroom.visitor.address", address).hexdigest()[:40]
