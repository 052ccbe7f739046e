"""What a model may have done in the middle of its answer."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chat.minds.base import Message, ModelRefused, Tool
from chat.minds.openai import MAX_TOOL_ROUNDS, OpenAIMind
from config.errors import DomainError
from tests.chat.model_server import (
    answers,
    knows_no_tools,
    model_server,
    says,
    wants,
)

ASKED = [Message("user", "When do you open?")]
SCHEMA = {"type": "object", "properties": {"day": {"type": "string"}}}


@pytest.fixture
async def server():
    async with model_server() as running:
        yield running


@pytest.fixture
def mind(server):
    return OpenAIMind(model="stub", base_url=server.base_url, timeout_s=5)


class Opening:
    """A tool that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []

    async def run(self, arguments: Mapping[str, Any]) -> str:
        self.asked.append(arguments)
        return "At nine."

    @property
    def tool(self) -> Tool:
        return Tool("opening", "When we open.", SCHEMA, self.run)


async def heard(mind, *tools):
    return "".join([delta async for delta in mind.reply(ASKED, tools)])


async def test_a_tool_is_called_and_the_model_answers_with_its_result(server, mind):
    opening = Opening()
    server.will(wants(("opening", '{"day": "Monday"}')), says("We open at nine."))

    assert await heard(mind, opening.tool) == "We open at nine."

    assert opening.asked == [{"day": "Monday"}]
    [offer] = server.bodies[0]["tools"]
    assert offer["function"]["parameters"] == SCHEMA
    call, result = server.bodies[1]["messages"][1:]
    assert call["tool_calls"][0]["function"]["name"] == "opening"
    assert json.loads(call["tool_calls"][0]["function"]["arguments"]) == {
        "day": "Monday"
    }
    assert result == {"role": "tool", "tool_call_id": "id0", "content": "At nine."}


async def test_what_is_written_before_a_call_is_spoken(server, mind):
    server.will(wants(("opening", ""), before="Let me look."), says("At nine."))

    assert await heard(mind, Opening().tool) == "Let me look. At nine."


async def test_several_calls_are_answered_each_with_its_own_id(server, mind):
    opening = Opening()
    server.will(
        wants(("opening", '{"day": "Mon"}'), ("opening", '{"day": "Tue"}')),
        says("Both at nine."),
    )

    await heard(mind, opening.tool)

    assert opening.asked == [{"day": "Mon"}, {"day": "Tue"}]
    results = [m for m in server.bodies[1]["messages"] if m["role"] == "tool"]
    assert [result["tool_call_id"] for result in results] == ["id0", "id1"]


async def broken(arguments: Mapping[str, Any]) -> str:
    raise RuntimeError("secret details")


async def refusing(arguments: Mapping[str, Any]) -> str:
    raise DomainError("There is no Sunday.")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("unknown", "{}"), "There is no such tool."),
        (("opening", "not json"), "The arguments must be one JSON object."),
        (("opening", "[1]"), "The arguments must be one JSON object."),
        (("opening", "9" * 5000), "The arguments must be one JSON object."),
        (("broken", "{}"), "It failed."),
        (("refusing", "{}"), "It failed: There is no Sunday."),
    ],
)
async def test_a_call_that_cannot_be_done_is_told_to_the_model(
    server, mind, call, told, caplog
):
    server.will(wants(call), says("Sorry."))
    tools = (
        Opening().tool,
        Tool("broken", "", {}, broken),
        Tool("refusing", "", {}, refusing),
    )

    assert await heard(mind, *tools) == "Sorry."

    assert server.bodies[1]["messages"][-1]["content"] == told


async def test_a_model_that_only_calls_has_to_answer_in_the_end(server, mind):
    def answer(body: dict[str, Any]) -> str:
        return "Then without."

    async def calls_while_it_may(request, body):
        behave = wants(("opening", "{}")) if "tools" in body else says(answer)
        return await behave(request, body)

    server.will(calls_while_it_may)

    assert await heard(mind, Opening().tool) == "Then without."
    assert len(server.bodies) == MAX_TOOL_ROUNDS + 1


async def test_a_server_that_knows_no_tools_is_asked_without(server, mind):
    server.will(knows_no_tools(says("At nine, I think.")))

    assert await heard(mind, Opening().tool) == "At nine, I think."


async def test_a_request_that_is_refused_for_itself_stays_refused(server, mind):
    server.will(answers(400, {"error": {"message": "No."}}))

    with pytest.raises(ModelRefused):
        await heard(mind, Opening().tool)


async def test_without_tools_none_are_offered(server, mind):
    server.will(says("Hi."))

    await heard(mind)

    assert "tools" not in server.bodies[0]
    assert "temperature" not in server.bodies[0]
