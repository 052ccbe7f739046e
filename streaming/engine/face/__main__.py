"""Draw contact sheets: `python -m streaming.engine.face --sheet faces.webp`."""

import argparse
from pathlib import Path

from PIL import Image

from streaming.engine.face.character import AVATARS
from streaming.engine.face.sheet import details, overview


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m streaming.engine.face", description=__doc__
    )
    parser.add_argument(
        "--sheet",
        type=Path,
        metavar="OUT",
        help="every avatar with every emotion, mood and mouth (.png or .webp)",
    )
    parser.add_argument(
        "--details",
        type=Path,
        metavar="OUT",
        help="the same large, with blinks, gazes, brows and turns of the head",
    )
    parser.add_argument("--avatar", choices=sorted(AVATARS), help="only this one")
    parser.add_argument("--width", type=int, help="of the sheet, in pixels")
    asked = parser.parse_args()
    if not (asked.sheet or asked.details):
        parser.error("say what to draw: --sheet or --details")
    avatar_ids = [asked.avatar] if asked.avatar else sorted(AVATARS)
    for out, draw in ((asked.sheet, overview), (asked.details, details)):
        if out:
            sheet = draw(avatar_ids)
            if asked.width:
                sheet.thumbnail((asked.width, sheet.height), Image.Resampling.LANCZOS)
            sheet.save(out, quality=82)


if __name__ == "__main__":
    main()
