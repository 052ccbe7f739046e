"""Replays: the recorded words are said again, by a seat of its own, and nothing is kept."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from chat.forgetting import delete_session_words
from chat.models import Piece, Turn
from chat.replaying import MAX_PAUSE_S, VISITOR, lines_of
from personas.models import Persona
from streaming import services
from streaming.models import Account, EndReason, Kind, Session, SessionEvent, UsageEntry
from streaming.providers.base import StreamWish
from streaming.services import Opened
from tests.chat.conversations import ended, exchange, new_session, went_live
from tests.conftest import client_of
from tests.wire_viewer import WireViewer

CREATE = "/persona/heygen/session/create"


@pytest.fixture
def talk(transactional_db: None, alice: User, anna: Persona) -> Session:
    session = new_session(alice, anna, avatar_name="june")
    went_live(session, 0)
    exchange(session, "Who are you?", "I am Anna.", "A guide.", begins_s=5)
    exchange(session, "And then?", "Then we sail to the", begins_s=60)
    ended(session, 90)
    return session


def test_lines_come_in_order_and_nobody_waits_long(talk: Session) -> None:
    lines = lines_of(talk)

    assert [(line.turn, line.piece, line.text) for line in lines] == [
        (1, VISITOR, "Who are you?"),
        (1, 0, "I am Anna."),
        (1, 1, "A guide."),
        (2, VISITOR, "And then?"),
        (2, 0, "Then we sail to the"),
    ]
    assert lines[3].pause_s == MAX_PAUSE_S
    assert lines[2].pause_s == 0.0


def test_of_a_cut_piece_only_what_was_heard_is_said_again(talk: Session) -> None:
    Piece.objects.filter(text="Then we sail to the").update(heard_chars=7)

    assert lines_of(talk)[-1].text == "Then we"


def test_a_reply_without_pieces_is_cut_to_what_an_avatar_takes(talk: Session) -> None:
    Piece.objects.all().delete()
    Turn.objects.filter(number=1).update(reply="This is a sentence. " * 80)

    said = [one for one in lines_of(talk) if one.turn == 1 and one.piece != VISITOR]

    assert len(said) > 1
    assert all(len(line.text) <= 1000 for line in said)


async def _replaying(talk: Session, alice: User) -> Opened:
    replayed = await services.own_session(talk.pk, alice)
    return await services.open_session(
        owner=alice,
        persona=replayed.persona,
        wish=StreamWish(quality="low"),
        replays=replayed,
    )


async def test_a_replay_says_the_words_again_and_keeps_none(
    talk: Session, alice: User, account: Any, join: Any
) -> None:
    opened = await _replaying(talk, alice)
    session = opened.session
    turns = await Turn.objects.acount()
    async with WireViewer(watches=False) as viewer:
        answer = await viewer.answer(opened.offer.sdp)
        await services.start_session(session, answer_sdp=answer)
        await viewer.connected()
        socket = await join(session, alice)

        await socket.send("replay", turn=1, piece=1)
        said = await socket.until("chat.sentence")
        started = await viewer.event("avatar_start_talking")

        assert said["text"] == "A guide."
        assert said["duration_s"] > 0
        assert started["task_id"] == said["task_id"]
        for kind in ("ask", "say"):
            await socket.send(kind, text="Something new")
            assert (await socket.until("error"))["code"] == "only_replays"
        await socket.send("script.play", script="tour")
        assert (await socket.until("error"))["code"] == "only_replays"
        await socket.send("replay", turn=9, piece=0)
        assert (await socket.until("error"))["code"] == "nothing_to_replay"
        await socket.send("replay", turn="1", piece=0)
        assert (await socket.until("error"))["code"] == "bad_message"
        await services.close_session(session, reason=EndReason.VIEWER_CLOSED)

    assert await Turn.objects.acount() == turns
    told = [e.data async for e in SessionEvent.objects.filter(session=session)]
    assert "guide" not in str(told)
    entry = await UsageEntry.objects.aget(session=session)
    assert entry.user_name == "alice"


async def test_words_that_were_deleted_meanwhile_are_not_said(
    talk: Session, alice: User, account: Any, join: Any
) -> None:
    session = (await _replaying(talk, alice)).session
    socket = await join(session, alice)
    await sync_to_async(delete_session_words)(talk)

    await socket.send("replay", turn=1, piece=0)

    assert (await socket.until("error"))["code"] == "nothing_to_replay"
    await services.close_session(session, reason=EndReason.VIEWER_CLOSED)


def test_by_rest_a_replay_has_the_face_and_voice_of_then(
    talk: Session, alice: User, account: Any
) -> None:
    Account.objects.exclude(pk=account.pk).update(is_enabled=False)

    answer = client_of(alice).post(
        CREATE, {"replays": str(talk.pk), "speed": 1.25}, format="json"
    )

    session = Session.objects.get(pk=answer.json()["data"]["session_id"])
    assert session.kind == Kind.REPLAY
    assert session.replays == talk
    assert session.avatar_name == "june"
    assert session.wish["speaking_rate"] == 1.25


def test_nobody_replays_what_was_said_to_others(
    talk: Session, bob: User, carol: User, account: Any
) -> None:
    for other in (bob, carol):
        answer = client_of(other).post(CREATE, {"replays": str(talk.pk)}, format="json")
        assert answer.status_code == 404
        assert answer.json()["code"] == "session_not_found"


@pytest.mark.parametrize("name", ["draft", "continues"])
def test_a_replay_is_of_no_draft_and_goes_on_with_nothing(
    talk: Session, alice: User, account: Any, name: str
) -> None:
    asked = {"replays": str(talk.pk), name: True if name == "draft" else str(talk.pk)}

    answer = client_of(alice).post(CREATE, asked, format="json")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["message"].startswith(f"{name}: ")
    assert not Session.objects.filter(kind=Kind.REPLAY).exists()


def test_a_replay_is_not_replayed_nor_what_was_deleted(
    talk: Session, alice: User, anna: Persona, account: Any
) -> None:
    replay = new_session(alice, anna, kind=Kind.REPLAY, replays=talk)
    delete_session_words(talk)

    for session in (replay, talk):
        answer = client_of(alice).post(
            CREATE, {"replays": str(session.pk)}, format="json"
        )
        assert answer.json()["code"] == "wrong_state"
