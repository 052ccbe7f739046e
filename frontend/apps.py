from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """The pages: templates, ES modules and styles, without a bundler."""

    name = "frontend"
