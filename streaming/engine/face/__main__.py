"""Draw a contact sheet: `python -m streaming.engine.face --sheet faces.png`."""

import argparse
from pathlib import Path

from streaming.engine.face.character import AVATARS
from streaming.engine.face.sheet import contact_sheet


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m streaming.engine.face", description=__doc__
    )
    parser.add_argument("--sheet", type=Path, required=True, metavar="OUT.png")
    parser.add_argument("--avatar", choices=sorted(AVATARS), help="only this one")
    asked = parser.parse_args()
    contact_sheet([asked.avatar] if asked.avatar else sorted(AVATARS)).save(asked.sheet)


if __name__ == "__main__":
    main()
