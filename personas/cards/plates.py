"""Pictures of cards: our own as PNG, and a plate with an initial where there is none."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

_SIZE_PX = (512, 512)
_GREEN, _DEEP, _BRASS, _LAMP = "#1f4a3b", "#12281f", "#b89a5a", "#f7dc9a"


def png_of(webp: bytes) -> bytes:
    """The same pixels as PNG, with nothing beside them."""
    with Image.open(BytesIO(webp), formats=("WEBP",)) as opened:
        return _encoded(
            opened.convert("RGBA" if opened.has_transparency_data else "RGB")
        )


def plate(name: str) -> bytes:
    """A green plate with a ring and the first letter of the name."""
    picture = Image.linear_gradient("L").resize(_SIZE_PX).convert("RGB")
    top, bottom = Image.new("RGB", _SIZE_PX, _GREEN), Image.new("RGB", _SIZE_PX, _DEEP)
    picture = Image.composite(bottom, top, picture.convert("L"))
    drawing = ImageDraw.Draw(picture)
    drawing.ellipse((106, 106, 406, 406), outline=_BRASS, width=5)
    initial = next((char for char in name if char.isalnum()), "").upper()
    font = ImageFont.load_default(size=180)
    drawing.text((256, 256), initial, fill=_LAMP, font=font, anchor="mm")
    return _encoded(picture)


def _encoded(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=False)
    return out.getvalue()
