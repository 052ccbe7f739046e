"""Blocks of text as chunks: a few sentences on one thing, found and quoted as one.

A chunk stays below its headings and cuts no sentence, except one that is longer than a
whole chunk may be. Neighbours overlap by a sentence, since what "it" is often stands there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from personas.knowledge.reading import Block

#: In words. A chunk is closed at the end of a paragraph once it has enough, and before
#: the sentence that would make it too long.
ENOUGH_WORDS = 120
MOST_WORDS = 200
OVERLAP_MOST_WORDS = 40

#: Letters of scripts without spaces, and how many of them say about as much as a word.
UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = re.compile(f"[{UNSPACED}]")
_UNSPACED_PER_WORD = 1.7

_SENTENCE_END = re.compile(
    r"""
    [.!?…؟۔।॥]+["'”’»)\]]*(?=\s)     # a mark before a space
    | [。！？｡]+["'”’」』）》]*          # a mark that needs none
    """,
    re.VERBOSE,
)
#: Before a full stop that ends no sentence: an initial, a number, a short word that is
#: written with one in some language.
_ABBREVIATED = re.compile(
    r"""(?:^|[\s(\[„“"'])(?:[^\W\d_]|\d{1,3}|[^\W\d_]\.[^\W\d_]|[Dd]r|Prof|Mrs?|Ms|St|[Nn]o|Nr|vs
    |cf|ca|bzw|etc|vgl|[Ff]ig|[Aa]bb|[Ss]tr|[Ii]nc|Ltd|[Vv]ol|[Ee]d|[Aa]pprox|[Mm]me|Sra?|Dra
    |usw|evtl|inkl|ggf|Tel|Jan|Feb|Aug|Sept?|Okt|Oct|Nov|De[cz]|pp|ff|[Ee]st|[Mm]in|[Mm]ax)$""",
    re.VERBOSE,
)
_BREAKS = (
    re.compile(r"(?<=[;:])\s+"),
    re.compile(r"(?<=[,，、；])\s*"),
    re.compile(r"\s+"),
)


@dataclass(frozen=True, slots=True)
class Chunk:
    text: str
    headings: tuple[str, ...]
    page: int | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a part of an endless one, and where it stands."""

    text: str
    words: float
    page: int | None
    ends_block: bool


def chunks(blocks: Iterable[Block]) -> Iterator[Chunk]:
    section: list[_Piece] = []
    headings: tuple[str, ...] = ()
    for block in blocks:
        if block.headings != headings:
            yield from _chunks_of(section, headings)
            section, headings = [], block.headings
        section += _pieces(block)
    yield from _chunks_of(section, headings)


def word_count(text: str) -> float:
    """About how many words; scripts without spaces count by their letters."""
    unspaced = len(_UNSPACED.findall(text))
    return len(_UNSPACED.sub(" ", text).split()) + unspaced / _UNSPACED_PER_WORD


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph. Where it is not sure, it does not cut."""
    found, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        if _goes_on(text, end):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether the sentence goes on after this mark."""
    following = text[end.end() :].lstrip()[:1]
    if following.islower():
        return True
    return end[0] == "." and bool(_ABBREVIATED.search(text[: end.start()][-24:]))


def _pieces(block: Block) -> list[_Piece]:
    found = sentences(block.text)
    parts = [
        (part, at == len(found) - 1)
        for at, sentence in enumerate(found)
        for part in _fitting(sentence)
    ]
    return [_Piece(t, word_count(t), block.page, is_last) for t, is_last in parts]


def _fitting(sentence: str) -> list[str]:
    """The sentence, or where it is endless (a table, a missing full stop) its parts."""
    if word_count(sentence) <= MOST_WORDS:
        return [sentence]
    for mark in _BREAKS:
        parts = [part for part in mark.split(sentence) if part]
        if len(parts) > 1:
            return _packed(parts)
    size = int(MOST_WORDS * _UNSPACED_PER_WORD) // 2
    return [sentence[at : at + size] for at in range(0, len(sentence), size)]


def _packed(parts: Sequence[str]) -> list[str]:
    """Parts put together again as far as they fit; those that do not are divided on."""
    packed: list[str] = []
    words = 0.0
    for part in parts:
        here = word_count(part)
        if here > MOST_WORDS:
            packed += _fitting(part)
            words = MOST_WORDS
        elif packed and words + here <= ENOUGH_WORDS:
            packed[-1] = _joined([packed[-1], part])
            words += here
        else:
            packed.append(part)
            words = here
    return packed


def _chunks_of(pieces: Sequence[_Piece], headings: tuple[str, ...]) -> Iterator[Chunk]:
    held: list[_Piece] = []
    fresh = 0  # how many of them no chunk had yet
    for piece in pieces:
        words = sum(p.words for p in held)
        if fresh and words + piece.words > MOST_WORDS:
            yield _chunk(held, headings)
            held, fresh = _overlap(held, piece), 0
        held.append(piece)
        fresh += 1
        if piece.ends_block and words + piece.words >= ENOUGH_WORDS:
            yield _chunk(held, headings)
            held, fresh = held[-1:], 0
            if held[0].words > OVERLAP_MOST_WORDS:
                held = []
    if fresh:
        yield _chunk(held, headings)


def _overlap(held: Sequence[_Piece], following: _Piece) -> list[_Piece]:
    last = held[-1]
    fits = last.words + following.words <= MOST_WORDS
    return [last] if last.words <= OVERLAP_MOST_WORDS and fits else []


def _chunk(pieces: Sequence[_Piece], headings: tuple[str, ...]) -> Chunk:
    return Chunk(_joined([p.text for p in pieces]), headings, pieces[0].page)


def _joined(texts: Sequence[str]) -> str:
    """With a space between, but not between two letters of a script that has none."""
    joined = ""
    for text in texts:
        tight = _UNSPACED.match(text) and re.search(
            f"[{UNSPACED}。！？、，；：」』）》]$", joined
        )
        joined += text if tight or not joined else f" {text}"
    return joined
