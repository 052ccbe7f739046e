"""A stream of text to sentences that can be spoken, each as soon as it is certain."""

import re
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
from dataclasses import dataclass

from chat.abbreviations import ACRONYM, ALWAYS, MONTHS, OFTEN, OPENERS
from chat.markdown import PlainText

SOFT_LIMIT_CHARS = 240  # about 15 s of speech; a longer piece is cut at a clause
HARD_LIMIT_CHARS = 1000  # the most that an avatar takes at once
FIRST_CLAUSE_CHARS = 24  # about 1.5 s of speech, in which the next piece gets written
_FIRST_WIDE_CLAUSE_CHARS = 8  # the same in scripts of one character a syllable or word

# How far beyond a possible end one may have to look to be sure of it: the next word.
_LOOK_AHEAD_CHARS = 32

_CLOSERS = re.escape("\"'”’»)]}」』）】》〉")
_WIDE_STOPS = "。！？｡।॥؟۔։።។။"  # need no space after them
_STOP = re.compile(
    rf"\n|(?P<wide>[{_WIDE_STOPS}][{_WIDE_STOPS}!?]*)[{_CLOSERS}]*"
    rf"|(?P<stop>[.!?…]+)(?P<closers>[{_CLOSERS}]*)"
)
_CLAUSE = re.compile(r"[,;:](?=\s)|\s[–—-](?=\s)|—|(?P<wide>[、，；：])|،")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_BREAKS = re.compile(r" ?\n\s*")
_WORD_BEFORE = re.compile(r"[^\s(\[{\"'“‘«„¿¡—–/]*\Z")
_NEXT_WORD = re.compile(r"\s*[\"'“‘«„(\[¿¡]*([^\s]*)(\s?)")
_PAIRS = {")": "(", "]": "[", "」": "「", "』": "『", "）": "（"}
_OPENING = frozenset(_PAIRS.values())
_MAX_ASIDE_CHARS = 160  # a bracket that is open for longer was never meant to close


@dataclass(frozen=True, slots=True)
class Delta:
    """Text as the model wrote it, for those who read along."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of plain text, ready to be spoken; a filler is no part of the answer."""

    text: str
    is_filler: bool = False


async def sentences(
    deltas: AsyncIterable[str],
    *,
    max_chars: int = SOFT_LIMIT_CHARS,
    first_at_clause: bool = False,
) -> AsyncGenerator[Delta | Sentence, None]:
    """Pass every delta on, and after it each sentence that it made certain.

    What is left when the deltas end is the last sentence. No piece is longer than
    `max_chars`; no word is lost, and none depends on how the text was cut into deltas.
    With `first_at_clause` the first piece may be part of a sentence, to begin sooner.
    """
    splitter = Splitter(max_chars=max_chars, first_at_clause=first_at_clause)
    async for delta in deltas:
        yield Delta(delta)
        for text in splitter.feed(delta):
            yield Sentence(text)
    for text in splitter.flush():
        yield Sentence(text)


def pieces(text: str, *, max_chars: int = HARD_LIMIT_CHARS) -> list[str]:
    """Cut a finished text at its sentences into as few pieces as the limit allows."""
    if len(text) <= max_chars:
        return [text] if text.strip() else []
    packed: list[str] = []
    splitter = Splitter(max_chars=max_chars)
    for sentence in [*splitter.feed(text), *splitter.flush()]:
        if packed and len(packed[-1]) + 1 + len(sentence) <= max_chars:
            packed[-1] += f" {sentence}"
        else:
            packed.append(sentence)
    return packed


