"""What stands together on the editor's page.

A field of `Persona.CONTENT_FIELDS` gets its place by being named here, and nowhere else.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from personas.models import Persona

Text = Promise | str


ROWS = "frontend/parts/editor_fields.html"


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the page. `template` shows its fields where that takes more than rows."""

    key: str
    title: Text
    help: Text
    fields: tuple[str, ...]
    template: str = ROWS

    @property
    def templates(self) -> tuple[str, ...]:
        return self.template, ROWS


GROUPS: tuple[Group, ...] = (
    Group(
        "who",
        _("Who it is"),
        _("What visitors read on its card, and how it introduces itself."),
        ("name", "title", "tags"),
    ),
    Group(
        "words",
        _("First and last words"),
        _("Said word by word: when a conversation begins, and when its time is up."),
        ("greeting", "farewell"),
    ),
    Group(
        "character",
        _("Character"),
        _("A few strokes are enough: how somebody talks says more than a long list."),
        (
            "personality_style",
            "traits",
            "personality_interests",
            "personality_goals",
        ),
    ),
    Group(
        "knowledge",
        _("What it knows"),
        _(
            "It answers from this and says so when it does not know. Longer texts are "
            "better uploaded as documents, further below."
        ),
        ("knowledge",),
    ),
    Group(
        "face",
        _("Face"),
        _("Who stands on the stage."),
        ("avatar_name",),
        "frontend/parts/editor_face.html",
    ),
    Group(
        "voice",
        _("Voice"),
        _("Press “Listen” to hear the greeting as it would be said."),
        ("language", "voice_id", "speaking_rate"),
        "frontend/parts/editor_voice.html",
    ),
    Group(
        "background",
        _("Background"),
        _("What stands behind it on the stage."),
        Persona.KEYING_FIELDS,
        "frontend/parts/persona_background.html",
    ),
    Group(
        "answers",
        _("Answers"),
        _("Whether and how it answers questions."),
        ("answers", "reply_length", "mind_model", "temperature"),
    ),
    Group(
        "education",
        _("Education"),
        _("Leave empty what does not matter for this persona."),
        ("education_degree", "education_year", "education_institution"),
    ),
    Group(
        "technical",
        _("Technical skills"),
        _("Leave all of them empty for a persona without any."),
        ("technical_languages", "technical_web_stack", "technical_projects"),
    ),
)
