"""Contact sheets: what faces can do, on one picture, to be looked at."""

from collections.abc import Iterator, Sequence
from itertools import chain

from PIL import Image, ImageDraw, ImageFont

from streaming.engine.emotions import Emotion
from streaming.engine.face.articulation import mouth_for
from streaming.engine.face.character import (
    AVATARS,
    HEIGHT,
    WIDTH,
    Rect,
    character,
)
from streaming.engine.face.performer import Performer
from streaming.engine.face.poses import LIDS_CLOSED, MAX_BROWS, Mood, Pose
from streaming.engine.face.stage import stage
from streaming.engine.face.visemes import MouthKey, Viseme

COLUMNS = 8
CELL = 300
HEAD: Rect = (340, 40, 600, 600)
MOUTH_ROOM = 190  # how much of the drawing is shown around a mouth
LABEL = 40
BACK, INK = "#20242a", "#e8eaed"
AT_S = 5.0

Named = tuple[str, Pose]


def overview(avatar_ids: Sequence[str]) -> Image.Image:
    """A line for each avatar: all emotions and moods at rest, and all mouths."""
    faces, mouths = list(chain(_emotions(), _moods())), list(_mouths())
    half = CELL // 2
    columns = -(-len(mouths) // 2)
    left = len(faces) * CELL
    sheet = Image.new(
        "RGB",
        (left + columns * half, LABEL + len(avatar_ids) * CELL),
        BACK,
    )
    write, font = ImageDraw.Draw(sheet), ImageFont.load_default(LABEL * 0.7)
    for index, (name, _) in enumerate(faces):
        write.text((index * CELL + 8, 3), name, fill=INK, font=font)
    for row, avatar_id in enumerate(avatar_ids):
        top = LABEL + row * CELL
        for index, (_, pose) in enumerate(faces):
            sheet.paste(_seen(avatar_id, pose, HEAD, CELL), (index * CELL, top))
        for index, (name, pose) in enumerate(mouths):
            x, y = left + index % columns * half, top + index // columns * half
            sheet.paste(_seen(avatar_id, pose, _around_mouth(avatar_id), half), (x, y))
            write.text(
                (x + 6, y + 2), name, INK, font, stroke_width=3, stroke_fill=BACK
            )
        name = AVATARS[avatar_id].name
        write.text((8, top + 4), name, INK, font, stroke_width=3, stroke_fill=BACK)
    return sheet


def details(avatar_ids: Sequence[str]) -> Image.Image:
    """Heads with every mouth, blinks, gazes, brows, turns, moods and emotions."""
    cells = [
        (f"{avatar_id}: {name}", _seen(avatar_id, pose, HEAD, CELL) if pose else None)
        for avatar_id in avatar_ids
        for name, pose in _padded(_poses())
    ]
    rows = -(-len(cells) // COLUMNS)
    height = CELL + LABEL
    sheet = Image.new("RGB", (COLUMNS * CELL, rows * height), BACK)
    write, font = ImageDraw.Draw(sheet), ImageFont.load_default(LABEL * 0.5)
    for index, (name, picture) in enumerate(cells):
        left, top = index % COLUMNS * CELL, index // COLUMNS * height
        if picture is not None:
            sheet.paste(picture, (left, top + LABEL))
            write.text((left + 6, top + 8), name, fill=INK, font=font)
    return sheet


def _poses() -> Iterator[Named]:
    return chain(_mouths(), _steps(), _moods(), _emotions(), _emotions(speaking=True))


def _mouths() -> Iterator[Named]:
    for viseme in Viseme:
        yield viseme.value, Pose(mouth=mouth_for(viseme))


def _steps() -> Iterator[Named]:
    for lids in range(1, LIDS_CLOSED + 1):
        yield f"lids {lids}", Pose(lids=lids)
    for x, y in ((-2, 0), (2, 0), (0, -1), (0, 1), (-1, -1), (1, 1)):
        yield f"gaze {x},{y}", Pose(gaze_x=x, gaze_y=y)
    for brows in (-1, 1, MAX_BROWS):
        yield f"brows {brows}", Pose(brows=brows)
    for sway, nod in ((-14, 0), (14, 0), (0, -8), (0, 8)):
        yield f"head {sway},{nod}", Pose(sway=sway, nod=nod)


def _moods() -> Iterator[Named]:
    for mood in (Mood.LISTENING, Mood.THINKING):
        performer = Performer("", seed=7)
        performer.set_mood(mood, 0.0)
        yield mood.value, _awake(performer)


def _emotions(speaking: bool = False) -> Iterator[Named]:
    for emotion in Emotion:
        performer = Performer("", seed=7, emotion=emotion)
        if speaking:
            performer.say(0.0, [MouthKey(0.0, Viseme.EH)], 2 * AT_S)
        name = emotion.name.lower()
        yield f"{name}, speaking" if speaking else name, _awake(performer)


def _awake(performer: Performer) -> Pose:
    return performer.pose_at(AT_S)._replace(lids=0)


def _padded(named: Iterator[Named]) -> Iterator[tuple[str, Pose | None]]:
    """Fill the last row, so that each avatar begins a row."""
    poses = list(named)
    yield from poses
    for _ in range(-len(poses) % COLUMNS):
        yield "", None


def _around_mouth(avatar_id: str) -> Rect:
    look = next(one for one in character(avatar_id).layers if one.id == "mouth").look
    x, y = look.number("cx", 640), look.number("cy", 430)
    return (x - MOUTH_ROOM / 2, y - 0.44 * MOUTH_ROOM, MOUTH_ROOM, MOUTH_ROOM)


def _seen(avatar_id: str, pose: Pose, of: Rect, size: int) -> Image.Image:
    """A part of an avatar's picture, `size` pixels each way."""
    on = stage(avatar_id, width=WIDTH, height=HEIGHT)
    left, top, width, height = of
    picture = Image.fromarray(on.picture(pose).to_ndarray(format="rgb24"))
    return picture.resize(
        (size, size), Image.Resampling.LANCZOS, (left, top, left + width, top + height)
    )
