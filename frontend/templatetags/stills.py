"""Pictures of avatars, for pages on which nobody is live yet."""

from pathlib import Path

from django import template
from django.templatetags.static import static

register = template.Library()

_FOLDER = Path(__file__).resolve().parent.parent / "static/frontend/img/avatars"
_KNOWN = frozenset(path.stem for path in _FOLDER.glob("*.webp"))
_TONES = 4


@register.simple_tag
def still(avatar_name: str) -> str:
    """The address of an avatar's picture, or "" for one of which we have none."""
    if avatar_name not in _KNOWN:
        return ""
    return static(f"frontend/img/avatars/{avatar_name}.webp")


def known_avatars() -> list[str]:
    """Avatars of which we have a picture, in the order of their names."""
    return sorted(_KNOWN)


@register.filter
def initial(name: str) -> str:
    """What stands for somebody without a picture: the first letter of their name."""
    letters = (char for char in name if char.isalnum())
    return next(letters, name[:1]).upper()


@register.filter
def tone(pk: int | None) -> int:
    """Which of the colours of initials is theirs, so that neighbours seldom look alike."""
    return (pk or 0) % _TONES
