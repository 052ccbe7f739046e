"""How often somebody may ask for what costs something."""

from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils.translation import gettext

from config.errors import DomainError

WINDOW_S = 60


class TooOften(DomainError):
    code = "throttled"
    status = 429

    def __init__(self) -> None:
        super().__init__(gettext("That was a little fast. Wait a moment."))

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(WINDOW_S)}


def require_pace(user: User, what: str, *, per_minute: int) -> None:
    """Raise `TooOften` when the user has asked for it so often within a minute."""
    key = f"pace.{what}.{user.pk}"
    cache.add(key, 0, WINDOW_S)
    try:
        count = cache.incr(key)
    except ValueError:  # the window has ended in between
        return
    if count > per_minute:
        raise TooOften
