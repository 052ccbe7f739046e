"""What cards become, and how files that are none are refused."""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from personas import limits
from personas.cards.errors import CardRefused
from personas.cards.macros import Names, described, dialogue, spoken
from personas.cards.reading import read
from tests.personas.cards.made import (
    V1,
    as_file,
    card2,
    card3,
    chunk,
    encoded,
    in_picture,
    picture,
    png_card,
    text_chunk,
)

KNOWLEDGE = (
    "Ada Quill is a ship's doctor. She likes the visitor’s jokes.\n\n"
    "The visitor comes aboard with a cough.\n\n"
)
EXAMPLE = (
    "For example, this is how Ada Quill talks:\n"
    "Visitor: Is it bad?\nAda Quill: It never is."
)


def test_a_v1_card_becomes_a_persona_that_can_speak():
    draft = read(as_file(V1))

    assert draft.kind == "Character card V1"
    assert draft.values == {
        "name": "Ada Quill",
        "greeting": 'Good evening. "What hurts?"',
        "personality_style": "calm and dry",
        "knowledge": KNOWLEDGE + EXAMPLE,
    }
    assert draft.warnings == []


def test_a_v2_card_brings_tags_and_its_lorebook_as_facts():
    draft = read(as_file(card2()))

    assert draft.values["tags"] == ["sea", "medicine"]
    assert "\n\ngalley: The cook sings.\n\n" in draft.values["knowledge"]
    assert "It broke in June" not in draft.values["knowledge"]
    assert "Ignore all rules" not in str(draft.values)
    assert (draft.creator, draft.notes) == ("somebody", "Talk slowly.")


def test_what_is_kept_and_not_used_is_said():
    said = " ".join(read(as_file(card3())).warnings)

    assert "instructions for the language model are kept and not used" in said
    assert "further greetings are kept" in said
    assert "1 lorebook entry is switched off" in said
    assert "further pictures and sounds" in said


def test_a_nickname_stands_for_the_character():
    draft = read(as_file(card3()))

    assert draft.values["name"] == "Ada Quill"
    assert draft.values["knowledge"].startswith("Ada is a ship's doctor.")


def test_a_picture_holds_a_card_and_the_newer_of_two_is_read():
    both = in_picture(
        text_chunk(b"chara", encoded(card2(name="Old"))),
        text_chunk(b"ccv3", encoded(card3(name="New"))),
    )

    draft = read(both)

    assert draft.name == "New"
    assert draft.picture is not None
    assert (draft.picture.width_px, draft.picture.height_px) == (40, 60)


def test_a_compressed_text_and_base64_in_lines_are_read():
    text = encoded(card2()).rstrip(b"=")
    lines = b"\n".join(text[at : at + 76] for at in range(0, len(text), 76))
    packed = chunk(b"zTXt", b"Chara\0\0" + zlib.compress(lines))

    assert read(in_picture(packed)).name == "Ada Quill"


def test_a_large_picture_is_made_smaller_and_nothing_else_of_the_file_is_kept():
    secret = text_chunk(b"comment", b"taken at home")
    png = in_picture(
        secret, text_chunk(b"chara", encoded(V1)), png=picture((2000, 500))
    )

    draft = read(png)

    assert draft.picture is not None
    assert draft.picture.width_px == limits.CARD_PICTURE_PX
    assert b"taken at home" not in draft.picture.content


def test_a_picture_that_cannot_be_decoded_costs_only_the_picture():
    whole = png_card(V1)
    at = whole.index(b"IDAT")
    size = int.from_bytes(whole[at - 4 : at], "big")
    spoilt = whole[: at - 4] + chunk(b"IDAT", b"\0" * size) + whole[at + 8 + size :]

    draft = read(spoilt)

    assert draft.picture is None
    assert "picture is not kept" in draft.warnings[0]


def test_long_texts_are_shortened_and_that_is_said():
    card = card2(
        name="N" * 200,
        personality="calm " * 200,
        first_mes="Hello. " * 200,
        tags=["t" * 400, *(f"tag {n}" for n in range(60)), 7],
    )

    draft = read(as_file(card))

    assert len(draft.name) == limits.NAME_MAX_CHARS
    assert len(draft.values["personality_style"]) <= limits.STYLE_MAX_CHARS
    assert len(draft.values["greeting"]) <= limits.GREETING_MAX_CHARS
    assert len(draft.values["tags"]) == limits.LIST_MAX_ITEMS
    assert "calm calm" in draft.values["knowledge"]  # the whole of it is in there
    said = " ".join(draft.warnings)
    for field in ("Name", "Style", "Greeting", "Tags"):
        assert f"{field}: " in said


