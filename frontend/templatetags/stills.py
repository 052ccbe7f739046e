"""Pictures of avatars, for pages on which nobody is live yet."""

from pathlib import Path

from django import template
from django.templatetags.static import static

register = template.Library()

_FOLDER = Path(__file__).resolve().parent.parent / "static/frontend/img/avatars"
_KNOWN = frozenset(path.stem for path in _FOLDER.glob("*.webp"))


@register.simple_tag
def still(avatar_name: str) -> str:
    """The address of an avatar's picture, or "" for one of which we have none."""
    if avatar_name not in _KNOWN:
        return ""
    return static(f"frontend/img/avatars/{avatar_name}.webp")


def known_avatars() -> list[str]:
    """Avatars of which we have a picture, in the order of their names."""
    return sorted(_KNOWN)
