"""Django's form fields in our own clothes."""

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag
def styled(field: BoundField) -> SafeString:
    """The field's widget with our class; placeholders go, since every field has a label."""
    attrs: dict[str, Any] = {} if is_checkbox(field) else {"class": "input"}
    field.field.widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs=attrs)