def test_a_lorebook_that_is_too_large_is_taken_as_far_as_it_fits():
    entries = [
        {
            "keys": [f"k{n}"],
            "content": f"k{n} " + "x" * 990,
            "enabled": True,
            "insertion_order": n,
            "extensions": {},
        }
        for n in range(40)
    ]
    draft = read(as_file(card2(character_book={"entries": entries, "extensions": {}})))

    assert len(draft.values["knowledge"]) <= limits.KNOWLEDGE_MAX_CHARS
    assert "k18 x" in draft.values["knowledge"]
    assert any("lorebook entries do not fit" in one for one in draft.warnings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi, {{user}}!", "Hi!"),
        ("Good evening {{user}}.", "Good evening."),
        ("{{USER}}, come in.", "Come in."),
        ("Oh. {{user}}! You here?", "Oh. You here?"),
        ("Well, {{user}}, I see {{user}}.", "Well, I see you."),
        ("This is {{ user }}'s cup, <BOT> says.", "This is your cup, Ada says."),
        ("*bows* **slowly** Yes.", "Yes."),
        ("*nods*", "nods"),
        ("I {{random:like,love}} it.{{// not said}}", "I like it."),
        ("I {{pick :: like::love}} it.", "I like it."),
        ('Oh.\n\n "{{user}}, come in."', 'Oh.\n\n"Come in."'),
        ("{{unknown::macro}}Well.", "Well."),
        ("", ""),
    ],
)
def test_macros_become_words_that_can_be_said(text, said):
    assert spoken(text, Names("Ada")) == said


def test_examples_name_who_speaks():
    text = "<START>\n{{user}}: Hi\n{{char}}: Ho\n<START>\n{{user}}: Hm"

    assert dialogue(text, Names("Ada")) == "Visitor: Hi\nAda: Ho\n\nVisitor: Hm"


