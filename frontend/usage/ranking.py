"""Who used most, out of sums of the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from frontend.usage.figures import MOST_ROWS


@dataclass(slots=True)
class Use:
    """What goes by one name; `pk` is None once whoever had it is deleted."""

    name: str
    pk: int | None
    time: timedelta = timedelta(0)
    count: int = 0
    price: Decimal | None = None

    def add(self, row: Mapping[str, Any]) -> None:
        self.time += row["time"]
        self.count += row["count"]
        if row["price"] is not None:
            self.price = (self.price or Decimal(0)) + row["price"]


def ranked(rows: Iterable[Mapping[str, Any]], name: str, pk: str) -> list[Use]:
    """Those that used most first, of rows as `UsageQuerySet.summed` gives them."""
    uses: dict[tuple[str, int | None], Use] = {}
    for row in rows:
        key = row[name], row[pk]
        uses.setdefault(key, Use(*key)).add(row)
    by_use = sorted(uses.values(), key=lambda one: (-one.time, one.pk or 0, one.name))
    return by_use[:MOST_ROWS]
