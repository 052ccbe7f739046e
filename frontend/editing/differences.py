"""What has changed from one state of a persona to another, for people. All pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Op = Literal["same", "added", "removed", "gap"]
#: A stretch of words, lines or items, and what became of it.
Step = tuple[Op, Sequence[str]]

#: So much of what stayed is shown around a change.
_CONTEXT_WORDS = 12
#: As many pairs are compared one by one; beyond that whole lines are, or nothing is.
_MAX_PAIRS = 250_000


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
    before, after = _cut(old), _cut(new)
    for op, parts in _opcodes(before, after, coarser=_by_lines):
        text = "".join(parts)
        words = text.lstrip()
        if op != "same" and words:
            yield Mark("same", text[: len(text) - len(words)])
            text = words
        yield Mark(op, text)


def _cut(text: str) -> list[str]:
    return re.findall(r"\s*\S+|\s+$", text)


def _opcodes(
    before: Sequence[str],
    after: Sequence[str],
    coarser: Callable[[Sequence[str], Sequence[str]], Iterable[Step]] | None = None,
) -> Iterable[Step]:
    """What begins and ends alike is set aside, so that only the middle is compared."""
    begin = _common(before, after)
    end = _common(before[begin:][::-1], after[begin:][::-1])
    old, new = before[begin : len(before) - end], after[begin : len(after) - end]
    if begin:
        yield "same", after[:begin]
    if len(old) * len(new) <= _MAX_PAIRS:
        yield from _matched(old, new)
    else:
        yield from (coarser or _replaced)(old, new)
    if end:
        yield "same", after[len(after) - end :]


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many of the first ones are alike."""
    pairs = zip(before, after, strict=False)
    return next(
        (at for at, (old, new) in enumerate(pairs) if old != new),
        min(len(before), len(after)),
    )


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterable[Step]:
    # Without `autojunk` a word that is repeated a thousand times takes half a minute.
    matcher = SequenceMatcher(None, before, after, autojunk=True)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            yield "same", after[from_new:to_new]
        else:
            yield from _replaced(before[from_old:to_old], after[from_new:to_new])


def _by_lines(before: Sequence[str], after: Sequence[str]) -> Iterable[Step]:
    return _opcodes(_lines(before), _lines(after))


def _lines(words: Sequence[str]) -> list[str]:
    """The line break is at the beginning of each, as a space is at that of a word."""
    return re.findall(r"\n[^\n]*|[^\n]+", "".join(words))


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterable[Step]:
    if before:
        yield "removed", before
    if after:
        yield "added", after


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
