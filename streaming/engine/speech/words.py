"""When which word of a text is said."""

import re
from collections.abc import Iterable
from itertools import pairwise

from streaming.engine.speech.reading import Reading

Word = tuple[float, int, int]
"""(seconds from the first sample, first character, length) in the text that was given."""

# Scripts that put no spaces between words; a sign of theirs is as good as a word.
_SIGNS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = "\u3040-\u30ff"
TOKEN = re.compile(rf"[{_SIGNS}]|[{_KANA}]+|[^\s{_SIGNS}{_KANA}]+")


def timed_words(
    text: str,
    reading: Reading,
    told: Iterable[tuple[float, int, int]],
    ends_s: float,
) -> tuple[Word, ...]:
    """The words of `text`, each once and in order, with the time at which it begins.

    `told` has (at_s, first character, length) in `reading`, as the library tells it: it
    tells of pieces of numbers, of the same place more than once, and not of every word.
    A word it does not tell of gets its share of the time of the one before; what is no
    word goes with the one before if nothing parts the two.
    """
    tokens = [match.span() for match in TOKEN.finditer(text)]
    times: dict[int, float] = {}
    next_token = 0
    for at_s, first, length in told:
        index = _token_at(tokens, reading.origin(first, length)[0], next_token)
        if index is not None:
            times[index] = at_s
            next_token = index + 1
    words: list[Word] = []
    bounds = [*sorted(times), len(tokens)]
    for index, behind in pairwise(bounds):
        until_s = times.get(behind, ends_s)
        words += _shared(text, tokens[index:behind], times[index], until_s)
    return tuple(words)


def _token_at(tokens: list[tuple[int, int]], place: int, first: int) -> int | None:
    """The first token not before `first` that ends behind `place`, if it holds it."""
    for index in range(first, len(tokens)):
        start, end = tokens[index]
        if end > place:
            return index if start <= place else None
    return None


def _shared(
    text: str, tokens: list[tuple[int, int]], at_s: float, until_s: float
) -> list[Word]:
    """The first of `tokens` begins at `at_s`; those after it share its time."""
    spans = [tokens[0]]
    for start, end in tokens[1:]:
        if start == spans[-1][1]:
            spans[-1] = spans[-1][0], end
        elif re.search(r"\w", text[start:end]):
            spans.append((start, end))
    letters = sum(end - start for start, end in spans)
    words = []
    for start, end in spans:
        words.append((at_s, start, end - start))
        at_s += (until_s - at_s) * (end - start) / letters
        letters -= end - start
    return words
