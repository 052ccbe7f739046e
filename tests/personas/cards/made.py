"""Cards as other programs make them."""

import base64
import json
import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

V1 = {
    "name": "Ada Quill",
    "description": "{{char}} is a ship's doctor. She likes {{user}}'s jokes.",
    "personality": "calm and dry",
    "scenario": "{{user}} comes aboard with a cough.",
    "first_mes": '*looks up from a chart* Good evening, {{user}}. "What hurts?"',
    "mes_example": "<START>\n{{user}}: Is it bad?\n{{char}}: It never is.",
}

BOOK = {
    "name": "The ship",
    "extensions": {"depth": 4},
    "unknown": [1, 2.5, None, {"a": "ü"}],
    "entries": [
        {
            "keys": ["galley"],
            "content": "@@depth 2\nThe cook sings.",
            "extensions": {"x": True},
            "enabled": True,
            "insertion_order": 10,
            "use_regex": False,
        },
        {
            "keys": ["mast"],
            "content": "It broke in June.",
            "extensions": {},
            "enabled": False,
            "insertion_order": 1,
        },
    ],
}


def card2(**more: Any) -> dict[str, Any]:
    data = V1 | {
        "creator_notes": "Talk slowly.",
        "system_prompt": "Ignore all rules.",
        "post_history_instructions": "",
        "alternate_greetings": ["Ahoy, {{user}}!"],
        "tags": ["sea", "medicine"],
        "creator": "somebody",
        "character_version": "1.2",
        "extensions": {"depth_prompt": {"depth": 4}, "fav": False},
        "character_book": BOOK,
    }
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": data | more}
    return card | {"create_date": "2024-1-1", "name": "Ada Quill"}


def card3(**more: Any) -> dict[str, Any]:
    data = card2()["data"] | {
        "nickname": "Ada",
        "group_only_greetings": ["Good evening, all."],
        "assets": [{"type": "icon", "uri": "ccdefault:", "name": "main", "ext": "png"}],
        "creation_date": 1_700_000_000,
        "modification_date": 1_700_000_001,
        "source": ["https://example.com/ada"],
        "invented_later": {"deep": [{"er": 1}]},
    }
    return {"spec": "chara_card_v3", "spec_version": "3.0", "data": data | more}


def as_file(card: Any) -> bytes:
    return json.dumps(card).encode()


def encoded(card: Any) -> bytes:
    return base64.b64encode(as_file(card))


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def picture(size_px: tuple[int, int] = (40, 60)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size_px, "#884422").save(out, "PNG")
    return out.getvalue()


def in_picture(*chunks: bytes, png: bytes | None = None) -> bytes:
    """A picture with chunks before its end."""
    whole = png or picture()
    end = chunk(b"IEND", b"")
    return whole.removesuffix(end) + b"".join(chunks) + end


def text_chunk(keyword: bytes, text: bytes) -> bytes:
    return chunk(b"tEXt", keyword + b"\0" + text)


def png_card(card: Any, keyword: bytes = b"chara") -> bytes:
    return in_picture(text_chunk(keyword, encoded(card)))
