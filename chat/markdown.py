"""Markdown to plain text that can be spoken, while the text is still being written."""

import re
from collections.abc import Callable

_MAX_TAG_CHARS = 300

# What may stand at the start of a line and be markup: wait for enough of it to tell.
_MARK_CHARS = frozenset("#>-*+•~` |\t")
_LINE_MARK = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?)"
)
_MAX_MARK_CHARS = 16
_FENCE = re.compile(r"[ \t]{0,3}(```+|~~~+)([^`\n]*)\n")
_FENCE_BEGUN = re.compile(r"[ \t]{0,3}(?:`{1,2}|~{1,2}|(?:```+|~~~+)[^`\n]*)?\Z")
_FENCE_END = re.compile(r"[ \t]*(```+|~~~+)[ \t]*\n?\Z")

# A link, and every way in which one can have begun. Both have the same limits, or text
# that comes in pieces would be read differently from text that comes whole.
_LABEL = r"!?\[([^\[\]\n]{0,300})"
_TARGET = r"\([ ]?(?:[^()\s]|\([^()\s]{0,200}\)){0,1500}"
_LINK = re.compile(_LABEL + r"\]" + _TARGET + r"(?:[ ]\"[^\"\n]{0,200}\")?[ ]?\)")
_LINK_BEGUN = re.compile(
    _LABEL
    + rf"(?:\](?:{_TARGET}(?:\([^()\s]{{0,200}})?(?:[ ](?:\"[^\"\n]{{0,200}}\"?)?)?"
    r"[ ]?)?)?\Z"
)
_URL = re.compile(r"https?://[!-;=?-~]+")
_URL_TAIL = re.compile(r"[.,;:!?'\"*_~)\]}]+\Z")
_TAGS = (
    "a|b|br|code|details|div|em|h[1-6]|hr|i|img|kbd|li|mark|ol|p|pre|s|small|span|strong"
    "|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul"
)
_TAG = re.compile(
    rf"(?i)<(?:(https?://[!-;=?-~]+)|/?(?:{_TAGS})\b[^<>\n]*|!--[^<>\n]*)>"
)
_EMPHASIS = re.compile(r"[*_`]+|~~+")
_ESCAPABLE = frozenset("\\`*_{}[]()#+-.!~|<>")

_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff]"
    "[\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
)
_LEFT_OVER = frozenset("\ufe0f\u20e3")  # what made "1" a picture of a key

_Step = tuple[int, str]  # how many characters were read, and what they say


