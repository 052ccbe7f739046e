"""Forms of presentations: one for the script, one for each of its segments."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from chat.models import Script, Segment
from chat.models.script import PAUSE_MAX_S, SEGMENT_MAX_CHARS, SEGMENTS_MAX
from chat.scripts.drafts import TEXT_MAX_CHARS, segments_from_text
from personas.models import Exhibit, Persona

if TYPE_CHECKING:  # generic for the type checker alone
    ScriptModelForm = forms.ModelForm[Script]
    SegmentModelForm = forms.ModelForm[Segment]
    SegmentBaseFormSet = forms.BaseFormSet["SegmentForm"]
else:
    ScriptModelForm = SegmentModelForm = forms.ModelForm
    SegmentBaseFormSet = forms.BaseFormSet


class NewScriptForm(forms.Form):
    """Begin a presentation, with all of its text at once if it is there already."""

    title = Script._meta.get_field("title").formfield()
    text = forms.CharField(
        required=False,
        max_length=TEXT_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 8}),
        label=_("Text"),
        help_text=_(
            "Paste it, or leave this empty and write the parts on the next page. An empty "
            "line begins a new part; a line with --- makes the pause before it longer, "
            "--- 5 makes it five seconds."
        ),
    )

    def clean_text(self) -> list[Segment]:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            return []
        segments = segments_from_text(text)
        for number, segment in enumerate(segments, start=1):
            _require_good(segment, number)
        return segments

    def create_for(self, persona: Persona) -> Script:
        """Call it once, on a valid form."""
        script = Script.objects.create(
            persona=persona, title=self.cleaned_data["title"]
        )
        script.add_segments(self.cleaned_data["text"])
        return script


def _require_good(segment: Segment, number: int) -> None:
    try:
        segment.clean_fields(exclude=["script"])
    except ValidationError as exc:
        words = " ".join(exc.messages)
        raise ValidationError(
            _("Part %(number)s: %(problem)s"),
            params={"number": number, "problem": words},
        ) from exc


class ScriptForm(ScriptModelForm):
    """The script's own fields, and which version of it the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Script
        fields = ("title", "resumes_by_itself")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.updated_at.isoformat()

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.instance.is_as_of(self._seen()):
            raise ValidationError(
                _(
                    "Somebody has changed this presentation since this page was loaded. Copy "
                    "what you have written, load the page again, and put it in."
                )
            )
        return self.cleaned_data

    def _seen(self) -> datetime | None:
        try:
            return parse_datetime(self.cleaned_data.get("seen", ""))
        except ValueError:
            return None


class SegmentForm(SegmentModelForm):
    class Meta:
        model = Segment
        fields = ("text", "pause_after_s", "exhibit", "waits_for")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4, "maxlength": SEGMENT_MAX_CHARS}),
            "pause_after_s": forms.NumberInput(
                attrs={"min": 0, "max": PAUSE_MAX_S, "step": "any"}
            ),
        }

    def __init__(
        self, *args: Any, script: Script, exhibits: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instance.script = script
        field: Any = self.fields["exhibit"]
        field.queryset = exhibits
        field.empty_label = _("nothing")
        field.label_from_instance = _exhibit_label
        for name in ("pause_after_s", "exhibit"):
            self.fields[name].help_text = ""

    def has_changed(self) -> bool:
        """A place in the order alone is nothing written: such a part is left out."""
        return bool(set(self.changed_data) - {"ORDER", "DELETE"})


def _exhibit_label(exhibit: Exhibit) -> str:
    return f"{exhibit.title} ({exhibit.get_kind_display()})"


class SegmentFormSet(SegmentBaseFormSet):
    """All segments of a script, in the order that the page gives them."""

    @property
    def rows(self) -> Sequence[Segment]:
        """Segments as they were written, in order; for a valid set."""
        return [form.instance for form in self.kept]

    @property
    def kept(self) -> "list[SegmentForm]":
        """Forms that are not removed, and not left empty."""
        return [
            form
            for form in self.ordered_forms
            if form.has_changed() or not form.empty_permitted
        ]


def segment_forms(script: Script, data: Any = None, *, extra: int = 0) -> Any:
    """The formset of a script: as it is, or as it was sent."""
    factory = forms.formset_factory(
        SegmentForm,
        formset=SegmentFormSet,
        can_order=True,
        can_delete=True,
        extra=extra,
        max_num=SEGMENTS_MAX,
        absolute_max=SEGMENTS_MAX,
        validate_max=True,
    )
    initial = [
        {
            "text": segment.text,
            "pause_after_s": segment.pause_after_s,
            "exhibit": segment.exhibit_id,
            "waits_for": segment.waits_for,
        }
        for segment in script.segments.all()
    ]
    exhibits = Exhibit.objects.filter(persona=script.persona_id).fit_to_show()
    return factory(
        data,
        initial=None if data else initial,
        prefix="segments",
        form_kwargs={"script": script, "exhibits": exhibits},
    )
