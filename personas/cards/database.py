"""Personas from drafts, and snapshots of personas: the only part that touches rows."""

import json
import re

from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from personas.cards.mapping import Kept
from personas.cards.reading import Draft
from personas.cards.writing import Snapshot
from personas.models import CardOrigin, Exhibit, Persona
from personas.models.version import Credit, How

_SAFE_NAME = re.compile(r"[a-z0-9_-]+")


def make_persona(draft: Draft, owner: User) -> tuple[Persona, list[str]]:
    """A private persona of the owner's, and what of the draft could not be taken."""
    warnings = list(draft.warnings)
    with transaction.atomic():
        persona = Persona(owner=owner, **draft.values)
        persona.credited(Credit(owner, How.IMPORTED)).save()
        if draft.kept or draft.picture:
            _keep_origin(persona, draft)
        for link in draft.links:
            if not _add_link(persona, link):
                warnings.append(
                    _("The link “%(name)s” is not good and is left out.")
                    % {"name": link["name"][:60]}
                )
    return persona, warnings


def _keep_origin(persona: Persona, draft: Draft) -> None:
    origin = CardOrigin(persona=persona)
    if draft.kept:
        origin.text = json.dumps(draft.kept.card)
        origin.values = {"fields": draft.kept.values, "rest": draft.kept.rest}
    origin.keep(draft.picture)
    origin.save()


def _add_link(persona: Persona, link: dict[str, str]) -> bool:
    exhibit = Exhibit(persona=persona, kind=Exhibit.Kind.LINK, **link)
    try:
        exhibit.full_clean()
    except ValidationError:
        return False
    exhibit.save()
    return True


def snapshot_of(persona: Persona, *, with_picture: bool) -> Snapshot:
    """What a file of this persona may say."""
    origin = getattr(persona, "card", None)
    exhibits = list(persona.exhibits.all())
    pictures = [one for one in exhibits if one.kind == Exhibit.Kind.IMAGE]
    return Snapshot(
        values=persona.content(),
        created_s=int(persona.created_at.timestamp()),
        changed_s=int(persona.updated_at.timestamp()),
        kept=_kept(origin),
        exhibits=[
            {
                "name": one.name,
                "kind": one.kind,
                "title": one.title,
                "alt": one.alt,
                "address": one.address,
            }
            for one in exhibits
        ],
        left_out={"documents": persona.documents.count(), "pictures": len(pictures)},
        picture=_picture(persona, origin) if with_picture else None,
    )


def _kept(origin: CardOrigin | None) -> Kept | None:
    if origin is None or not origin.text:
        return None
    return Kept(
        json.loads(origin.text),
        origin.values.get("fields", {}),
        origin.values.get("rest", ""),
    )


def _picture(persona: Persona, origin: CardOrigin | None) -> bytes | None:
    """The card's own, else the still of the avatar, for those that have one."""
    if origin is not None and origin.picture:
        return bytes(origin.picture)
    if not _SAFE_NAME.fullmatch(persona.avatar_name):
        return None
    found = finders.find(f"frontend/img/avatars/{persona.avatar_name}.webp")
    if not isinstance(found, str):
        return None
    with open(found, "rb") as file:
        return file.read()
