"""Eyes and brows, drawn for a moment from a character's own look.

An eye's group holds its iris, drawn around 0,0. Lengths are in units of the character's
drawing; "left" and "right" are the picture's.
"""

from collections.abc import Callable
from typing import NamedTuple

from streaming.engine.face.character import Look
from streaming.engine.face.expressions import PLAIN, Expression
from streaming.engine.face.poses import LIDS_CLOSED


class Glance(NamedTuple):
    """What eyes do at one moment, as in `Pose`."""

    lids: int = 0
    gaze_x: int = 0
    gaze_y: int = 0

    def canonical(self) -> "Glance":
        """The same picture under one name: where nearly shut eyes look is not seen."""
        return Glance(self.lids) if self.lids >= LIDS_CLOSED - 1 else self


def eyes_svg(look: Look, glance: Glance, expression: Expression = PLAIN) -> str:
    """Both eyes, in their place."""
    draw = _STYLES[look.text("style", "almond")]
    return "".join(
        draw(look, look.group(f"eye_{name}"), side, glance, expression)
        for name, side in (("left", -1), ("right", 1))
    )


def eyes_box(look: Look) -> tuple[float, float, float, float]:
    """What the eyes may cover: (left, top, width, height)."""
    left, right = look.group("eye_left"), look.group("eye_right")
    width, height = left.number("width", 64), left.number("height", 36)
    x0 = left.number("cx", 0) - 0.85 * width
    x1 = right.number("cx", 0) + 0.85 * width
    y0 = min(left.number("cy", 0), right.number("cy", 0)) - 1.1 * height
    return (x0, y0, x1 - x0, 2.1 * height)


def brows_svg(look: Look, level: int, expression: Expression = PLAIN) -> str:
    """Both brows, moved up (or down) by `level` steps; the inner ends move most."""
    lift = look.number("lift", 6)
    nearer = max(0.0, expression.knit) * 0.5
    drawn = ""
    for name, side in (("left", -1), ("right", 1)):
        brow = look.group(f"brow_{name}")
        x, y = brow.number("cx", 0), brow.number("cy", 0)
        turn = side * (level * look.number("turn", 1.2) - expression.knit)
        drawn += (
            f'<g transform="translate({-side * nearer:.1f} {-lift * level:.1f})'
            f' rotate({turn:.1f} {x} {y})">{brow.drawing()}</g>'
        )
    return drawn


def brows_box(look: Look) -> tuple[float, float, float, float]:
    """What the brows may cover: (left, top, width, height)."""
    left, right = look.group("brow_left"), look.group("brow_right")
    reach = look.number("reach", 60)
    y = min(left.number("cy", 0), right.number("cy", 0))
    x0, x1 = left.number("cx", 0) - reach, right.number("cx", 0) + reach
    return (x0, y - reach * 0.85, x1 - x0, reach * 1.4)


def _almond(
    look: Look, eye: Look, side: int, glance: Glance, expression: Expression
) -> str:
    """A human eye. Drawn for the right one; the left is its mirror image."""
    width, height = eye.number("width", 64), eye.number("height", 36)
    shut = glance.lids / LIDS_CLOSED
    # The lid also follows the gaze: looking down half covers the eye.
    opened = -0.45 + expression.droop + 0.1 * glance.gaze_y
    upper = _mix(opened, 0.34, shut) * height
    lower = _mix(0.43 - expression.squint, 0.36, shut) * height
    opening = _outline(width, height, upper, lower)
    name = f"eye{side}"
    dx = side * glance.gaze_x * 0.075 * width
    dy = glance.gaze_y * 0.11 * height
    ball = (
        ""
        if glance.lids == LIDS_CLOSED
        else (
            f'<clipPath id="{name}"><path d="{opening}"/></clipPath>'
            f'<g clip-path="url(#{name})">{_white(look, width, height)}'
            f'<g transform="translate({dx:.2f} {dy:.2f}) scale({side} 1)">{eye.drawing()}</g>'
            f"{_lid_shadow(look, width, height, upper)}</g>"
        )
    )
    return (
        f'<g transform="translate({eye.number("cx", 0)} {eye.number("cy", 0)})'
        f' scale({side} 1) rotate({-look.number("tilt", 3)})">'
        f"{_lid(look, width, height, upper, lower, shut)}{ball}"
        f"{_lash_line(look, width, height, upper, shut)}"
        f"{_lower_line(look, width, height, lower)}</g>"
    )


def _outline(width: float, height: float, upper: float, lower: float) -> str:
    """The opening between the lids; the inner corner is at the left."""
    return (
        f"{_upper_curve(width, height, upper)} {_lower_curve(width, height, lower)} Z"
    )


def _corners(width: float, height: float) -> tuple[float, float, float, float]:
    return -0.5 * width, 0.16 * height, 0.5 * width, 0.02 * height


def _upper_curve(width: float, height: float, upper: float) -> str:
    x0, y0, x1, y1 = _corners(width, height)
    control = (upper - 0.25 * (y0 + y1) / 2) / 0.75
    return (
        f"M{x0:.2f} {y0:.2f} C{-0.3 * width:.2f} {control:.2f}"
        f" {0.26 * width:.2f} {control:.2f} {x1:.2f} {y1:.2f}"
    )


def _lower_curve(width: float, height: float, lower: float) -> str:
    x0, y0, _, _ = _corners(width, height)
    control = (lower - 0.1 * height) / 0.75
    return (
        f"C{0.38 * width:.2f} {control:.2f} {-0.26 * width:.2f} {control * 1.12:.2f}"
        f" {x0:.2f} {y0:.2f}"
    )


