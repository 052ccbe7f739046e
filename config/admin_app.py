"""Django's admin, with our own site in the place of its default one."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """In a module of its own: a module with two configurations must choose one."""

    default_site = "frontend.administration.site.PortalAdminSite"
