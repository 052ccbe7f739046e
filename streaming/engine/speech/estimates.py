"""When words are said, where only the sound is known: a guess by letters and pauses."""

import re
from typing import Final

import numpy as np

from streaming.engine.speech.reading import read_out
from streaming.engine.speech.sound import RATE_HZ, Samples
from streaming.engine.speech.words import TOKEN, Word

_HOP: Final = RATE_HZ // 100
_PAUSE_HOPS: Final = 12
_PAUSE_SHARE: Final = 0.02  # of the loudest
_STOPS: Final = ".,;:!?…–—。，、！？；："

Span = tuple[float, float]


def estimated_words(text: str, language: str, pcm: Samples) -> tuple[Word, ...]:
    """The words of `text`, each given a time by its share of the letters.

    Pauses in the sound are put where the text has a stop, the longest first.
    """
    tokens = [found.span() for found in TOKEN.finditer(text)]
    phrases = _phrases(text, tokens)
    if not phrases or not len(pcm):
        return ()
    weights = _weights(text, language, tokens)
    words: list[Word] = []
    for phrase, (start_s, end_s) in _timed(phrases, _sounding(pcm, len(phrases))):
        total = sum(weights[index] for index in phrase)
        before = 0.0
        for index in phrase:
            at_s = start_s + (end_s - start_s) * before / total
            start, end = tokens[index]
            words.append((at_s, start, end - start))
            before += weights[index]
    return tuple(words)


def _weights(text: str, language: str, tokens: list[tuple[int, int]]) -> list[float]:
    """How long each word is when it is read out: "$5" has eleven letters."""
    reading = read_out(text, language)
    letters = np.zeros(len(text) + 1)
    for at, char in enumerate(reading.text):
        if char.isalnum():
            letters[reading.origin(at, 1)[0]] += 1
    return [float(letters[start:end].sum()) + 1 for start, end in tokens]


def _phrases(text: str, tokens: list[tuple[int, int]]) -> list[list[int]]:
    """The words between two stops."""
    phrases: list[list[int]] = []
    is_new = True
    for index, (start, end) in enumerate(tokens):
        word = text[start:end]
        if not re.search(r"\w", word):
            is_new = True
            continue
        if is_new:
            phrases.append([])
        phrases[-1].append(index)
        is_new = word.rstrip("\"'”’)]*")[-1:] in _STOPS
    return phrases


def _sounding(pcm: Samples, at_most: int) -> list[Span]:
    """Stretches of sound, in seconds, parted by the longest pauses."""
    whole = len(pcm) // _HOP * _HOP
    peaks = np.abs(pcm[:whole].astype(np.int32)).reshape(-1, _HOP).max(axis=1)
    quiet = peaks < _PAUSE_SHARE * max(int(np.abs(pcm.astype(np.int32)).max()), 1)
    edges = np.flatnonzero(np.diff(np.pad(quiet.astype(np.int8), 1)))
    pauses = [
        (int(start), int(end))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= _PAUSE_HOPS and start > 0 and end < len(quiet)
    ]
    longest = sorted(pauses, key=lambda pause: pause[0] - pause[1])[: at_most - 1]
    spans, begins_s = [], 0.0
    for start, end in sorted(longest):
        spans.append((begins_s, start * _HOP / RATE_HZ))
        begins_s = end * _HOP / RATE_HZ
    return [*spans, (begins_s, len(pcm) / RATE_HZ)]


def _timed(phrases: list[list[int]], spans: list[Span]) -> list[tuple[list[int], Span]]:
    """A stretch of sound for each phrase; all in one when the pauses do not fit."""
    if len(phrases) == len(spans):
        return list(zip(phrases, spans, strict=True))
    return [
        ([index for phrase in phrases for index in phrase], (spans[0][0], spans[-1][1]))
    ]
