"""Icons from the sprite, as inline SVG that takes the colour of its text."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, *, when: str = "") -> SafeString:
    """One icon, hidden from screen readers: the words beside it say it already.

    `when` names the state in which a button shows this one of its two icons.
    """
    address = f"{static('frontend/img/icons.svg')}#{name}"
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"{}>'
        '<use href="{}"></use></svg>',
        format_html(' data-when="{}"', when) if when else "",
        address,
    )
