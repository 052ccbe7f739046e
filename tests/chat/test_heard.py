"""How much of a text was heard, judged by time alone."""

import pytest

from chat.heard import heard_chars

CASES = [
    ("One two three.", 0.0, ""),
    ("One two three.", -1.0, ""),
    ("One two three.", 0.1, ""),
    ("One two three.", 0.2, "One"),
    ("One two three.", 0.3, "One"),
    ("One two three.", 0.45, "One two"),
    ("One two three.", 0.6, "One two"),
    ("One two three.", 0.9, "One two three."),
    ("One two three.", 1.0, "One two three."),
    ("One two three.", 7.0, "One two three."),
    ("Yes.", 0.3, ""),
    ("Yes.", 0.8, "Yes."),
    ("", 0.5, ""),
    ("你好吗？" * 20, 0.5, "你好吗？" * 10),
]


@pytest.mark.parametrize(("text", "share", "heard"), CASES)
def test_whole_words_are_heard_or_not(text: str, share: float, heard: str) -> None:
    assert text[: heard_chars(text, share)] == heard


def test_longer_is_never_less() -> None:
    text = "A sentence of several words, of which some are long-winded."
    heard = [heard_chars(text, share / 200) for share in range(201)]

    assert heard == sorted(heard)
    assert heard[-1] == len(text)
