"""Mouths, drawn from a `Mouth` and a character's own look.

All lengths are in units of the character's drawing, around the middle of the closed
lips. A look names its style, and a style is one function.
"""

from collections.abc import Callable
from dataclasses import dataclass

from streaming.engine.face.character import Look
from streaming.engine.face.poses import MAX_MOUTH, Mouth

BETWEEN_TEETH = 2  # how far a mouth is open at most that has its tongue there


def mouth_svg(look: Look, mouth: Mouth, smile: float = 0.0) -> str:
    """A mouth around 0,0, whose ends are higher by `smile` of its width."""
    return _STYLES[look.text("style", "lips")](look, mouth, smile)


def mouth_box(look: Look) -> tuple[float, float, float, float]:
    """What a mouth may cover, around 0,0: (left, top, width, height)."""
    width = look.number("width", 96)
    return (-0.78 * width, -0.4 * width, 1.56 * width, 1.22 * width)


@dataclass(frozen=True, slots=True)
class _Lips:
    """The lines of a mouth; y grows downwards."""

    half: float  # outer corners at ±half
    inner: float  # corners of the opening
    corner_y: float
    upper_y: float  # lower edge of the upper lip, in the middle
    lower_y: float  # upper edge of the lower lip
    upper: float  # thickness of the lips
    lower: float
    roundness: float

    def opening(self) -> str:
        """The hole between the lips, a closed path."""
        return f"{self._upper_edge()} {self._lower_edge()} Z"

    def upper_lip(self) -> str:
        """Around the upper lip: cupid's bow above, the opening's edge below."""
        top = self.upper_y - self.upper
        bow = 0.3 * self.upper
        peak_x = (0.2 + 0.04 * self.roundness) * self.half
        side = self.half * (0.62 + 0.2 * self.roundness)
        return (
            f"M{-self.half:.1f} {self.corner_y:.1f}"
            f" C{-side:.1f} {self.corner_y - 0.35 * self.upper:.1f}"
            f" {-peak_x * 2:.1f} {top:.1f} {-peak_x:.1f} {top:.1f}"
            f" Q{-peak_x * 0.4:.1f} {top:.1f} 0 {top + bow:.1f}"
            f" Q{peak_x * 0.4:.1f} {top:.1f} {peak_x:.1f} {top:.1f}"
            f" C{peak_x * 2:.1f} {top:.1f}"
            f" {side:.1f} {self.corner_y - 0.35 * self.upper:.1f}"
            f" {self.half:.1f} {self.corner_y:.1f}"
            f" L{self.inner:.1f} {self.corner_y + 0.6:.1f}"
            f" {self._upper_edge(back=True)} Z"
        )

    def lower_lip(self) -> str:
        """Around the lower lip: the opening's edge above, a full curve below."""
        bottom = self.lower_y + self.lower
        reach = self.half * (0.56 + 0.2 * self.roundness)
        control_y = (bottom - 0.25 * self.corner_y) / 0.75
        return (
            f"M{-self.half:.1f} {self.corner_y:.1f}"
            f" C{-reach:.1f} {control_y:.1f} {reach:.1f} {control_y:.1f}"
            f" {self.half:.1f} {self.corner_y:.1f}"
            f" L{self.inner:.1f} {self.corner_y:.1f} {self._lower_edge()} Z"
        )

    def line(self) -> str:
        """Where closed lips meet."""
        return self._upper_edge()

    def _upper_edge(self, back: bool = False) -> str:
        """The upper edge of the opening, with the little drop in its middle."""
        inner, y = self.inner, self.upper_y
        drop = 0.16 * self.upper
        side = inner * (0.6 + 0.24 * self.roundness)
        left = f"{-inner:.1f} {self.corner_y:.1f}"
        right = f"{inner:.1f} {self.corner_y:.1f}"
        outwards = (
            f"{-side:.1f} {y - drop * 0.6:.1f} {-inner * 0.26:.1f} {y - drop:.1f}"
        )
        inwards = f"{inner * 0.26:.1f} {y - drop:.1f} {side:.1f} {y - drop * 0.6:.1f}"
        if back:
            a, b = inwards.split(), outwards.split()
            return (
                f"C{a[2]} {a[3]} {a[0]} {a[1]} 0 {y:.1f}"
                f" C{b[2]} {b[3]} {b[0]} {b[1]} {left}"
            )
        return f"M{left} C{outwards} 0 {y:.1f} C{inwards} {right}"

    def _lower_edge(self) -> str:
        reach = self.inner * (0.58 + 0.26 * self.roundness)
        control_y = (self.lower_y - 0.25 * self.corner_y) / 0.75
        return (
            f"C{reach:.1f} {control_y:.1f} {-reach:.1f} {control_y:.1f}"
            f" {-self.inner:.1f} {self.corner_y:.1f}"
        )


