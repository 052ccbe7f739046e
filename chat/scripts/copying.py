"""A copy of a persona presents what its original does."""

from typing import Any

from chat.models import Script, Segment
from personas.models import Persona
from personas.signals import persona_copied


def connect() -> None:
    """Listen to copies made in this process. Doing it twice is harmless."""
    persona_copied.connect(_copy, dispatch_uid="chat.scripts.copying")


def _copy(*, original: Persona, copy: Persona, **_: Any) -> None:
    """What the segments show they find among the copy's own exhibits, by its name."""
    exhibits = {exhibit.name: exhibit for exhibit in copy.exhibits.all()}
    for script in Script.objects.filter(persona=original):
        twin = Script.objects.create(
            persona=copy,
            slug=script.slug,
            title=script.title,
            resumes_by_itself=script.resumes_by_itself,
        )
        twin.add_segments(
            Segment(
                text=segment.text,
                pause_after_s=segment.pause_after_s,
                exhibit=exhibits.get(segment.exhibit.name) if segment.exhibit else None,
                waits_for=segment.waits_for,
            )
            for segment in script.segments.select_related("exhibit")
        )
