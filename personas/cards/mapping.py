"""Character cards as our fields, and our fields as character cards.

Cards have places of their own for five of our fields. Everything else of ours travels in
`extensions.greenroom`, and everything of a card that we do not use stays in the card, which
is kept with the persona. An export writes over the kept card only what has been changed.
"""

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from personas import limits
from personas.cards.fitting import Fitted, line, prose, shortened
from personas.cards.macros import Names, described, dialogue, spoken
from personas.models import Persona

Spec = Literal["chara_card_v2", "chara_card_v3"]
VERSIONS: dict[Spec, str] = {"chara_card_v2": "2.0", "chara_card_v3": "3.0"}

#: Our fields that cards have a place for; a change of theirs in another program counts.
NATIVE = ("name", "greeting", "personality_style", "knowledge", "tags")

#: What of a card our fields are made from. While it is as we wrote it, our own words hold.
_SOURCES = (
    "name",
    "nickname",
    "description",
    "personality",
    "scenario",
    "first_mes",
    "mes_example",
    "tags",
    "character_book",
)
_V1_TEXTS = (
    "name",
    "description",
    "personality",
    "scenario",
    "first_mes",
    "mes_example",
)
_V2_TEXTS = (
    *_V1_TEXTS,
    "creator_notes",
    "system_prompt",
    "post_history_instructions",
    "creator",
    "character_version",
)
_OWN_KEY = "greenroom"
_EXAMPLES = "For example, this is how {name} talks:"
_FOR_OLD_READERS = (
    "This character card is Character Card V3, but it is loaded as a Character Card V2. "
    "Use an application that reads Character Card V3 to have all of it."
)