def _lips(look: Look, mouth: Mouth, smiling: float) -> _Lips:
    opened = mouth.open / MAX_MOUTH
    wide = mouth.wide / MAX_MOUTH
    spread, pucker = max(0.0, wide), max(0.0, -wide)
    tuck = max(0.0, mouth.tuck / MAX_MOUTH)
    press = max(0.0, -mouth.tuck / MAX_MOUTH)
    width = look.number("width", 96)
    half = width / 2 * (1 + 0.13 * spread - 0.4 * pucker - 0.05 * opened)
    half *= 1 + 1.1 * max(0.0, smiling) * (1 - 0.7 * pucker - 0.5 * spread)
    gap = width * (0.47 * opened if not tuck else 0.3 * opened)
    upper_y = -0.24 * gap
    lower_y = 0.76 * gap if not tuck else upper_y + 0.045 * width * (1 + opened)
    smile = look.number("smile", 4) * (1 - 0.6 * pucker) + 3.5 * spread
    smile += smiling * width * (1 - 0.5 * pucker)
    thin = 1 - 0.16 * spread - 0.4 * press - 0.9 * abs(smiling)
    return _Lips(
        half=half,
        inner=half * (0.93 - 0.17 * pucker),
        corner_y=0.22 * gap - smile,
        upper_y=upper_y,
        lower_y=lower_y,
        upper=look.number("upper", 12) * thin * (1 + 0.2 * pucker - 0.15 * opened),
        lower=look.number("lower", 17) * thin * (1 + 0.15 * pucker - 0.4 * tuck),
        roundness=min(1.0, pucker + 0.35 * opened),
    )


def _human(look: Look, mouth: Mouth, smile: float) -> str:
    lips = _lips(look, mouth, smile)
    parts = [_chin_shadow(look, lips), _dimples(look, lips, mouth, smile)]
    if mouth.open or mouth.tuck > 0:
        parts.append(_inside(look, lips, mouth))
    parts += [_upper_lip(look, lips), _lower_lip(look, lips)]
    if mouth.open == 0:
        parts.append(
            f'<path d="{lips.line()}" fill="none" stroke="{look.text("line", "#7a2f35")}"'
            ' stroke-width="2.4" stroke-linecap="round"/>'
        )
    if mouth.tuck > 0:
        parts.append(_biting_teeth(look, lips))
    elif mouth.tongue == MAX_MOUTH and 0 < mouth.open <= BETWEEN_TEETH:
        parts.append(_tongue_tip(look, lips))
    return "".join(parts)


def _inside(look: Look, lips: _Lips, mouth: Mouth) -> str:
    """Dark, with teeth and tongue, seen through the opening."""
    gap = lips.lower_y - lips.upper_y
    return (
        f'<clipPath id="opening"><path d="{lips.opening()}"/></clipPath>'
        '<linearGradient id="throat" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{look.text("deep", "#2a0d12")}"/>'
        f'<stop offset="1" stop-color="{look.text("inside", "#6e262c")}"/>'
        "</linearGradient>"
        f'<path d="{lips.opening()}" fill="url(#throat)"/>'
        f'<g clip-path="url(#opening)">{_tongue(look, lips, mouth)}'
        f"{_teeth(look, lips, mouth)}"
        f'<path d="{lips.line()}" fill="none" stroke="#1c060a" stroke-opacity="0.3"'
        f' stroke-width="{min(7.0, 0.3 * gap):.1f}"/></g>'
    )


