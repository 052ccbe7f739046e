"""The admin in a browser: every page of it, for everybody who works there."""

import json
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from django.contrib import admin
from django.contrib.auth.models import Group, User
from playwright.async_api import Page, expect

from chat.models import Script
from personas.models import CurrentPersona, Exhibit, Persona, Team
from streaming.models import Account
from tests.browser.conftest import OPERATOR, Door, Visitor
from tests.browser.test_accessibility import SCHEMES, check, fits
from tests.portal import Portal

SEED = """
import json
from datetime import timedelta
from django.contrib.auth.models import Group, User
from django.utils.timezone import now
from chat.models import Conversation, Memory, Script, ScriptRun, Segment, Turn
from frontend.administration.groups import sync_groups
from personas.models import *
from streaming.models import *

sync_groups()
at = now()
alice = User.objects.create_user("seeded-alice", email="alice@example.com")
team = Team.found("Museum of tides", alice)
Invitation.issue(team, Role.EDITOR, alice)
persona = Persona.objects.create(name="Ada Quill", owner=alice, team=team)
persona.change(visibility="unlisted")
document = Document.objects.create(
    persona=persona, title="Tides", file_name="tides.txt", kind="txt", size_bytes=9,
    sha256="a" * 64, state="failed", problem="It has no text.",
)
exhibit = Exhibit.objects.create(
    persona=persona, name="museum", kind="link", title="The museum", alt="Its pages",
    address="https://museum.example",
)
script = Script.objects.create(persona=persona, title="A tour")
script.add_segments([Segment(text="Welcome to the museum.")])
session = Session.objects.create(
    owner=alice, persona=persona, account=Account.objects.first(), state="failed",
    end_reason="ice_failed", created_at=at - timedelta(minutes=5), ended_at=at,
    lease_expires_at=at, ends_at=at,
)
session.record("session.status", {"from": "live", "to": "closing", "reason": "ice_failed"})
conversation = Conversation.objects.create(owner=alice, persona=persona)
turn = Turn.objects.create(
    conversation=conversation, session=session, number=1, prompt="High or low?",
    reply="High.", ended_at=at,
)
run = ScriptRun.objects.create(
    session=session, script=script, slug=script.slug, title=script.title,
    plan=script.plan(), state="done",
)
entry = UsageEntry.objects.create(
    user=alice, user_name="seeded-alice", persona=persona, persona_name="Ada Quill",
    account_name="Local engine", began_at=at - timedelta(minutes=4), ended_at=at,
    used=timedelta(minutes=4),
)
rows = [
    alice, team, Group.objects.get(name="Editors"), persona, document, exhibit, script,
    session, conversation, turn, run, entry, Account.objects.first(),
    CurrentPersona.objects.create(user=alice, persona=persona),
    Memory.objects.create(owner=alice, persona=persona),
    EmbedKey.objects.create(
        name="Museum", persona=persona, owner=alice, origins=["https://museum.example"]
    ),
]
print(json.dumps({row._meta.label: str(row.pk) for row in rows}))
"""
#: What staff add by a form of its own.
ADDED = (User, Group, Team, Persona, Exhibit, Script, Account, CurrentPersona)
#: Of each kind one: what is wide is so on all of them.
PHONED = (
    "/admin/",
    "/admin/audit/",
    "/admin/streaming/session/",
    "/admin/streaming/account/",
    "/admin/personas/persona/add/",
    "/admin/personas/team/add/",
)
#: In dark, where only colours differ, a page of each kind tells enough.
SEEN_IN_DARK = {"/admin/", "/admin/audit/", "/admin/personas/persona/"}


@pytest.fixture(scope="module")
def seeded(portal: Portal) -> dict[str, str]:
    """The key of one row of every model that the admin has."""
    found: dict[str, str] = json.loads(portal.manage("shell", "-v", "0", "-c", SEED))
    return found


def lists(seeded: dict[str, str]) -> list[str]:
    """Overview, audit and search, and the list of every model."""
    return [
        "/admin/",
        "/admin/audit/",
        "/admin/find/?q=a",
        *(f"/admin/{of(model)}/" for model in admin.site._registry),
    ]