@dataclass(slots=True)
class Mapped:
    """What a card is as one of our personas."""

    values: dict[str, Any]
    warnings: list[str]
    #: What of the knowledge does not come from the card's description.
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A card as it came in, and what our fields were made of it then."""

    card: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    rest: str = ""


# From a card ----------------------------------------------------------------------------


def data_of(card: dict[str, Any]) -> dict[str, Any]:
    """The part of a card that describes the character; V1 cards are nothing else."""
    inner = card.get("data")
    return inner if isinstance(inner, dict) and "spec" in card else card


def is_flat(card: dict[str, Any]) -> bool:
    """Whether it may be a V1 card: a name, and one of the texts that it could have."""
    texts = [isinstance(card.get(key), str) for key in _V1_TEXTS]
    return texts[0] and any(texts[1:])


def mapped(card: dict[str, Any]) -> Mapped:
    """Our values of a card, and what did not fit or is not used."""
    data = data_of(card)
    fitted = Fitted()
    own = _own_fields(data)
    rest = _put_native(fitted, data)
    if own and own.get("written") == written_digest(data):
        # Nobody changed it since we wrote it, so our own words say it exactly.
        theirs = fitted.values.get("knowledge")
        fitted = Fitted()
        for name, value in own["fields"].items():
            fitted.put(name, value)
        rest = rest if fitted.values.get("knowledge") == theirs else ""
        return Mapped(fitted.values, fitted.warnings, rest)
    for name, value in (own["fields"] if own else {}).items():
        if name not in NATIVE:
            fitted.put(name, value)
    fitted.warnings += _unused(data)
    return Mapped(fitted.values, fitted.warnings, rest)


def _own_fields(data: dict[str, Any]) -> dict[str, Any] | None:
    extensions = data.get("extensions")
    own = extensions.get(_OWN_KEY) if isinstance(extensions, dict) else None
    if not isinstance(own, dict) or not isinstance(own.get("fields"), dict):
        return None
    known = {
        name: own["fields"][name]
        for name in Persona.CONTENT_FIELDS
        if name in own["fields"]
    }
    return {"written": own.get("written"), "fields": known}


def _put_native(fitted: Fitted, data: dict[str, Any]) -> str:
    """Fill in what cards have places for; returns what stands behind the description."""
    name = line(_text(data, "name"))
    called = line(_text(data, "nickname")) or name
    names = Names(shortened(called, limits.NAME_MAX_CHARS))
    fitted.put("name", name)
    fitted.put("greeting", spoken(_text(data, "first_mes"), names))
    personality = line(described(_text(data, "personality"), names))
    fitted.put("personality_style", personality)
    if isinstance(tags := data.get("tags"), list):
        fitted.put("tags", [one for one in tags if isinstance(one, str)])
    description = described(_text(data, "description"), names)
    behind = [described(_text(data, "scenario"), names)]
    if len(personality) > limits.STYLE_MAX_CHARS:
        behind.append(personality)
    room = limits.KNOWLEDGE_MAX_CHARS - len(description)
    # As our field has it: it is looked for there, and databases refuse some characters.
    rest = prose(_within(room, [one for one in behind if one], fitted, data, names))
    fitted.put("knowledge", "\n\n".join(one for one in (description, rest) if one))
    return rest


@dataclass(slots=True)
class _Room:
    """Texts with an empty line before each, and how many more characters they may have."""

    left_chars: int
    texts: list[str] = field(default_factory=list)

    def takes(self, text: str) -> bool:
        """Take a text in, if it fits."""
        needed = len(text) + len("\n\n")
        if needed > self.left_chars:
            return False
        self.left_chars -= needed
        self.texts.append(text)
        return True


def _within(
    room: int, pieces: list[str], fitted: Fitted, data: dict[str, Any], names: Names
) -> str:
    """Scenario, lorebook and examples, as far as there is room for them."""
    kept = _Room(room)
    for text in pieces:
        if not kept.takes(text):
            fitted.warnings.append(
                _("The scenario is too long for the knowledge and is not used.")
            )
    entries, off = _entries(data, names)
    left_out = 0
    for text in entries:
        if not kept.takes(text):
            left_out += 1
    if left_out:
        fitted.warnings.append(
            ngettext(
                "%(n)s lorebook entry does not fit into the knowledge and is not used.",
                "%(n)s lorebook entries do not fit into the knowledge and are not used.",
                left_out,
            )
            % {"n": left_out}
        )
    if off:
        fitted.warnings.append(
            ngettext(
                "%(n)s lorebook entry is switched off and not used.",
                "%(n)s lorebook entries are switched off and not used.",
                off,
            )
            % {"n": off}
        )
    if examples := dialogue(_text(data, "mes_example"), names):
        text = f"{_EXAMPLES.format(name=names.char)}\n{examples}"
        if not kept.takes(text):
            fitted.warnings.append(
                _("The examples of how it talks are too long and are not used.")
            )
    return "\n\n".join(kept.texts)


def _entries(data: dict[str, Any], names: Names) -> tuple[list[str], int]:
    """The lorebook's entries as facts, in its order, and how many are switched off."""
    book = data.get("character_book")
    entries = book.get("entries") if isinstance(book, dict) else None
    listed = entries if isinstance(entries, list) else []
    good = [one for one in listed if isinstance(one, dict)]
    on = [one for one in good if one.get("enabled") is not False]
    on.sort(key=lambda one: (one.get("constant") is not True, _order(one)))
    facts = [text for one in on if (text := _fact(one, names))]
    return facts, len(good) - len(on)


def _fact(entry: dict[str, Any], names: Names) -> str:
    """An entry's text; what it is about comes first unless the text says it itself."""
    text = described(_text(entry, "content"), names)
    keys = entry.get("keys")
    named = keys if isinstance(keys, list) else []
    first = [one for one in named if isinstance(one, str)]
    about = line(_text(entry, "name")) or (line(first[0]) if first else "")
    if not text or not about or entry.get("use_regex") is True:
        return text
    return text if about.lower() in text.lower() else f"{about}: {text}"


def _order(entry: dict[str, Any]) -> float:
    """Where it stands; left an integer if it is one, since it may be beyond any float."""
    order = entry.get("insertion_order")
    return order if isinstance(order, int | float) else 0


