"""A small site with one of everything, and six people who look at it.

Every word that its people wrote begins with `§`, so that a test of the interface's texts
can tell theirs from ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.test import Client
from django.utils.timezone import now
from PIL import Image

from chat.models import Memory, Piece, Script, Segment
from frontend.models import ApiToken
from personas.models import (
    CardOrigin,
    Document,
    DocumentFile,
    Exhibit,
    Invitation,
    Persona,
    Role,
    Team,
    make_current,
)
from personas.pictures import Picture
from streaming.models import Account, EmbedKey, EndReason, Session, UsageEntry
from tests.chat.conversations import ended, exchange, new_session

#: In the order of the columns in `tests.access.rules`.
PEOPLE = ("anonymous", "owner", "editor", "talker", "stranger", "staff")


@dataclass
class World:
    """Who is there, and the names by which addresses call what is theirs.

    What there is belongs to the owner: a private persona that a team shares, in which the
    editor may edit and the talker may talk; and what the owner has said to it.
    """

    people: dict[str, User]
    #: A value for each name that a route may have in angle brackets, or a rule may use.
    names: dict[str, Any] = field(default_factory=dict)

    def browser_of(self, who: str) -> Client:
        client = Client()
        if user := self.people.get(who):
            client.force_login(user)
        return client

    def user(self, who: str) -> User | AnonymousUser:
        return self.people.get(who) or AnonymousUser()


def a_picture() -> bytes:
    """A small green one, as uploads are kept."""
    out = BytesIO()
    Image.new("RGB", (16, 9), (40, 90, 70)).save(out, "WEBP")
    return out.getvalue()


def build_world() -> World:
    people = {
        name: User.objects.create_user(f"§{name}", email=f"{name}@example.com")
        for name in PEOPLE[1:-1]
    }
    people["staff"] = User.objects.create_superuser("§staff")
    world = World(people)
    _add_persona(world)
    _add_talks(world)
    _add_belongings(world)
    return world


def _add_persona(world: World) -> None:
    owner = world.people["owner"]
    if not Persona.objects.filter(is_default=True).exists():
        Persona.objects.create(
            slug="site",
            name="§Site",
            visibility=Persona.Visibility.PUBLIC,
            is_default=True,
        )
    team = Team.found("§Team", owner)
    for role in (Role.EDITOR, Role.TALKER):
        invitation, _ = Invitation.issue(team, role, owner)
        invitation.accept(world.people[role.value])
    withheld, secret = Invitation.issue(team, Role.TALKER, owner)
    persona = Persona.objects.create(
        slug="private", name="§Private", title="§guide", owner=owner, team=team
    )
    CardOrigin.objects.create(persona=persona, digest="d1", picture=a_picture())
    away = Persona.objects.create(slug="away", name="§Away", owner=owner, team=team)
    away.archive()
    for who in ("owner", "editor", "talker"):
        make_current(world.people[who], persona)
    script = Script.objects.create(persona=persona, slug="tour", title="§Tour")
    script.add_segments([Segment(text="§Welcome.")])
    exhibit = Exhibit.objects.create(
        persona=persona, name="plan", title="§Plan", alt="§Rooms"
    )
    exhibit.keep(Picture(a_picture(), 16, 9))
    document = Document.objects.create(
        persona=persona,
        title="§Facts",
        kind=Document.Kind.TXT,
        file_name="§facts.txt",
        size_bytes=7,
        added_by=owner,
    )
    DocumentFile.objects.create(document=document, content="§Facts.".encode())
    world.names |= {
        "slug": persona.slug,
        "persona": persona,
        "script": script.slug,
        "name": exhibit.name,
        "digest": exhibit.digest,
        "document": document.pk,
        "team": team.pk,
        "member": world.people["talker"].pk,
        "invitation": withheld.pk,
        "secret": secret,
    }


def _add_talks(world: World) -> None:
    owner, persona = world.people["owner"], world.names["persona"]
    past = new_session(owner, persona)
    exchange(past, "§Who?", "§Me.")
    _used(past)
    world.names |= {
        "past": past.pk,
        "conversation_id": past.turns.get().conversation_id,
        "session_id": new_session(owner, persona).pk,
        "account": Account.objects.get(name="Nobody").pk,
    }
    memory = Memory.objects.create(owner=owner, persona=persona)
    memory.switch(on=True)
    memory.add("§Sails.")
    world.names["fact"] = memory.facts.get().pk


def _used(past: Session) -> None:
    """A minute and a half of yesterday, with a first word after 0.8 seconds, in the ledger."""
    ended(past, 90)
    begins_at = now() - timedelta(days=1)
    Session.objects.filter(pk=past.pk).update(
        created_at=begins_at,
        opened_at=begins_at,
        closing_at=begins_at + timedelta(seconds=90),
        ended_at=begins_at + timedelta(seconds=90),
        end_reason=EndReason.VIEWER_CLOSED,
    )
    past.turns.update(created_at=begins_at + timedelta(seconds=5), talk_ms=800)
    Piece.objects.filter(turn__session=past).update(
        begins_at=begins_at + timedelta(seconds=6)
    )
    past.refresh_from_db()
    UsageEntry.enter(past)


def _add_belongings(world: World) -> None:
    owner = world.people["owner"]
    token, _ = ApiToken.objects.issue(user=owner, name="§Kiosk", lasts=None)
    key = EmbedKey.objects.create(
        name="§Shop",
        persona=world.names["persona"],
        owner=owner,
        origins=["https://shop.test"],
    )
    world.names |= {
        "token": token.pk,
        "person": owner.pk,
        "embed": key.pk,
        "key": key.key,
    }


@contextmanager
def nothing_stays() -> Iterator[None]:
    """Undo what happens to the database in the block."""

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
