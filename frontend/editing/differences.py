"""What has changed from one state of a persona to another, for people. All pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Op = Literal["same", "added", "removed", "gap"]

#: So much of what stayed is shown around a change.
_CONTEXT_WORDS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text, or an item of a list, and what became of it."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """How one field has changed: word by word, or item by item."""

    field: str
    marks: Sequence[Mark]
    is_list: bool = False


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Each field with another value than before, in the order of `new`."""
    return [
        _difference(name, old.get(name), value)
        for name, value in new.items()
        if old.get(name) != value
    ]


def _difference(name: str, old: Any, new: Any) -> Difference:
    if isinstance(new, list) or isinstance(old, list):
        return Difference(name, tuple(_items(old or [], new or [])), is_list=True)
    if isinstance(old, str) and isinstance(new, str):
        return Difference(name, tuple(_with_gaps(_words(old, new))))
    return Difference(name, (Mark("removed", str(old)), Mark("added", str(new))))


def _items(old: Sequence[Any], new: Sequence[Any]) -> Iterable[Mark]:
    before, after = [str(item) for item in old], [str(item) for item in new]
    for op, parts in _opcodes(before, after):
        yield from (Mark(op, part) for part in parts)


def _words(old: str, new: str) -> Iterable[Mark]:
    """Words, with the space before them; marks do not begin with it."""
    for op, parts in _opcodes(_cut(old), _cut(new)):
        text = "".join(parts)
        words = text.lstrip()
        if op != "same" and words:
            yield Mark("same", text[: len(text) - len(words)])
            text = words
        yield Mark(op, text)


def _cut(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


def _opcodes(
    before: Sequence[str], after: Sequence[str]
) -> Iterable[tuple[Op, Sequence[str]]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            yield "same", after[from_new:to_new]
            continue
        if to_old > from_old:
            yield "removed", before[from_old:to_old]
        if to_new > from_new:
            yield "added", after[from_new:to_new]


def _with_gaps(marks: Iterable[Mark]) -> Iterable[Mark]:
    """Long stretches of what stayed are left out, but for some words around a change."""
    found = [mark for mark in marks if mark.text]
    for place, mark in enumerate(found):
        words = _cut(mark.text)
        is_first, is_last = place == 0, place == len(found) - 1
        if mark.op != "same" or len(words) <= 3 * _CONTEXT_WORDS:
            yield mark
            continue
        if not is_first:
            yield Mark("same", "".join(words[:_CONTEXT_WORDS]))
        yield Mark("gap", "")
        if not is_last:
            yield Mark("same", "".join(words[-_CONTEXT_WORDS:]))
