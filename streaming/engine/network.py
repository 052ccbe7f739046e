"""Where media may go: the UDP ports that are opened, and helpers on the way."""

import argparse
import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from ipaddress import ip_address
from typing import Any, Final

from aioice import Candidate
from aiortc import RTCIceServer, RTCPeerConnection
from aiortc.rtcicetransport import parse_stun_turn_uri

LOOPBACK: Final = "127.0.0.1"


class MediaLoop(asyncio.SelectorEventLoop):
    """An event loop whose UDP sockets stay on the ports and addresses allowed to media.

    The ICE library asks its loop for a socket on each address of the machine, at a port
    of the system's choice, and has no setting for either; but the loop is ours to choose.
    """

    def __init__(
        self, ports: range | None = None, addresses: Collection[str] = ()
    ) -> None:
        super().__init__()
        self._ports = ports
        self._addresses = frozenset(addresses)
        self._next = 0

    @property
    def loopbacks(self) -> list[str]:
        """The addresses allowed that reach nobody but this machine."""
        return [each for each in self._addresses if ip_address(each).is_loopback]

    async def create_datagram_endpoint(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.DatagramProtocol],
        local_addr: tuple[str, int] | None = None,
        **more: Any,
    ) -> tuple[asyncio.DatagramTransport, asyncio.DatagramProtocol]:
        """As asyncio's own. Raises `OSError` where no socket is allowed or free."""
        create = super().create_datagram_endpoint
        if local_addr is None or local_addr[1] != 0:
            return await create(protocol_factory, local_addr, **more)
        host = local_addr[0]
        if self._addresses and host not in self._addresses:
            raise OSError(errno.EADDRNOTAVAIL, f"no media is allowed on {host}")
        if self._ports is None:
            return await create(protocol_factory, local_addr, **more)
        for _ in self._ports:
            port = self._ports[self._next % len(self._ports)]
            self._next += 1
            try:
                return await create(protocol_factory, (host, port), **more)
            except OSError as exc:
                if exc.errno != errno.EADDRINUSE:
                    raise
        raise OSError(errno.EADDRINUSE, f"no UDP port is free on {host}")


def offer_loopback(connection: RTCPeerConnection) -> None:
    """Offer 127.0.0.1 where nothing else is there, or where it was asked for.

    The ICE library leaves it out of what it gathers, so that a machine without a
    network could not show an avatar to itself. Call before the description.
    """
    for transport in {each.transport.transport for each in connection.getSenders()}:
        ice = transport.iceGatherer._connection
        ice.get_component_candidates = partial(  # type: ignore[method-assign]
            _candidates, ice.get_component_candidates
        )


async def _candidates(
    gather: Callable[..., Awaitable[list[Candidate]]],
    component: int,
    addresses: list[str],
    **more: Any,
) -> list[Candidate]:
    loop = asyncio.get_running_loop()
    wanted = loop.loopbacks if isinstance(loop, MediaLoop) else []
    offered = [*addresses, *wanted] or [LOOPBACK]
    return await gather(component=component, addresses=offered, **more)


def ice_servers(options: argparse.Namespace) -> list[RTCIceServer]:
    """The STUN and TURN servers that were named, for the engine and for its viewers."""
    servers = []
    if options.stun:
        servers.append(RTCIceServer(options.stun))
    if options.turn:
        servers.append(
            RTCIceServer(
                options.turn,
                username=options.turn_username or None,
                credential=options.turn_credential or None,
            )
        )
    return servers


def described(server: RTCIceServer) -> dict[str, object]:
    """An ICE server as browsers and the wire protocol write it."""
    urls = server.urls if isinstance(server.urls, list) else [server.urls]
    if server.username is None:
        return {"urls": urls}
    return {
        "urls": urls,
        "username": server.username,
        "credential": server.credential,
        "credentialType": server.credentialType,
    }


def stun_url(text: str) -> str:
    return _server_url(text, ("stun",))


def turn_url(text: str) -> str:
    return _server_url(text, ("turn", "turns"))


def _server_url(text: str, schemes: Collection[str]) -> str:
    if not text:
        return text
    form = " or ".join(f"{scheme}:host:port" for scheme in schemes)
    try:
        if parse_stun_turn_uri(text)["scheme"] in schemes:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text} is not like {form}")


def udp_ports(text: str) -> range | None:
    """Read "50000-50100"; nothing means any port."""
    if not text:
        return None
    first, _, last = text.partition("-")
    if all(part.isascii() and part.isdigit() for part in (first, last)):
        ports = range(int(first), int(last) + 1)
        if 1 <= int(first) <= int(last) <= 65535:
            return ports
    raise argparse.ArgumentTypeError(f"{text} is not like 50000-50100")


def udp_addresses(text: str) -> list[str]:
    """Read addresses of this machine, separated by commas; nothing means all."""
    return [_own_address(part.strip()) for part in text.split(",") if part.strip()]


def _own_address(text: str) -> str:
    try:
        address = ip_address(text)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((text, 0))
    except (ValueError, OSError):
        raise argparse.ArgumentTypeError(
            f"{text} is not an address of this machine"
        ) from None
    if address.is_unspecified:
        raise argparse.ArgumentTypeError(f"{text} cannot carry media")
    return text