def _teeth(look: Look, lips: _Lips, mouth: Mouth) -> str:
    width = look.number("width", 96)
    gap = lips.lower_y - lips.upper_y
    shown = mouth.teeth / MAX_MOUTH
    if not shown:
        return ""
    height = min(width * (0.07 + 0.1 * shown), gap * (0.42 + 0.12 * shown))
    reach = lips.inner * 0.86
    colour = look.text("teeth", "#f6f0e8")
    drawn = _row(reach, lips.upper_y - 8, height + 8, colour)
    if shown > 0.7:
        top = lips.upper_y + height + 1.6
        drawn += (
            f'<path d="M{-reach * 0.86:.1f} {top + 2:.1f} Q0 {top - 1.6:.1f}'
            f" {reach * 0.86:.1f} {top + 2:.1f} L{reach * 0.8:.1f} {lips.lower_y + 9:.1f}"
            f' L{-reach * 0.8:.1f} {lips.lower_y + 9:.1f} Z" fill="{colour}"'
            ' fill-opacity="0.82"/>'
        )
    return drawn


def _row(reach: float, top: float, height: float, colour: str) -> str:
    """Upper teeth as one bright shape: single teeth look unkind at this size."""
    bottom = top + height
    return (
        '<linearGradient id="teeth" x1="0" y1="0" x2="1" y2="0">'
        f'<stop offset="0" stop-color="{colour}" stop-opacity="0.35"/>'
        f'<stop offset="0.2" stop-color="{colour}"/>'
        f'<stop offset="0.8" stop-color="{colour}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0.35"/>'
        "</linearGradient>"
        f'<path d="M{-reach:.1f} {top:.1f} H{reach:.1f} L{reach * 0.93:.1f}'
        f" {bottom - 0.2 * height:.1f} Q{reach * 0.5:.1f} {bottom + 0.8:.1f} 0 {bottom:.1f}"
        f" Q{-reach * 0.5:.1f} {bottom + 0.8:.1f} {-reach * 0.93:.1f}"
        f' {bottom - 0.2 * height:.1f} Z" fill="url(#teeth)"/>'
    )


def _tongue(look: Look, lips: _Lips, mouth: Mouth) -> str:
    gap = lips.lower_y - lips.upper_y
    up = mouth.tongue / MAX_MOUTH
    if gap < 8:
        return ""
    top = lips.lower_y - gap * (0.3 + 0.42 * up)
    reach = lips.inner * (0.74 - 0.2 * up)
    bottom = lips.lower_y + 14
    round_y = top + 0.25 * (bottom - top)
    return (
        '<linearGradient id="tongue" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{look.text("tongue", "#d9707a")}"/>'
        f'<stop offset="1" stop-color="{look.text("tongue-deep", "#a8434f")}"/>'
        "</linearGradient>"
        f'<path d="M{-reach * 1.1:.1f} {bottom:.1f} C{-reach * 1.1:.1f} {round_y:.1f}'
        f" {-reach * 0.5:.1f} {top:.1f} {-0.2 * reach:.1f} {top:.1f}"
        f" Q0 {top + 2:.1f} {0.2 * reach:.1f} {top:.1f}"
        f" C{reach * 0.5:.1f} {top:.1f} {reach * 1.1:.1f} {round_y:.1f}"
        f' {reach * 1.1:.1f} {bottom:.1f} Z" fill="url(#tongue)"/>'
    )


