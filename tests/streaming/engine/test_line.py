"""Pieces of speech, one after another on the sample clock."""

import numpy as np

from streaming.engine.speech.line import PAUSE, Line, Piece

PACKET = 960


class Told:
    """A line, and what it told of starts and ends."""

    def __init__(self) -> None:
        self.happenings: list[tuple[str, str, int]] = []
        self.line = Line(on_start=self._start, on_end=self._end)

    def _start(self, piece: Piece) -> None:
        self.happenings.append(("start", piece.id, piece.starts_at))

    def _end(self, piece: Piece, at: int) -> None:
        self.happenings.append(("end", piece.id, at))

    def read(self, packets: int) -> "np.ndarray":
        return np.concatenate([self.line.read(PACKET) for _ in range(packets)])


def tone(samples: int, value: int = 1000) -> "np.ndarray":
    return np.full(samples, value, np.int16)


def running() -> Told:
    """A line that has been silent for a second."""
    told = Told()
    told.read(50)
    return told


def test_it_is_silent_without_speech():
    assert not running().read(3).any()


def test_a_piece_starts_with_the_next_packet():
    told = running()
    piece = told.line.add("a", tone(2000))

    heard = told.read(4)

    assert piece.starts_at == 48000
    assert (heard[:2000] == 1000).all()
    assert not heard[2000:].any()
    assert told.happenings == [("start", "a", 48000), ("end", "a", 50000)]


def test_the_second_piece_follows_after_a_breath():
    told = running()
    told.line.add("a", tone(2000, 1))
    told.line.add("b", tone(2000, 2))

    heard = told.read(20)

    assert list(np.flatnonzero(heard == 2)[[0, -1]]) == [2000 + PAUSE, 3999 + PAUSE]
    assert [what[:2] for what in told.happenings] == [
        ("start", "a"),
        ("end", "a"),
        ("start", "b"),
        ("end", "b"),
    ]


def test_the_very_first_piece_waits_for_the_viewers_player():
    told = Told()

    assert told.line.add("a", tone(10)).starts_at == 12000


def test_a_piece_that_is_cut_fades_within_five_milliseconds():
    told = running()
    told.line.add("a", tone(48000))
    told.read(5)

    told.line.cut()
    heard = told.read(2)

    assert np.flatnonzero(heard)[-1] < 240
    assert heard[0] == 1000
    assert heard[239] == 0
    assert told.happenings[-1] == ("end", "a", 48000 + 5 * PACKET)


def test_cutting_drops_what_is_queued():
    told = running()
    told.line.add("a", tone(4800))
    told.line.add("b", tone(4800))
    told.read(1)

    told.line.cut()
    told.read(20)

    assert [what[1] for what in told.happenings] == ["a", "a"]
    assert not told.line.is_busy


def test_a_piece_cut_before_it_began_is_never_heard_of():
    told = running()
    told.line.add("a", tone(4800))

    told.line.cut()

    assert not told.read(10).any()
    assert told.happenings == []


def test_what_is_added_after_a_cut_starts_at_once():
    told = running()
    told.line.add("a", tone(48000))
    told.read(2)
    told.line.cut()

    assert told.line.add("b", tone(10)).starts_at == told.line.position


def test_a_piece_without_sound_still_starts_and_ends():
    told = running()
    told.line.add("a", tone(0))
    told.read(1)

    assert [what[0] for what in told.happenings] == ["start", "end"]


def test_no_sample_is_lost_or_doubled_between_packets():
    told = running()
    ramp = np.arange(1, 5001, dtype=np.int16)
    told.line.add("a", ramp)

    heard = np.concatenate([told.line.read(count) for count in (7, 960, 3, 4030, 100)])

    assert np.array_equal(heard[:5000], ramp)
    assert not heard[5000:].any()
