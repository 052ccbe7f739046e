"""The admin's sections: by what people do, not by where the code is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """`models` by their labels, each with the name that it has here."""

    key: str
    name: Text
    icon: str
    models: dict[str, Text] = field(default_factory=dict)


SECTIONS: tuple[Section, ...] = (
    Section(
        "people",
        _("People"),
        "person",
        {
            "auth.User": _("People"),
            "personas.Team": _("Teams"),
            "auth.Group": _("Groups of staff"),
        },
    ),
    Section(
        "personas",
        _("Personas"),
        "mask",
        {
            "personas.Persona": _("Personas"),
            "personas.Document": _("Documents"),
            "personas.Exhibit": _("Pictures and links"),
            "chat.Script": _("Presentations"),
            "streaming.EmbedKey": _("On other sites"),
            "personas.CurrentPersona": _("Who talks to whom"),
        },
    ),
    Section(
        "conversations",
        _("Conversations"),
        "talk",
        {
            "chat.Conversation": _("Conversations"),
            "chat.Turn": pgettext_lazy("exchanges in a conversation", "Turns"),
            "chat.Memory": _("Memories"),
            "chat.ScriptRun": _("Presentations played"),
        },
    ),
    Section(
        "sessions",
        _("Sessions and seats"),
        "seat",
        {"streaming.Session": _("Sessions")},
    ),
    Section(
        "accounts",
        _("Accounts and cost"),
        "window",
        {
            "streaming.Account": _("Accounts"),
            "streaming.UsageEntry": _("Ledger of use"),
        },
    ),
    Section("audit", _("Audit"), "clock"),
    Section("more", pgettext_lazy("other sections", "More"), "menu"),
)


def name_of(label: str, otherwise: Text) -> str:
    """What a model is called here."""
    for section in SECTIONS:
        if label in section.models:
            return str(section.models[label])
    return str(capfirst(str(otherwise)))


def by_section(
    apps: Iterable[dict[str, Any]], links: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Django's list of apps, in our sections; `links` are pages that are no model's.

    Only what Django let through is there, so nobody sees more than they may.
    """
    found = {
        f"{app['app_label']}.{model['object_name']}": model
        for app in apps
        for model in app["models"]
    }
    shown = []
    for section in SECTIONS:
        rows = [
            found.pop(label) | {"name": str(name)}
            for label, name in section.models.items()
            if label in found
        ]
        if section.key == "more":
            rows += found.values()
        rows = links.get(section.key, []) + rows
        if rows:
            shown.append(
                {
                    "name": str(section.name),
                    "app_label": section.key,
                    "app_url": rows[0]["admin_url"] or "",
                    "icon": section.icon,
                    "has_module_perms": True,
                    "models": rows,
                }
            )
    return shown