def forms(seeded: dict[str, str]) -> list[str]:
    """Where rows are added, and what else is filled in."""
    person = f"/admin/auth/user/{seeded['auth.User']}"
    return [
        *(f"/admin/{of(model)}/add/" for model in ADDED),
        "/admin/password_change/",
        f"{person}/password/",
        f"{person}/delete/",
        f"{person}/history/",
        f"/operate/people/{seeded['auth.User']}/",
    ]


def rows(seeded: dict[str, str]) -> list[str]:
    """One row of every model."""
    return [
        f"/admin/{of(model)}/{seeded[model._meta.label]}/change/"
        for model in admin.site._registry
    ]


def of(model: Any) -> str:
    return f"{model._meta.app_label}/{model._meta.model_name}"


async def seen(visitor: Visitor, page: Page, path: str) -> None:
    """The page, about which neither the browser nor axe complains."""
    answer = await page.goto(visitor.portal.url + path)
    assert answer is not None
    assert answer.status == 200, path
    await fits(page)
    assert not visitor.complaints, visitor.complaints
    if path in SEEN_IN_DARK or "/streaming/account/" in path:
        await check(page)
    else:
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")
        found = await Axe().run(page, options=SCHEMES["light"])
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    visitor.complaints.clear()  # axe tries inline styles, which the policy refuses


@pytest.mark.timeout(240)  # twenty pages each, which axe takes its time for
@pytest.mark.parametrize(
    "pages",
    [
        lists,
        pytest.param(forms, marks=pytest.mark.nightly),
        pytest.param(rows, marks=pytest.mark.nightly),
    ],
)
async def test_every_page_of_the_admin_is_accessible_and_quiet(
    door: Door, seeded: dict[str, str], pages: Any
) -> None:
    operator = await door.operator(viewport={"width": 1280, "height": 900})
    page = await operator.page("/admin/")
    for path in pages(seeded):
        await seen(operator, page, path)


async def test_on_a_phone_nothing_scrolls_sideways_and_the_sections_open(
    door: Door, seeded: dict[str, str]
) -> None:
    operator = await door.operator(viewport={"width": 360, "height": 740})
    page = await operator.page("/admin/")
    for path in PHONED:
        await page.goto(operator.portal.url + path)
        await fits(page)

    sections = page.get_by_role("navigation", name="Sections")
    await expect(sections).to_be_hidden()
    await page.get_by_role("button", name="Sections").click()
    await sections.get_by_role("link", name="Teams").click()
    await expect(page.get_by_role("heading", name="Teams")).to_be_visible()


async def test_a_colour_that_is_chosen_in_the_admin_holds_on_the_site(
    door: Door,
) -> None:
    operator = await door.operator()
    page = await operator.page("/admin/")

    await page.get_by_role("button", name="Your menu").click()
    await page.get_by_role("button", name="Dark").click()

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.get_by_role("link", name="To the site").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_sessions_are_stopped_after_a_question(
    door: Door, guest: Visitor
) -> None:
    operator = await door.operator()
    created = await guest.context.request.post(
        f"{guest.portal.url}/persona/heygen/session/create",
        data={"wait": False},
        headers={"X-CSRFToken": await _csrf(guest)},
    )
    assert created.ok, await created.text()
    page = await operator.page(f"/admin/streaming/session/?q={guest.name}")

    await page.get_by_role("checkbox").nth(1).check()
    await page.get_by_label("Action", exact=False).first.select_option(
        label="Stop the selected sessions"
    )
    await page.get_by_role("button", name="Go").click()
    await expect(
        page.get_by_role("heading", name="Stop these sessions?")
    ).to_be_visible()
    await page.get_by_role("button", name="Stop them").click()

    await expect(page.get_by_text("Stopped 1 of 1 session.")).to_be_visible()
    assert await guest.open_sessions() == []
    await page.goto(f"{operator.portal.url}/admin/audit/?person={OPERATOR}&kind=done")
    await expect(page.get_by_role("main")).to_contain_text("stopped")


async def _csrf(visitor: Visitor) -> str:
    cookies = await visitor.context.cookies(visitor.portal.url)
    [token] = [one["value"] for one in cookies if one["name"] == "csrftoken"]
    return str(token)