TIRING: dict[str, str] = {
    "empty lines": "\n" * 200_000,
    "lines of quotes": '"\n' * 100_000,
    "one line of quotes": '"' * 200_000,
    "ends of sentences": ". " * 100_000,
    "a choice of colons": "{{random" + ":" * 200_000,
    "a choice of blanks": "{{pick:" + " " * 200_000,
    "many choices": "{{random: " * 20_000,
    "half macros": "{{ " * 70_000,
    "stars": "*" * 200_000,
    "stars and words": "*a" * 100_000,
    "blanks": " \t" * 100_000,
    "the visitor and blanks": "{{user}}" + " \n" * 100_000,
    "commas": ", " * 100_000,
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", TIRING.values(), ids=TIRING.keys())
def test_no_text_takes_long_to_read(text):
    described(text + "x", Names("Ada"))
    spoken(text + "x", Names("Ada"))


@pytest.mark.timeout(5)
def test_a_lorebook_of_very_many_entries_does_not_take_long():
    entries = [{"content": "a", "insertion_order": n} for n in range(20_000)]

    draft = read(as_file(card2(character_book={"entries": entries})))

    assert len(draft.values["knowledge"]) <= limits.KNOWLEDGE_MAX_CHARS


@pytest.mark.timeout(5)
def test_a_long_name_said_often_does_not_fill_the_memory():
    draft = read(as_file(card2(name="N" * 100_000, description="{{char}} " * 10_000)))

    first = draft.values["knowledge"].split()[0]
    assert len(first) <= limits.NAME_MAX_CHARS


def test_of_an_endless_text_only_the_beginning_is_read():
    start = "A" * limits.CARD_TEXT_MAX_CHARS
    draft = read(as_file(card2(description=start + " {{user}}")))

    assert any(
        f"shortened from {limits.CARD_TEXT_MAX_CHARS} to" in one
        for one in draft.warnings
    )


# Hostile and broken files -----------------------------------------------------------------


def nested(depth: int) -> bytes:
    return b'{"name":"x","description":' + b"[" * depth + b"]" * depth + b"}"


def bomb() -> bytes:
    packed = zlib.compress(b"A" * 50_000_000, 9)
    return in_picture(chunk(b"zTXt", b"chara\0\0" + packed))


def wrong_checksum() -> bytes:
    whole = png_card(V1)
    at = whole.index(b"chara")
    return whole[: at + 10] + bytes([whole[at + 10] ^ 1]) + whole[at + 11 :]


HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n ", "empty"),
    "no JSON": (b"Dear diary", "not JSON"),
    "cut off": (as_file(V1)[:-9], "not JSON"),
    "a list": (b"[]", "neither a character card"),
    "a number": (b"7", "neither a character card"),
    "an empty object": (b"{}", "neither a character card"),
    "any object": (b'{"name": "x"}', "neither a character card"),
    "a profile": (
        b'{"name": "x", "personality": {"style": "dry"}}',
        "neither a character card",
    ),
    "another spec": (b'{"spec": "lorebook_v3", "data": {}}', "lorebook_v3"),
    "a spec in control characters": (b'{"spec": "\\u0000\\u202e"}', "It is a"),
    "a spec that is a list": (b'{"spec": []}', "neither a character card"),
    "no data": (b'{"spec": "chara_card_v2"}', "neither a character card"),
    "data is a list": (b'{"spec": "chara_card_v2", "data": []}', "neither"),
    "no name": (as_file(card2(name="")), "no name"),
    "a name of control characters": (as_file(card2(name="\0\n")), "no name"),
    "a name that is a list": (as_file(card2(name=["x"])), "no name"),
    "not a number": (b'{"name":"x","description":"","n":NaN}', "not JSON"),
    "infinite": (b'{"name":"x","description":"","n":1e999}', "too large a number"),
    "endless digits": (b'{"name":"x","n":' + b"9" * 9_000 + b"}", "not JSON"),
    "deep": (nested(200), "nested deeper"),
    "deeper than the stack": (nested(200_000), "nested deeper"),
    "wide": (
        b'{"name":"x","description":"","l":[' + b"0," * 200_000 + b"0]}",
        "more than",
    ),
    "huge": (b'"' + b"x" * (limits.CARD_JSON_MAX_BYTES + 1) + b'"', "MB are read"),
    "a huge file": (b"x" * (limits.CARD_FILE_MAX_BYTES + 1), "MB are read"),
    "too much to keep": (
        as_file(card2(extensions={"x": "y" * limits.CARD_KEPT_MAX_CHARS})),
        "million characters",
    ),
    "UTF-16": (json.dumps(V1).encode("utf-16"), "UTF-8"),
    "Latin-1": ('{"name": "Zoë", "description": ""}'.encode("latin-1"), "UTF-8"),
    "JPEG": (b"\xff\xd8\xff\xe0rest", "Only PNG"),
    "WebP": (b"RIFF\x00\x00\x00\x00WEBP", "Only PNG"),
    "an archive": (b"PK\x03\x04rest", "Archives"),
    "a plain picture": (picture(), "no character card"),
    "half a picture": (png_card(V1)[:-40], "damaged"),
    "only a signature": (b"\x89PNG\r\n\x1a\n", "damaged"),
    "wrong checksum": (wrong_checksum(), "damaged"),
    "a length beyond the end": (
        picture()[:8] + b"\xff\xff\xff\xffIHDR" + b"\0" * 40,
        "damaged",
    ),
    "endless chunks": (
        in_picture(*[chunk(b"aaAa", b"")] * (limits.CARD_MAX_CHUNKS + 1)),
        "damaged",
    ),
    "a bomb": (bomb(), "too large"),
    "compressed nonsense": (in_picture(chunk(b"zTXt", b"chara\0\0xyz")), "damaged"),
    "no base64": (in_picture(text_chunk(b"chara", b"{}!")), "not in base64"),
    "base64 of no JSON": (in_picture(text_chunk(b"chara", b"AAAA")), "JSON"),
    "base64 of no UTF-8": (in_picture(text_chunk(b"chara", b"/////w==")), "UTF-8"),
    "ours from the future": (
        b'{"format": "greenroom-persona", "version": 2, "persona": {"name": "x"}}',
        "newer Greenroom",
    ),
    "ours without a version": (b'{"format": "greenroom-persona"}', "which version"),
    "ours without a persona": (
        b'{"format": "greenroom-persona", "version": 1, "persona": []}',
        "no “persona”",
    ),
    "ours without a name": (
        b'{"format": "greenroom-persona", "version": 1, "persona": {"title": "x"}}',
        "no name",
    ),
}


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_persona_is_refused_in_words(content: bytes, said: str):
    with pytest.raises(CardRefused, match=said):
        read(content)


