"""Seats and lines for Prometheus, read from the database when it asks: the same anywhere."""

from collections.abc import Iterator

from django.db.models import Count
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

from streaming.models import Account, Session
from streaming.models.states import OPEN


class SeatsCollector(Collector):
    """How many sessions are open in each state, and how many seats each account has."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        sessions = GaugeMetricFamily(
            "greenroom_sessions", "Open sessions by state", labels=["state"]
        )
        counted = dict(
            Session.objects.filter(state__in=OPEN)
            .values_list("state")
            .annotate(count=Count("pk"))
        )
        for state in OPEN:
            sessions.add_metric([state], counted.get(state, 0))
        yield sessions
        seats = GaugeMetricFamily(
            "greenroom_seats",
            "Seats of accounts that are switched on",
            labels=["account"],
        )
        accounts = Account.objects.filter(is_enabled=True)
        for pk, limit in accounts.values_list("pk", "seat_limit"):
            seats.add_metric([str(pk)], limit)
        yield seats

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: registering must not ask the database."""
        return []


def register() -> None:
    """Let Prometheus ask this process. Once per process."""
    REGISTRY.register(SeatsCollector())
