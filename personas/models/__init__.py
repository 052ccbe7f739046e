"""Personas: who speaks, who may see and edit them, and whom each user talks to now."""

from personas.auditing import audit_users
from personas.models.current import (
    CurrentPersona,
    make_current,
    own_copy,
    persona_to_edit,
)
from personas.models.document import Document, DocumentFile, Passage
from personas.models.errors import (
    InvitationNotGood,
    LastOwner,
    NotFitAsDefault,
    PersonaNotFound,
)
from personas.models.exhibit import Exhibit, ExhibitPicture
from personas.models.persona import Persona
from personas.models.team import Invitation, Membership, Role, Team

audit_users()

__all__ = [
    "CurrentPersona",
    "Document",
    "DocumentFile",
    "Exhibit",
    "ExhibitPicture",
    "Invitation",
    "InvitationNotGood",
    "LastOwner",
    "Membership",
    "NotFitAsDefault",
    "Passage",
    "Persona",
    "PersonaNotFound",
    "Role",
    "Team",
    "make_current",
    "own_copy",
    "persona_to_edit",
]
