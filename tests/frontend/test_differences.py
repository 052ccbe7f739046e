"""Differences of two states of a persona, as they are marked for people."""

import pytest

from frontend.editing.differences import differences


def marks(old, new):
    """What became of the one field."""
    [difference] = differences({"field": old}, {"field": new})
    return [(mark.op, mark.text) for mark in difference.marks]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "Good morning to you.",
            "Good evening to you.",
            [
                ("same", "Good"),
                ("same", " "),
                ("removed", "morning"),
                ("same", " "),
                ("added", "evening"),
                ("same", " to you."),
            ],
        ),
        ("", "Hello.", [("added", "Hello.")]),
        ("Hello.", "", [("removed", "Hello.")]),
        (
            "One.",
            "One.\n\nTwo.",
            [("same", "One."), ("same", "\n\n"), ("added", "Two.")],
        ),
        (["a", "b"], ["b", "c"], [("removed", "a"), ("same", "b"), ("added", "c")]),
        (1.0, 1.2, [("removed", "1.0"), ("added", "1.2")]),
    ],
    ids=["words", "new", "gone", "paragraph", "list", "number"],
)
def test_what_came_and_what_went_is_marked(old, new, expected):
    assert marks(old, new) == expected


def test_long_stretches_that_stayed_are_left_out_but_for_some_words():
    words = " ".join(f"word{n}" for n in range(200))

    found = marks(f"{words} old", f"{words} new")

    assert found[0] == ("gap", "")
    assert found[1][1].split() == [f"word{n}" for n in range(188, 200)]
    assert found[-1] == ("added", "new")


def test_fields_that_stayed_are_not_told_of():
    assert differences({"a": 1, "b": "x"}, {"a": 1, "b": "x"}) == []
