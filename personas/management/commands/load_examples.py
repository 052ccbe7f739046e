"""Give a new site its example personas."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from personas.models import Persona
from personas.serializers import WholeProfile

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Command(BaseCommand):
    help = (
        "Load the example personas into a site that has none of its own. "
        "What is there already is never changed, and what was deleted stays deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--missing",
            action="store_true",
            help="also on a site with personas: bring back the examples that it lacks",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Persona.objects.of_the_site().exists() and not options["missing"]:
            self.stdout.write("The site has personas; no examples are needed.")
            return
        for path in sorted(EXAMPLES.glob("*.json")):
            self._load(json.loads(path.read_text(encoding="utf-8")))

    def _load(self, example: dict[str, Any]) -> None:
        if Persona.objects.filter(slug=example["slug"]).exists():
            self.stdout.write(f"{example['slug']} is there already.")
            return
        persona = _persona_from(example)
        persona.full_clean()
        persona.save()
        self.stdout.write(f"Loaded {persona.name}.")


def _persona_from(example: dict[str, Any]) -> Persona:
    """One example file, whose `profile` has the documented shape, as an unsaved persona."""
    profile = WholeProfile(data=example["profile"])
    profile.is_valid(raise_exception=True)
    wants_default = example.get("is_default", False)
    return Persona(
        slug=example["slug"],
        visibility=Persona.Visibility.PUBLIC,
        is_default=wants_default
        and not Persona.objects.filter(is_default=True).exists(),
        greeting=example["greeting"],
        farewell=example["farewell"],
        knowledge="\n\n".join(example["knowledge"]),
        avatar_name=example["avatar_name"],
        voice_id=example["voice_id"],
        language=example["language"],
        speaking_rate=example["speaking_rate"],
        **profile.validated_data,
    )
