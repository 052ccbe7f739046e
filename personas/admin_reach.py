"""How far an editor of the site reaches: to the site's own personas, or to everybody's."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from personas.models.queries import REACH


def reaches_all(request: HttpRequest) -> bool:
    return request.user.has_perm(REACH)


class SitesOwn:
    """Without the permission, rows of people's personas are not there."""

    #: Where the row has its persona's owner.
    owner_field = "persona__owner"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        if reaches_all(request):
            return found
        return found.filter(**{f"{self.owner_field}__isnull": True})

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Nor can a row be given to one of them."""
        if db_field.name == "persona" and not reaches_all(request):
            related = db_field.related_model._default_manager
            kwargs["queryset"] = related.filter(owner=None)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
