"""When which word of a text is said."""

import re
from collections.abc import Iterable

from streaming.engine.speech.reading import Reading

Word = tuple[float, int, int]
"""(seconds from the first sample, first character, length) in the text that was given."""

# Scripts that put no spaces between words; a sign of theirs is as good as a word.
_SIGNS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_KANA = "\u3040-\u30ff"
_TOKEN = re.compile(rf"[{_SIGNS}]|[{_KANA}]+|[^\s{_SIGNS}{_KANA}]+")


def timed_words(
    text: str, reading: Reading, told: Iterable[tuple[float, int, int]]
) -> tuple[Word, ...]:
    """The words of `text`, each once and in order, with the time at which it begins.

    `told` has (at_s, first character, length) in `reading`, as the library tells it: it
    tells of pieces of numbers, of the same place more than once, and not of every word.
    What it does not tell of goes with the word before it if nothing parts the two.
    """
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    words: list[Word] = []
    next_token = 0
    for at_s, first, length in told:
        index = _token_at(tokens, reading.origin(first, length)[0], next_token)
        if index is None:
            continue
        if words:
            words[-1] = _stretched(words[-1], tokens[next_token:index])
        start, end = tokens[index]
        words.append((at_s, start, end - start))
        next_token = index + 1
    if words:
        words[-1] = _stretched(words[-1], tokens[next_token:])
    return tuple(words)


def _token_at(tokens: list[tuple[int, int]], place: int, first: int) -> int | None:
    """The first token not before `first` that ends behind `place`, if it holds it."""
    for index in range(first, len(tokens)):
        start, end = tokens[index]
        if end > place:
            return index if start <= place else None
    return None


def _stretched(word: Word, tokens: list[tuple[int, int]]) -> Word:
    at_s, first, length = word
    for start, end in tokens:
        if start != first + length:
            break
        length = end - first
    return at_s, first, length
