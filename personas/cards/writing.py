"""A persona as a file: our own JSON, a character card as JSON, or one in a picture."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from personas.cards import native, png
from personas.cards.mapping import Kept, as_card, for_old_readers
from personas.cards.plates import plate, png_of
from personas.cards.strict_json import written


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of a persona that a file may hold; dates in Unix seconds."""

    values: dict[str, Any]
    created_s: int
    changed_s: int
    kept: Kept | None = None
    exhibits: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    #: A WebP, for the formats that are pictures; without one it is a plate.
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Format:
    content_type: str
    ending: str
    write: Callable[[Snapshot], bytes]


def _json(snapshot: Snapshot) -> bytes:
    card = snapshot.kept.card if snapshot.kept else None
    return written(
        native.as_json(snapshot.values, snapshot.exhibits, snapshot.left_out, card)
    )


def _card2(snapshot: Snapshot) -> bytes:
    return written(_card("chara_card_v2", snapshot))


def _card3(snapshot: Snapshot) -> bytes:
    return written(_card("chara_card_v3", snapshot))


def _png(snapshot: Snapshot) -> bytes:
    """Both cards in one picture, so that old and new programs find theirs."""
    old = for_old_readers(_card("chara_card_v2", snapshot))
    new = _card("chara_card_v3", snapshot)
    texts = {"chara": _encoded(old), "ccv3": _encoded(new)}
    if snapshot.picture:
        return png.with_texts(png_of(snapshot.picture), texts)
    return png.with_texts(plate(str(snapshot.values["name"])), texts)


def _card(spec: Any, snapshot: Snapshot) -> dict[str, Any]:
    return as_card(
        spec,
        snapshot.values,
        snapshot.kept,
        created_s=snapshot.created_s,
        changed_s=snapshot.changed_s,
    )


def _encoded(card: dict[str, Any]) -> bytes:
    return base64.b64encode(written(card))


FORMATS = {
    "json": Format("application/json", "greenroom.json", _json),
    "card2": Format("application/json", "card-v2.json", _card2),
    "card3": Format("application/json", "card-v3.json", _card3),
    "png": Format("image/png", "card.png", _png),
}
