from django.apps import AppConfig


class StreamingConfig(AppConfig):
    """Accounts, their seats, and the sessions that hold them."""

    name = "streaming"

    def ready(self) -> None:
        from streaming import metrics, parting

        metrics.register()
        parting.connect()
