from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Who answers, how the answer becomes speech, and what was really said."""

    name = "chat"

    def ready(self) -> None:
        from chat import forgetting, silence
        from chat.scripts import copying, ending

        forgetting.connect()
        silence.connect()
        copying.connect()
        ending.connect()
