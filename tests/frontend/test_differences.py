"""Differences of two states of a persona, as they are marked for people."""

import random
import time

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


def knowledge(words):
    return "\n".join(" ".join(words[at : at + 10]) for at in range(0, len(words), 10))


@pytest.mark.parametrize("count", [150, 480, 1_000, 10_000])
@pytest.mark.parametrize("vocabulary", [1, 2, 3, 50])
def test_words_that_repeat_are_compared_in_good_time(count, vocabulary):
    dice = random.Random(6)  # noqa: S311
    old, new = (
        [f"w{dice.randrange(vocabulary)}" for _ in range(count)] for _ in range(2)
    )
    old, new = knowledge(["first", *old, "last"]), knowledge(["begun", *new, "done"])

    began = time.perf_counter()
    found = marks(old, new)

    assert time.perf_counter() - began < 2
    assert {op for op, _ in found} >= {"removed", "added"}


def test_of_two_long_texts_the_lines_that_changed_are_marked():
    lines = [" ".join(f"word{n}-{m}" for m in range(10)) for n in range(200)]
    changed = [*lines]
    changed[3], changed[190] = "An early line.", "A late line."

    found = marks("\n".join(lines), "\n".join(changed))

    assert [(op, text) for op, text in found if op in ("removed", "added")] == [
        ("removed", lines[3]),
        ("added", "An early line."),
        ("removed", lines[190]),
        ("added", "A late line."),
    ]


def test_of_two_long_texts_without_lines_what_is_alike_at_both_ends_stays():
    middle = [" ".join(f"{letter}{n}" for n in range(1_000)) for letter in "ab"]

    found = marks(f"Dear all, {middle[0]} Yours", f"Dear all, {middle[1]} Yours")

    assert [(op, text) for op, text in found if op != "same"] == [
        ("removed", middle[0]),
        ("added", middle[1]),
    ]
