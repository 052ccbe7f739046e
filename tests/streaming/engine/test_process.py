"""The engine as a process: how it starts, and how it ends."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from streaming.engine.options import read_options
from tests.engine_process import ROOT, EngineProcess, start_engine
from tests.streaming.engine.conftest import Caller

EVERYWHERE = "0.0.0.0"  # noqa: S104
VIEWER = Path(__file__).parent / "lone_viewer.py"


def caller(engine: EngineProcess, http: aiohttp.ClientSession) -> Caller:
    return Caller(http, engine.headers)


async def test_it_serves_a_whole_session_and_ends_cleanly_on_sigterm():
    with start_engine() as engine:
        async with aiohttp.ClientSession(engine.url) as http:
            call = caller(engine, http)
            async with call.watching() as (session_id, viewer):
                await call.post(
                    "task",
                    session_id=session_id,
                    text="Hello from another process.",
                    task_mode="async",
                )
                await viewer.heard()
                asked = time.monotonic()
                engine.process.send_signal(signal.SIGTERM)
                status = await asyncio.to_thread(engine.process.wait, 10)
                took_s = time.monotonic() - asked

    assert status == 0
    assert took_s < 10  # it does not wait for the viewer to leave
    assert "Traceback" not in "".join(engine.output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_when_idle(number: signal.Signals):
    with start_engine() as engine:
        engine.process.send_signal(number)

        assert engine.process.wait(5) == 0


async def test_a_viewer_that_is_killed_frees_its_seat_within_ten_seconds():
    with start_engine(seats=1) as engine:
        async with aiohttp.ClientSession(engine.url) as http:
            call = caller(engine, http)
            viewer = await asyncio.create_subprocess_exec(
                sys.executable,
                str(VIEWER),
                engine.url,
                engine.api_key,
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
            )
            assert viewer.stdout is not None
            assert await viewer.stdout.readline() == b"connected\n"
            assert (await call.post("new")).failure == (400, 10004)

            viewer.kill()
            await viewer.wait()
            killed = time.monotonic()
            while (await call.post("new")).status != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    # Consent checks alone, which need about 30 s, were not what noticed it.
    assert time.monotonic() - killed < 20


def test_a_taken_port_is_said_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "streaming.engine", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
        )

    assert result.returncode == 1
    assert f"engine cannot listen on 127.0.0.1:{port}" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


def test_neither_django_nor_other_apps_are_imported():
    code = (
        "import sys, streaming.engine.__main__\n"
        "apps = ('django', 'config', 'personas', 'chat', 'frontend',"
        " 'streaming.models')\n"
        "print([name for name in apps if name in sys.modules])"
    )
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert result.stdout.strip() == "[]"


async def test_its_log_holds_neither_keys_nor_words():
    with start_engine(api_key="a-very-secret-key", ENGINE_LOG_LEVEL="debug") as engine:
        async with aiohttp.ClientSession(engine.url) as http:
            call = caller(engine, http)
            token = (await call.post("create_token")).data["token"]
            async with call.watching() as (session_id, viewer):
                await call.post(
                    "task", session_id=session_id, text="Xylophone.", task_mode="async"
                )
                await viewer.heard()
        engine.process.terminate()
        engine.process.wait(5)

    written = "".join(engine.output)
    assert "A session was opened." in written
    for secret in ("a-very-secret-key", token, "Xylophone"):
        assert secret not in written


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, {"host": "127.0.0.1", "port": 3001, "seats": 3, "api_key": ""}),
        ([], {"ENGINE_PORT": "4", "ENGINE_SEATS": "9"}, {"port": 4, "seats": 9}),
        (["--port", "5"], {"ENGINE_PORT": "4"}, {"port": 5}),
        ([], {}, {"udp_ports": None, "udp_addresses": [], "demo": False}),
        (["--udp-ports", "50000-50001"], {}, {"udp_ports": range(50000, 50002)}),
        (["--no-demo"], {"ENGINE_DEMO": "true"}, {"demo": False}),
        ([], {"ENGINE_FAULT_HEADER": "True"}, {"fault_header": True}),
        (["--host", "::1"], {"ENGINE_PORT": ""}, {"host": "::1", "port": 3001}),
        (
            ["--host", EVERYWHERE],
            {"ENGINE_API_KEY": "k"},
            {"host": EVERYWHERE, "api_key": "k"},
        ),
    ],
)
def test_arguments_win_over_the_environment(
    arguments: list[str], environment: Mapping[str, str], expected: dict[str, object]
):
    options = vars(read_options(arguments, environment))

    assert {name: options[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--host", EVERYWHERE], {}, "an API key is needed"),
        (["--host", "example.org"], {}, "an API key is needed"),
        (["--seats", "0"], {}, "not a number of 1 to 1000"),
        ([], {"ENGINE_PORT": "http"}, "not a number of 0 to 65535"),
        ([], {"ENGINE_LOG_LEVEL": "loud"}, "not one of"),
        (["--warm", "oven"], {}, "not one of"),
        (["--udp-ports", "50000"], {}, "not like 50000-50100"),
        (["--udp-ports", "9-8"], {}, "not like 50000-50100"),
        ([], {"ENGINE_UDP_PORTS": "1-70000"}, "not like 50000-50100"),
        (["--udp-addresses", "0.0.0.0"], {}, "cannot carry media"),  # noqa: S104
        (["--udp-addresses", "203.0.113.9"], {}, "not an address of this machine"),
        (["--stun", "turn:a:1"], {}, "not like stun:host:port"),
        (["--turn", "https://a"], {}, "not like turn:host:port"),
        (["--turn", "turn:a:1", "--turn-username", "u"], {}, "needs both"),
        (["--faults", "slow-new=soon"], {}, "wants 0 to 3600 seconds"),
        (["--faults", "gremlins"], {}, "no fault named 'gremlins'"),
        ([], {"ENGINE_DEMO": "maybe"}, "not true or false"),
    ],
)
def test_what_makes_no_sense_ends_the_start(
    arguments: list[str],
    environment: Mapping[str, str],
    said: str,
    capsys: pytest.CaptureFixture[str],
):
    with pytest.raises(SystemExit):
        read_options(arguments, environment)

    assert said in capsys.readouterr().err
