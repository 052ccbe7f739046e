"""What things are called in the admin."""

from typing import Any

from django import template

from frontend.administration.menu import name_of

register = template.Library()


@register.simple_tag
def list_name(opts: Any) -> str:
    """The name of a model's list, as the sections have it."""
    return name_of(opts.label, opts.verbose_name_plural)
