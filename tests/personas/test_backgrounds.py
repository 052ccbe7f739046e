"""What may stand behind a persona: plain CSS passes, and nothing that does more."""

import pytest
from django.core.exceptions import ValidationError

from personas.backgrounds import known_key_colour, plain_background


@pytest.mark.parametrize(
    "css",
    [
        "",
        "#1d4436",
        "rebeccapurple",
        "rgb(12 34 56 / 50%)",
        "hsl(calc(120deg * (1 + 0.5)), 50%, 50%)",
        "radial-gradient(90% 120% at 50% 20%, #f7d9a0, #b9713a 55%, #4a2a1c)",
        "repeating-conic-gradient(#cfd4d1 0 25%, #f3f5f4 0 50%) 0 0 / 2rem 2rem",
        'url("https://example.org/a%20room.jpg?w=2&h=3") center / cover',
        "url(https://example.org/room.jpg) center / cover no-repeat, #222",
        "URL('data:image/png;base64,iVBORw0KGgo=')",
    ],
)
def test_a_plain_background_passes(css: str) -> None:
    plain_background(css)


@pytest.mark.parametrize(
    "css",
    [
        "red; position: fixed",
        "red } body { display: none",
        "</style><script>alert(1)</script>",
        "expression(alert(1))",
        "url(http://example.org/room.jpg)",
        "url(javascript:alert(1))",
        "url(//example.org/room.jpg)",
        "url(/accounts/logout)",
        "url(data:text/html;base64,PGI+)",
        "url(data:image/svg+xml;base64,PGI+)",
        "url('https://example.org/\\27 ) ; x')",
        'url("https://example.org/a" b)',
        'image-set("http://example.org/a.png" 1x)',
        "ur\\6c(http://example.org/a.png)",
        "u/**/rl(http://example.org/a.png)",
        "var(--secret)",
        "element(#page)",
        "attr(data-x)",
        "-webkit-image-set(url(x) 1x)",
        "red !important",
        "linear-gradient(red, blue",
        "red) linear-gradient(red, blue)(",
        "@import",
        '"text"',
    ],
)
def test_anything_more_is_refused(css: str) -> None:
    with pytest.raises(ValidationError):
        plain_background(css)


def test_a_picture_without_encryption_is_told_what_it_needs() -> None:
    with pytest.raises(ValidationError, match="https://"):
        plain_background("url(http://example.org/room.jpg)")


@pytest.mark.parametrize("colour", ["auto", "#00b140", "#00B140"])
def test_a_screen_has_a_colour_or_is_measured(colour: str) -> None:
    known_key_colour(colour)


@pytest.mark.parametrize(
    "colour", ["", "green", "#0b4", "#00b140ff", "00b140", "#00b14g"]
)
def test_other_words_are_no_screen_colour(colour: str) -> None:
    with pytest.raises(ValidationError, match="#00b140"):
        known_key_colour(colour)
