"""Making and changing what a persona shows; the admin and the portal share this form."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.models import Exhibit, Persona
from personas.pictures import Picture, read_picture

if TYPE_CHECKING:  # generic for the type checker alone
    ExhibitModelForm = forms.ModelForm[Exhibit]
else:
    ExhibitModelForm = forms.ModelForm


class PictureField(forms.FileField):
    """An uploaded file that turns out to be a picture; cleaned, it is a `Picture`."""

    widget = forms.FileInput(
        attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}
    )

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        upload = super().clean(data, initial)
        return read_picture(upload) if upload else None


class ExhibitForm(ExhibitModelForm):
    """An exhibit and, for the kind that has one, its picture.

    The name stays as it was once given: scripts call for it. Give `persona` for a new one.
    """

    upload = PictureField(
        label=_("File"),
        required=False,
        help_text=format_lazy(
            _(
                "PNG, JPEG, WebP or GIF, at most {mb} MB. It is made anew: places, times "
                "and cameras noted in the file are not kept."
            ),
            mb=limits.PICTURE_MAX_BYTES // 1_000_000,
        ),
    )

    class Meta:
        model = Exhibit
        fields = ("name", "kind", "title", "alt", "upload", "address")

    def __init__(
        self, *args: Any, persona: Persona | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if persona is not None:
            self.instance.persona = persona
        if not self.instance._state.adding and "name" in self.fields:
            self.fields["name"].disabled = True

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if (
            data.get("kind") == Exhibit.Kind.IMAGE
            and "upload" in data
            and not data["upload"]
            and not self.instance.digest
        ):
            self.add_error("upload", gettext("Choose a picture."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """The persona is given and not chosen, but names must differ within it."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        if self.instance.persona_id:
            excluded.discard("persona")
        return excluded

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.instance._state.adding and self._is_full():
            raise ValidationError(
                _("A persona has at most %(most)s exhibits. Remove one first."),
                params={"most": limits.EXHIBITS_MAX},
            )
        return name

    def _is_full(self) -> bool:
        if not self.instance.persona_id:
            return False
        count = Exhibit.objects.filter(persona=self.instance.persona_id).count()
        return count >= limits.EXHIBITS_MAX

    def save(self, commit: bool = True) -> Exhibit:
        exhibit = super().save(commit=False)
        if commit:
            self.keep()
        return exhibit

    def keep(self) -> None:
        """Store the exhibit with its picture, if one came."""
        picture = self.cleaned_data.get("upload")
        if picture and self.instance.kind == Exhibit.Kind.IMAGE:
            self.instance.keep(picture)
        else:
            self.instance.save()
