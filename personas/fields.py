"""Text and lists of text, with the rules that forms, the admin and REST share."""

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas.limits import ITEM_MAX_CHARS, LIST_MAX_ITEMS

if TYPE_CHECKING:  # generic for the type checker alone
    CharField = models.CharField[str, str]
    TextField = models.TextField[str, str]
else:
    CharField = models.CharField
    TextField = models.TextField

# Control characters, surrogates that no encoding can carry, and the two Unicode
# separators that break a line as surely as a newline does.
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}


def plain_line(text: str) -> None:
    """Refuse what would not survive as one line of text."""
    if _has_unprintable(text):
        raise ValidationError(_("must not contain line breaks or control characters."))


def plain_prose(text: str) -> None:
    """Refuse control characters other than line breaks and tabs."""
    if _has_unprintable(text.replace("\n", "").replace("\r", "").replace("\t", "")):
        raise ValidationError(_("must not contain control characters."))


def _has_unprintable(text: str) -> bool:
    return any(unicodedata.category(char) in _UNPRINTABLE for char in text)


class LineField(CharField):
    """One line of text, without control characters."""

    default_validators = [plain_line]


class ProseField(TextField):
    r"""Text of several lines, which end in `\n` whatever the browser sent.

    Unlike Django's own, its `max_length` also holds outside of forms.
    """

    default_validators = [plain_prose]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if isinstance(text, str):
            text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
        return text


class StringListField(models.JSONField):
    """An ordered list of short lines, kept as JSON and edited one per line."""

    empty_values = ([],)  # None and {} are no lists, so they do not pass as empty ones

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Trim each item; `validate` judges the rest."""
        if isinstance(value, list):
            return [item.strip() if isinstance(item, str) else item for item in value]
        return value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, list):
            raise ValidationError(_("must be a list of strings."))
        if len(value) > LIST_MAX_ITEMS:
            raise ValidationError(
                _("must have at most %(most)s items (it has %(count)s)."),
                params={"most": LIST_MAX_ITEMS, "count": len(value)},
            )
        for position, item in enumerate(value, start=1):
            _check_item(position, item)

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", LinesField)
        # Django adds a hidden copy of fields whose default is a function, for defaults
        # that move; an empty list does not.
        kwargs.setdefault("show_hidden_initial", False)
        return models.Field.formfield(self, **kwargs)


def _check_item(position: int, item: Any) -> None:
    if problem := _problem_of(item):
        raise ValidationError(
            _("item %(position)s %(problem)s"),
            params={"position": position, "problem": problem},
        )


def _problem_of(item: Any) -> str:
    """What is wrong with an item, as the end of a sentence; or ""."""
    if not isinstance(item, str):
        return gettext("must be a string.")
    if not item:
        return gettext("must not be blank.")
    if len(item) > ITEM_MAX_CHARS:
        return gettext("must have at most %(most)s characters (it has %(count)s).") % {
            "most": ITEM_MAX_CHARS,
            "count": len(item),
        }
    if _has_unprintable(item):
        return gettext("must not contain line breaks or control characters.")
    return ""


class LinesField(forms.Field):
    """A text area with one item per line; blank lines mean nothing.

    It only reads and writes lines. Whether they are good is the model field's business.
    """

    widget = forms.Textarea(attrs={"rows": 6})

    def __init__(
        self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)  # a JSON field also passes how to (de)code: not used

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(str(item) for item in value)
        return value

    def to_python(self, value: Any) -> list[str]:
        return [line for raw in (value or "").splitlines() if (line := raw.strip())]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and self.to_python(data) != (initial or [])
