"""Personas: who speaks, who may see and edit them, and whom each user talks to now."""

from personas.auditing import audit_users
from personas.models.card import CardOrigin, CardUpload
from personas.models.current import (
    CurrentPersona,
    make_current,
    own_copy,
    persona_to_edit,
)
from personas.models.document import Document, DocumentFile, Passage
from personas.models.draft import (
    Edit,
    PersonaDraft,
    bring_up_to_date,
    discard_draft,
    draft_of,
    publish,
    roll_back,
    save_draft,
)
from personas.models.errors import (
    EditedMeanwhile,
    InvitationNotGood,
    LastOwner,
    NoDraft,
    NotFitAsDefault,
    PersonaNotFound,
)
from personas.models.exhibit import Exhibit, ExhibitPicture
from personas.models.persona import Persona
from personas.models.team import Invitation, Membership, Role, Team
from personas.models.version import Credit, How, PersonaVersion

audit_users()

__all__ = [
    "CardOrigin",
    "CardUpload",
    "Credit",
    "CurrentPersona",
    "Document",
    "DocumentFile",
    "Edit",
    "EditedMeanwhile",
    "Exhibit",
    "ExhibitPicture",
    "How",
    "Invitation",
    "InvitationNotGood",
    "LastOwner",
    "Membership",
    "NoDraft",
    "NotFitAsDefault",
    "Passage",
    "Persona",
    "PersonaDraft",
    "PersonaNotFound",
    "PersonaVersion",
    "Role",
    "Team",
    "bring_up_to_date",
    "discard_draft",
    "draft_of",
    "make_current",
    "own_copy",
    "persona_to_edit",
    "publish",
    "roll_back",
    "save_draft",
]
