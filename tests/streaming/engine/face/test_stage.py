"""Pictures: right in size and colour, whole, quick, and the same for everybody."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import av
import numpy as np
import pytest
import resvg_py
from PIL import Image

from streaming.engine.emotions import Emotion
from streaming.engine.face import (
    AVATARS,
    Mouth,
    Pose,
    Stage,
    Viseme,
    albums,
    drawings,
    stage,
)
from streaming.engine.face.articulation import mouth_for
from streaming.engine.face.character import HEIGHT, PARTS, WIDTH, character
from streaming.engine.face.eyes import Glance
from streaming.engine.face.looks import LOOKS, drawing
from streaming.engine.face.sprites import Kept

TALKING = Pose(sway=5, nod=-3, breath=4, gaze_x=1, brows=2, mouth=mouth_for(Viseme.AA))


def low(avatar_id: str, background: str = "scene") -> Stage:
    return stage(avatar_id, width=640, height=360, background=background)


def rgb(frame: av.VideoFrame) -> np.ndarray:
    return frame.to_ndarray(format="rgb24").astype(int)


@pytest.fixture(scope="module")
def june() -> Stage:
    made = low("june")
    made.warm()
    return made


@pytest.mark.parametrize("size", [(640, 360), (854, 480), (1280, 720)])
def test_a_picture_is_a_fresh_frame_of_the_right_kind(size):
    on = stage("pixel", width=size[0], height=size[1])

    one, other = on.picture(Pose()), on.picture(Pose())

    assert (one.width, one.height, one.format.name) == (*size, "yuv420p")
    assert one.pts is None
    assert one is not other
    assert (rgb(one) == rgb(other)).all()


def test_odd_sizes_unknown_avatars_and_backgrounds_are_refused():
    with pytest.raises(ValueError, match="even"):
        stage("june", width=853, height=480)
    with pytest.raises(KeyError):
        low("nobody")
    for background in ("beach", "#12345", "#12345g", "123456"):
        with pytest.raises(ValueError, match="background|hex"):
            low("june", background)


def test_mouths_change_the_picture_around_the_mouth_and_nowhere_else(june):
    look = next(la for la in character("june").layers if la.id == "mouth").look
    x, y = look.number("cx", 0) / 2, look.number("cy", 0) / 2
    shut = rgb(june.picture(Pose()))

    for viseme in (Viseme.AA, Viseme.OH, Viseme.SZ, Viseme.FV):
        changed = (rgb(june.picture(Pose(mouth=mouth_for(viseme)))) != shut).any(2)
        rows, columns = np.nonzero(changed)
        assert len(rows) > 300
        assert y - 45 < rows.min() < rows.max() < y + 65
        assert x - 55 < columns.min() < columns.max() < x + 55


def test_every_shape_has_a_picture_of_its_own(june):
    pictures = {
        rgb(june.picture(Pose(mouth=mouth_for(viseme)))).tobytes() for viseme in Viseme
    }

    assert len(pictures) == len(Viseme)


@pytest.mark.parametrize("avatar_id", sorted(AVATARS))
def test_the_pieces_join_without_a_seam(avatar_id):
    """Put together from pieces, a face is what it is when drawn in one go."""
    person = character(avatar_id)
    choices = {"eyes": Glance(), "brows": 0, "mouth": mouth_for(Viseme.EH)}
    whole = "".join(
        albums.own_ids(drawing(layer, choices[layer.id]), layer.id)
        if layer.id in choices
        else layer.svg
        for layer in person.layers
    )
    document = person.document(whole, (0, 0, WIDTH, HEIGHT), 0.5)
    png = resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True)
    expected = np.asarray(Image.open(io.BytesIO(bytes(png))).convert("L")).astype(int)

    pose = Pose(mouth=mouth_for(Viseme.EH))
    light = low(avatar_id).picture(pose).to_ndarray()[:360].astype(int)
    made = (light - 16) * 255 / 219

    off = np.abs(made - expected)
    assert off.mean() < 1.5
    # A seam would be a line: many neighbouring pixels that are all off.
    assert np.percentile(off, 99.5) < 22


@pytest.mark.parametrize("avatar_id", sorted(AVATARS))
def test_no_mouth_eye_or_brow_is_cut_off_by_its_place(avatar_id):
    drawn = drawings.drawn(avatar_id, 640, 360)

    for part in (part for part in drawn.parts if part.id in PARTS):
        for emotion in (Emotion.NEUTRAL, Emotion.EXCITED):  # the widest of all
            for choice in LOOKS[part.id](emotion):
                picture = part.pieces[0].picture((emotion, choice))
                alpha = np.asarray(picture)[..., 3]
                edges = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
                edge = max(pixels.max() for pixels in edges)
                assert edge < 12, f"{part.id} {emotion} {choice}"


@pytest.mark.parametrize("avatar_id", sorted(AVATARS))
def test_green_is_keyed_completely_and_takes_nothing_of_the_avatar(avatar_id):
    on = {
        background: rgb(low(avatar_id, background).picture(TALKING))
        for background in ("green", "#000000", "#ffffff")
    }
    clear = (on["#ffffff"] - on["#000000"]).mean(2) / 255
    red, green, blue = on["green"].transpose(2, 0, 1)

    keyed = (green > 90) & (red < 90) & (blue < 90)
    tinted = (green > red + 30) & (green > blue + 30) & ~keyed

    assert tinted.sum() == 0
    # Whatever is at least two pixels away from the outline is on its own side of it.
    assert (keyed & ~_grown(clear > 0.3, 2)).sum() == 0
    assert (~keyed & ~_grown(clear < 0.7, 2)).sum() == 0


@pytest.mark.parametrize("avatar_id", sorted(AVATARS))
def test_every_pixel_is_the_one_green_or_far_from_it(avatar_id):
    """Down to the planes: a keyer meets one value, right up to the avatar's edge."""
    frame = low(avatar_id, "green").picture(TALKING)
    planes = frame.to_ndarray()
    light, rest = planes[:360], planes[360:].reshape(2, 180, 320)
    colours = np.stack([light, *rest.repeat(2, 1).repeat(2, 2)], axis=2)
    is_green = (colours == colours[4, 4]).all(2)

    apart = np.abs(colours.astype(int) - colours[4, 4])[..., 1:].sum(2)

    assert 0.6 < is_green.mean() < 0.85
    assert is_green[:, :80].all()
    assert is_green[:, -80:].all()
    assert apart[~is_green].min() > 40