def _unused(data: dict[str, Any]) -> list[str]:
    """What is kept with the persona for an export, and does nothing here."""
    told = []
    if _text(data, "system_prompt") or _text(data, "post_history_instructions"):
        told.append(
            _(
                "Its own instructions for the language model are kept and not used: "
                "personas here follow the portal’s rules."
            )
        )
    if data.get("alternate_greetings") or data.get("group_only_greetings"):
        told.append(_("Its further greetings are kept and not used."))
    if data.get("assets"):
        told.append(_("Its further pictures and sounds are kept as named, not shown."))
    return told


def _text(data: dict[str, Any], key: str) -> str:
    """One of its texts, as far as it is read: all that fits our fields is much shorter."""
    value = data.get(key)
    return value[: limits.CARD_TEXT_MAX_CHARS] if isinstance(value, str) else ""


def written_digest(data: dict[str, Any]) -> str:
    """Names what our fields were made from, so that a change elsewhere is noticed."""
    sources = {key: data.get(key) for key in _SOURCES}
    text = json.dumps(sources, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# To a card ------------------------------------------------------------------------------


def as_card(
    spec: Spec,
    values: dict[str, Any],
    kept: Kept | None,
    *,
    created_s: int,
    changed_s: int,
) -> dict[str, Any]:
    """A card of that specification: what was kept, and over it what was changed since.

    Dates are in Unix seconds.
    """
    whole: dict[str, Any] = copy.deepcopy(kept.card) if kept else {}
    before = data_of(whole)
    data = dict(before) if before is not whole else _only_data(whole)
    was = copy.deepcopy(data)
    changed = _write_changes(data, values, kept)
    _fill_in(data, spec)
    if spec == "chara_card_v3":
        if kept is None:
            data.setdefault("creation_date", created_s)
        if kept is None or changed:
            data["modification_date"] = changed_s
    extensions = data["extensions"]
    data["extensions"] = extensions | {
        _OWN_KEY: {"version": 1, "written": written_digest(data), "fields": values}
    }
    # Some programs keep the old fields beside the new ones, for older programs.
    for key in _V1_TEXTS:
        if key in whole and whole[key] == was.get(key):
            whole[key] = data[key]
    return whole | {"spec": spec, "spec_version": VERSIONS[spec], "data": data}


def for_old_readers(card: dict[str, Any]) -> dict[str, Any]:
    """A V2 card that stands beside its V3 card, which says so where people read."""
    notes = card["data"]["creator_notes"]
    if isinstance(notes, str) and _FOR_OLD_READERS not in notes:
        told = f"{notes}\n\n{_FOR_OLD_READERS}" if notes else _FOR_OLD_READERS
        card = card | {"data": card["data"] | {"creator_notes": told}}
    return card


def _only_data(flat: dict[str, Any]) -> dict[str, Any]:
    """Of a V1 card, what a later one has in its data."""
    known = (*_V2_TEXTS, "tags", "alternate_greetings", "character_book", "extensions")
    return {key: flat[key] for key in known if key in flat}


def _write_changes(
    data: dict[str, Any], values: dict[str, Any], kept: Kept | None
) -> bool:
    """Write what is not as it came in; whether anything was."""
    was = kept.values if kept else {}
    places = {
        "name": "name",
        "greeting": "first_mes",
        "personality_style": "personality",
        "tags": "tags",
    }
    changed = False
    for name, key in places.items():
        if name not in was or values[name] != was[name]:
            data[key] = values[name]
            changed = True
    if "knowledge" not in was or values["knowledge"] != was["knowledge"]:
        data["description"] = _description(values["knowledge"], kept)
        changed = True
    return changed


def _description(knowledge: str, kept: Kept | None) -> str:
    """The knowledge without what stands elsewhere in the card, if that is still its end."""
    rest = kept.rest if kept else ""
    if rest and knowledge.endswith(rest):
        return knowledge.removesuffix(rest).rstrip()
    return knowledge


def _fill_in(data: dict[str, Any], spec: Spec) -> None:
    """What the specification demands to be there, and is not."""
    for key in _V2_TEXTS:
        data.setdefault(key, "")
    data.setdefault("alternate_greetings", [])
    data.setdefault("tags", [])
    if not isinstance(data.get("extensions"), dict):
        data["extensions"] = {}
    if spec == "chara_card_v3":
        data.setdefault("group_only_greetings", [])
