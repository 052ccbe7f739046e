"""Chromium as our tests run it: the system's own, or Playwright's where there is none."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

ARGUMENTS = [
    "--no-sandbox",  # tests may run as root in a container
    # Without a GPU, drawing pages by means of one takes most of the processors' time.
    "--disable-gpu-compositing",
    "--use-angle=swiftshader",  # WebGL all the same
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--mute-audio",
]
AUTOPLAY = "--autoplay-policy=no-user-gesture-required"


@asynccontextmanager
async def launched(*more: str) -> AsyncIterator[Browser]:
    """A headless Chromium until the block ends."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=system_chromium(), args=[*ARGUMENTS, *more]
        )
        try:
            yield browser
        finally:
            await browser.close()


def system_chromium() -> str | None:
    """Where the system's Chromium is; None lets Playwright look for its own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
