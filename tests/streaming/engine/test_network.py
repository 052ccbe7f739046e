"""Where media may go: UDP ports, addresses of this machine, helpers on the way."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiortc import RTCConfiguration, RTCPeerConnection

from streaming.engine.network import MediaLoop, offer_loopback
from tests.engine_process import start_engine
from tests.streaming.engine.conftest import Caller
from tests.streaming.engine.helping_server import (
    CREDENTIAL,
    RELAY,
    USERNAME,
    helping_server,
)


@asynccontextmanager
async def calling(**env: str) -> AsyncIterator[Caller]:
    """Somebody who calls an engine process with these settings."""
    # Not on this loop: it has to serve whoever the engine asks for help meanwhile.
    starting = start_engine(seats=3, port=0, ENGINE_WARM="none", **env)
    engine = await asyncio.to_thread(starting.__enter__)
    try:
        async with aiohttp.ClientSession(engine.url) as http:
            yield Caller(http, engine.headers)
    finally:
        await asyncio.to_thread(starting.__exit__, None, None, None)


def candidates(session: dict[str, dict[str, str]]) -> list[list[str]]:
    """The words of each candidate in an offer: …, address, port, "typ", kind, …"""
    lines = session["sdp"]["sdp"].splitlines()
    return [line.split() for line in lines if line.startswith("a=candidate:")]


def free_ports(count: int) -> tuple[int, int]:
    """A range of UDP ports that nobody uses on any address."""
    for first in range(41000, 60000, count):
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
                sockets[-1].bind(("::", port))
            return first, first + count - 1
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    raise AssertionError("there are no free ports")


async def test_media_stays_within_the_range_of_ports_and_a_viewer_sees_it():
    first, last = free_ports(8)
    async with calling(ENGINE_UDP_PORTS=f"{first}-{last}") as call:
        sessions = [await call.new() for _ in range(2)]
        ports = {int(words[5]) for each in sessions for words in candidates(each)}
        for each in sessions:
            await call.post("stop", session_id=each["session_id"])
        async with call.watching() as (_, viewer):
            seen = viewer.picture_count

    assert ports
    assert ports <= set(range(first, last + 1))
    assert seen > 0


async def test_a_range_that_is_used_up_refuses_and_frees_its_ports_again():
    address = own_address()
    first, _ = free_ports(1)
    async with calling(
        ENGINE_UDP_PORTS=f"{first}-{first}", ENGINE_UDP_ADDRESSES=address
    ) as call:
        session = await call.new()
        refused = await call.post("new")
        listed = (await call.get("/v1/streaming.list")).data["sessions"]
        await call.post("stop", session_id=session["session_id"])
        async with asyncio.timeout(5):
            while (await call.post("new")).status != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert refused.failure == (503, 503)
    assert "UDP port" in refused.body["message"]
    assert [each["session_id"] for each in listed] == [session["session_id"]]


async def test_media_stays_on_the_addresses_allowed():
    address = own_address()
    async with calling(ENGINE_UDP_ADDRESSES=address) as call:
        found = candidates(await call.new())

    assert {words[4] for words in found} == {address}


async def test_media_may_be_kept_to_this_machine():
    async with calling(ENGINE_UDP_ADDRESSES="127.0.0.1") as call:
        found = candidates(await call.new())

    assert {words[4] for words in found} == {"127.0.0.1"}


async def test_a_machine_without_a_network_shows_its_avatar_to_itself():
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.createDataChannel("events")
    connection.addTransceiver("video")
    offer_loopback(connection)
    gatherer = connection.getSenders()[0].transport.transport.iceGatherer
    ice = gatherer._connection
    try:
        found = await ice.get_component_candidates(component=1, addresses=[])
        assert [candidate.host for candidate in found] == ["127.0.0.1"]
    finally:
        await ice.close()
        await connection.close()


async def test_where_there_is_a_network_the_loopback_is_not_offered():
    async with calling() as call:
        found = candidates(await call.new())

    assert found
    assert not any(words[4].startswith("127.") for words in found)


async def test_a_stun_server_is_asked_and_viewers_are_told_of_it():
    async with (
        helping_server() as (where, server),
        calling(ENGINE_STUN=f"stun:{where}") as c,
    ):
        session = await c.new()

    assert session["ice_servers2"] == [{"urls": [f"stun:{where}"]}]
    assert server.asked > 0


async def test_a_turn_server_relays_for_the_engine_and_its_viewers():
    async with (
        helping_server() as (where, server),
        calling(
            ENGINE_TURN=f"turn:{where}",
            ENGINE_TURN_USERNAME=USERNAME,
            ENGINE_TURN_CREDENTIAL=CREDENTIAL,
        ) as call,
    ):
        session = await call.new()

    relayed = {
        (words[4], int(words[5])) for words in candidates(session) if "relay" in words
    }
    assert relayed == {RELAY}
    assert server.refused == 1  # it was asked for its password, and knew it
    assert session["ice_servers"] == [f"turn:{where}"]
    assert session["ice_servers2"] == [
        {
            "urls": [f"turn:{where}"],
            "username": USERNAME,
            "credential": CREDENTIAL,
            "credentialType": "password",
        }
    ]


def test_sockets_that_name_their_port_are_left_alone():
    first, _ = free_ports(1)
    with asyncio.Runner(loop_factory=lambda: MediaLoop(range(first, first + 1))) as run:

        async def bound() -> int:
            loop = asyncio.get_running_loop()
            named, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=("127.0.0.1", 9)
            )
            port: int = named.get_extra_info("sockname")[1]
            named.close()
            return port

        assert run.run(bound()) != first


def own_address() -> str:
    """An IPv4 address of this machine that is not the loopback's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing
        address: str = probe.getsockname()[0]
    assert not ipaddress.ip_address(address).is_loopback
    return address
