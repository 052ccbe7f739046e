"""Lengths of time, as people read them."""

from datetime import timedelta

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from chat.folding import find_all_folded
from chat.transcripts.text import clock

register = template.Library()

register.filter("clock", clock)


@register.filter
def spoken(seconds: float) -> str:
    """About how long something took: “40 s”, “3 min”, “2 h 5 min”."""
    if seconds < 60:
        return gettext("%(seconds)d s") % {"seconds": round(seconds)}
    minutes = round(seconds / 60)
    if minutes < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


@register.filter
def lasted(span: timedelta) -> str:
    """`spoken` for a length of time."""
    return spoken(span.total_seconds())


@register.filter
def marked(text: str, wanted: list[str]) -> SafeString:
    """`text` with what folds to one of the `wanted` words marked, and its lines kept."""
    pieces, rest = [], 0
    for begins, ends in find_all_folded(text, wanted):
        pieces.append((escape(text[rest:begins]), escape(text[begins:ends])))
        rest = ends
    found = format_html_join("", "{}<mark>{}</mark>", pieces)
    return linebreaksbr(found + escape(text[rest:]))


@register.filter
def minutes(seconds: float) -> str:
    """Of a quota: minutes to the tenth, without a needless zero."""
    return f"{seconds / 60:.1f}".removesuffix(".0")
