"""How a persona stands on the stage: what is behind it, saved for all who see it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.errors import error_body
from personas.models import Credit, Persona

if TYPE_CHECKING:  # generic for the type checker alone
    PersonaModelForm = forms.ModelForm[Persona]
else:
    PersonaModelForm = forms.ModelForm


class KeyingForm(PersonaModelForm):
    class Meta:
        model = Persona
        fields = Persona.KEYING_FIELDS


def keying_facts(persona: Persona) -> dict[str, Any]:
    """The persona's own values, as scripts know them."""
    return {
        "removes": persona.removes_background,
        "background": persona.background,
        "colour": persona.key_colour,
        "threshold": persona.key_threshold,
        "softness": persona.key_softness,
        "spill": persona.key_spill,
    }


@require_POST
def save_background(request: HttpRequest, slug: str) -> JsonResponse:
    """Save what an editor of the persona sees on the stage, for everybody.

    A field that is left out keeps its value, but for the switch: off is sent as nothing.
    """
    if not request.user.is_authenticated:
        return _refused(_("Sign in again to save this."), "unauthorized", 401)
    persona = get_object_or_404(Persona.objects.editable_by(request.user), slug=slug)
    given = {**_as_written(persona), **request.POST.dict()}
    form = KeyingForm(given, instance=persona)
    if not form.is_valid():
        return _refused(_problems(form), "invalid", 400)
    persona.refresh_from_db(fields=Persona.KEYING_FIELDS)
    persona.credited(Credit(request.user)).change(**form.cleaned_data)
    return JsonResponse({"success": True, "keying": keying_facts(persona)})


def _as_written(persona: Persona) -> dict[str, Any]:
    names = set(Persona.KEYING_FIELDS) - {"removes_background"}
    return {name: getattr(persona, name) for name in names}


def _problems(form: KeyingForm) -> str:
    """Every refusal, each after the name of its field."""
    return " ".join(
        f"{form.fields[name].label}: {' '.join(map(str, errors))}"
        for name, errors in form.errors.items()
    )


def _refused(message: str, code: str, status: int) -> JsonResponse:
    return JsonResponse(error_body(message, message, code), status=status)
