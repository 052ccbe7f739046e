"""Files become blocks of text with their headings and pages, or are refused in words."""

import pytest

from personas.knowledge import isolated
from personas.knowledge.reading import Block, CannotRead
from personas.knowledge.reading.charset import decode
from personas.knowledge.reading.html import read_html
from personas.knowledge.reading.pdf import read_pdf
from personas.knowledge.reading.plain import read_markdown, read_text
from tests.personas.knowledge.made_pdf import bomb, pdf

# Charsets -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"], ids=str
)
def test_text_is_read_in_the_charsets_that_editors_save(charset):
    assert decode("Das Café öffnet um 9.\r\n".encode(charset)) == (
        "Das Café öffnet um 9.\n"
    )


def test_a_page_that_names_its_charset_is_believed():
    page = '<meta http-equiv="content-type" content="text/html; charset=windows-1251">'
    data = (page + "<p>Музей открыт.").encode("windows-1251")

    assert read_html(data).blocks == [Block("Музей открыт.")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("Музей открыт каждый день.".encode("windows-1251"), "Save it as UTF-8"),
        ("博物館は毎日開いています。".encode("shift_jis"), "Save it as UTF-8"),
        (b"\x00\x01\x02\x03PK" * 50, "does not look like text"),
        (bytes(range(1, 256)) * 3, "does not look like text|Save it as UTF-8"),
    ],
    ids=["cyrillic", "japanese", "zip", "anything"],
)
def test_bytes_that_would_only_be_guessed_at_are_refused(data, reason):
    with pytest.raises(CannotRead, match=reason):
        decode(data)


def test_a_page_that_names_a_wrong_charset_is_refused():
    with pytest.raises(CannotRead, match="says that its text is no-such-thing"):
        read_html(b'<meta charset="no-such-thing"><p>caf\xe9')


# Text and Markdown ----------------------------------------------------------------------


def test_paragraphs_of_text_end_at_empty_lines():
    found = read_text(b"One\nline.\n \nAnother.\n\n\n")

    assert found.blocks == [Block("One line."), Block("Another.")]


def test_markdown_keeps_words_and_headings_and_drops_the_marks():
    found = read_markdown(
        b"""---
draft: true
---
# The *mill*

Built in **1782** by [the guild](http://example.org), see `plan_b`.

Opening
-------

- Monday: closed
- Sunday: 10 to 4

### Prices

| Who | Price |
|-----|-------|
| Child | 2 |

```
not a # heading
```
"""
    )

    assert found.title == "The mill"
    assert found.blocks == [
        Block("Built in 1782 by the guild, see plan_b.", ("The mill",)),
        Block("Monday: closed", ("The mill", "Opening")),
        Block("Sunday: 10 to 4", ("The mill", "Opening")),
        Block("Who, Price", ("The mill", "Opening", "Prices")),
        Block("Child, 2", ("The mill", "Opening", "Prices")),
        Block("not a # heading", ("The mill", "Opening", "Prices")),
    ]


# HTML -----------------------------------------------------------------------------------


def test_html_is_read_as_a_visitor_sees_it():
    found = read_html(
        b"""<!doctype html><html><head><title>The mill &amp; more</title>
        <style>p {color: red}</style></head><body>
        <nav><a href="/">Home</a></nav>
        <h1>The mill</h1><p>Built in <b>17</b>82.<br>Still turning.</p>
        <script>alert("no")</script><p hidden>nor this</p>
        <h2>Prices</h2><table><tr><th>Child<td>2 euros</tr></table>
        <ul><li>Cash only<li>No dogs</ul><p>The end"""
    )

    assert found.title == "The mill & more"
    assert found.blocks == [
        Block("Built in 1782. Still turning.", ("The mill",)),
        Block("Child, 2 euros", ("The mill", "Prices")),
        Block("Cash only", ("The mill", "Prices")),
        Block("No dogs", ("The mill", "Prices")),
        Block("The end", ("The mill", "Prices")),
    ]


def test_a_page_with_broken_tags_still_has_its_text():
    found = read_html(b"</div><p>One</b></p></script><div><p>Two<title>T</title>")

    assert [block.text for block in found.blocks] == ["One", "Two"]


# PDF ------------------------------------------------------------------------------------


def test_a_pdf_has_its_pages_headings_and_paragraphs():
    data = pdf(
        [
            [
                "The mill was built by the guild of the bakers and it is the old-",
                "est.",
            ],
            [
                "It turns on every Sunday of the summer, when there is some wind",
                "here.",
            ],
        ],
        title="The mill",
        outline=[("History", 0), ("Opening", 1)],
    )

    found = read_pdf(data, max_pages=5)

    assert found.title == "The mill"
    assert found.blocks == [
        Block(
            "The mill was built by the guild of the bakers and it is the oldest.",
            ("History",),
            1,
        ),
        Block(
            "It turns on every Sunday of the summer, when there is some wind here.",
            ("Opening",),
            2,
        ),
    ]


def test_the_lines_at_the_edge_of_every_page_are_left_out():
    data = pdf([["Guild of the mill", f"Page {n} tells of it."] for n in range(5)])

    found = read_pdf(data, max_pages=5)

    assert [block.text for block in found.blocks] == [
        f"Page {n} tells of it." for n in range(5)
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf([["A secret."]], password="long password"), "protected by a password"),
        (pdf([[], []]), "text recognition"),
        (pdf([["Text."]] * 6), "It has 6 pages; at most 5"),
        (b"%PDF-1.7\nand nothing else", "damaged"),
        (pdf([["Text."]])[:-200], "damaged|no text"),
    ],
    ids=["encrypted", "scan", "too many pages", "empty", "cut off"],
)
def test_a_pdf_that_cannot_be_read_says_why(data, reason):
    with pytest.raises(CannotRead, match=reason):
        read_pdf(data, max_pages=5)


# In a process of its own ----------------------------------------------------------------


def test_a_file_is_read_in_a_process_of_its_own():
    found = isolated.read(
        "md", "# Größe\n\nEine Mühle. \ud83d\ude00".encode(errors="ignore")
    )

    assert found.title == "Größe"
    assert found.blocks == [Block("Eine Mühle.", ("Größe",))]


def test_a_pdf_that_swells_to_more_than_a_page_can_be_is_refused():
    data = bomb(60_000_000)

    assert len(data) < 100_000
    with pytest.raises(CannotRead, match="swells"):
        isolated.read("pdf", data)


def test_reading_ends_when_its_time_is_up():
    with pytest.raises(CannotRead, match="too long"):
        isolated.read("txt", b"Hello.", max_s=0.001)


def test_reading_ends_when_its_memory_is_used_up():
    text = b"word " * 1_500_000

    with pytest.raises(CannotRead, match="too much memory|not known"):
        isolated.read("txt", text, max_memory_bytes=48 * 1024 * 1024)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b" \n\n ", "no text"), (b"x" * 600_001, "600,001 characters")],
    ids=["nothing", "too much"],
)
def test_a_file_has_some_text_and_not_too_much(data, reason):
    with pytest.raises(CannotRead, match=reason):
        isolated.read("txt", data)


def test_the_reading_process_sees_none_of_our_keys(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")

    assert "PATH" in isolated.environment()
    assert "OPENAI_API_KEY" not in isolated.environment()
