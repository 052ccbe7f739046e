"""Plain text and Markdown. What marks up the words goes; the words stay."""

import re
from collections.abc import Iterator

from personas.knowledge.reading import Block, Content
from personas.knowledge.reading.charset import decode

_BLANK = re.compile(r"\n[^\S\n]*\n")
_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_UNDERLINE = re.compile(r"(=+|-+)\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_FRONT_MATTER = re.compile(r"---\n.*?\n---\n", re.DOTALL)
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")
_TABLE_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")

_INLINE = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),  # pictures: their description
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),  # links: their words
    (re.compile(r"\[([^\]]+)\]\[[^\]]*\]"), r"\1"),
    (re.compile(r"<(https?://[^>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>]*>"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"(`+)(.+?)\1"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|-])"), r"\1"),
)


def read_text(data: bytes) -> Content:
    """Paragraphs are what empty lines separate."""
    blocks = [
        Block(" ".join(paragraph.split()))
        for paragraph in _BLANK.split(decode(data))
        if paragraph.strip()
    ]
    return Content(blocks=blocks)


def read_markdown(data: bytes) -> Content:
    """The first heading of the first level is the title."""
    text = _FRONT_MATTER.sub("", decode(data), count=1)
    lines = _Markdown(text)
    blocks = list(lines.blocks())
    return Content(title=lines.title, blocks=blocks)


class _Markdown:
    """Lines, gathered into blocks below the headings that stand above them."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._headings: list[tuple[int, str]] = []
        self._gathered: list[str] = []
        self.title = ""

    def blocks(self) -> Iterator[Block]:
        fence = ""
        for line in self._lines:
            mark = _FENCE.match(line)
            if fence or mark:
                if mark and mark[1] == (fence or mark[1]):
                    fence = "" if fence else mark[1]
                else:
                    self._gathered.append(line)
                continue
            yield from self._take(line.rstrip())
        yield from self._flush()

    def _take(self, line: str) -> Iterator[Block]:
        if heading := _HEADING.match(line):
            yield from self._flush()
            self._enter(len(heading[1]), heading[2])
        elif self._gathered and _UNDERLINE.match(line) and len(self._gathered) == 1:
            self._enter(1 if line[0] == "=" else 2, self._gathered.pop())
        elif not line.strip() or _RULE.match(line) or _TABLE_RULE.match(line):
            yield from self._flush()
        else:
            if _ITEM.match(line) or line.lstrip().startswith("|"):
                yield from self._flush()
            self._gathered.append(_ITEM.sub("", line, count=1).lstrip("> "))

    def _enter(self, level: int, text: str) -> None:
        kept = [heading for heading in self._headings if heading[0] < level]
        self._headings = [*kept, (level, _words(text))]
        if level == 1 and not self.title:
            self.title = _words(text)

    def _flush(self) -> Iterator[Block]:
        text = _words(" ".join(self._gathered))
        self._gathered.clear()
        if text:
            yield Block(text, tuple(heading for _, heading in self._headings))


def _words(text: str) -> str:
    """The text of one paragraph without its marks; a table row's cells become a list."""
    if text.lstrip().startswith("|"):
        text = ", ".join(cell.strip() for cell in text.strip(" |").split("|"))
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    return " ".join(text.split())
