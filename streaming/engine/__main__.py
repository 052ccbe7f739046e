"""Start the engine: `python -m streaming.engine --port 3001`."""

import argparse
import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

from aiohttp import web

from streaming.engine import packets
from streaming.engine.api import create_app
from streaming.engine.logs import report_stray_errors, set_up_logging
from streaming.engine.network import MediaLoop, ice_servers
from streaming.engine.options import read_options

_ENCODERS = 4
# For which a thread that draws may hold up the loop, each time that it sends: 5 ms, as
# is usual, are seconds of a second when forty sessions send.
_SWITCH_S = 0.0005


def main() -> int:
    options = read_options(sys.argv[1:], os.environ)
    set_up_logging(options.log_level)
    sys.setswitchinterval(_SWITCH_S)

    def media_loop() -> MediaLoop:
        return MediaLoop(options.udp_ports, options.udp_addresses)

    with asyncio.Runner(loop_factory=media_loop) as runner:
        return runner.run(serve(options))


async def serve(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; the answer is the exit status."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_ENCODERS, "encoder"))
    loop.set_exception_handler(report_stray_errors)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    app = create_app(
        api_key=options.api_key,
        seats=options.seats,
        ice_servers=ice_servers(options),
        warming=options.warm,
        faults=options.fault_plan,
        demo=options.demo,
        speech=options.speech,
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
        if options.faults or options.fault_header:
            _say("engine plays faults on purpose")
        _say(f"engine ready on http://{_shown_host(options.host)}:{_port_of(runner)}")
        await stopping.wait()
    finally:
        await runner.cleanup()
        packets.reels.close()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _port_of(runner: web.AppRunner) -> int:
    """The port in use, which the system chose when 0 was asked for."""
    return int(runner.addresses[0][1])


def _shown_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _leave(status: int) -> NoReturn:
    """End the process now: a thread may still draw what nobody will see."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main())
