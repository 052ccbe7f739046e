from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Who answers, how the answer becomes speech, and what was really said."""

    name = "chat"

    def ready(self) -> None:
        from chat import forgetting, silence
        from chat.scripts import ending

        forgetting.connect()
        silence.connect()
        ending.connect()
