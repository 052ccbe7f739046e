"""The websocket that a visitor's token opens."""

from django.urls import path

from frontend.embedding.consumers import VisitorConsumer
from streaming.embedding.callers import VisitorSockets

websocket_urlpatterns = [
    path(
        "ws/embed/sessions/<uuid:session_id>/",
        VisitorSockets(VisitorConsumer.as_asgi()),
    ),
]
