"""Text to sentences: what is one, and that nothing depends on how the text arrives."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.sentences import Delta, Sentence, Splitter, pieces, sentences


def split(
    text: str, *, by_chars: int = 1, max_chars: int = 240, eager: bool = False
) -> list[str]:
    splitter = Splitter(max_chars=max_chars, first_at_clause=eager)
    out: list[str] = []
    for at in range(0, len(text), by_chars):
        out += splitter.feed(text[at : at + by_chars])
    return out + list(splitter.flush())


# Each "|" stands where a sentence should end.
SENTENCES = [
    # Plain
    "Hello.| How are you?| Fine!",
    "One",
    "Really?!| Yes!!!| Good.",
    "hi there.| i write small.| so what.",
    "It ends here.| 2024 was good.",
    "Tabs.|\tand  more   spaces.",
    # Abbreviations
    "I am Dr. Smith.| Who are you?",
    "Mr. and Mrs. Jones met Prof. Lee.| They talked.",
    "Bring fruit, e.g. apples, i.e. food.| Then eat.",
    "Fruit (e.g. apples) is good.| Eat it.",
    "Cats vs. dogs.| Who wins?",
    "We sell books, pens, etc. and more.| Come in.",
    "We sell books, pens, etc.| Come in.",
    "She works at Acme Inc. in Boston.| He does not.",
    "She works at Acme Inc.| They pay well.",
    "See fig. 3 and no. 12.| Then stop.",
    "No.| I do not think so.",
    "Martin Luther King Jr. spoke.| We listened.",
    "Turn left at St. Mary.| Then stop.",
    "Approx. five people came.| Ten left.",
    "He arrived on Jan. 5 at noon.| It rained.",
    "You may.| I will.",
    # Acronyms and initials
    "The U.S. Army came.| It left.",
    "I live in the U.S.| It is big.",
    "I live in the U.S. and like it.| Do you?",
    "J. R. R. Tolkien wrote it.| I read it.",
    "J.R.R. Tolkien wrote it.| I read it.",
    "She has a Ph.D. in physics.| He has none.",
    "So am I.| And you?",
    "We chose plan B.| It works.",
    # Numbers, versions, times, addresses
    "Pi is 3.14159.| Remember it.",
    "It costs $29.95.| Buy it.",
    "Use version 2.0.1 of it.| It is new.",
    "Python 3.11.| Django 5.2.| Done.",
    "Meet at 3 p.m. on Monday.| Bring tea.",
    "Meet at 3 p.m.| Bring tea.",
    "It is 10:30.| Go now.",
    "It was in 2019.| Then came 2020.",
    "I have 12.| You have 14.",
    "Node.js and main.py are names.| So is example.com.",
    "Write to june@example.com.| She answers.",
    "The address is 192.168.0.1.| Try it.",
    # Ellipses
    "Wait... what?| No.",
    "He left...| Then came back.",
    "Well… maybe.| Or not.",
    "I see…| Go on.",
    "one...two...three.| Go.",
    # Quotes and brackets
    'She said "Go."| He went.',
    "“Really?” she asked.| “Yes.”| He nodded.",
    'He asked "why?" and left.| Nobody knew.',
    "It works (see chapter 2. It is short).| Good.",
    "(It works.)| Good.",
    "I am sad :( but well.| Are you?",
    "'Stop!'| It stopped.",
    "A list [one. two. three] ends.| Good.",
    # Lines and lists
    "First line\n|Second line\n|\n|Third",
    "1. One thing.\n|2. Another thing.| With more.\n|3. Last",
    "Here:\n|1. First\n|2. Second",
    "Line.\r\n|Next.\r\n|",
    "Dear you,\n|\n|hello.",
    # German
    "Das ist z.B. gut.| Oder nicht?",
    "Am 3. Oktober ist frei.| Schön!",
    "Es kostet ca. 5 Euro.| Na gut.",
    "Herr Dr. Meier kommt um 14.30 Uhr.| Pünktlich!",
    "Äpfel, Birnen usw. sind da.| Nimm eins.",
    "Er sagte: „Komm!“ und ging.| Sie blieb.",
    # French
    "Bonjour !| Ça va ?| Oui.",
    "M. Dupont est là.| Mme. Dupont aussi.",
    "Il a dit « non ».| Elle est partie.",
    "C'est l'art. 5 du code.| Voilà.",
    # Spanish
    "¡Hola!| ¿Qué tal?| Bien.",
    "La Sra. García llegó.| El Dr. Ruiz no.",
    "Son las 5 p.m. en Madrid.| Es tarde.",
    # Chinese, Japanese, Korean
    "你好。|我是小美。|你呢？",
    "真的吗？！|太好了！",
    "你好!|我来了.",
    "他说：“走吧。”|然后走了。",
    "价格是3.14元。|不贵。",
    "こんにちは。|元気ですか？|はい！",
    "「はい。そうです。」と言った。|終わり。",
    "안녕하세요.| 잘 지내세요?| 네!",
    # Arabic, Hindi, Urdu, Russian, Greek, Armenian
    "مرحبا!| كيف حالك؟| أنا بخير.",
    "मैं ठीक हूँ।| आप कैसे हैं?| कल मिलेंगे।",
    "یہ اچھا ہے۔| وہ نہیں۔",
    "Привет!| Как дела?| Хорошо.",
    "Это т.е. пример.| Вот так.",
    "Γεια σου.| Τι κάνεις;",
    "Բարեւ։| Ինչպես ես։",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_it_ends_sentences_where_a_reader_would(marked):
    expected = [part.strip() for part in marked.split("|") if part.strip()]
    expected = [" ".join(part.split()) for part in expected]

    assert split(marked.replace("|", "")) == expected


SPEAKABLE = [
    ("**Bold.** And *soft*.", ["Bold.", "And soft."]),
    ("***Both*** and __this__ and _that_.", ["Both and this and that."]),
    ("~~Old~~ new `code_name` here.", ["Old new code_name here."]),
    ("2 * 3 is 6, 2*3 too, and 2**3 is 8.", ["2 * 3 is 6, 2*3 too, and 2**3 is 8."]),
    ("It takes ~5 minutes.", ["It takes ~5 minutes."]),
    ("Keep snake_case_names.", ["Keep snake_case_names."]),
    ("这是**重点**内容。", ["这是重点内容。"]),
    ("# Title\n## Sub\nText.", ["Title", "Sub", "Text."]),
    ("- one\n* two\n+ three\n• four", ["one", "two", "three", "four"]),
    ("- [x] done\n- [ ] open", ["done", "open"]),
    ("> Quoted.\n> > Deeper.", ["Quoted.", "Deeper."]),
    ("> - both", ["both"]),
    ("C# is a language. #1 is good.", ["C# is a language.", "#1 is good."]),
    ("Not [a link](https://a.b/c d). Bye.", ["Not [a link](a.b/c d).", "Bye."]),
    ("See [the docs](https://a.b/c?d=1). Bye.", ["See the docs.", "Bye."]),
    ('A [label](https://a.b/c_(d) "title") here.', ["A label here."]),
    ("![A cat](cat.png) sleeps.", ["A cat sleeps."]),
    ("[**Bold** link](x).", ["Bold link."]),
    ("An array a[1] and a note [2].", ["An array a[1] and a note [2]."]),
    ("See https://www.example.org/a/?q=1. Bye.", ["See example.org/a.", "Bye."]),
    ("See <https://example.org>. Bye.", ["See example.org.", "Bye."]),
    ("(https://example.org/a)", ["(example.org/a)"]),
    ("A line<br>and <b>bold</b> 1 < 2 and x <3.", ["A lineand bold 1 < 2 and x <3."]),
    ("Hi 👋🏽 there 👩‍👩‍👧. Bye 👋", ["Hi there .", "Bye"]),
    ("Press 1️⃣ now ✅.", ["Press 1 now ."]),
    ("Stars ⭐⭐⭐\n🎉\nDone.", ["Stars", "Done."]),
    ("\\*not bold\\* and 1\\. so", ["*not bold* and 1. so"]),
    ("Before.\n```python\nx = 'a. b'\n```\nAfter.", ["Before.", "After."]),
    ("~~~\ncode\n~~~\nAfter.", ["After."]),
    ("````\n```\ncode\n````\nAfter.", ["After."]),
    ("```\nnever closed. no.", []),
    ("Use ```x = 1``` here.", ["Use x = 1 here."]),
    ("| a | b |\n|---|:-:|\n| 1 | 2 |\n\nEnd.", ["a, b", "1, 2", "End."]),
    ("this | that", ["this | that"]),
    ("One.\n\n---\n\nTwo.\n***\n", ["One.", "Two."]),
    ("...", []),
    ("", []),
    (" \n\t\n ", []),
]


@pytest.mark.parametrize(("markdown", "spoken"), SPEAKABLE)
def test_it_says_markdown_as_plain_text(markdown, spoken):
    assert split(markdown) == spoken


def test_a_sentence_is_given_as_soon_as_it_is_certain():
    splitter = Splitter()

    assert list(splitter.feed("Hello there.")) == []  # "Hello there.com"?
    assert list(splitter.feed(" I")) == ["Hello there."]
    assert list(splitter.feed(" am.\n")) == ["I am."]
    assert list(splitter.feed("你好。我")) == ["你好。"]


# As above; "|" also stands after the clause that is said first.
FIRST_CLAUSES = [
    "Well, when I was younger,| I rowed.| Not, well, often, as you know.",
    "I rowed when I was a student,| and I still do.",
    "I rowed (so, when I was a student, at least),| and do.",
    "I have about 1,000,000 books and maps here.",
    "Dr. Smith and I have written it:| a book.",
    "Short one.| And then a long one, with a comma.",
    "我小时候住在海边的村子里，|每天看船。|后来，走了。",
]


@pytest.mark.parametrize("marked", FIRST_CLAUSES)
def test_the_first_piece_may_be_a_clause_and_the_others_are_sentences(marked):
    expected = [part.strip() for part in marked.split("|")]

    assert split(marked.replace("|", ""), eager=True) == expected


def test_a_long_text_without_an_end_is_cut_at_a_clause_then_at_a_space():
    clause = "so " * 20 + "it was, and " + "on " * 40

    parts = split(clause, max_chars=100)

    assert parts[0].endswith("it was,")
    assert all(len(part) <= 100 for part in parts)
    assert parts[1].endswith("on")


def test_a_text_without_any_space_is_still_cut():
    assert [len(part) for part in split("x" * 700)] == [240, 240, 220]


def test_a_letter_is_not_parted_from_its_accent():
    parts = split("e\u0301" * 60, max_chars=31)

    assert not any(part.startswith("\u0301") for part in parts)


def test_a_bracket_that_never_closes_does_not_hold_up_the_speech():
    text = "An (open bracket. " + "More of it comes here. " * 20

    assert len(split(text)) > 5


def test_it_refuses_a_limit_over_what_avatars_take():
    with pytest.raises(ValueError, match="1000"):
        Splitter(max_chars=1001)


PROSE = st.lists(
    st.sampled_from(
        [
            *"aZé你, .!?…\n\t()[]\"'”*_`~#>-|<>\\h",
            *[
                "Dr.",
                "e.g.",
                "U.S.",
                "3.14",
                "...",
                " I ",
                ". The ",
                "word ",
                "。",
                "」",
            ],
            *[
                "**",
                "```",
                "\n```\n",
                "[a](b)",
                "https://a.b/",
                "![",
                "](",
                "👋🏽",
                "\u200d",
            ],
            *["| ", "\n- ", "\n1. ", "</b>", " \n", "ok. ", "so "],
        ]
    ),
    max_size=60,
).map("".join)


@given(PROSE, st.integers(1, 40), st.sampled_from([7, 30, 240]), st.booleans())
def test_the_way_text_is_cut_into_deltas_changes_nothing(
    text, by_chars, max_chars, eager
):
    whole = split(text, by_chars=len(text) + 1, max_chars=max_chars, eager=eager)

    assert split(text, by_chars=by_chars, max_chars=max_chars, eager=eager) == whole


PLAIN = st.text(alphabet="abcXYZ äß 你好 。.!?…,;:\n019'’”", max_size=400)


@given(PLAIN, st.sampled_from([5, 40, 240]))
def test_no_letter_is_lost_or_said_twice(text, max_chars):
    said = "".join(split(text, max_chars=max_chars))

    assert [c for c in said if c.isalnum()] == [c for c in text if c.isalnum()]


@given(PROSE, st.sampled_from([5, 40, 240]))
def test_every_piece_is_short_enough_and_has_something_to_say(text, max_chars):
    for part in split(text, max_chars=max_chars):
        assert 0 < len(part) <= max_chars
        assert any(char.isalnum() for char in part)


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "a. " * 20_000, "*" * 20_000, "<a " * 9000]
)
def test_hostile_text_is_split_in_reasonable_time(text):
    began_s = time.perf_counter()

    split(text, by_chars=7)

    assert time.perf_counter() - began_s < 5


def test_a_text_within_the_limit_stays_one_piece_as_it_was_written():
    assert pieces("One. **Two.**\nThree.") == ["One. **Two.**\nThree."]


def test_a_longer_text_is_cut_at_sentences_into_as_few_pieces_as_possible():
    text = "This sentence has exactly forty characters. " * 50

    parts = pieces(text)

    assert len(parts) == 3
    assert all(len(part) <= 1000 and part.endswith(".") for part in parts)
    assert " ".join(parts) == text.strip()


def test_a_blank_text_has_no_pieces():
    assert pieces(" \n ") == []


async def test_deltas_pass_through_and_sentences_follow_what_completed_them():
    async def deltas():
        for text in ("Hi. ", "You", "!"):
            yield text

    seen = [part async for part in sentences(deltas())]

    assert seen == [
        Delta("Hi. "),
        Sentence("Hi."),
        Delta("You"),
        Delta("!"),
        Sentence("You!"),
    ]
