"""A small OpenID Connect server of our own: real HTTP, one person, no pages.

Whoever asks is that person at once. It checks what a client must send (PKCE and secret),
so that a client that sends it wrongly does not come in.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT_ID = "greenroom"
CLIENT_SECRET = "kept between the two"  # noqa: S105


@dataclass
class Identity:
    """The server: where it is, whom it tells of, and what it was asked."""

    url: str
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "person-1",
            "preferred_username": "nora",
            "name": "Nora Voss",
            "given_name": "Nora",
            "family_name": "Voss",
            "email": "nora@example.com",
            "email_verified": True,
        }
    )
    refuses: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def settings(self, name: str = "The Museum") -> dict[str, str]:
        """The variables that let a portal sign people in with it."""
        return {
            "SOCIAL_OIDC_CLIENT_ID": CLIENT_ID,
            "SOCIAL_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "SOCIAL_OIDC_SERVER_URL": self.url,
            "SOCIAL_OIDC_NAME": name,
        }

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes next."""
        back, state = asked["redirect_uri"], asked["state"]
        if self.refuses:
            return f"{back}?{urlencode({'error': 'access_denied', 'state': state})}"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{back}?{urlencode({'code': code, 'state': state})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code that was given to this client, once; else nothing."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or not _is_client(form) or not _proves(form, asked):
            return None
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        now_s = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now_s,
            "exp": now_s + 60,
            "sub": self.person["sub"],
        }
        signed = jwt.encode(claims, "x" * 32, algorithm="HS256")
        return {"access_token": token, "token_type": "Bearer", "id_token": signed}


def _is_client(form: dict[str, str]) -> bool:
    given = (form.get("client_id"), form.get("client_secret"))
    return given == (CLIENT_ID, CLIENT_SECRET)


def _proves(form: dict[str, str], asked: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return challenge == asked.get("code_challenge")


@contextmanager
def start_identity() -> Iterator[Identity]:
    """Serve on a free port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    identity = Identity(f"http://127.0.0.1:{server.server_port}")
    server.identity = identity  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield identity
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    @property
    def identity(self) -> Identity:
        found: Identity = self.server.identity  # type: ignore[attr-defined]
        return found

    def do_GET(self) -> None:  # noqa: N802
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.identity.discovery())
        elif parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.identity.authorize(_flat(parts.query)))
            self.end_headers()
        elif parts.path == "/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            known = token in self.identity.tokens
            self._json(self.identity.person if known else None)
        else:
            self._json(None)

    def do_POST(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(self.identity.token(_flat(body)))

    def _json(self, data: Any) -> None:
        self.send_response(200 if data is not None else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on the console."""


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
