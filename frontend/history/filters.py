"""What of one's history is looked for: words, a persona, and days."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext_lazy as _

from chat import talks
from personas.models import Persona
from streaming.models.session_queries import SessionQuerySet

MAX_SEARCH_CHARS = 200
#: Beyond the first and last days that there are, nothing can be compared in UTC.
_DAYS = (MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31)))


class HistoryFilter(forms.Form):
    """Each field is optional; one that is wrong is told of and narrows nothing."""

    q = forms.CharField(label=_("What was said"), max_length=MAX_SEARCH_CHARS)
    persona = forms.ModelChoiceField(
        Persona.objects.none(), label=_("Persona"), empty_label=_("All personas")
    )
    since = forms.DateField(label=_("From"), validators=_DAYS)
    until = forms.DateField(label=_("To"), validators=_DAYS)

    field_order = ("q", "persona", "since", "until")

    def __init__(self, asked: Any, *, user: Any) -> None:
        super().__init__(asked)
        for field in self.fields.values():
            field.required = False
            field.widget.attrs["class"] = "input"
        for name in ("since", "until"):
            kind = forms.DateInput(format="%Y-%m-%d", attrs={"class": "input"})
            kind.input_type = "date"
            self.fields[name].widget = kind
        self.fields["q"].widget.input_type = "search"
        talked_with = Persona.objects.filter(
            sessions__owner=user.pk, sessions__removed_at=None
        )
        choice: Any = self.fields["persona"]
        choice.queryset = talked_with.distinct().order_by("name")

    def clean(self) -> None:
        since, until = self._given("since"), self._given("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one."))

    def apply(self, sessions: SessionQuerySet) -> SessionQuerySet:
        self.is_valid()
        if persona := self._given("persona"):
            sessions = sessions.filter(persona=persona)
        if since := self._given("since"):
            sessions = sessions.filter(created_at__gte=_midnight(since))
        if until := self._given("until"):
            day_after = until + timedelta(days=1)
            sessions = sessions.filter(created_at__lt=_midnight(day_after))
        return talks.saying(sessions, self.search)

    @property
    def search(self) -> str:
        return str(self._given("q") or "")

    @property
    def is_narrow(self) -> bool:
        """Whether anything was asked for."""
        return any(self[name].value() for name in self.fields)

    @property
    def narrows_beyond_words(self) -> bool:
        return any(self[name].value() for name in ("persona", "since", "until"))

    def _given(self, name: str) -> Any:
        return getattr(self, "cleaned_data", {}).get(name)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, get_default_timezone())
