"""Our own format: every field of a persona under its own name, and a version.

Documents, and the pictures that a persona shows, are not in it; how many there are is.
"""

from typing import Any

from django.utils.translation import gettext as _

from personas.cards.errors import CardRefused
from personas.cards.fitting import Fitted, shown
from personas.models import Persona

FORMAT = "greenroom-persona"
VERSION = 1


def as_json(
    values: dict[str, Any],
    exhibits: list[dict[str, Any]],
    left_out: dict[str, int],
    card: dict[str, Any] | None,
) -> dict[str, Any]:
    """A persona as our file has it; `card` is the one that it once came from."""
    origin = {} if card is None else {"card": card}
    return {
        "format": FORMAT,
        "version": VERSION,
        "persona": values,
        "exhibits": exhibits,
        "left_out": left_out,
    } | origin


def is_ours(value: dict[str, Any]) -> bool:
    return value.get("format") == FORMAT


def fitted(value: dict[str, Any]) -> Fitted:
    """The fields of one of our files. Raises `CardRefused` for one from the future."""
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise CardRefused(_("It does not say which version of our format it has."))
    if version > VERSION:
        raise CardRefused(
            _("It was made by a newer Greenroom than this one, which cannot read it.")
        )
    fields = value.get("persona")
    if not isinstance(fields, dict):
        raise CardRefused(_("There is no “persona” in it."))
    found = Fitted()
    for name, raw in fields.items():
        if name in Persona.CONTENT_FIELDS:
            found.put(name, raw)
        else:
            found.warnings.append(
                _("“%(name)s” is not known here and is left out.")
                % {"name": shown(name)}
            )
    found.warnings += _left_out(value.get("left_out"))
    return found


def _left_out(counts: Any) -> list[str]:
    """What the persona had, and its file has not."""
    told = {
        "documents": _("Its documents are not in the file; upload them again."),
        "pictures": _("The pictures that it shows are not in the file."),
    }
    known = counts if isinstance(counts, dict) else {}
    return [
        words
        for name, words in told.items()
        if isinstance(known.get(name), int) and known[name] > 0
    ]
