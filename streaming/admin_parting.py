"""Deleting people and personas in the admin: what is open with them is ended first."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse


class PartsFirst:
    """Ends sessions before the transaction begins in which a deletion happens."""

    def part(self, going: Iterable[Any]) -> None:
        """End what is open with these."""
        raise NotImplementedError

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if request.POST and (going := self._deletable(request, object_id)):
            self.part([going])
        answer: HttpResponse = super().delete_view(  # type: ignore[misc]
            request, object_id, extra_context
        )
        return answer

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.part(queryset)
        super().delete_queryset(request, queryset)  # type: ignore[misc]

    def _deletable(self, request: HttpRequest, object_id: str) -> Any:
        """What the address names, if it will really go."""
        own: Any = self
        found = own.get_object(request, unquote(object_id))
        if found is None or not own.has_delete_permission(request, found):
            return None
        _, _, lacking, protected = own.get_deleted_objects([found], request)
        return None if lacking or protected else found