def _white(look: Look, width: float, height: float) -> str:
    return (
        '<radialGradient id="white" cx="0.5" cy="0.55" r="0.6">'
        f'<stop offset="0.45" stop-color="{look.text("white", "#fdfaf6")}"/>'
        f'<stop offset="1" stop-color="{look.text("white-deep", "#d8c6bf")}"/>'
        "</radialGradient>"
        f'<rect x="{-width / 2:.1f}" y="{-height:.1f}" width="{width:.1f}"'
        f' height="{2 * height:.1f}" fill="{look.text("white", "#fdfaf6")}"/>'
        f'<ellipse rx="{0.56 * width:.1f}" ry="{0.72 * height:.1f}" fill="url(#white)"/>'
    )


def _lid_shadow(look: Look, width: float, height: float, upper: float) -> str:
    """What the lid and its lashes throw on the ball."""
    return (
        f'<path d="{_upper_curve(width, height, upper)}" fill="none"'
        f' stroke="{look.text("lash", "#3a2320")}" stroke-opacity="0.22"'
        f' stroke-width="{0.34 * height:.1f}"/>'
    )


def _lid(
    look: Look, width: float, height: float, upper: float, lower: float, shut: float
) -> str:
    """The skin around the opening, and the crease above it."""
    crease = _mix(-0.74, -0.5, shut) * height
    skin = _outline(1.04 * width, height, _mix(-0.7, -0.48, shut) * height, lower + 1.5)
    return (
        '<linearGradient id="lid" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{look.text("lid-deep", "#d99a80")}"/>'
        f'<stop offset="0.7" stop-color="{look.text("lid", "#eab59b")}"/>'
        f'<stop offset="1" stop-color="{look.text("lid", "#eab59b")}"/>'
        "</linearGradient>"
        f'<path d="{skin}" fill="url(#lid)"/>'
        f'<path d="{_upper_curve(1.0 * width, height, crease)}" fill="none"'
        f' stroke="{look.text("crease", "#b8755c")}" stroke-linecap="round"'
        f' stroke-opacity="{_mix(0.62, 0.4, shut):.2f}" stroke-width="2.2"/>'
    )


def _lash_line(
    look: Look, width: float, height: float, upper: float, shut: float
) -> str:
    """The dark rim of the upper lid, thicker outwards, with a flick or two."""
    thick = look.number("lash-width", 5)
    colour = look.text("lash", "#3a2320")
    x0, y0, x1, y1 = _corners(width, height)
    control = (upper - 0.25 * (y0 + y1) / 2) / 0.75
    rim = (
        f"{_upper_curve(width, height, upper)}"
        f" l{0.07 * width * look.number('wing', 0.6):.2f} {-0.1 * height:.2f}"
        f" C{0.27 * width:.2f} {control - thick * 1.5:.2f}"
        f" {-0.29 * width:.2f} {control - thick * 1.05:.2f} {x0:.2f} {y0:.2f} Z"
    )
    drawn = f'<path d="{rim}" fill="{colour}"/>'
    flicks = int(look.number("lashes", 0))
    for index in range(flicks):
        x, y = _on_curve(width, height, upper, 0.985 - 0.085 * index)
        length = height * (0.36 - 0.05 * index)
        up = _mix(-0.75, 0.5, shut) * length
        out = (0.85 - 0.12 * index) * length
        drawn += (
            f'<path d="M{x - 3:.2f} {y - 1:.2f} q{0.6 * out:.2f} {0.15 * up:.2f}'
            f" {out:.2f} {up:.2f} q{-0.7 * out:.2f} {-0.55 * up:.2f}"
            f' {-out - 3:.2f} {-0.7 * up:.2f} Z" fill="{colour}"/>'
        )
    return drawn


def _on_curve(
    width: float, height: float, upper: float, t: float
) -> tuple[float, float]:
    x0, y0, x1, y1 = _corners(width, height)
    control = (upper - 0.25 * (y0 + y1) / 2) / 0.75
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x = a * x0 + b * -0.3 * width + c * 0.26 * width + d * x1
    return x, a * y0 + (b + c) * control + d * y1


def _lower_line(look: Look, width: float, height: float, lower: float) -> str:
    x0, y0, x1, y1 = _corners(width, height)
    return (
        f'<path d="M{x1:.2f} {y1:.2f} {_lower_curve(width, height, lower)}" fill="none"'
        f' stroke="{look.text("lash", "#3a2320")}" stroke-opacity="0.4"'
        ' stroke-width="1.5" stroke-linecap="round"/>'
    )


def _lamp(
    look: Look, eye: Look, side: int, glance: Glance, expression: Expression
) -> str:
    """An eye of light: its own drawing, flattened by the lids."""
    width, height = eye.number("width", 64), eye.number("height", 64)
    x = eye.number("cx", 0) + glance.gaze_x * 0.1 * width
    y = eye.number("cy", 0) + glance.gaze_y * 0.12 * height
    calm = 1 - 1.6 * (expression.squint + expression.droop)
    flat = max(0.12, calm * (1 - glance.lids / LIDS_CLOSED))
    return (
        f'<g transform="translate({x:.2f} {y:.2f}) scale({1 + 0.1 * (1 - flat):.3f}'
        f' {flat:.3f})">{eye.drawing()}</g>'
    )


def _mix(before: float, after: float, done: float) -> float:
    return before + (after - before) * done


_STYLES: dict[str, Callable[[Look, Look, int, Glance, Expression], str]] = {
    "almond": _almond,
    "lamp": _lamp,
}
