"""The groups of staff, and what each may do; `manage.py sync_groups` makes them so."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from streaming.permissions import DRAIN, MAY_SUPPORT, READ_AUDIT

OPERATORS, EDITORS, AUDITORS = "Operators", "Editors", "Auditors"


def _each(app: str, verbs: str, models: str) -> set[str]:
    return {
        f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split()
    }


#: Nobody's group lets them read what was said: turns are for superusers alone.
PERMISSIONS: dict[str, set[str]] = {
    OPERATORS: {
        *_each("streaming", "view", "session sessionevent account usageentry"),
        *_each("streaming", "view", "userlimits personalimits"),
        # Whatever misbehaves on another site can be switched off.
        *_each("streaming", "view change", "embedkey"),
        "streaming.change_session",
        DRAIN,
        MAY_SUPPORT,
        "auth.view_user",
    },
    EDITORS: {
        *_each("personas", "view add change delete", "persona document exhibit"),
        *_each("chat", "view add change delete", "script segment"),
        # What goes along when a persona goes; by itself none of it can be deleted there.
        *_each("chat", "delete", "memory"),
        *_each("personas", "delete", "currentpersona"),
    },
    AUDITORS: {
        *_each("auth", "view", "user group"),
        *_each("personas", "view", "persona currentpersona document exhibit"),
        *_each("personas", "view", "team membership invitation"),
        *_each("chat", "view", "conversation memory script segment scriptrun"),
        *_each("streaming", "view", "session sessionevent account usageentry"),
        *_each("streaming", "view", "userlimits personalimits embedkey"),
        "personas.reach_peoples_personas",
        READ_AUDIT,
    },
}


def sync_groups() -> list[Group]:
    """Make the three groups, or give them what they lack; safe to repeat.

    What a superuser has given a group beyond that stays; so do other groups.
    """
    groups = []
    for name, labels in PERMISSIONS.items():
        group, _made = Group.objects.get_or_create(name=name)
        group.permissions.add(*permissions(labels))
        groups.append(group)
    return groups


def permissions(labels: Iterable[str]) -> list[Permission]:
    """The permissions by their labels. Raises `LookupError` for one that is not there."""
    wanted = {tuple(label.split(".")) for label in labels}
    chosen = Q()
    for app, codename in wanted:
        chosen |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(chosen).select_related("content_type"))
    known = {(one.content_type.app_label, one.codename) for one in found}
    if missing := wanted - known:
        raise LookupError(f"No such permissions: {sorted(missing)}.")
    return found
