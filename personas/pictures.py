"""Uploaded pictures, made anew: what is kept and shown is never the file that was sent."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from personas import limits

#: Formats that are one picture, or begin with one. SVG may hold scripts and is not here.
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Picture:
    """A WebP without any metadata; `digest` names this very content in addresses."""

    content: bytes
    width_px: int
    height_px: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:16]


def read_picture(upload: Any, longest_px: int = limits.PICTURE_SHOWN_PX) -> Picture:
    """Decode an uploaded file and encode it anew, upright and at most so large.

    Where and with what it was taken, and whatever else was hidden in the file, is gone
    afterwards. Raises `ValidationError` with what is wrong, in words for who uploads.
    """
    if upload.size > limits.PICTURE_MAX_BYTES:
        raise ValidationError(
            _("The file has %(mb)s MB; at most %(most)s MB are taken."),
            params={
                "mb": _megabytes(upload.size),
                "most": _megabytes(limits.PICTURE_MAX_BYTES),
            },
        )
    try:
        with Image.open(upload, formats=_FORMATS) as opened:
            _require_modest(opened.size)  # said in the header: nothing is decoded yet
            return _encoded(ImageOps.exif_transpose(opened), longest_px)
    except ValidationError:
        raise
    except Exception as exc:  # decoders of foreign bytes raise whatever they like
        raise ValidationError(
            _("This is not a picture that can be read. PNG, JPEG, WebP and GIF can.")
        ) from exc


def _require_modest(size_px: tuple[int, int]) -> None:
    width, height = size_px
    if width * height > limits.PICTURE_MAX_PIXELS:
        most = limits.PICTURE_MAX_PIXELS // 1_000_000
        raise ValidationError(
            _(
                "The picture has %(width)s × %(height)s pixels; at most %(most)s million "
                "are taken."
            ),
            params={"width": width, "height": height, "most": most},
        )


def _encoded(opened: Image.Image, longest_px: int) -> Picture:
    has_alpha = opened.has_transparency_data
    picture = opened.convert("RGBA" if has_alpha else "RGB")
    picture.thumbnail((longest_px, longest_px))
    out = BytesIO()
    # Explicitly nothing beside the pixels: Pillow hands some metadata on by itself.
    picture.save(
        out, "WEBP", quality=_QUALITY, exif=b"", xmp=b"", icc_profile=None, method=4
    )
    return Picture(out.getvalue(), picture.width, picture.height)


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:.1f}".removesuffix(".0")
