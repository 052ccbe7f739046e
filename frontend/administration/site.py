"""The admin's site: sections by what people do, a dashboard, the audit, a search."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontend.administration.menu import by_section
from streaming.permissions import READ_AUDIT


class PortalAdminSite(AdminSite):
    """Everything is shown by permission: staff without any see an empty house."""

    site_header = _("Greenroom")
    site_title = _("Greenroom admin")
    index_title = _("Overview")
    empty_value_display = "–"

    def get_urls(self) -> list[URLResolver | URLPattern]:
        # Their models are not loaded yet when the site is made.
        from frontend.administration import audit_page, finding, warnings

        own: list[URLResolver | URLPattern] = [
            path("audit/", self.admin_view(audit_page.audit), name="audit"),
            path("find/", self.admin_view(finding.find), name="find"),
            path(
                "warnings/read",
                self.admin_view(warnings.mark_as_read),
                name="warnings_read",
            ),
        ]
        return own + super().get_urls()

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[Any]:
        found = super().get_app_list(request, app_label)
        if app_label is not None:
            return found
        return by_section(found, _own_pages(request))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        from frontend.administration.dashboard import dashboard

        shown = dashboard(request) | (extra_context or {})
        return super().index(request, shown)


def _own_pages(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """Pages of the menu that belong to no model."""
    pages = {}
    if request.user.has_perm("streaming.view_session"):
        pages["sessions"] = [_page(gettext("Operators’ board"), "board")]
    if request.user.has_perm("streaming.view_usageentry"):
        pages["accounts"] = [_page(gettext("Use and cost"), "site_usage")]
    if request.user.has_perm(READ_AUDIT):
        pages["audit"] = [_page(gettext("Who changed what"), "admin:audit")]
    return pages


def _page(name: str, view: str) -> dict[str, Any]:
    return {
        "name": name,
        "object_name": view.rpartition(":")[2],
        "admin_url": reverse(view),
        "add_url": None,
        "view_only": True,
        "perms": {},
    }
