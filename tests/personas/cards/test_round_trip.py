"""There and back: nothing of a persona is lost, and nothing of a foreign card."""

import base64
import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from personas import limits
from personas.cards import png
from personas.cards.mapping import Kept
from personas.cards.reading import read
from personas.cards.writing import FORMATS, Snapshot
from personas.fields import ProseField, StringListField
from personas.models import Persona
from tests.personas.cards.made import V1, as_file, card2, card3, png_card

LINES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60
).map(lambda text: " ".join(text.split()))
PROSE = st.lists(LINES, max_size=4).map(lambda lines: "\n".join(lines).strip())
MACROS = st.sampled_from(["{{char}}", "{{user}}", "*nods*", "<START>", "@@depth 1\n"])
#: JSON that a card may hold anywhere.
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def a_value_for(name: str) -> st.SearchStrategy[Any]:
    field = Persona._meta.get_field(name)
    if name == "name":
        return LINES.filter(bool)
    if isinstance(field, StringListField):
        return st.lists(LINES.filter(bool), max_size=5)
    if isinstance(field, ProseField):
        return st.tuples(PROSE, MACROS, PROSE).map(
            lambda parts: " ".join(parts).strip()
        )
    if name == "temperature":
        return st.none() | st.floats(limits.TEMPERATURE_MIN, limits.TEMPERATURE_MAX)
    if name == "speaking_rate":
        return st.floats(limits.SPEAKING_RATE_MIN, limits.SPEAKING_RATE_MAX)
    if name in ("title", "personality_style", "avatar_name", "voice_id"):
        return LINES
    return st.just(field.get_default())  # type: ignore[union-attr]


PERSONAS = st.fixed_dictionaries(
    {name: a_value_for(name) for name in Persona.CONTENT_FIELDS}
).filter(
    lambda values: (
        len(values["greeting"]) <= limits.GREETING_MAX_CHARS
        and len(values["farewell"]) <= limits.FAREWELL_MAX_CHARS
    )
)


def file_of(name: str, values: dict[str, Any], kept: Kept | None = None) -> bytes:
    return FORMATS[name].write(
        Snapshot(values, created_s=1_700_000_000, changed_s=1_800_000_000, kept=kept)
    )


def whole(values: dict[str, Any]) -> dict[str, Any]:
    return Persona(**values).content()


@pytest.mark.parametrize("name", ["json", "card2", "card3"])
def test_a_persona_comes_back_as_it_was(name):
    @given(values=PERSONAS)
    def there_and_back(values):
        draft = read(file_of(name, values))

        assert draft.values == values
        assert draft.warnings == []

    there_and_back()


def test_a_persona_comes_back_from_a_picture_without_one_of_its_own():
    values = whole({"name": "Ёжик", "greeting": "{{user}} stays as it is."})

    content = file_of("png", values)

    assert read(content).values == values
    with Image.open(BytesIO(content)) as opened:
        assert opened.size == (512, 512)


def origin(card: dict[str, Any]) -> tuple[dict[str, Any], Kept]:
    draft = read(as_file(card))
    assert draft.kept is not None
    return whole(draft.values), draft.kept


@pytest.mark.parametrize(
    ("card", "name"),
    [(card2(), "card2"), (card3(), "card3"), (card2(), "card3"), (card3(), "card2")],
    ids=["2 as 2", "3 as 3", "2 as 3", "3 as 2"],
)
def test_an_unchanged_card_goes_out_as_it_came_in(card, name):
    values, kept = origin(card)

    out = json.loads(file_of(name, values, kept))

    data = out["data"]
    assert data["extensions"].pop("greenroom")["version"] == 1
    assert {key: data[key] for key in card["data"]} == card["data"]
    added = set(data) - set(card["data"])
    assert added <= {"group_only_greetings"}
    assert {
        key: out[key] for key in card if key not in ("spec", "spec_version", "data")
    } == {key: card[key] for key in card if key not in ("spec", "spec_version", "data")}