def _tongue_tip(look: Look, lips: _Lips) -> str:
    """The tongue between the teeth, over the lower ones, for th."""
    gap = lips.lower_y - lips.upper_y
    reach, top = lips.inner * 0.46, lips.upper_y + 0.42 * gap
    bottom = lips.lower_y + 0.1 * lips.lower
    return (
        '<linearGradient id="tongue_tip" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{look.text("tongue-deep", "#a8434f")}"/>'
        f'<stop offset="0.5" stop-color="{look.text("tongue", "#d9707a")}"/>'
        f'<stop offset="1" stop-color="{look.text("tongue", "#d9707a")}"/>'
        "</linearGradient>"
        f'<path d="M{-reach:.1f} {top:.1f} H{reach:.1f}'
        f" C{reach * 1.05:.1f} {bottom:.1f} {reach * 0.5:.1f} {bottom:.1f} 0 {bottom:.1f}"
        f" C{-reach * 0.5:.1f} {bottom:.1f} {-reach * 1.05:.1f} {bottom:.1f}"
        f' {-reach:.1f} {top:.1f} Z" fill="url(#tongue_tip)"/>'
    )


def _biting_teeth(look: Look, lips: _Lips) -> str:
    """The upper teeth on the lower lip, for f and v."""
    reach = lips.inner * 0.62
    top, bottom = lips.upper_y - 1.0, lips.lower_y + 1.5
    return (
        f'<path d="M{-reach:.1f} {top:.1f} H{reach:.1f} Q{reach * 0.96:.1f} {bottom:.1f}'
        f" {reach * 0.6:.1f} {bottom:.1f} H{-reach * 0.6:.1f} Q{-reach * 0.96:.1f}"
        f' {bottom:.1f} {-reach:.1f} {top:.1f} Z" fill="{look.text("teeth", "#f6f0e8")}"/>'
    )


def _upper_lip(look: Look, lips: _Lips) -> str:
    return (
        '<linearGradient id="upper_lip" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{look.text("upper-colour", "#c9686b")}"/>'
        f'<stop offset="1" stop-color="{look.text("upper-deep", "#a84a52")}"/>'
        "</linearGradient>"
        f'<path d="{lips.upper_lip()}" fill="url(#upper_lip)"/>'
    )


def _lower_lip(look: Look, lips: _Lips) -> str:
    glow_y = lips.lower_y + 0.42 * lips.lower
    return (
        '<linearGradient id="lower_lip" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{look.text("lower-deep", "#c05d63")}"/>'
        f'<stop offset="0.55" stop-color="{look.text("lower-colour", "#d97f7f")}"/>'
        f'<stop offset="1" stop-color="{look.text("lower-deep", "#c05d63")}"/>'
        "</linearGradient>"
        '<radialGradient id="lip_glow">'
        '<stop offset="0" stop-color="#fff" stop-opacity="0.55"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>'
        f'<path d="{lips.lower_lip()}" fill="url(#lower_lip)"/>'
        f'<ellipse cx="{-0.1 * lips.half:.1f}" cy="{glow_y:.1f}" rx="{0.4 * lips.half:.1f}"'
        f' ry="{0.3 * lips.lower:.1f}" fill="url(#lip_glow)"'
        f' fill-opacity="{look.number("gloss", 0.8)}"/>'
    )


def _chin_shadow(look: Look, lips: _Lips) -> str:
    """The soft shade below the lower lip."""
    colour = look.text("shade", "#a05a48")
    y = lips.lower_y + lips.lower + 7
    return (
        '<radialGradient id="under_lip">'
        f'<stop offset="0" stop-color="{colour}" stop-opacity="0.42"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
        f'<ellipse cx="0" cy="{y:.1f}" rx="{0.62 * lips.half:.1f}" ry="11"'
        ' fill="url(#under_lip)"/>'
    )