class PlainText:
    """Takes markdown in pieces of any size and gives back what a voice should say.

    Emphasis, headings, bullets, tables, tags and emoji lose their marks; a link is its
    label, a bare address its host and path. A fenced block of code is left out, because
    read aloud it helps nobody; the viewer sees it in the written answer. Characters are
    held back only while they could still turn out to be markup, so the result does
    not depend on how the text was cut up.
    """

    def __init__(self) -> None:
        self._text = ""
        self._before = "\n"  # the last character read
        self._line_start = True
        self._fence = ""
        self._in_row = False

    def feed(self, text: str) -> str:
        self._text += text
        return self._read(at_end=False)

    def flush(self) -> str:
        return self._read(at_end=True)

    def _read(self, *, at_end: bool) -> str:
        out: list[str] = []
        while self._text:
            step = self._step(at_end)
            if step is None:
                break
            count, said = step
            if count:
                self._before = self._text[count - 1]
            self._text = self._text[count:]
            out.append(said)
        return "".join(out)

    def _step(self, at_end: bool) -> _Step | None:
        """Read one token, or None when more text is needed to tell what it is."""
        if self._fence:
            return self._code_line(at_end)
        if self._line_start:
            return self._start_line(at_end)
        char = self._text[0]
        if char == "\n":
            self._line_start, self._in_row = True, False
            return 1, "\n"
        if char == "|" and self._in_row:
            return self._cell_border(at_end)
        if reader := _READERS.get(char):
            return reader(self, at_end)
        if emoji := _EMOJI.match(self._text):
            whole = at_end or emoji.end() < len(self._text)
            return (emoji.end(), "") if whole else None
        return 1, "" if char in _LEFT_OVER else char

    # Lines ---------------------------------------------------------------------------

    def _start_line(self, at_end: bool) -> _Step | None:
        text = self._text
        if text[0] in _MARK_CHARS:
            if fence := _FENCE.match(text):
                self._fence = fence[1]
                return fence.end(), ""
            if not at_end and _FENCE_BEGUN.match(text):
                return None
            known = len(text) >= _MAX_MARK_CHARS or "\n" in text[:_MAX_MARK_CHARS]
            if not known and not at_end:
                return None
        return self._line_mark()

    def _line_mark(self) -> _Step:
        text = self._text
        mark = _LINE_MARK.match(text[:_MAX_MARK_CHARS])
        if mark and mark.end() < len(text):
            return mark.end(), ""  # another may follow: "> - so"
        self._line_start = False
        blank = len(text) - len(text.lstrip(" \t"))
        if text[blank : blank + 1] == "|":
            self._in_row = True
            return blank + 1, ""
        return 0, ""

    def _code_line(self, at_end: bool) -> _Step | None:
        end = self._text.find("\n") + 1
        if not end and not at_end:
            return None
        line = self._text[: end or len(self._text)]
        closing = _FENCE_END.match(line)
        if closing and closing[1].startswith(self._fence):
            self._fence = ""
        return len(line), ""

    def _cell_border(self, at_end: bool) -> _Step | None:
        rest = self._text[1:].lstrip(" \t")
        if not rest and not at_end:
            return None
        return 1, "" if not rest or rest[0] == "\n" else ","

    # Marks within a line ---------------------------------------------------------------

    def _emphasis(self, at_end: bool) -> _Step | None:
        """Drop marks around words; keep "2 * 3", "2**3", "snake_case" and "~5"."""
        found = _EMPHASIS.match(self._text)
        run = found[0] if found else self._text[0]
        after = self._text[len(run) : len(run) + 1]
        if not after and not at_end:
            return None
        keep = run == "~" or (_blank(self._before) and _blank(after))
        if "`" not in run:
            keep = keep or _joins(self._before, run, after)
        return len(run), run if keep else ""

    def _bracket(self, at_end: bool) -> _Step | None:
        if link := _LINK.match(self._text):
            self._text = link[1] + self._text[link.end() :]
            return 0, ""
        if not at_end and _LINK_BEGUN.match(self._text):
            return None
        return 1, self._text[0]

    def _bang(self, at_end: bool) -> _Step | None:
        if len(self._text) == 1:
            return (1, "!") if at_end else None
        return self._bracket(at_end) if self._text[1] == "[" else (1, "!")

    def _address(self, at_end: bool) -> _Step | None:
        if self._before.isalnum():
            return 1, self._text[0]
        if url := _URL.match(self._text):
            if url.end() == len(self._text) and not at_end:
                return None
            address = _URL_TAIL.sub("", url[0])
            return len(address), _spoken_address(address)
        begun = any(p.startswith(self._text) for p in ("https://", "http://"))
        return None if begun and not at_end else (1, self._text[0])

    def _tag(self, at_end: bool) -> _Step | None:
        if tag := _TAG.match(self._text[:_MAX_TAG_CHARS]):
            return tag.end(), _spoken_address(tag[1]) if tag[1] else ""
        opens = self._text[1:2]
        closed = any(mark in self._text[1:] for mark in "<>\n")
        may_come = (not opens or opens.isalpha() or opens in "/!") and not closed
        if may_come and not at_end and len(self._text) < _MAX_TAG_CHARS:
            return None
        return 1, "<"

    def _escape(self, at_end: bool) -> _Step | None:
        if len(self._text) == 1 and not at_end:
            return None
        escaped = self._text[1:2]
        return (2, escaped) if escaped and escaped in _ESCAPABLE else (1, "\\")


_READERS: dict[str, Callable[[PlainText, bool], _Step | None]] = {
    "*": PlainText._emphasis,
    "_": PlainText._emphasis,
    "`": PlainText._emphasis,
    "~": PlainText._emphasis,
    "[": PlainText._bracket,
    "!": PlainText._bang,
    "h": PlainText._address,
    "<": PlainText._tag,
    "\\": PlainText._escape,
}


def _blank(char: str) -> bool:
    return not char or char.isspace()


def _joins(before: str, run: str, after: str) -> bool:
    """Whether a run of marks stands inside a word or a formula, and means itself."""
    if not (before.isascii() and after.isascii()):
        return False  # scripts without spaces put emphasis anywhere
    if before.isdigit() and after.isdigit():
        return True
    return before.isalnum() and after.isalnum() and (len(run) == 1 or "_" in run)


def _spoken_address(url: str) -> str:
    """ "https://www.example.org/a/?q=1" is said as "example.org/a"."""
    bare = re.sub(r"\Ahttps?://(?:www\.)?", "", url)
    return re.split(r"[?#]", bare, maxsplit=1)[0].rstrip("/")
