"""HTML: what a reader sees of it, under its headings."""

import re
from html.parser import HTMLParser

from personas.knowledge.reading import Block, Content
from personas.knowledge.reading.charset import decode

#: Not the page's own text.
_UNSEEN = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "math",
        "iframe",
        "object",
        "nav",
        "footer",
        "form",
        "select",
        "button",
        "head",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
#: What goes on in the same line; every other tag begins a new block.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "img",
    ]
)
_HEADING = re.compile(r"h[1-6]$")


def read_html(data: bytes) -> Content:
    page = _Page()
    page.feed(decode(data, is_html=True))
    page.close()
    page.end_block()
    return Content(" ".join(page.title.split()) or page.first, page.blocks)


class _Page(HTMLParser):
    """Gathers text; tags that nobody closed, or nobody opened, do no harm."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.first = ""  # heading of the first level
        self.blocks: list[Block] = []
        self._gathered: list[str] = []
        self._headings: list[tuple[int, str]] = []
        self._unseen: list[str] = []  # what is open of it
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = not self.title
        elif tag == "body":
            self._unseen.clear()  # a head that was never closed
        elif (tag in _UNSEEN or _is_hidden(attrs)) and tag not in _VOID:
            self._unseen.append(tag)
        elif tag in ("td", "th"):
            self._gathered.append(", " if any(map(str.strip, self._gathered)) else "")
        elif tag not in _INLINE:
            self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag in self._unseen:
            while self._unseen.pop() != tag:
                pass
        elif _HEADING.match(tag):
            self._enter(int(tag[1]))
        elif tag not in _INLINE and tag not in ("td", "th"):
            self._part(tag)

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._unseen:
            self._gathered.append(data)

    def _part(self, tag: str) -> None:
        if tag == "br":
            self._gathered.append(" ")
        else:
            self.end_block()

    def end_block(self) -> None:
        if text := self._taken():
            self.blocks.append(Block(text, tuple(h for _, h in self._headings)))

    def _enter(self, level: int) -> None:
        if text := self._taken():
            kept = [heading for heading in self._headings if heading[0] < level]
            self._headings = [*kept, (level, text)]
            if level == 1 and not self.first:
                self.first = text

    def _taken(self) -> str:
        text = " ".join("".join(self._gathered).split())
        self._gathered.clear()
        return text


def _is_hidden(attrs: list[tuple[str, str | None]]) -> bool:
    return any(
        name == "hidden" or (name == "aria-hidden" and value == "true")
        for name, value in attrs
    )
