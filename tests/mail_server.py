"""A mail server on loopback that takes mail, or refuses it as it is told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

#: What a server that takes everything answers; the first entry is its greeting.
GOOD = {
    "greeting": "220 mail.example ready",
    "EHLO": "250 mail.example",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 Go on",
    "message": "250 Queued",
    "RSET": "250 OK",
    "QUIT": "221 Bye",
}
#: Instead of an answer: say nothing, for as long as the client waits.
SILENCE = ""


@dataclass
class MailServer:
    port: int = 0
    answers: dict[str, str] = field(default_factory=lambda: dict(GOOD))
    #: Whom it took mail for, in order, and the mails.
    recipients: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    def will(self, **answers: str) -> None:
        """From now on answer so, and everything else well."""
        self.answers = GOOD | answers


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run one for the time of the block."""
    state = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(ConnectionError):  # the client has had enough
                _converse(self, state)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def _converse(handler: socketserver.StreamRequestHandler, state: MailServer) -> None:
    if not _say(handler, state, "greeting"):
        return
    while line := handler.rfile.readline().decode().strip():
        verb = line[:4].upper()
        if not _say(handler, state, verb):
            return
        if verb == "RCPT" and state.answers["RCPT"].startswith("2"):
            state.recipients.append(line.partition("<")[2].partition(">")[0])
        if verb == "DATA" and state.answers["DATA"].startswith("3"):
            letter = _letter(handler)
            if not _say(handler, state, "message"):
                return
            if state.answers["message"].startswith("2"):
                state.letters.append(letter)
        if verb == "QUIT":
            return


def _say(
    handler: socketserver.StreamRequestHandler, state: MailServer, about: str
) -> bool:
    """Answer; False once the connection is over."""
    if (answer := state.answers.get(about, "502 Unknown")) == SILENCE:
        while handler.rfile.readline():
            pass  # whatever the client says until it leaves
        return False
    handler.wfile.write(f"{answer}\r\n".encode())
    return True


def _letter(handler: socketserver.StreamRequestHandler) -> str:
    lines = []
    while (line := handler.rfile.readline().decode()) not in (".\r\n", ""):
        lines.append(line)
    return "".join(lines)
