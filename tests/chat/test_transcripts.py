"""Conversations as files: true times, right escapes, one clock over several sessions."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient

from chat.models import Conversation, Piece, Turn
from chat.transcripts.as_json import as_json
from chat.transcripts.text import as_text
from chat.transcripts.timeline import Extent, Speakers
from chat.transcripts.webvtt import as_webvtt
from personas.models import Persona
from tests.chat.conversations import (
    ZERO,
    at,
    ended,
    exchange,
    new_session,
    only_conversation,
    went_live,
)

WHO = Speakers("Anna", "alice")


@dataclass
class Cue:
    name: str
    starts_s: float
    ends_s: float
    speaker: str
    text: str


def parsed(file: str) -> list[Cue]:
    """WebVTT as the standard has it, as far as we write it; anything else fails."""
    head, *blocks = re.split(r"\n{2,}", file.rstrip("\n"))
    assert head == "WEBVTT"
    cues = []
    for block in blocks:
        lines = block.split("\n")
        if lines[0].startswith("NOTE"):
            assert "-->" not in block
            continue
        name, times, payload = lines
        assert "-->" not in name
        cues.append(Cue(name, *_times(times), *_words(payload)))
    starts = [cue.starts_s for cue in cues]
    assert starts == sorted(starts)
    assert all(cue.starts_s < cue.ends_s for cue in cues)
    return cues


def _times(line: str) -> tuple[float, float]:
    stamp = r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})"
    found = re.fullmatch(f"{stamp} --> {stamp}", line)
    assert found, line
    h1, m1, s1, ms1, h2, m2, s2, ms2 = map(int, found.groups())
    return h1 * 3600 + m1 * 60 + s1 + ms1 / 1000, h2 * 3600 + m2 * 60 + s2 + ms2 / 1000


def _words(payload: str) -> tuple[str, str]:
    found = re.fullmatch(r"<v ([^>\n]+)>([^<>\n]*)", payload)
    assert found, payload
    return html.unescape(found[1]), html.unescape(found[2])


def whole(writer) -> str:
    async def read() -> str:
        return "".join([piece async for piece in writer])

    return async_to_sync(read)()


@pytest.fixture
def session(alice: User, anna: Persona):
    session = new_session(alice, anna, created_at=at(-3))
    went_live(session, 0)
    return session


def test_captions_have_the_times_at_which_the_pieces_were_heard(session):
    exchange(session, "Who are you?", "I am Anna.", "And you?", begins_s=4)
    exchange(session, "Alice.", "Hello Alice.", begins_s=20)

    cues = parsed(whole(as_webvtt(Extent(only_conversation()), WHO)))

    heard = [cue for cue in cues if cue.speaker == "Anna"]
    pieces = Piece.objects.order_by("turn", "number")
    for cue, piece in zip(heard, pieces, strict=True):
        assert cue.text == piece.text
        assert cue.starts_s == (piece.begins_at - ZERO).total_seconds()
        assert cue.ends_s == (piece.ends_at - ZERO).total_seconds()
    asked = [(c.text, c.starts_s) for c in cues if c.speaker == "alice"]
    assert asked == [("Who are you?", 4.0), ("Alice.", 20.0)]


def test_captions_keep_of_an_interrupted_piece_what_was_heard(session):
    turn = exchange(session, "Go on", "One two three four.", "Five.", begins_s=1)
    Turn.objects.filter(pk=turn.pk).update(speaks_until=at(6))
    Turn.objects.silence(session, at=at(3))

    cues = parsed(whole(as_webvtt(Extent(only_conversation()), WHO)))

    [heard] = [cue for cue in cues if cue.speaker == "Anna"]
    assert heard.text == "One two—"
    assert (heard.starts_s, heard.ends_s) == (2.0, 3.0)


def test_a_question_in_the_middle_of_a_piece_leaves_the_captions_in_order(session):
    exchange(session, "First", "One.", "Two.", "Three.", begins_s=0)
    exchange(session, "Second", "Four.", begins_s=2.5)

    names = [c.name for c in parsed(whole(as_webvtt(Extent(only_conversation()), WHO)))]

    assert names.index("1-1-2") > names.index("1-2-visitor")


def test_nothing_that_was_said_can_break_the_captions_open(session, alice):
    nasty = "a --> b\n\nNOTE x\n\n00:00 <b>&amp;</b> & <v Bob>\r\nc"
    exchange(session, nasty, "1 < 2 & 3 > 2 --> so.\n\nSo?", begins_s=1)

    asked, said = parsed(
        whole(
            as_webvtt(Extent(only_conversation()), Speakers("An > na\n<v x>", "al&ice"))
        )
    )

    assert asked.text == " ".join(nasty.split())
    assert asked.speaker == "al&ice"
    assert said.text == "1 < 2 & 3 > 2 --> so. So?"
    assert said.speaker == "An > na <v x>"


def test_the_clock_stands_still_between_two_sessions(session, alice, anna):
    exchange(session, "One?", "One.", begins_s=10)
    ended(session, 30)
    second = new_session(alice, anna, continues=session, created_at=at(90_000))
    went_live(second, 90_005)
    exchange(second, "Two?", "Two.", begins_s=90_010)

    conversation = only_conversation()
    starts = {
        c.text: c.starts_s for c in parsed(whole(as_webvtt(Extent(conversation), WHO)))
    }
    told = json.loads(whole(as_json(Extent(conversation), WHO)))

    assert starts == {"One?": 10, "One.": 11, "Two?": 35, "Two.": 36}
    assert [part["starts_s"] for part in told["sessions"]] == [0, 30]
    assert told["sessions"][1]["began_at"] == at(90_005).isoformat()


def test_without_a_picture_the_clock_starts_with_the_first_turn(alice, anna):
    session = new_session(alice, anna)
    exchange(session, "One?", "One.", begins_s=100)

    [asked, _] = parsed(whole(as_webvtt(Extent(only_conversation()), WHO)))

    assert asked.starts_s == 0


def test_json_tells_everything_that_is_known(session):
    turn = exchange(session, "One?", "Yes.", "One.", begins_s=3, interrupted=True)
    turn.sources.create(position=0, title="Guide", page=2, excerpt="One is one.")
    exchange(session, "Two?", begins_s=9, failed="model_timeout")
    exchange(session, "Repeat", "Repeat", begins_s=12, kind=Turn.Kind.SAY)

    told = json.loads(whole(as_json(Extent(only_conversation()), WHO)))

    assert (told["persona"], told["visitor"]) == ("Anna", "alice")
    one, two, said = told["turns"]
    assert (one["prompt"], one["reply"]) == ("One?", "Yes. One.")
    assert one["interrupted"] is True
    assert one["starts_s"] == 3
    assert one["at"] == at(3).isoformat()
    spans = [(p["text"], p["starts_s"], p["ends_s"]) for p in one["pieces"]]
    assert spans == [("Yes.", 4, 6), ("One.", 6, 8)]
    [source] = one["sources"]
    assert (source["title"], source["page"]) == ("Guide", 2)
    assert (two["failed"], two["pieces"]) == ("model_timeout", [])
    assert said["kind"] == "say"


def test_a_conversation_without_turns_is_a_file_without_turns(alice, anna):
    empty = Conversation.objects.create(owner=alice, persona=anna)

    assert json.loads(whole(as_json(Extent(empty), WHO)))["turns"] == []
    assert parsed(whole(as_webvtt(Extent(empty), WHO))) == []


def test_text_reads_like_a_play(session):
    exchange(
        session, "Who\nare you?", "I am Anna.", "And", begins_s=61, interrupted=True
    )
    exchange(session, "Hello?", begins_s=3700, failed="model_timeout")

    assert whole(as_text(Extent(only_conversation()), WHO)).splitlines() == [
        "Anna and alice",
        "",
        "— Began on 20 November 2026 at 09:30 UTC —",
        "",
        "[01:01] alice: Who are you?",
        "[01:02] Anna: I am Anna. And — (interrupted)",
        "[1:01:40] alice: Hello?",
        "[1:01:40] (no answer: model_timeout)",
    ]


def test_turns_from_before_pieces_were_kept_have_the_times_of_the_turn(session):
    turn = exchange(session, "Old?", begins_s=5)
    Turn.objects.filter(pk=turn.pk).update(reply="Yes.", talk_ms=500, duration_s=1.5)

    [_, said] = parsed(whole(as_webvtt(Extent(only_conversation()), WHO)))

    assert (said.text, said.starts_s, said.ends_s) == ("Yes.", 5.5, 7.0)


def test_long_conversations_are_read_little_by_little_and_lose_nothing(
    session, monkeypatch
):
    monkeypatch.setattr("chat.transcripts.timeline.CHUNK_TURNS", 2)
    for number in range(5):
        exchange(session, f"{number}?", begins_s=number)

    told = json.loads(whole(as_json(Extent(only_conversation()), WHO)))

    assert [turn["number"] for turn in told["turns"]] == [1, 2, 3, 4, 5]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("ending", "kind"),
    [("txt", "text/plain"), ("json", "application/json"), ("vtt", "text/vtt")],
)
async def test_downloads_have_a_name_that_says_what_they_are(alice, anna, ending, kind):
    session = await sync_to_async(new_session)(alice, anna)
    await sync_to_async(exchange)(session, "Hi", "Hello.")
    conversation = await Conversation.objects.aget()
    await Conversation.objects.aupdate(created_at=at(0))
    await Persona.objects.aupdate(name="Änna B.")
    browser = AsyncClient()
    await browser.aforce_login(alice)
    path = f"/persona/conversations/{conversation.pk}/transcript.{ending}"

    answer: Any = await browser.get(path, headers={"accept": kind})

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    name = f"%C3%A4nna-b-2026-11-20-0930.{ending}"
    assert answer["Content-Disposition"].endswith(name)
    text = b"".join([part async for part in answer.streaming_content]).decode()
    assert "Hello." in text
