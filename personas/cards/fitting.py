"""Foreign values brought into the form that our fields take, with word of every change."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from personas import limits
from personas.fields import LineField, ProseField, StringListField
from personas.models import Persona

#: Not shortened more than this to end at a whole word.
_WHOLE_WORDS_WITHIN_CHARS = 80
_SHOWN_CHARS = 60


@dataclass(slots=True)
class Fitted:
    """Values by field name, and what had to be changed or left out, in sentences."""

    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def put(self, name: str, raw: Any) -> None:
        """Take a value for a field, shortened if need be; one that is no use is told of."""
        target = Persona._meta.get_field(name)
        label = str(getattr(target, "verbose_name", name))
        shaped = self._shaped(target, label, raw)
        if shaped is None and not target.null:
            return
        try:
            clean: Any = target.clean  # type: ignore[union-attr]
            self.values[name] = clean(shaped, None)
        except ValidationError as exc:
            self._left_out(label, " ".join(exc.messages))
        except OverflowError:  # an integer beyond any float
            self._wrong_kind(label)

    def _shaped(self, target: Any, label: str, raw: Any) -> Any:
        if isinstance(target, StringListField):
            return self._lines(label, raw)
        if isinstance(target, models.CharField | models.TextField):
            return self._text(target, label, raw)
        if isinstance(target, models.BooleanField):
            if isinstance(raw, bool):
                return raw
            return self._wrong_kind(label)
        if isinstance(target, models.FloatField):
            is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
            if is_number or (raw is None and target.null):
                return raw
            return self._wrong_kind(label)
        return raw

    def _text(self, target: Any, label: str, raw: Any) -> Any:
        if not isinstance(raw, str):
            return self._wrong_kind(label)
        is_prose = isinstance(target, ProseField)
        text = prose(raw) if is_prose else line(raw)
        if target.max_length is None or len(text) <= target.max_length:
            return text
        if not isinstance(target, LineField | ProseField):
            return text  # a word from a closed list: refused by its own rule
        short = shortened(text, target.max_length)
        self.warnings.append(
            _("%(field)s: shortened from %(was)s to %(now)s characters.")
            % {"field": _capital(label), "was": len(text), "now": len(short)}
        )
        return short

    def _lines(self, label: str, raw: Any) -> Any:
        if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
            return self._wrong_kind(label)
        items = [text for one in raw if (text := line(one))]
        kept = [shortened(text, limits.ITEM_MAX_CHARS) for text in items]
        kept = kept[: limits.LIST_MAX_ITEMS]
        if dropped := len(items) - len(kept):
            self.warnings.append(
                _("%(field)s: only the first %(most)s are taken, %(dropped)s are not.")
                % {
                    "field": _capital(label),
                    "most": limits.LIST_MAX_ITEMS,
                    "dropped": dropped,
                }
            )
        if any(len(one) > limits.ITEM_MAX_CHARS for one in items):
            self.warnings.append(
                _("%(field)s: entries are shortened to %(most)s characters.")
                % {"field": _capital(label), "most": limits.ITEM_MAX_CHARS}
            )
        return kept

    def _wrong_kind(self, label: str) -> Any:
        """Nothing, and a word about it."""
        self._left_out(label, _("it is of another kind than ours."))
        return None

    def _left_out(self, label: str, why: str) -> None:
        self.warnings.append(
            _("%(field)s: left out, because %(why)s")
            % {"field": _capital(label), "why": why}
        )


def line(text: str) -> str:
    """As one line without control characters."""
    return " ".join(_printable(text).split())


def prose(text: str) -> str:
    """Without control characters other than line breaks and tabs."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = re.sub("[\u2028\u2029\x85\x0b\x0c]", "\n", whole)
    kept = "\n".join(_printable(one, keep="\t") for one in whole.split("\n"))
    return kept.strip()


def shortened(text: str, most: int) -> str:
    """At most so many characters, ending at a whole word where one ends nearby."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    space = max(short.rfind(" "), short.rfind("\n"))
    if space > most - _WHOLE_WORDS_WITHIN_CHARS:
        short = short[:space]
    return short.rstrip() + "…"


def shown(text: str) -> str:
    """A foreign word as it may stand in a sentence of ours."""
    return shortened(line(text), _SHOWN_CHARS)


def _printable(text: str, keep: str = "") -> str:
    unprintable = {"Cc", "Cs", "Zl", "Zp"}
    return "".join(
        " " if unicodedata.category(char) in unprintable and char not in keep else char
        for char in text
    )


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
