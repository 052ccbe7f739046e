"""How long the stages of turns take, for Prometheus: of this process, since it started."""

from prometheus_client import Counter, Histogram

from chat.models import Turn
from chat.models.turn import TIMINGS

#: Wide enough for a slow model, fine where people begin to notice.
_BUCKETS_S = (
    0.02,
    0.05,
    0.1,
    0.2,
    0.35,
    0.5,
    0.75,
    1.0,
    1.5,
    2.0,
    3.0,
    5.0,
    10.0,
    30.0,
)

_STAGES = Histogram(
    "greenroom_turn_stage_seconds",
    "Time from a prompt to the end of a stage of its turn",
    ["stage", "kind"],
    buckets=_BUCKETS_S,
)
_TURNS = Counter("greenroom_turns", "Turns that have ended", ["kind", "outcome"])

#: Told by the viewer's browser, mostly after the turn has ended.
_HEARD = "talk_ms"


def observe_end(turn: Turn) -> None:
    """Count a turn that has ended, and its stages but for when it was heard."""
    outcome = (
        "failed" if turn.failed else "interrupted" if turn.interrupted else "complete"
    )
    _TURNS.labels(turn.kind, outcome).inc()
    for name in TIMINGS:
        if name != _HEARD:
            _observe(turn, name)


def observe_talk(turn: Turn) -> None:
    """The first words of a turn are heard."""
    _observe(turn, _HEARD)


def _observe(turn: Turn, name: str) -> None:
    ms = getattr(turn, name)
    if ms is not None:
        _STAGES.labels(name.removesuffix("_ms"), turn.kind).observe(ms / 1000)
