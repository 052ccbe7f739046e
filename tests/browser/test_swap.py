"""Another persona, face or picture size while somebody is on stage."""

from playwright.async_api import expect

from tests.browser.conftest import Visitor
from tests.browser.studio import Studio


async def test_another_persona_takes_the_stage_and_the_words_stay_with_who_said_them(
    guest: Visitor,
) -> None:
    studio = await Studio.enter(guest)
    page = studio.page
    first, other = await _two_personas(studio)
    await studio.go_live()
    [before] = await guest.open_sessions()
    await studio.message.fill("What do you like?")
    await studio.button("Talk").click()
    await studio.mood_is("speaking")

    await studio.open_tab("Set-up")
    await page.get_by_label("Persona").select_option(other["slug"])
    await studio.button(f"Bring {other['name']} on stage").click()
    await expect(studio.stage).to_have_attribute("hold", "persona")
    await expect(studio.poster).to_contain_text(other["name"])
    await expect(studio.stage).not_to_have_attribute("hold", "persona")
    await studio.phase_is("live")
    await studio.mood_is("speaking")

    [after] = await guest.open_sessions()
    assert after["session_id"] == before["session_id"]
    assert (before["persona"], after["persona"]) == (first["slug"], other["slug"])
    await expect(studio.log).to_contain_text(f"{other['name']} takes the stage")
    await studio.open_tab("Conversation")
    spoken = page.locator("live-transcript li")
    await expect(spoken.nth(0)).to_contain_text("What do you like?")
    await expect(spoken.nth(1)).to_contain_text(first["name"])
    await expect(spoken.nth(1)).to_contain_text("interrupted")
    await expect(spoken.nth(2)).to_have_text(f"{other['name']} takes the stage")
    await expect(spoken.nth(3)).to_contain_text(other["name"])


async def test_the_picture_size_changes_without_a_new_session(guest: Visitor) -> None:
    studio = await Studio.enter(guest)
    await studio.go_live()
    [before] = await guest.open_sessions()

    await studio.open_tab("Set-up")
    await studio.page.get_by_label("Quality").select_option("low")
    await studio.button("Change it now").click()

    await expect(studio.log).to_contain_text("The picture is now low")
    await studio.phase_is("live")
    video = studio.page.locator("video")
    await expect(video).to_have_js_property("videoHeight", 360)
    [after] = await guest.open_sessions()
    assert after["session_id"] == before["session_id"]


async def _two_personas(studio: Studio) -> tuple[dict[str, str], dict[str, str]]:
    """Who is chosen, and somebody else."""
    facts = await studio.evaluate(
        "JSON.parse(document.querySelector('#facts').textContent).personas"
    )
    chosen = await studio.page.locator("#persona").input_value()
    [first] = [one for one in facts if one["slug"] == chosen]
    return first, next(one for one in facts if one["slug"] != chosen)


async def test_on_a_phone_stage_caption_and_message_box_are_the_first_screen(
    door,
) -> None:
    guest = await door.guest(viewport={"width": 360, "height": 640})
    studio = await Studio.enter(guest)
    await studio.go_live()
    await studio.repeat()
    await studio.evaluate("window.scrollTo(0, 0)")

    bottom = await studio.message.evaluate("(e) => e.getBoundingClientRect().bottom")
    width = await studio.evaluate("document.documentElement.scrollWidth")

    await expect(studio.caption).to_be_in_viewport()
    assert (bottom <= 640, width <= 360) == (True, True), (bottom, width)
