"""Websocket addresses. The last of the session's consumers does what all do."""

from django.urls import path

from chat.scripts.consumers import PresentingConsumer

websocket_urlpatterns = [
    path("ws/sessions/<uuid:session_id>/", PresentingConsumer.as_asgi()),  # type: ignore[arg-type]
]