@pytest.mark.parametrize("avatar_id", sorted(AVATARS))
def test_keyed_edges_have_no_rim(avatar_id):
    """Over grey they are neither darker nor brighter than if drawn before grey."""
    green = rgb(low(avatar_id, "green").picture(TALKING))
    drawn = rgb(low(avatar_id, "#808080").picture(TALKING))
    is_green = (green == green[4, 4]).all(2)

    keyed = np.where(is_green[..., None], 128, green)

    off = (keyed - drawn)[np.abs(keyed - drawn).max(2) > 6]
    assert len(off) > 100
    assert np.abs(off.mean(0)).max() < 14


def test_the_green_itself_is_pure():
    assert tuple(rgb(low("june", "green").picture(Pose()))[4, 4]) == pytest.approx(
        (0, 200, 0), abs=2
    )


def test_a_colour_is_shown_as_it_was_asked_for():
    picture = rgb(low("june", "#336699").picture(Pose()))

    assert tuple(picture[4, 4]) == pytest.approx((0x33, 0x66, 0x99), abs=3)


def test_successive_pictures_differ_little(june):
    near = [rgb(june.picture(Pose(sway=sway))) for sway in range(-3, 4)]
    far = np.abs(near[0] - near[-1]).mean()

    steps = [np.abs(b - a).mean() for a, b in zip(near, near[1:], strict=False)]

    assert max(steps) < 0.5 * far
    assert max(steps) < 1.6 * min(steps)


def test_many_threads_get_the_same_pictures():
    fresh = Stage("june", width=320, height=180)
    poses = [Pose(sway=s, mouth=Mouth(open=o)) for s in (-2, 0, 2) for o in (0, 3, 6)]
    expected = [
        rgb(Stage("june", width=320, height=180).picture(pose)).tobytes()
        for pose in poses
    ]
    drawings._drawings.clear()
    together = threading.Barrier(4)

    def draw(_: int) -> list[bytes]:
        together.wait()
        return [rgb(fresh.picture(pose)).tobytes() for pose in poses]

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(draw, range(4)))

    assert all(pictures == expected for pictures in drawn)


def test_no_more_is_kept_than_may_be():
    drawn = drawings.drawn("june", 640, 360)
    kept = Kept(3_000_000)
    small = replace(drawn, kept=kept)

    for sway in range(-16, 17):
        small.sprites(Pose(sway=sway))

    assert 1_000_000 < kept.nbytes <= kept.max_bytes
    assert kept.nbytes == sum(sprite.nbytes for sprite in kept._sprites.values())


def test_backgrounds_share_what_is_drawn():
    scene, green = (
        Stage("june", width=320, height=180, background=background)
        for background in ("scene", "green")
    )

    for one, other in zip(scene.sprites(TALKING), green.sprites(TALKING), strict=True):
        assert one is other


def test_only_the_last_few_drawings_are_kept():
    widths = [64 + 2 * index for index in range(drawings.KEPT_DRAWINGS + 1)]

    first, *others = [drawings.drawn("pixel", width, 36) for width in widths]

    assert [drawings.drawn("pixel", width, 36) for width in widths[1:]] == others
    assert drawings.drawn("pixel", widths[0], 36) is not first


def test_only_the_last_few_stages_are_kept():
    first = low("june", "#000001")

    for index in range(2, 20):
        low("june", f"#0000{index:02x}")

    assert low("june", "#000001") is not first
    assert low("june", "#000001") is low("june", "#000001")


def _grown(mask: np.ndarray, by: int) -> np.ndarray:
    """A mask with its edges moved outwards by some pixels."""
    padded = np.pad(mask, by, mode="edge")
    height, width = mask.shape
    shifts = range(2 * by + 1)
    grown = np.zeros_like(mask)
    for dy in shifts:
        for dx in shifts:
            grown |= padded[dy : dy + height, dx : dx + width]
    return grown
