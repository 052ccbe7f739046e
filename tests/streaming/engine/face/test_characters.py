"""Character files: whoever adds one learns here what it lacks."""

import re

import numpy as np
import pytest
from PIL import Image

from streaming.engine.face import AVATARS, DEFAULT_AVATAR
from streaming.engine.face.__main__ import main
from streaming.engine.face.character import (
    FOLDER,
    HALVES,
    LAYERS,
    CharacterError,
    character,
    read_character,
)
from streaming.engine.face.raster import RasterError, rasterise
from streaming.engine.speech.voices import find_voice

EACH = pytest.mark.parametrize("avatar_id", sorted(AVATARS))


def test_there_are_at_least_three_and_the_default_is_one_of_them():
    assert len(AVATARS) >= 3
    assert DEFAULT_AVATAR in AVATARS
    assert len({avatar.name for avatar in AVATARS.values()}) == len(AVATARS)


@EACH
def test_a_character_says_who_it_is(avatar_id):
    avatar = AVATARS[avatar_id]

    assert avatar.id == avatar_id
    assert avatar.name
    assert avatar.gender in {"female", "male", "neutral"}
    assert find_voice(avatar.default_voice).id == avatar.default_voice


@EACH
def test_a_character_has_its_parts_in_order(avatar_id):
    names = [layer.id for layer in character(avatar_id).layers]

    assert names[0] == "background"
    assert len(names) == len(set(names))
    assert {"body", "head", "eyes", "brows", "mouth"} <= set(names)
    assert names.index("body") < names.index("head") < names.index("mouth")


@EACH
def test_every_reference_in_a_drawing_is_defined_once(avatar_id):
    text = (FOLDER / f"{avatar_id}.svg").read_text()
    defined = re.findall(r'\bid="([^"]+)"', text)

    assert len(defined) == len(set(defined))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(defined)
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(defined)


@EACH
def test_what_a_layer_refers_to_travels_with_it(avatar_id):
    """Layers are rendered apart, so they may use the defs and their own ids only."""
    person = character(avatar_id)
    shared = set(re.findall(r'\bid="([^"]+)"', person.defs))

    for layer in person.layers:
        own = set(re.findall(r'\bid="([^"]+)"', layer.svg))
        used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', layer.svg))
        assert used <= shared | own, layer.id


@pytest.mark.parametrize(
    ("there", "instead", "message"),
    [
        ('data-name="Pixel"', "", "pixel.svg has no data-name in its <svg>"),
        ('data-voice="', 'data-vice="', "no data-voice"),
        ('<g id="mouth"', '<g id="maw"', 'no <g id="mouth"> below its root'),
        ('<g id="body"', '<g id="corpse"', 'no <g id="body"> below its root'),
        ('"eye_left"', '"eye_west"', 'no <g id="eye_left"> in its <g id="eyes">'),
        ('"brow_right"', '"brow_east"', 'no <g id="brow_right"> in its <g id="brows">'),
        ('data-moves="head"', 'data-moves="hat"', "moves with 'hat'"),
        ("</svg>", "", "pixel.svg is no SVG"),
    ],
)
def test_what_a_file_lacks_is_told_by_name(tmp_path, there, instead, message):
    text = (FOLDER / "pixel.svg").read_text()
    assert there in text
    path = tmp_path / "pixel.svg"
    path.write_text(text.replace(there, instead))

    with pytest.raises(CharacterError, match=re.escape(message)):
        read_character(path)


def test_the_readme_names_every_part_that_a_file_has_to_have():
    text = (FOLDER / "README.md").read_text()

    for name in (*LAYERS, *(half for halves in HALVES.values() for half in halves)):
        assert f"`{name}`" in text


def test_a_broken_drawing_is_an_error_with_the_renderers_words():
    with pytest.raises(RasterError, match="(?i)svg|xml|parse"):
        rasterise(["<svg><no"])


def test_drawings_come_back_in_order():
    blank = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="1"/>'

    pngs = rasterise([blank.format(width) for width in (3, 1, 4, 1, 5)])

    assert [int.from_bytes(png[16:20]) for png in pngs] == [3, 1, 4, 1, 5]


@pytest.mark.nightly
def test_the_command_draws_a_contact_sheet(tmp_path, monkeypatch):
    out = tmp_path / "sheet.webp"
    asked = ["--sheet", str(out), "--avatar", "pixel", "--width", "1200"]
    monkeypatch.setattr("sys.argv", ["face", *asked])

    main()

    with Image.open(out) as sheet:
        assert (sheet.format, sheet.width) == ("WEBP", 1200)
        # An empty sheet would be of one colour.
        cells = np.asarray(sheet.convert("L").resize((16, 1)))
        assert len(np.unique(cells)) > 8


def test_the_command_wants_to_know_what_to_draw(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["face"])

    with pytest.raises(SystemExit):
        main()

    assert "--sheet" in capsys.readouterr().err
