"""A file from anywhere as the draft of a persona, or a refusal in words."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from personas import limits
from personas.cards import native, png
from personas.cards.errors import CardRefused
from personas.cards.fitting import line, prose, shown
from personas.cards.mapping import NATIVE, Kept, data_of, is_flat, mapped
from personas.cards.strict_json import parsed
from personas.pictures import Picture, read_picture

#: Which text of a picture is asked first: the newer one is the whole card.
_KEYWORDS = ("ccv3", "chara")
_SPECS = {"chara_card_v2": "V2", "chara_card_v3": "V3"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file would become, before it is written anywhere."""

    #: Which kind of file it was, for people: “Character card V2”.
    kind: str
    values: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    kept: Kept | None = None
    picture: Picture | None = None
    links: list[dict[str, str]] = field(default_factory=list)
    creator: str = ""
    notes: str = ""

    @property
    def name(self) -> str:
        return str(self.values["name"])


def read(content: bytes) -> Draft:
    """The draft that a file holds. Raises `CardRefused`."""
    if not content.strip():
        raise CardRefused(_("It is empty."))
    if len(content) > limits.CARD_FILE_MAX_BYTES:
        raise CardRefused(
            _("It has %(size)s MB; at most %(most)s MB are read.")
            % {
                "size": f"{len(content) / 1e6:.1f}",
                "most": limits.CARD_FILE_MAX_BYTES // 1_000_000,
            }
        )
    if content.startswith(png.SIGNATURE):
        return _from_picture(content)
    _refuse_other_kinds(content)
    return _from_value(parsed(content), None, [])


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(b"PK"):
        raise CardRefused(
            _("Archives (.charx, .zip) are not read. Export the card as PNG or JSON.")
        )
    if content.startswith((b"\xff\xd8\xff", b"GIF8", b"RIFF")):
        raise CardRefused(
            _("Only PNG pictures can hold a character card; this is another kind.")
        )


def _from_picture(content: bytes) -> Draft:
    texts = png.texts_in(content, frozenset(_KEYWORDS))
    encoded = next((texts[one] for one in _KEYWORDS if one in texts), None)
    if encoded is None:
        raise CardRefused(
            _(
                "There is no character card in this picture. Pictures lose it when they "
                "are sent through chats or saved again; look for the original."
            )
        )
    picture, warnings = None, []
    try:
        bare = ContentFile(png.with_texts(content, {}))
        picture = read_picture(bare, limits.CARD_PICTURE_PX)
    except ValidationError as exc:
        warnings.append(
            _("Its picture is not kept: %(problem)s")
            % {"problem": " ".join(exc.messages)}
        )
    if png.has_text_like(content, "chara-ext-asset_"):
        warnings.append(_("Further files inside the picture are not kept."))
    return _from_value(parsed(_decoded(encoded)), picture, warnings)


def _decoded(encoded: bytes) -> bytes:
    """Base64, also in lines and without its padding."""
    plain = b"".join(encoded.split()).rstrip(b"=")
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as exc:
        raise CardRefused(
            _("The card in this picture is damaged: it is not in base64.")
        ) from exc


def _from_value(value: Any, picture: Picture | None, warnings: list[str]) -> Draft:
    if not isinstance(value, dict):
        raise CardRefused(_not_a_card())
    if native.is_ours(value):
        return _from_ours(value, picture, warnings)
    spec, version = value.get("spec"), _version(value)
    if version and isinstance(value.get("data"), dict):
        return _from_card(value, version, picture, warnings)
    if spec is None and is_flat(value):
        return _from_card(value, "V1", picture, warnings)
    if isinstance(spec, str) and not version:
        raise CardRefused(
            _(
                "It is a “%(spec)s”; character cards V1 to V3 and our own format are read."
            )
            % {"spec": shown(spec)}
        )
    raise CardRefused(_not_a_card())


def _version(card: dict[str, Any]) -> str:
    """Which version of cards it says it follows; "" for none that we know."""
    spec = card.get("spec")
    return _SPECS.get(spec, "") if isinstance(spec, str) else ""


def _not_a_card() -> str:
    return _("This is neither a character card nor a persona of Greenroom.")


def _from_card(
    card: dict[str, Any], version: str, picture: Picture | None, warnings: list[str]
) -> Draft:
    _require_keepable(card)
    found = mapped(card)
    _require_name(found.values)
    data = data_of(card)
    if _is_newer(card):
        warnings.append(
            _(
                "It follows a newer specification; what is new in it is kept and not used."
            )
        )
    native_values = {name: found.values.get(name, _blank(name)) for name in NATIVE}
    return Draft(
        kind=_("Character card %(version)s") % {"version": version},
        values=found.values,
        warnings=[*warnings, *found.warnings],
        kept=Kept(card, native_values, found.rest),
        picture=picture,
        creator=line(_said(data, "creator")),
        notes=prose(_said(data, "creator_notes")),
    )


def _from_ours(
    value: dict[str, Any], picture: Picture | None, warnings: list[str]
) -> Draft:
    found = native.fitted(value)
    _require_name(found.values)
    card = value.get("card")
    kept = None
    if isinstance(card, dict) and (_version(card) or is_flat(card)):
        _require_keepable(card)
        then = mapped(card)
        was = {name: then.values.get(name, _blank(name)) for name in NATIVE}
        kept = Kept(card, was, then.rest)
    links, not_links = _links(value.get("exhibits"))
    if not_links:
        warnings = [*warnings, _("Some of what it shows could not be read.")]
    return Draft(
        kind=_("Persona of Greenroom"),
        values=found.values,
        warnings=[*warnings, *found.warnings],
        kept=kept,
        picture=picture,
        links=links,
    )


def _links(exhibits: Any) -> tuple[list[dict[str, str]], int]:
    """The links among what it shows, and how many entries are no exhibits at all."""
    listed = exhibits if isinstance(exhibits, list) else []
    keys = ("name", "title", "alt", "address")
    links, bad = [], 0
    for one in listed[: limits.EXHIBITS_MAX]:
        if not isinstance(one, dict):
            bad += 1
        elif one.get("kind") == "link":
            links.append({key: line(str(one.get(key) or "")) for key in keys})
    return links, bad


def _require_keepable(card: dict[str, Any]) -> None:
    if len(json.dumps(card)) > limits.CARD_KEPT_MAX_CHARS:
        raise CardRefused(
            _(
                "The card holds more than %(most)s million characters. Pictures or sounds "
                "inside its text make it so large: export it without them."
            )
            % {"most": limits.CARD_KEPT_MAX_CHARS / 1e6}
        )


def _require_name(values: dict[str, Any]) -> None:
    if not values.get("name"):
        raise CardRefused(_("It has no name; every persona needs one."))


def _is_newer(card: dict[str, Any]) -> bool:
    try:
        return float(str(card.get("spec_version"))) > 3.0
    except ValueError:
        return False


def _said(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _blank(name: str) -> Any:
    return [] if name == "tags" else ""
