"""The web process: pages and REST over HTTP, sessions over websockets."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

# After the applications are loaded, because consumers import models.
from chat.routing import websocket_urlpatterns as session_sockets  # noqa: E402
from config.origins import SameOrigin  # noqa: E402
from frontend.embedding.routing import (  # noqa: E402
    websocket_urlpatterns as embed_sockets,
)
from streaming.board.routing import websocket_urlpatterns as board_sockets  # noqa: E402

sockets = URLRouter([*session_sockets, *board_sockets, *embed_sockets])  # type: ignore[list-item]  # typed for views
application = ProtocolTypeRouter(
    {"http": http, "websocket": SameOrigin(AuthMiddlewareStack(sockets))}
)
