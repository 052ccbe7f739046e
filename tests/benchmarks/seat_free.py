"""How long a seat stays taken after its viewer's browser was killed with SIGKILL.

    python -m tests.benchmarks.seat_free [runs]

Engine, portal and browser are real and on this machine; no worker runs. The clock starts
at the kill and stops when the API lists no open session any more.
"""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from playwright.async_api import Playwright, async_playwright

from tests.benchmarks.machine import machine
from tests.browser.chromium import ARGUMENTS, AUTOPLAY, system_chromium
from tests.portal import Portal, start_portal

POLL_S = 0.05
WAIT_S = 60.0

T = TypeVar("T")


def main(count: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        start_portal(Path(folder), OPEN_API="true") as portal,
    ):
        seconds = asyncio.run(_measure(portal, count))
    print(machine())
    print(f"browser killed to seat free, {count} runs, seconds")
    print(f"p50 {statistics.median(seconds):.1f}   max {max(seconds):.1f}")


async def _measure(portal: Portal, count: int) -> list[float]:
    async with async_playwright() as playwright:
        return [await _one(playwright, portal) for _ in range(count)]


async def _one(playwright: Playwright, portal: Portal) -> float:
    link = portal.manage("signin_link").strip()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        with _chromium(Path(profile)) as process:
            address = await _until(lambda: _address(Path(profile)))
            browser = await playwright.chromium.connect_over_cdp(str(address))
            page = await browser.contexts[0].new_page()
            await page.goto(link)
            await page.locator("[data-do=begin]").click()
            await page.locator("avatar-stage[phase=live]").wait_for()
            os.killpg(process.pid, signal.SIGKILL)
            killed_s = time.monotonic()
        await _until(lambda: not _open_sessions(portal))
        return time.monotonic() - killed_s


@contextmanager
def _chromium(profile: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Chromium in a process group of its own, so that all of it can be killed at once."""
    process = subprocess.Popen(  # noqa: S603
        [
            system_chromium() or "chromium",
            *ARGUMENTS,
            AUTOPLAY,
            "--headless",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(profile: Path) -> str | None:
    """Where the browser can be steered, once it has written that down."""
    written = profile / "DevToolsActivePort"
    lines = written.read_text().splitlines() if written.exists() else []
    return f"http://127.0.0.1:{lines[0]}" if len(lines) > 1 else None


def _open_sessions(portal: Portal) -> list[object]:
    url = f"{portal.url}/persona/heygen/sessions"
    with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310
        sessions: list[object] = json.load(reply)["data"]["sessions"]
    return sessions


async def _until(condition: Callable[[], T]) -> T:
    """The first true value of `condition`."""
    async with asyncio.timeout(WAIT_S):
        while not (value := await asyncio.to_thread(condition)):  # noqa: ASYNC110  (no event of ours)
            await asyncio.sleep(POLL_S)
    return value


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
