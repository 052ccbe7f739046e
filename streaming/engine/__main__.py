"""Start the engine: `python -m streaming.engine --port 3001`."""

import argparse
import asyncio
import ipaddress
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from aiohttp import web
from aiortc import RTCIceServer

from streaming.engine.api import create_app
from streaming.engine.logs import report_stray_errors, set_up_logging
from streaming.engine.studio import Warming

_ENCODERS = 4
_LOG_LEVELS = ("debug", "info", "warning", "error")


def main() -> int:
    options = read_options(sys.argv[1:], os.environ)
    set_up_logging(options.log_level)
    return asyncio.run(serve(options))


def read_options(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> argparse.Namespace:
    """Arguments win over the environment. Ends the process when they make no sense."""
    parser = argparse.ArgumentParser(prog="streaming.engine", description=__doc__)
    env = environment.get
    parser.add_argument("--host", default=env("ENGINE_HOST") or "127.0.0.1")
    parser.add_argument("--port", type=_port, default=env("ENGINE_PORT") or "3001")
    parser.add_argument("--api-key", default=env("ENGINE_API_KEY") or "")
    parser.add_argument("--seats", type=_seats, default=env("ENGINE_SEATS") or "3")
    parser.add_argument(
        "--stun", default=env("ENGINE_STUN") or "", help="stun:host:port"
    )
    parser.add_argument(
        "--warm",
        type=_warming,
        default=env("ENGINE_WARM") or Warming.ALL,
        help="what to draw in advance: all, default (avatar) or none",
    )
    parser.add_argument(
        "--log-level",
        type=_log_level,
        default=env("ENGINE_LOG_LEVEL") or "info",
        help=f"one of {', '.join(_LOG_LEVELS)}",
    )
    options = parser.parse_args(arguments)
    if not options.api_key and not _is_loopback(options.host):
        parser.error(
            f"an API key is needed to listen on {options.host}: set ENGINE_API_KEY"
        )
    return options


async def serve(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; the answer is the exit status."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_ENCODERS, "encoder"))
    loop.set_exception_handler(report_stray_errors)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    ice_servers = [RTCIceServer(options.stun)] if options.stun else []
    app = create_app(
        api_key=options.api_key,
        seats=options.seats,
        ice_servers=ice_servers,
        warming=options.warm,
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, options.host, options.port).start()
        except OSError as exc:
            _say(
                f"engine cannot listen on {options.host}:{options.port}: {exc.strerror}"
            )
            return 1
        _say(f"engine ready on http://{_shown_host(options.host)}:{_port_of(runner)}")
        await stopping.wait()
    finally:
        await runner.cleanup()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _port_of(runner: web.AppRunner) -> int:
    """The port in use, which the system chose when 0 was asked for."""
    return int(runner.addresses[0][1])


def _shown_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _log_level(text: str) -> str:
    if text.lower() in _LOG_LEVELS:
        return text.lower()
    raise argparse.ArgumentTypeError(f"{text} is not one of {', '.join(_LOG_LEVELS)}")


def _warming(text: str) -> Warming:
    try:
        return Warming(text.lower())
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not one of {', '.join(Warming)}"
        ) from None


def _port(text: str) -> int:
    return _whole_number(text, least=0, most=65535)


def _seats(text: str) -> int:
    return _whole_number(text, least=1, most=1000)


def _whole_number(text: str, *, least: int, most: int) -> int:
    if text.isascii() and text.isdigit() and least <= int(text) <= most:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a number of {least} to {most}")


def _leave(status: int) -> NoReturn:
    """End the process now: a thread may still draw what nobody will see."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
