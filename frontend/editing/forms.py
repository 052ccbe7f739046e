"""The editor's form: all that a persona is, with what the page showed in each field."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from frontend.editing.starts import STARTS, start_content
from personas import limits
from personas.models import Credit, Edit, How, Persona

if TYPE_CHECKING:  # generic for the type checker alone
    PersonaModelForm = forms.ModelForm[Persona]
else:
    PersonaModelForm = forms.ModelForm

NOTE_MAX_CHARS = limits.LINE_MAX_CHARS
_UNREADABLE = object()


class EditorForm(PersonaModelForm):
    """Edits of a persona's content; nothing is saved by it.

    Each field comes with a hidden copy of what the page showed. So only what somebody has
    really edited is written, and whoever edits something else at the same time loses
    nothing.
    """

    class Meta:
        model = Persona
        fields = Persona.CONTENT_FIELDS
        widgets = {
            "greeting": forms.Textarea(attrs={"rows": 3}),
            "farewell": forms.Textarea(attrs={"rows": 2}),
            "knowledge": forms.Textarea(attrs={"rows": 14}),
            "personality_style": forms.Textarea(attrs={"rows": 2}),
            "speaking_rate": forms.NumberInput(
                attrs={
                    "min": limits.SPEAKING_RATE_MIN,
                    "max": limits.SPEAKING_RATE_MAX,
                    "step": "0.05",
                }
            ),
            **{
                name: forms.NumberInput(attrs={"min": 0, "max": 1, "step": "0.05"})
                for name in ("key_threshold", "key_softness", "key_spill")
            },
            "temperature": forms.NumberInput(
                attrs={
                    "min": limits.TEMPERATURE_MIN,
                    "max": limits.TEMPERATURE_MAX,
                    "step": "0.1",
                }
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
            field.widget.attrs["autocomplete"] = "off"
            if isinstance(field.widget, forms.Textarea):
                # A browser would cut what is pasted without a word.
                longest = field.widget.attrs.pop("maxlength", None)
                if longest:
                    field.widget.attrs["data-max-chars"] = longest
        self.fields["language"].widget.attrs["list"] = "languages"

    def edits(self, names: list[str] | None = None) -> dict[str, Edit]:
        """What was edited and is valid, by field; call it once the form was judged."""
        found = {}
        for name in names or self.fields:
            if name not in self.cleaned_data:
                continue
            now = self._cleaned_alike(name, self.cleaned_data[name])
            was = self._shown(name)
            if was is not _UNREADABLE and was != now:
                found[name] = Edit(was, now)
        return found

    def _shown(self, name: str) -> Any:
        """The value that the page showed; where it did not tell, the one that there is."""
        field, bound = self.fields[name], self[name]
        if bound.html_initial_name not in self.data:
            return self.initial.get(name)
        raw = field.hidden_widget().value_from_datadict(
            self.data, MultiValueDict(), bound.html_initial_name
        )
        try:
            return self._cleaned_alike(name, field.clean(raw))
        except forms.ValidationError:
            return _UNREADABLE

    def _cleaned_alike(self, name: str, value: Any) -> Any:
        model_field: Any = Persona._meta.get_field(name)
        return model_field.to_python(value)

    def as_written(self, name: str, value: Any) -> str | bool:
        """A value as it stands in the page's field."""
        shown = self.fields[name].prepare_value(value)
        if isinstance(shown, bool):
            return shown
        return "" if shown is None else str(shown)


def languages() -> list[tuple[str, str]]:
    """Tags with what they mean, for the language field to suggest."""
    names = {
        tag: str(info["name_local"])
        for tag, info in LANG_INFO.items()
        if "name_local" in info
    }
    return sorted(names.items())


class NewPersonaForm(forms.Form):
    """Begin a persona: a name, and what it starts from."""

    name = forms.CharField(
        max_length=limits.NAME_MAX_CHARS,
        label=_("Name"),
        help_text=_("As the persona would introduce itself."),
    )
    start = forms.ChoiceField(
        label=_("Start with"),
        choices=[(start.key, start.title) for start in STARTS],
        widget=forms.RadioSelect,
        initial=STARTS[0].key,
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        Persona._meta.get_field("name").run_validators(name)
        return name

    def create_for(self, owner: Any) -> Persona:
        """Call it once, on a valid form."""
        name = self.cleaned_data["name"]
        content = start_content(self.cleaned_data["start"], name)
        language = spoken_language(get_language() or settings.LANGUAGE_CODE)
        persona = Persona(owner=owner, name=name, language=language, **content)
        persona.credited(Credit(owner, How.MADE)).save()
        return persona


def spoken_language(interface: str) -> str:
    """What a new persona speaks, made by somebody who reads the site in `interface`."""
    return "en-gb" if interface.lower().startswith("en") else interface.lower()


def human_name(name: str) -> str:
    """What a field is called, at the beginning of a line."""
    words = str(Persona._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def human_names(names: Any) -> str:
    """Several fields, in a sentence."""
    quoted = [gettext("“%(field)s”") % {"field": human_name(name)} for name in names]
    return ", ".join(quoted)
