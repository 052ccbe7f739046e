"""Pages of the admin, as a browser sends their forms back."""

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm, MultiWidget


def filled_in(page: Any) -> dict[str, Any]:
    """What a browser would send back if nobody touched the form."""
    sent: dict[str, Any] = {}
    for field in (field for form in _forms(page) for field in form):
        value = "" if field.value() is None else field.value()
        if isinstance(field.field.widget, MultiWidget):
            parts = enumerate(field.field.widget.decompress(value) or [])
            sent |= {f"{field.html_name}_{nth}": part or "" for nth, part in parts}
        else:
            sent[field.html_name] = value
        if field.field.show_hidden_initial:
            sent[field.html_initial_name] = value
    return sent


def _forms(page: Any) -> Iterator[BaseForm]:
    yield page.context["adminform"].form
    for inline in page.context["inline_admin_formsets"]:
        yield inline.formset.management_form
        yield from inline.formset.forms
