"""Text is cut where a reader would cut it, and the pieces are of a good size."""

import pytest

from personas.knowledge.chunking import MOST_WORDS, chunks, sentences, word_count
from personas.knowledge.reading import Block


def story(count: int, *, words: int = 12) -> str:
    return " ".join(
        f"Sentence {n} has {'many ' * (words - 4)}words." for n in range(count)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        (
            "Dr. Ada lives here. She is in.",
            ["Dr. Ada lives here.", "She is in."],
        ),
        ("It has 3.5 m. of it, e.g. here.", ["It has 3.5 m. of it, e.g. here."]),
        ("„Komm!“ sagte er. Sie kam.", ["„Komm!“ sagte er.", "Sie kam."]),
        ("Am 3. Oktober z. B. ist zu.", ["Am 3. Oktober z. B. ist zu."]),
        ("今日は晴れ。公園へ行く！", ["今日は晴れ。", "公園へ行く！"]),
        (
            "“Stop.” He stopped…  Then he went.",
            ["“Stop.”", "He stopped…", "Then he went."],
        ),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("no mark at all", ["no mark at all"]),
    ],
    ids=[
        "marks",
        "titles",
        "numbers",
        "speech",
        "dates",
        "unspaced",
        "dots",
        "danda",
        "none",
    ],
)
def test_a_paragraph_is_its_sentences(text, expected):
    assert sentences(text) == expected


def test_chunks_are_of_a_good_size_and_cut_no_sentence():
    found = list(chunks([Block(story(100))]))

    assert len(found) > 5
    told = set(sentences(story(100)))
    for chunk in found:
        assert word_count(chunk.text) <= MOST_WORDS
        assert set(sentences(chunk.text)) <= told
    assert all(word_count(chunk.text) >= 100 for chunk in found[:-1])


def test_nothing_is_lost_and_neighbours_share_a_sentence():
    found = list(chunks([Block(story(100))]))

    parts = [sentences(chunk.text) for chunk in found]
    assert list(dict.fromkeys(s for part in parts for s in part)) == sentences(
        story(100)
    )
    for before, after in zip(parts, parts[1:], strict=False):
        assert before[-1] == after[0]


def test_a_chunk_ends_where_a_paragraph_does_once_it_has_enough():
    found = list(chunks([Block(story(7)), Block(story(4)), Block("The end.")]))

    assert found[0].text == f"{story(7)} {story(4)}"
    assert found[1].text.endswith("The end.")


def test_a_chunk_stays_below_its_headings_and_knows_its_page():
    blocks = [
        Block("Closed on Mondays.", ("Visit", "Hours"), 1),
        Block("Two euros.", ("Visit", "Prices"), 1),
        Block("Free for children.", ("Visit", "Prices"), 2),
    ]

    found = list(chunks(blocks))

    assert [(c.text, c.headings[-1], c.page) for c in found] == [
        ("Closed on Mondays.", "Hours", 1),
        ("Two euros. Free for children.", "Prices", 1),
    ]


@pytest.mark.parametrize(
    "text",
    ["word " * 1000, "a,b;c " * 700, "字" * 2000, "x" * 5000, "คำ " * 900],
    ids=["no marks", "a table", "no spaces", "one word", "thai"],
)
def test_a_sentence_without_an_end_is_cut_all_the_same(text):
    found = list(chunks([Block(text.strip())]))

    assert max(word_count(chunk.text) for chunk in found) <= MOST_WORDS
    assert max(len(chunk.text) for chunk in found) <= 5000
    joined = "".join("".join(chunk.text.split()) for chunk in found)
    assert len(joined) >= len("".join(text.split()))


def test_letters_without_spaces_are_not_given_any():
    found = list(chunks([Block("今日は晴れ。公園へ行く！そして帰る。")]))

    assert [chunk.text for chunk in found] == ["今日は晴れ。公園へ行く！そして帰る。"]