def _dimples(look: Look, lips: _Lips, mouth: Mouth, smile: float) -> str:
    """Soft ends of the mouth; deeper the wider it is."""
    colour = look.text("shade", "#a05a48")
    strength = 0.4 + 0.3 * max(0, mouth.wide) / MAX_MOUTH + 1.2 * max(0.0, smile)
    return (
        '<radialGradient id="dimple">'
        f'<stop offset="0" stop-color="{colour}" stop-opacity="{strength:.2f}"/>'
        f'<stop offset="1" stop-color="{colour}" stop-opacity="0"/></radialGradient>'
        + "".join(
            f'<ellipse cx="{side * (lips.half + 2):.1f}" cy="{lips.corner_y - 1:.1f}"'
            ' rx="9" ry="11" fill="url(#dimple)"/>'
            for side in (-1, 1)
        )
    )


def _lamp(look: Look, mouth: Mouth, smile: float) -> str:
    """A mouth of light on a screen: a line when shut, a rounded window when open."""
    opened = mouth.open / MAX_MOUTH
    wide = mouth.wide / MAX_MOUTH
    width = look.number("width", 96)
    half = width / 2 * (1 + 0.16 * max(0.0, wide) - 0.5 * max(0.0, -wide) + smile)
    colour = look.text("colour", "#7ff0ff")
    if mouth.open == 0:
        dip = (0.16 + 1.4 * smile) * width * (0.35 if mouth.tuck < 0 else 1.0)
        shape = (
            f"M{-half:.1f} {-dip / 2:.1f} Q0 {dip * 1.5:.1f} {half:.1f} {-dip / 2:.1f}"
        )
        return _lit(shape, "none", colour, look.number("line-width", 9))
    height = width * (0.1 + 0.55 * opened)
    top = -0.3 * height
    bend = min(half, height / 2) * 1.0
    shape = (
        f"M{-half + bend:.1f} {top:.1f} H{half - bend:.1f}"
        f" Q{half:.1f} {top:.1f} {half:.1f} {top + bend * 0.8:.1f}"
        f" C{half:.1f} {top + height:.1f} {half * 0.5:.1f} {top + height:.1f} 0 {top + height:.1f}"
        f" C{-half * 0.5:.1f} {top + height:.1f} {-half:.1f} {top + height:.1f}"
        f" {-half:.1f} {top + bend * 0.8:.1f}"
        f" Q{-half:.1f} {top:.1f} {-half + bend:.1f} {top:.1f} Z"
    )
    inside = ""
    if mouth.teeth > 4:
        y = top + height / 2
        inside = (
            f'<path d="M{-half:.1f} {y:.1f} H{half:.1f}" stroke="{colour}"'
            ' stroke-width="4" stroke-opacity="0.9"/>'
        )
    elif mouth.open > 2:
        inside = (
            f'<clipPath id="window"><path d="{shape}"/></clipPath>'
            f'<ellipse cy="{top + height:.1f}" rx="{0.62 * half:.1f}"'
            f' ry="{0.36 * height:.1f}" fill="{look.text("tongue", "#ff7fa8")}"'
            ' clip-path="url(#window)"/>'
        )
    fill = look.text("inside", "#0d5f78")
    return (
        f'<path d="{shape}" fill="{fill}"/>{inside}{_lit(shape, "none", colour, 6.0)}'
    )


def _lit(shape: str, fill: str, colour: str, line_width: float) -> str:
    """A glowing line: the same path, wider and fainter below."""
    halo = "".join(
        f'<path d="{shape}" fill="none" stroke="{colour}" stroke-opacity="{opacity}"'
        f' stroke-width="{line_width * times:.1f}" stroke-linecap="round"'
        ' stroke-linejoin="round"/>'
        for times, opacity in ((3.6, 0.05), (2.6, 0.08), (1.8, 0.14))
    )
    return halo + (
        f'<path d="{shape}" fill="{fill}" stroke="{colour}"'
        f' stroke-width="{line_width}" stroke-linecap="round" stroke-linejoin="round"/>'
    )


_STYLES: dict[str, Callable[[Look, Mouth, float], str]] = {
    "lips": _human,
    "lamp": _lamp,
}
