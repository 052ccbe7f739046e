"""The board's websocket address."""

from django.urls import path

from streaming.board.consumer import BoardConsumer

websocket_urlpatterns = [
    path("ws/operate/", BoardConsumer.as_asgi()),  # type: ignore[arg-type]
]
