"""A STUN and TURN server that answers, but carries nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from aioice import stun
from aioice.turn import make_integrity_key

USERNAME, CREDENTIAL, REALM = "anna", "a-turn-secret", "greenroom.test"
RELAY = ("192.0.2.7", 40404)


class HelpingServer(asyncio.DatagramProtocol):
    """Tells whoever asks where they are, and gives those with a password an address."""

    def __init__(self) -> None:
        self.asked = self.refused = 0
        self._key = make_integrity_key(USERNAME, REALM, CREDENTIAL)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asked = stun.parse_message(data)
        answer = stun.Message(
            message_method=asked.message_method,
            message_class=stun.Class.RESPONSE,
            transaction_id=asked.transaction_id,
        )
        if asked.message_method == stun.Method.BINDING:
            self.asked += 1
            answer.attributes["XOR-MAPPED-ADDRESS"] = addr
            answer.add_fingerprint()
        elif asked.attributes.get("USERNAME") == USERNAME and (
            asked.check_message_integrity(self._key)
        ):
            answer.attributes["XOR-MAPPED-ADDRESS"] = addr
            answer.attributes["XOR-RELAYED-ADDRESS"] = RELAY
            answer.attributes["LIFETIME"] = asked.attributes.get("LIFETIME", 600)
            answer.add_message_integrity(self._key)
        else:
            self.refused += 1
            answer.message_class = stun.Class.ERROR
            answer.attributes["ERROR-CODE"] = (401, "Unauthorized")
            answer.attributes["REALM"] = REALM
            answer.attributes["NONCE"] = b"once"
        self._transport.sendto(bytes(answer), addr)


@asynccontextmanager
async def helping_server() -> AsyncIterator[tuple[str, HelpingServer]]:
    """Its "host:port" on the loopback, and the server."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        HelpingServer, local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}", server
    finally:
        transport.close()
