"""The editor's fields: what the page showed, and faces to choose from."""

from dataclasses import dataclass

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from frontend.templatetags.stills import known_avatars, still

register = template.Library()


@dataclass(frozen=True, slots=True)
class Face:
    value: str
    name: str
    picture: str
    is_chosen: bool


@register.simple_tag
def as_shown(field: BoundField) -> SafeString:
    """A hidden copy of what stands in the field, which tells what is edited later."""
    return field.as_hidden(only_initial=True)


@register.simple_tag
def faces(field: BoundField) -> list[Face]:
    """Avatars of which we have pictures, and whoever is chosen now."""
    chosen = str(field.value() or "")
    ids = ["", *known_avatars()]
    if chosen not in ids:
        ids.append(chosen)
    return [Face(one, _name(one), still(one), one == chosen) for one in ids]


def _name(avatar_name: str) -> str:
    if not avatar_name:
        return gettext("The service’s own")
    return avatar_name.replace("_", " ").title() if still(avatar_name) else avatar_name
