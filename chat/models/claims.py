"""Work on a row that takes a while and that only one process should do."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.timezone import now


class Claimable(models.Model):
    """A row that can be claimed for a while.

    The claim's end is also its name: who was too slow, so that another has claimed the
    row since, writes nothing.
    """

    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def claim(self, *, for_s: float) -> bool:
        """Whether the row is ours now; a claim that ran out is anybody's."""
        at = now()
        until = at + timedelta(seconds=for_s)
        free = Q(claimed_until=None) | Q(claimed_until__lt=at)
        rows = type(self)._default_manager.filter(pk=self.pk)
        if not rows.filter(free).update(claimed_until=until):
            return False
        self.refresh_from_db()
        return True

    def settle(self, **values: Any) -> bool:
        """Write what came of it and let go; False, and nothing, if it is not ours."""
        mine = type(self)._default_manager.filter(
            pk=self.pk, claimed_until=self.claimed_until
        )
        return bool(mine.update(claimed_until=None, **values))
