"""Draw the pictures of the local avatars that the pages show before a session.

    python -m tests.frontend.draw_stills

Run it when the engine's faces change. It stands here because the portal itself never
imports the engine.
"""

from pathlib import Path

from streaming.engine.face import AVATARS, Mood, Performer, stage

STILLS = Path(__file__).resolve().parents[2] / "frontend/static/frontend/img/avatars"
WIDTH, HEIGHT = 640, 360
OPEN_EYED_S = 2.0


def main() -> None:
    STILLS.mkdir(parents=True, exist_ok=True)
    for avatar_id in AVATARS:
        performer = Performer(avatar_id, seed=3)
        performer.set_mood(Mood.LISTENING, 0.0)
        picture = stage(avatar_id, width=1280, height=720).picture(
            performer.pose_at(OPEN_EYED_S)
        )
        still = picture.to_image().resize((WIDTH, HEIGHT))
        still.save(STILLS / f"{avatar_id}.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