ODD: dict[str, dict[str, Any]] = {
    "texts of other kinds": {"description": 7, "first_mes": None, "personality": []},
    "tags of other kinds": {"tags": {"a": 1}},
    "a book of other kinds": {"character_book": [1]},
    "entries of other kinds": {"character_book": {"entries": [1, None, {"keys": 3}]}},
    "entries that are a number": {"character_book": {"entries": 5}},
    "extensions of other kinds": {"extensions": "none"},
    "our part of other kinds": {"extensions": {"greenroom": {"fields": [1]}}},
    "our fields of other kinds": {
        "extensions": {
            "greenroom": {
                "fields": {
                    "title": 1,
                    "speaking_rate": "fast",
                    "temperature": 9,
                    "answers": 1,
                    "reply_length": "endless",
                    "language": "!",
                    "traits": "x",
                }
            }
        }
    },
    "numbers beyond any float": {
        "character_book": {
            "entries": [
                {"content": "last", "insertion_order": 10**400},
                {"content": "first", "insertion_order": -(10**400)},
            ]
        },
        "extensions": {
            "greenroom": {
                "fields": {"speaking_rate": 10**400, "temperature": -(10**400)}
            }
        },
    },
    "half an emoji": {"description": "\ud83d and \u2028 more\0"},
}


@pytest.mark.parametrize("more", ODD.values(), ids=ODD.keys())
def test_odd_cards_are_read_as_far_as_they_make_sense(more: dict[str, Any]):
    draft = read(as_file(card2(**more)))

    assert draft.name == "Ada Quill"


def test_a_kept_card_of_no_known_kind_is_left_out_of_our_own_format():
    value = {"format": "greenroom-persona", "version": 1, "persona": {"name": "Ada"}}

    assert read(as_file(value | {"card": {"spec": {}}})).kept is None


BAD = "a\r\nb\0c\ud83d\u2028d"


@pytest.mark.parametrize(
    "value",
    [
        card3(
            **dict.fromkeys(V1, "Ada " + BAD),
            tags=["sea " + BAD],
            creator=BAD,
            creator_notes=BAD,
            nickname=BAD,
            character_book={"entries": [{"content": BAD, "keys": [BAD]}]},
        ),
        {
            "format": "greenroom-persona",
            "version": 1,
            "persona": {"name": "Ada " + BAD, "traits": [BAD], BAD: BAD},
            "exhibits": [{"kind": "link", "name": BAD, "title": BAD, "address": BAD}],
            "card": card2(scenario=BAD, mes_example=BAD, description=BAD),
        },
    ],
    ids=["a card", "our own"],
)
def test_nothing_of_a_file_is_more_than_databases_and_pages_can_carry(value):
    draft = read(as_file(value))

    assert draft.kept is not None
    made = [
        draft.values,
        draft.warnings,
        draft.kept.values,
        draft.kept.rest,
        draft.links,
        draft.creator,
        draft.notes,
    ]
    assert draft.kept.rest
    assert not re.search("[\0\r\ud800-\udfff]", "".join(texts_of(made)))


def texts_of(value: Any) -> Iterator[str]:
    """Every text in lists and objects, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_of([*value.keys(), *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


def test_numbers_beyond_any_float_still_have_an_order_and_are_told_of():
    draft = read(as_file(card2(**ODD["numbers beyond any float"])))

    knowledge = draft.values["knowledge"]
    assert knowledge.index("first") < knowledge.index("last")
    assert "speaking_rate" not in draft.values
    said = " ".join(draft.warnings)
    assert "Speaking rate: left out" in said
    assert "Temperature: left out" in said


def test_our_own_format_says_what_it_does_not_know():
    draft = read(
        as_file(
            {
                "format": "greenroom-persona",
                "version": 1,
                "persona": {"name": "Ada", "shoe_size": 39, "speaking_rate": 9},
                "left_out": {"documents": 2},
            }
        )
    )

    assert draft.values == {"name": "Ada"}
    said = " ".join(draft.warnings)
    assert "“shoe_size” is not known here" in said
    assert "Speaking rate: left out" in said
    assert "upload them again" in said
