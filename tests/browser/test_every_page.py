"""Every page that people read: as the rules of `tests.access` list them, and those that
only a link in a mail or a mishap opens.

Each is opened once, by somebody who may see it, on a site with one of everything. It must
please axe in light and in dark, complain of nothing, hold still while it loads, need little
script, and fit from a phone to a wide screen. Its pictures are kept for people to look at.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.access.routes import address
from tests.access.rules import RULES, Rule
from tests.access.world import World
from tests.browser.conftest import Door, Lobby, Visitor
from tests.browser.looks import (
    WIDTHS_PX,
    assert_light_and_still,
    idle_keys,
    refuse_scripts,
    shoot,
    watch_shifts,
)
from tests.browser.test_accessibility import check, fits
from tests.portal import Portal, start_portal

PAGES = [rule for rule in RULES if rule.page]
BUILD = """
import json
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from tests.access.world import build_world
names = build_world().names
newcomer = User.objects.create_user("newcomer", "newcomer@example.org", "old and gone")
address = EmailAddress.objects.create(user=newcomer, email=newcomer.email)
names["confirms"] = EmailConfirmationHMAC(address).key
key = EmailAwarePasswordResetTokenGenerator().make_token(newcomer)
names["broken"] = render_to_string("500.html")
names["resets"] = f"{user_pk_to_url_str(newcomer)}-{key}"
print(json.dumps({name: value if isinstance(value, int) else str(value)
                  for name, value in names.items()}))
"""

#: Name -> who comes, and where to; values in braces are names of the world.
BY_LINK = {
    "link-new-password": ("anonymous", "accounts/password/reset/key/{resets}/"),
    "link-new-password-old": ("anonymous", "accounts/password/reset/key/1-gone/"),
    "link-confirm": ("anonymous", "accounts/confirm-email/{confirms}/"),
    "link-confirm-old": ("anonymous", "accounts/confirm-email/gone/"),
    "link-invitation-old": ("anonymous", "invitations/gone/"),
    "mishap-404": ("anonymous", "nobody/is/here"),
    "mishap-403": ("owner", "admin/login/"),
}

SEND_FORM = """
([action, token]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action })
  form.append(Object.assign(document.createElement("input"),
    { type: "hidden", name: "csrfmiddlewaretoken", value: token }))
  document.body.append(form)
  form.submit()
}
"""


@dataclass
class Site:
    """A portal of its own with the world in it, and people who are signed in."""

    portal: Portal
    world: World
    people: dict[str, Visitor]


@pytest.fixture(scope="module")
def furnished(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Portal, World]]:
    with start_portal(tmp_path_factory.mktemp("every-page")) as portal:
        names = json.loads(portal.manage("shell", "-v", "0", "-c", BUILD))
        yield portal, World({}, names)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def site(
    browser: Browser, furnished: tuple[Portal, World]
) -> AsyncIterator[Site]:
    portal, world = furnished
    door = Door(browser, Lobby(portal), overlooks=True)
    cookies = dict(
        zip(
            ("owner", "staff"),
            portal.sign_in("§owner", "§staff"),
            strict=True,
        )
    )
    people = {
        who: await door._known(who, cookie, {}) for who, cookie in cookies.items()
    }
    people["anonymous"] = await door.stranger()
    yield Site(portal, world, people)
    for visitor in people.values():
        await visitor.context.close()


@pytest.mark.parametrize("rule", PAGES, ids=str)
async def test_a_page_is_fit_to_be_seen(site: Site, rule: Rule) -> None:
    page = await _new_page(site, rule.page)

    await page.goto(_url(site, rule), wait_until="networkidle")

    await _is_fit(site.people[rule.page], page, _name(rule))


@pytest.mark.parametrize("name", BY_LINK)
async def test_what_a_link_or_a_wrong_turn_opens_is_fit_to_be_seen(
    site: Site, name: str
) -> None:
    who, path = BY_LINK[name]
    page = await _new_page(site, who)

    await page.goto(
        f"{site.portal.url}/{path.format_map(site.world.names)}",
        wait_until="networkidle",
    )

    await _is_fit(site.people[who], page, name)


@pytest.mark.parametrize(
    ("name", "times", "token"), [("mishap-429", 4, True), ("mishap-csrf", 1, False)]
)
async def test_what_a_refused_form_leads_to_is_fit_to_be_seen(
    site: Site, name: str, times: int, token: bool
) -> None:
    page = await _new_page(site, "owner")
    [cookie] = [
        one["value"]
        for one in await page.context.cookies()
        if one["name"] == "csrftoken"
    ]
    for _ in range(times):
        await page.goto(f"{site.portal.url}/account/")
        async with page.expect_navigation(wait_until="networkidle"):
            sent = ["/account/sign-out-elsewhere", cookie if token else ""]
            await page.evaluate(SEND_FORM, sent)

    await _is_fit(site.people["owner"], page, name)


async def test_what_a_bug_of_ours_leads_to_is_fit_to_be_seen(site: Site) -> None:
    """As the template is, since no address has a bug."""
    page = await _new_page(site, "anonymous")
    await page.route(
        "**/broken",
        lambda route: route.fulfill(
            status=500,
            content_type="text/html; charset=utf-8",
            body=site.world.names["broken"],
        ),
    )

    await page.goto(f"{site.portal.url}/broken", wait_until="networkidle")

    await _is_fit(site.people["anonymous"], page, "mishap-500")


@pytest.mark.parametrize("who", ["owner", "staff", "anonymous"])
async def test_no_key_can_be_pressed_in_vain_before_its_script_is_there(
    site: Site, who: str
) -> None:
    page = await site.people[who].context.new_page()
    await refuse_scripts(page)
    idle = []
    for rule in PAGES:
        if rule.page == who:
            await page.goto(_url(site, rule), wait_until="domcontentloaded")
            idle += [f"{rule}: {key}" for key in await idle_keys(page)]
    await page.close()
    assert idle == []


def _url(site: Site, rule: Rule) -> str:
    path = address(rule.route, site.world, rule.where)
    return f"{site.portal.url}{path}?{rule.query.format_map(site.world.names)}"


def _name(rule: Rule) -> str:
    name = re.sub(r"\W+", "-", rule.route).strip("-") or "home"
    return name if rule.page == "owner" else f"{name}-{rule.page}"


async def _new_page(site: Site, who: str) -> Page:
    """A wide one of theirs, that is watched from its beginning."""
    visitor = site.people[who]
    visitor.complaints.clear()
    page = await visitor.context.new_page()
    visitor._listen(page)
    await watch_shifts(page)
    await page.set_viewport_size({"width": WIDTHS_PX[0], "height": 900})
    return page


async def _is_fit(visitor: Visitor, page: Page, name: str) -> None:
    """Look at it from every side, and close it."""
    complaints = [one for one in visitor.complaints if not _is_of_status(page, one)]
    assert complaints == []
    await assert_light_and_still(page)
    await _looks(page, name)
    await check(page)
    await page.close()


def _is_of_status(page: Page, complaint: str) -> bool:
    """Of a page that says what went wrong the browser notes its status."""
    return "the server responded with a status" in complaint and complaint.endswith(
        f"({page.url})"
    )


async def _looks(page: Page, name: str) -> None:
    """Fit every width, and keep a picture of each; of the widest also a dark one."""
    await page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    await shoot(page, f"{name}-{WIDTHS_PX[0]}-dark")
    await page.emulate_media(color_scheme="light")
    for width in WIDTHS_PX:
        await page.set_viewport_size({"width": width, "height": 900})
        await fits(page)
        await shoot(page, f"{name}-{width}")
