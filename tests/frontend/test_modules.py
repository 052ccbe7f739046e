"""Runs every `*.test.mjs` beside this file in Chromium, each in a fresh page."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from frontend.templatetags.import_map import module_paths

HERE = Path(__file__).resolve().parent
FILES = sorted(path.name for path in HERE.glob("*.test.mjs"))

RUN = """async (file) => {
  const { runAll } = await import("tests/runner")
  await import(`/tests/${file}`)
  return runAll()
}"""

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("file", FILES)
async def test_modules_do_as_their_tests_say(module_page: Page, file: str) -> None:
    await module_page.reload()

    result = await module_page.evaluate(RUN, file)

    assert result["failures"] == []
    assert result["count"] > 0


async def test_every_module_is_a_module_also_as_it_is_served(module_page: Page) -> None:
    await module_page.reload()

    broken = await module_page.evaluate(
        """async (paths) => {
          const found = await Promise.all(paths.map((path) =>
            import(`/served/${path}`).catch((error) => [path, error])))
          return found
            .filter((one) => Array.isArray(one) && one[1] instanceof SyntaxError)
            .map(([path, error]) => `${path}: ${error.message}`)
        }""",
        [path for _, path in module_paths()],
    )

    assert broken == []


async def test_a_failing_test_is_reported(module_page: Page) -> None:
    await module_page.reload()

    result = await module_page.evaluate(
        """async () => {
          const { equal, runAll, test } = await import("tests/runner")
          test("one is two", () => equal(1, 2))
          return runAll()
        }"""
    )

    assert result == {"count": 1, "failures": ["one is two: expected 2, got 1"]}
