"""Everything that the portal keeps of somebody, as one ZIP of JSON files for them to take along.

It is written to a file on disk, one thing after the other, and sent from there in pieces:
however much somebody has said, neither takes more memory. Of tokens there are only names,
and of passwords and keys nothing at all.
"""

import json
import tempfile
import weakref
import zipfile
from collections.abc import AsyncIterator, Callable
from typing import IO, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.timezone import now

from chat.memory.export import exported
from chat.models import Conversation, Script
from chat.transcripts.as_json import as_json
from chat.transcripts.files import file_name
from chat.transcripts.timeline import Extent, Speakers
from frontend.models import ApiToken
from personas.models import Persona, draft_of
from streaming.models import Session, UsageEntry

VERSION = 1
PIECE_BYTES = 65_536
#: Kept in memory up to this size, on disk beyond it.
IN_MEMORY_BYTES = 1_048_576

_Zip = zipfile.ZipFile


def export_of(user: User) -> IO[bytes]:
    """The ZIP file, ready to be read from its beginning; closing it deletes it."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        for write in _PARTS:
            write(into, user)
    file.seek(0)
    return file


class Pieces:
    """The file piece by piece, for an answer, which closes it whether it was read or not."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        # Some answers are never read; this closes the file of those as well.
        weakref.finalize(self, file.close)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await sync_to_async(self._file.read)(PIECE_BYTES):
            yield piece

    def close(self) -> None:
        self._file.close()


def _profile(into: _Zip, user: User) -> None:
    addresses = EmailAddress.objects.filter(user=user)
    connected = SocialAccount.objects.filter(user=user)
    _add(
        into,
        "profile.json",
        {
            "version": VERSION,
            "exported_at": now(),
            "username": user.get_username(),
            "first_name": user.first_name,
            "last_name": user.last_name,
            "email": user.email,
            "emails": _rows(addresses, "email", "verified", "primary"),
            "date_joined": user.date_joined,
            "last_login": user.last_login,
            "is_staff": user.is_staff,
            "connected": _rows(
                connected, "provider", "uid", "date_joined", "extra_data"
            ),
        },
    )


def _personas(into: _Zip, user: User) -> None:
    """Those that the user owns: their fields, and the files that stand behind them."""
    for persona in Persona.objects.filter(owner=user).iterator(chunk_size=50):
        folder = f"personas/{persona.slug}"
        _add(into, f"{folder}/persona.json", _persona(persona))
        versions = persona.versions.order_by("number")
        fields = ("number", "created_at", "how", "note", "content")
        _add_rows(into, f"{folder}/versions.json", versions, *fields)
        for document in persona.documents.select_related("file").iterator(chunk_size=1):
            name = f"{folder}/documents/{document.pk}-{_plain(document.file_name)}"
            into.writestr(name, bytes(document.file.content))
        pictures = persona.exhibits.filter(picture__isnull=False)
        for exhibit in pictures.select_related("picture").iterator(chunk_size=1):
            name = f"{folder}/pictures/{exhibit.name}"
            into.writestr(name, bytes(exhibit.picture.content))


def _persona(persona: Persona) -> dict[str, Any]:
    scripts = Script.objects.filter(persona=persona).prefetch_related("segments")
    return {
        "version": VERSION,
        "slug": persona.slug,
        "visibility": persona.visibility,
        **persona.content(),
        "draft": draft.full_content() if (draft := draft_of(persona)) else None,
        "team": persona.team.name if persona.team else None,
        "archived_at": persona.archived_at,
        "created_at": persona.created_at,
        "updated_at": persona.updated_at,
        "documents": _rows(
            persona.documents.all(), "id", "title", "file_name", "created_at"
        ),
        "exhibits": _rows(
            persona.exhibits.all(), "name", "kind", "title", "alt", "address"
        ),
        "presentations": [
            {"slug": one.slug, "title": one.title, "plan": one.plan()}
            for one in scripts
        ],
    }


def _conversations(into: _Zip, user: User) -> None:
    """Each as the transcript that its page offers."""
    own = Conversation.objects.of(user).select_related("persona", "summary")
    for conversation in own.iterator(chunk_size=50):
        extent = Extent(conversation)
        name = file_name(extent, "json").removesuffix(".json")
        path = f"conversations/{name}-{str(conversation.pk)[:8]}.json"
        with into.open(path, "w") as entry:
            who = Speakers(conversation.with_whom, user.get_username())
            async_to_sync(_transcribe)(extent, who, entry)


async def _transcribe(extent: Extent, who: Speakers, into: IO[bytes]) -> None:
    async for piece in as_json(extent, who):
        into.write(piece.encode())


def _sessions(into: _Zip, user: User) -> None:
    own = Session.objects.filter(owner=user).order_by("created_at")
    fields = ("id", "persona__name", "state", "end_reason", "avatar_name", "voice_id")
    times = ("created_at", "opened_at", "live_at", "ended_at")
    _add_rows(into, "sessions.json", own, *fields, *times)


def _usage(into: _Zip, user: User) -> None:
    own = UsageEntry.objects.filter(user=user).order_by("began_at")
    _add_rows(into, "usage.json", own, "persona_name", "began_at", "ended_at", "used")


def _memories(into: _Zip, user: User) -> None:
    _add(into, "memories.json", exported(user))


def _teams(into: _Zip, user: User) -> None:
    own = user.memberships.all()
    _add_rows(into, "teams.json", own, "team__name", "role", "joined_at")


def _tokens(into: _Zip, user: User) -> None:
    own = ApiToken.objects.filter(user=user)
    _add_rows(into, "tokens.json", own, "name", "created_at", "token__expiry")


def _embeds(into: _Zip, user: User) -> None:
    fields = ("name", "persona__name", "origins", "is_on", "created_at")
    _add_rows(into, "embeds.json", user.embed_keys.all(), *fields)


_PARTS: tuple[Callable[[_Zip, User], None], ...] = (
    _profile,
    _personas,
    _conversations,
    _sessions,
    _usage,
    _memories,
    _teams,
    _tokens,
    _embeds,
)


def _add(into: _Zip, name: str, data: Any) -> None:
    into.writestr(name, _dump(data, indent=2) + "\n")


def _add_rows(into: _Zip, name: str, found: Any, *fields: str) -> None:
    """A list with one row in a line, read and written one by one."""
    with into.open(name, "w") as entry:
        entry.write(b"[")
        comma = "\n"
        for row in found.values(*fields).iterator(chunk_size=500):
            entry.write(f"{comma}{_dump(row)}".encode())
            comma = ",\n"
        entry.write(b"\n]\n")


def _rows(found: Any, *fields: str) -> list[dict[str, Any]]:
    return list(found.values(*fields))


def _dump(data: Any, indent: int | None = None) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)


def _plain(name: str) -> str:
    """A file's name without what an unpacker could take for a folder."""
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "document"
