"""In which browsers somebody is signed in.

Whose a browser's session is stands inside it, so all of them are read. That takes a moment
on a busy site, is asked for seldom, and spares the portal a list of who came from where.
"""

from collections.abc import Iterator

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.timezone import now

from frontend.views import PageRequest


def sign_out_of_others(request: PageRequest) -> int:
    """End the user's other sessions; returns how many there were."""
    own = request.session.session_key
    return _end(key for key in _keys_of(request.user.pk) if key != own)


def sign_out_everywhere(user_pk: int) -> int:
    """End all sessions of somebody, who may be deleted; returns how many there were."""
    return _end(_keys_of(user_pk))


def _keys_of(user_pk: int) -> Iterator[str]:
    living = Session.objects.filter(expire_date__gt=now())
    for session in living.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user_pk):
            yield session.session_key


def _end(keys: Iterator[str]) -> int:
    count, _ = Session.objects.filter(pk__in=list(keys)).delete()
    return count
