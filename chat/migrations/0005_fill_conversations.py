"""Put the turns that there are into conversations: one per chain of sessions."""

from django.db import migrations
from django.db.models import Max, Min

from chat.folding import folded


def fill(apps, schema_editor):
    Turn = apps.get_model("chat", "Turn")
    Session = apps.get_model("streaming", "Session")
    forget_nobodys(apps)
    found = {}
    earlier = dict(Session.objects.values_list("pk", "continues_id"))
    sessions = Session.objects.filter(turns__isnull=False).distinct()
    for session in sessions.order_by("created_at").select_related("persona"):
        turns = Turn.objects.filter(session=session)
        goes_on = found.get(with_turns(earlier, found, session.continues_id))
        conversation = conversation_of(apps, session, turns, goes_on)
        turns.update(conversation=conversation)
        found[session.pk] = conversation
    for turn in Turn.objects.only("prompt", "reply").iterator():
        text = folded(f"{turn.prompt}\n{turn.reply}")
        Turn.objects.filter(pk=turn.pk).update(folded=text)


def forget_nobodys(apps):
    """What deleted users said goes as they did."""
    turns = apps.get_model("chat", "Turn").objects
    turns.filter(session__owner=None).delete()
    events = apps.get_model("streaming", "SessionEvent").objects
    told = events.filter(session__owner=None, data__has_key="turn")
    told.update(type="turn.deleted", data={})


def with_turns(earlier, found, session_id):
    """The first of the chain from `session_id` back in which anything was said."""
    seen = set()
    while session_id and session_id not in found and session_id not in seen:
        seen.add(session_id)
        session_id = earlier.get(session_id)
    return session_id


def conversation_of(apps, session, turns, earlier):
    """That of the session which it continues, if that was with the same persona."""
    span = turns.aggregate(first=Min("created_at"), last=Max("created_at"))
    if earlier and earlier.persona_id == session.persona_id:
        earlier.last_turn_at = max(earlier.last_turn_at, span["last"])
        earlier.save(update_fields=["last_turn_at"])
        return earlier
    return apps.get_model("chat", "Conversation").objects.create(
        owner_id=session.owner_id,
        persona=session.persona,
        persona_name=session.persona.name if session.persona else "",
        created_at=span["first"],
        last_turn_at=span["last"],
    )


class Migration(migrations.Migration):

    dependencies = [
        ("chat", "0004_conversations"),
        ("streaming", "0003_queue_limits_ledger"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
