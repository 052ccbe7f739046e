"""Lengths of time, as people read them."""

from django import template

from chat.transcripts.text import clock

register = template.Library()

register.filter("clock", clock)


@register.filter
def spoken(seconds: float) -> str:
    """About how long somebody spoke: “40 s”, “3 min”."""
    return f"{round(seconds)} s" if seconds < 60 else f"{round(seconds / 60)} min"


@register.filter
def minutes(seconds: float) -> str:
    """Of a quota: minutes to the tenth, without a needless zero."""
    return f"{seconds / 60:.1f}".removesuffix(".0")