class Splitter:
    """Takes text in pieces of any size, and gives sentences back."""

    def __init__(
        self, *, max_chars: int = SOFT_LIMIT_CHARS, first_at_clause: bool = False
    ) -> None:
        if not 1 <= max_chars <= HARD_LIMIT_CHARS:
            raise ValueError(f"max_chars must be 1 to {HARD_LIMIT_CHARS}")
        self._max_chars = max_chars
        self._plain = PlainText()
        self._held = ""
        self._line_start = True
        self._eager = first_at_clause

    def feed(self, text: str) -> Iterator[str]:
        """Take more text, and yield the sentences that are complete now."""
        self._hold(self._plain.feed(text))
        yield from self._take(at_end=False)

    def flush(self) -> Iterator[str]:
        """Yield what is left: nothing more will come."""
        self._hold(self._plain.flush())
        yield from self._take(at_end=True)

    def _hold(self, text: str) -> None:
        self._held = _LINE_BREAKS.sub("\n", _SPACES.sub(" ", self._held + text))

    def _take(self, *, at_end: bool) -> Iterator[str]:
        while cut := self._cut(at_end):
            piece, self._held = self._held[:cut], self._held[cut:].lstrip(" ")
            self._line_start = piece.endswith("\n") or (
                self._line_start and not piece.strip()
            )
            if any(char.isalnum() for char in piece):
                self._eager = False
                yield piece.strip().replace(" ,", ",")

    def _cut(self, at_end: bool) -> int:
        """Where the first piece of the held text ends, or 0 when that is not certain.

        The answer rests on a window of fixed size alone. Once the window is full nothing
        that follows can change it, so waiting longer would be of no use.
        """
        window = self._held[: self._max_chars + _LOOK_AHEAD_CHARS]
        full = len(self._held) >= self._max_chars + _LOOK_AHEAD_CHARS
        clause = self._first_clause(window) if self._eager else 0
        for stop in _STOP.finditer(window, 0, clause or self._max_chars):
            verdict = _ends(window, stop, self._line_start, at_end or full)
            if verdict is None:
                return 0
            if verdict:
                return stop.end()
        if clause:
            return clause
        if len(self._held) <= self._max_chars and at_end:
            return len(self._held)
        return self._soft_cut(window) if full or at_end else 0

    def _first_clause(self, window: str) -> int:
        """Where the first clause ends that is long enough to be said alone, or 0."""
        for clause in _CLAUSE.finditer(window, 0, self._max_chars):
            least = _FIRST_WIDE_CLAUSE_CHARS if clause["wide"] else FIRST_CLAUSE_CHARS
            if clause.end() >= least and not _inside_aside(window[: clause.end()]):
                return clause.end()
        return 0

    def _soft_cut(self, window: str) -> int:
        """Too long without an end: cut after a clause, else at a space, else anywhere."""
        limit = self._max_chars
        clauses = [clause.end() for clause in _CLAUSE.finditer(window, 0, limit)]
        if clauses and clauses[-1] > limit // 3:
            return clauses[-1]
        space = window.rfind(" ", 1, limit + 1)
        return space if space > 0 else _between_characters(window, limit)


def _between_characters(text: str, at: int) -> int:
    """The nearest place up to `at` that does not part a letter from its accents."""
    cut = at
    while cut > 1 and (unicodedata.combining(text[cut]) or text[cut] == "\u200d"):
        cut -= 1
    return cut if cut > 1 else at


def _ends(
    text: str, stop: re.Match[str], line_start: bool, at_end: bool
) -> bool | None:
    """Whether a sentence ends at this mark; None when only more text can tell."""
    if stop[0] == "\n":
        return True
    after = text[stop.end() :]
    if not after and not at_end:
        return None
    if _inside_aside(text[: stop.end()]):
        return False
    if stop["wide"]:
        return not after.startswith(("と", "って"))  # 「…。」と: said, but not over
    if after and not after[0].isspace():
        return "." not in stop["stop"] and _is_wide(after[0])
    return _ends_before_space(text, stop, line_start, at_end)


def _ends_before_space(
    text: str, stop: re.Match[str], line_start: bool, at_end: bool
) -> bool | None:
    after = text[stop.end() :]
    if after.startswith("\n"):
        return True
    marks = stop["stop"]
    if marks == ".":
        before = text[: stop.start()]
        return _ends_at_full_stop(before, after, line_start, at_end)
    trailing_off = set(marks) <= {".", "…"}
    if not trailing_off and not stop["closers"]:
        return True
    upcoming = after.lstrip()
    if not upcoming:
        return True if at_end else None
    return not upcoming[0].islower()  # "Wait… what?", "Really?" she said


def _ends_at_full_stop(
    before: str, after: str, line_start: bool, at_end: bool
) -> bool | None:
    found = _WORD_BEFORE.search(before)
    word = found[0] if found else ""
    plain = word.casefold()
    if plain in ALWAYS:
        return False
    number = word.isdecimal()
    if number and line_start and len(word) <= 3 and word == before.strip():
        return False  # "1. First": an item of a list
    short_number = number and len(word) <= 2
    initial = len(word) == 1 and word.isupper() and word != "I"
    acronym = bool(ACRONYM.fullmatch(word))
    if not (short_number or initial or acronym or plain in OFTEN):
        return True

    following = _NEXT_WORD.match(after)
    upcoming = following[1] if following else ""
    if not upcoming:
        return True if at_end else None
    if not (following and following[2]) and not at_end:
        return None  # the next word is still being written
    if upcoming[0].islower():
        return False
    next_word = upcoming.rstrip(".,;:!?…\"'”’»)]}").casefold()
    if short_number:
        return next_word not in MONTHS
    if plain in OFTEN:
        return not upcoming[0].isdigit()
    return re.split("['’]", next_word)[0] in OPENERS


def _inside_aside(text: str) -> bool:
    """Whether a bracket is open here; a smiley's does not count."""
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in _OPENING and not (at and text[at - 1] in ":;"):
            opened.append(at)
        elif char in _PAIRS and opened and text[opened[-1]] == _PAIRS[char]:
            opened.pop()
    return bool(opened) and len(text) - opened[0] <= _MAX_ASIDE_CHARS


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
