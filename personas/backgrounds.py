"""What may stand behind a persona: a plain CSS background, and the colour it replaces.

The text goes into a style of other people's pages, so it is not searched for what is bad:
only what is known to be good passes.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: The screen's colour is measured in the picture.
AUTOMATIC = "auto"

#: A picture by its address or as data. Neither holds what could end the address.
_PICTURE = re.compile(
    r"""url\(\s*(["']?)
    (?: https://[^\s"'()<>\\;{}]+ | data:image/(?:png|jpeg|webp|gif|avif);base64,[a-z0-9+/]+=* )
    \1\s*\)""",
    re.IGNORECASE | re.VERBOSE,
)
_PLAIN = re.compile(r"[\w\s#%.,()/+*-]*", re.ASCII)
_CALL = re.compile(r"([\w-]*)\(", re.ASCII)
_FUNCTIONS = {
    *("rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color"),
    *("color-mix", "calc", "min", "max", "clamp"),
    *("linear-gradient", "radial-gradient", "conic-gradient"),
    *("repeating-linear-gradient", "repeating-radial-gradient"),
    "repeating-conic-gradient",
    "",  # a pair of brackets within calc
}


def plain_background(text: str) -> None:
    """Refuse what is more than the value of CSS's `background`."""
    rest = _PICTURE.sub(" ", text)
    if re.search(r"\burl\s*\(", rest, re.IGNORECASE):
        raise ValidationError(_("Pictures need an address that begins with https://."))
    for name in _CALL.findall(rest):
        if name.lower() not in _FUNCTIONS:
            raise ValidationError(
                _("“%(name)s” cannot be used in a background."), params={"name": name}
            )
    if not _PLAIN.fullmatch(rest) or "/*" in rest or not _is_balanced(rest):
        raise ValidationError(
            _(
                "Write one CSS background: a colour, a gradient, or "
                'url("https://…") center / cover.'
            )
        )


def known_key_colour(text: str) -> None:
    """Refuse what is neither a colour in six digits nor the word for measuring it."""
    if text != AUTOMATIC and not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValidationError(_("Write a colour such as #00b140, or “auto”."))


def _is_balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth < 0:
            return False
    return depth == 0
