"""What is said of a persona, as plain values by field name; and joining two edits of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """Two edits of one content. Where both changed a field, ours stands and it clashes."""

    content: Content
    clashes: tuple[str, ...]


def merge(
    base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Merged:
    """`ours` and what `theirs` changed of `base` besides.

    Two who changed a field in the same way do not clash.
    """
    content: Content = dict(ours)
    clashes = []
    for name, there in theirs.items():
        before = base.get(name, there)
        if there in (before, ours.get(name)):
            continue
        if ours.get(name) == before:
            content[name] = there
        else:
            clashes.append(name)
    return Merged(content, tuple(clashes))
