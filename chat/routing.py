"""Websocket addresses. The talking consumer stands in for the session's plain one."""

from django.urls import path

from chat.consumers import TalkConsumer

websocket_urlpatterns = [
    path("ws/sessions/<uuid:session_id>/", TalkConsumer.as_asgi()),  # type: ignore[arg-type]
]