@given(
    unknown=st.dictionaries(st.text(max_size=8), ANYTHING, max_size=5), extra=ANYTHING
)
def test_whatever_else_a_card_holds_survives(unknown, extra):
    card = card3(extensions={"theirs": extra})
    card["data"] |= {f"x_{key}": value for key, value in unknown.items()}
    card["x_top"] = extra
    values, kept = origin(card)

    out = json.loads(file_of("card3", values | {"title": "changed"}, kept))

    assert out["x_top"] == extra
    assert out["data"]["extensions"]["theirs"] == extra
    for key, value in unknown.items():
        assert out["data"][f"x_{key}"] == value


def test_a_text_with_line_ends_of_two_characters_is_not_doubled():
    card = card2(
        scenario="A cough.\r\n\r\nA storm.", mes_example="{{char}}: Oh.\r\nHm."
    )
    values, kept = origin(card)

    changed = values | {"knowledge": "New. " + values["knowledge"]}
    out = json.loads(file_of("card2", changed, kept))

    assert out["data"]["description"].startswith("New. Ada Quill is")
    assert "A storm." not in out["data"]["description"]
    assert read(as_file(out)).values["knowledge"].count("A storm.") == 1


def test_only_what_was_changed_here_is_written_over_the_card():
    card = card2()
    values, kept = origin(card)

    out = json.loads(file_of("card2", values | {"greeting": "Welcome aboard."}, kept))

    data = out["data"]
    assert data["first_mes"] == "Welcome aboard."
    for key in ("description", "personality", "scenario", "mes_example", "tags"):
        assert data[key] == card["data"][key]


def test_a_new_name_also_goes_where_old_programs_look_for_it():
    values, kept = origin(card2())

    out = json.loads(file_of("card2", values | {"name": "Ada Pen"}, kept))

    assert (out["name"], out["data"]["name"]) == ("Ada Pen", "Ada Pen")


def test_added_knowledge_goes_into_the_description_without_the_lorebook():
    values, kept = origin(card2())
    more = values["knowledge"].replace("doctor.", "doctor. She sings.")

    out = json.loads(file_of("card2", values | {"knowledge": more}, kept))

    assert out["data"]["description"] == (
        "Ada Quill is a ship's doctor. She sings. She likes the visitor’s jokes."
    )
    assert out["data"]["character_book"] == card2()["data"]["character_book"]


def test_what_another_program_changed_wins_over_what_we_had_written():
    values, kept = origin(card2())
    out = json.loads(file_of("card2", values | {"title": "surgeon"}, kept))
    out["data"]["first_mes"] = "Another greeting."

    draft = read(as_file(out))

    assert draft.values["greeting"] == "Another greeting."
    assert draft.values["title"] == "surgeon"


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("card", [V1, card2(), card3()], ids=["V1", "V2", "V3"])
def test_a_second_round_is_as_good_as_the_first(card, name):
    values, kept = origin(card)
    values |= {"title": "surgeon", "greeting": "Welcome."}

    first = read(file_of(name, values, kept))
    assert first.kept is not None
    second = read(file_of(name, first.values, first.kept))

    assert first.values == second.values == values


def test_a_picture_has_both_cards_and_says_so_to_old_programs():
    values, kept = origin(card3())

    content = file_of("png", values, kept)
    texts = png.texts_in(content, frozenset({"chara", "ccv3"}))
    old, new = (json.loads(base64.b64decode(texts[key])) for key in ("chara", "ccv3"))

    assert (old["spec"], new["spec"]) == ("chara_card_v2", "chara_card_v3")
    assert "loaded as a Character Card V2" in old["data"]["creator_notes"]
    assert new["data"]["creator_notes"] == "Talk slowly."


def test_the_cards_own_picture_goes_out_again():
    draft = read(png_card(card2()))
    assert draft.picture is not None
    snapshot = Snapshot(
        whole(draft.values), 0, 0, draft.kept, picture=draft.picture.content
    )

    again = read(FORMATS["png"].write(snapshot))

    assert again.picture is not None
    assert (again.picture.width_px, again.picture.height_px) == (40, 60)
