from django.apps import AppConfig


class PersonasConfig(AppConfig):
    """Who speaks: stored profiles, their editing, and the prompt they become."""

    name = "personas"
    verbose_name = "Personas"
