"""A contact sheet: everything a face can do, on one picture, to be looked at."""

from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from streaming.engine.face.articulation import mouth_for
from streaming.engine.face.character import HEIGHT, WIDTH
from streaming.engine.face.performer import Performer
from streaming.engine.face.poses import LIDS_CLOSED, MAX_BROWS, Mood, Mouth, Pose
from streaming.engine.face.stage import Stage, stage
from streaming.engine.face.visemes import Viseme

COLUMNS = 8
CELL = (300, 300)
CROP = (340, 40, 600, 600)  # left, top, width, height of the head in the drawing
LABEL = 18


def contact_sheet(avatar_ids: Sequence[str]) -> Image.Image:
    """Every mouth, blinks, gazes, brows, turns of the head and moods of avatars."""
    cells = [
        (
            f"{avatar_id}: {name}",
            _portrait(stage(avatar_id, width=WIDTH, height=HEIGHT), pose),
        )
        for avatar_id in avatar_ids
        for name, pose in _padded(_poses())
    ]
    rows = -(-len(cells) // COLUMNS)
    width, height = CELL[0], CELL[1] + LABEL
    sheet = Image.new("RGB", (COLUMNS * width, rows * height), "#20242a")
    write = ImageDraw.Draw(sheet)
    for index, (name, picture) in enumerate(cells):
        left, top = index % COLUMNS * width, index // COLUMNS * height
        if picture is not None:
            sheet.paste(picture, (left, top + LABEL))
            write.text((left + 6, top + 3), name, fill="#e8eaed")
    return sheet


def _poses() -> Iterator[tuple[str, Pose]]:
    for viseme in Viseme:
        yield viseme.value, Pose(mouth=mouth_for(viseme))
    for lids in range(1, LIDS_CLOSED + 1):
        yield f"lids {lids}", Pose(lids=lids)
    for x, y in ((-2, 0), (2, 0), (0, -1), (0, 1), (-1, -1), (1, 1)):
        yield f"gaze {x},{y}", Pose(gaze_x=x, gaze_y=y)
    for brows in (-1, 1, MAX_BROWS):
        yield f"brows {brows}", Pose(brows=brows)
    for sway, nod in ((-14, 0), (14, 0), (0, -8), (0, 8)):
        yield f"head {sway},{nod}", Pose(sway=sway, nod=nod)
    for mood in Mood:
        performer = Performer("", seed=7)
        performer.set_mood(mood, 0.0)
        mouth = Mouth(5, 2, 4, 0, 0) if mood is Mood.SPEAKING else Mouth()
        yield mood.value, performer.pose_at(5.0)._replace(mouth=mouth, lids=0)


def _padded(named: Iterator[tuple[str, Pose]]) -> Iterator[tuple[str, Pose | None]]:
    """Fill the last row, so that each avatar begins a row."""
    poses = list(named)
    yield from poses
    for _ in range(-len(poses) % COLUMNS):
        yield "", None


def _portrait(on: Stage, pose: Pose | None) -> Image.Image | None:
    if pose is None:
        return None
    left, top, width, height = CROP
    picture = Image.fromarray(on.picture(pose).to_ndarray(format="rgb24"))
    return picture.crop((left, top, left + width, top + height)).resize(
        CELL, Image.Resampling.LANCZOS
    )
