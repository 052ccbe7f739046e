"""A mind that stands in for another one."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from chat.minds.base import Message, Mind, ModelError, ModelTimeout, Tool

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackMind:
    """`first` answers, or `second` when the first fails before its first word.

    Not having begun after `after_s` counts as a failure. Once a word was written it is
    the first one's answer, however it ends.
    """

    first: Mind
    second: Mind
    after_s: float

    @property
    def writes_slowly(self) -> bool:
        return self.first.writes_slowly

    @property
    def knows_tools(self) -> bool:
        return self.first.knows_tools

    async def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool] = ()
    ) -> AsyncGenerator[str, None]:
        """Stream the answer of whichever of the two. Raises `ModelError`."""
        begun = False
        try:
            async with aclosing(self.first.reply(messages, tools)) as deltas:
                yield await self._first_word(deltas)
                begun = True
                async for delta in deltas:
                    yield delta
            return
        except ModelError as exc:
            if begun:
                raise
            logger.warning("A model failed, another one answers: %s.", exc.code)
        async with aclosing(self.second.reply(messages, tools)) as deltas:
            async for delta in deltas:
                yield delta

    async def _first_word(self, deltas: AsyncGenerator[str, None]) -> str:
        try:
            async with asyncio.timeout(self.after_s):
                return await anext(deltas)
        except TimeoutError as exc:
            raise ModelTimeout("The model has not begun in time.") from exc
        except StopAsyncIteration:
            return ""
