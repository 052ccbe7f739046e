"""The documented persona endpoints, as a client sees them."""

import json

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from personas import limits
from personas.models import Invitation, Persona, Role, Team, make_current
from personas.serializers import ProfileChanges
from tests.personas.conftest import api_of

IRIS = {
    "name": "Iris",
    "title": "botanist",
    "education": {
        "degree": "PhD in botany",
        "year": "2009",
        "institution": "University of Leiden",
    },
    "technical": {
        "languages": ["R", "Python"],
        "webStack": ["Django", "HTML"],
        "projects": ["a herbarium for phones", "moss map"],
    },
    "personality": {
        "style": "dry and precise",
        "interests": ["mosses", "fog"],
        "goals": ["name a new species"],
    },
    "traits": ["patient", "exact"],
}
EMPTY = {
    "title": "",
    "education": {"degree": "", "year": "", "institution": ""},
    "technical": {"languages": [], "webStack": [], "projects": []},
    "personality": {"style": "", "interests": [], "goals": []},
    "traits": [],
}


# Reading ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/persona", "/persona/config"])
def test_reading_shows_the_documented_shape(iris, bob, path):
    answer = api_of(bob).get(path)

    assert answer.status_code == 200
    assert answer.json() == IRIS
    assert list(answer.json()) == list(IRIS)


def test_reading_shows_the_callers_own_current_persona(iris, nora, alice):
    assert api_of(alice).get("/persona").json()["name"] == "Nora"


@pytest.mark.parametrize("path", ["/persona", "/persona/config", "/persona/update"])
def test_a_caller_without_a_sign_in_is_sent_away(iris, path):
    answer = api_of(None).post(path, {"name": "Eve"}, format="json")

    assert answer.status_code == 401
    assert answer.json()["success"] is False
    assert Persona.objects.get().profile() == IRIS


def test_a_site_without_personas_says_so(db, bob):
    answer = api_of(bob).get("/persona")

    assert answer.status_code == 404
    assert answer.json()["code"] == "persona_not_found"
    assert "load_examples" in answer.json()["error"]


def test_what_is_accepted_is_what_is_shown(iris):
    def shape(part):
        return {name: shape(field.fields) if hasattr(field, "fields") else None
                for name, field in part.items()}  # fmt: skip

    def keys(value):
        return {name: keys(inner) if isinstance(inner, dict) else None
                for name, inner in value.items()}  # fmt: skip

    assert shape(ProfileChanges().fields) == keys(iris.profile())


# Changing some parts ------------------------------------------------------------------


def test_changing_one_leaf_leaves_all_others(nora, alice):
    before = nora.profile()

    answer = api_of(alice).post(
        "/persona", {"education": {"degree": "MA in history"}}, format="json"
    )

    expected = {
        **before,
        "education": {**before["education"], "degree": "MA in history"},
    }
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "Persona details updated successfully",
        "persona": expected,
    }
    nora.refresh_from_db()
    assert nora.profile() == expected


def test_every_documented_part_can_be_changed(nora, alice):
    answer = api_of(alice).post("/persona", IRIS, format="json")

    assert answer.json()["persona"] == IRIS
    assert api_of(alice).get("/persona").json() == IRIS


def test_an_optional_part_can_be_emptied(nora, alice):
    api_of(alice).post("/persona", {"title": "", "traits": []}, format="json")

    nora.refresh_from_db()
    assert (nora.title, nora.traits) == ("", [])


def test_texts_are_trimmed(nora, alice):
    changes = {"name": "  Nora B. ", "traits": [" kind "]}

    api_of(alice).post("/persona", changes, format="json")

    nora.refresh_from_db()
    assert (nora.name, nora.traits) == ("Nora B.", ["kind"])


@pytest.mark.parametrize("nothing", [{}, {"education": {}}])
def test_changing_nothing_changes_nothing_and_makes_no_copy(iris, bob, nothing):
    answer = api_of(bob).post("/persona", nothing, format="json")

    assert answer.status_code == 200
    assert answer.json()["persona"] == IRIS
    assert Persona.objects.count() == 1


# Replacing everything -----------------------------------------------------------------


def test_replacing_with_a_whole_profile(nora, alice):
    answer = api_of(alice).post("/persona/update", IRIS, format="json")

    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "Persona configuration updated successfully",
        "data": IRIS,
    }
    nora.refresh_from_db()
    assert nora.profile() == IRIS


def test_replacing_empties_what_is_not_given(nora, alice):
    answer = api_of(alice).post("/persona/update", {"name": "Otto"}, format="json")

    assert answer.json()["data"] == {"name": "Otto", **EMPTY}


def test_replacing_needs_a_name(nora, alice):
    answer = api_of(alice).post("/persona/update", {"title": "cook"}, format="json")

    assert answer.status_code == 400
    assert answer.json()["message"] == "name: is required."
    nora.refresh_from_db()
    assert nora.title == "chess coach"


# Bad input ----------------------------------------------------------------------------

TOO_LONG = "x" * (limits.STYLE_MAX_CHARS + 1)

BAD_BODIES = [
    ({"name": ""}, "name: "),
    ({"name": "   "}, "name: "),
    ({"name": None}, "name: must not be null."),
    ({"name": 7}, "name: must be a string."),
    ({"name": True}, "name: must be a string."),
    ({"name": ["Otto"]}, "name: must be a string."),
    ({"name": {"first": "Otto"}}, "name: must be a string."),
    ({"name": TOO_LONG}, "name: "),
    ({"name": "nul\x00"}, "name: "),
    ({"name": "two\nlines"}, "name: "),
    ({"name": "\ud800"}, "name: "),
    ({"title": 3.5}, "title: must be a string."),
    ({"nmae": "Otto"}, "nmae: is not known here; known are name, title,"),
    ({"": 1}, "is not known here"),
    ({"\ud800\n": 1}, "is not known here"),
    ({"k" * 5000: 1}, "is not known here"),
    ({"is_default": True}, "is_default: is not known here"),
    ({"owner": 1}, "owner: is not known here"),
    ({"greeting": "Hi"}, "greeting: is not known here"),
    ({"education": "PhD"}, "education: must be an object."),
    ({"education": ["PhD"]}, "education: must be an object."),
    ({"education": None}, "education: must not be null."),
    ({"education": {"degree": 1}}, "education.degree: must be a string."),
    ({"education": {"degree": None}}, "education.degree: must not be null."),
    ({"education": {"degree": TOO_LONG}}, "education.degree: "),
    (
        {"education": {"degre": "PhD"}},
        "education.degre: is not known here; known are degree, year, institution.",
    ),
    (
        {"technical": {"webStack": "Django"}},
        "technical.webStack: must be a list of strings.",
    ),
    ({"technical": {"webStack": {"0": "x"}}}, "technical.webStack: must be a list"),
    ({"technical": {"webStack": [1]}}, "technical.webStack: item 1 must be a string."),
    ({"technical": {"webStack": ["a", None]}}, "technical.webStack: item 2 must be"),
    ({"technical": {"webStack": ["a", ["b"]]}}, "technical.webStack: item 2 must be"),
    ({"technical": {"webStack": ["a", "  "]}}, "technical.webStack: item 2 must not"),
    ({"technical": {"web_stack": []}}, "technical.web_stack: is not known here"),
    ({"personality": {"style": []}}, "personality.style: must be a string."),
    ({"personality": {"style": TOO_LONG}}, "personality.style: "),
    ({"personality": {"goals": None}}, "personality.goals: must not be null."),
    ({"traits": "calm"}, "traits: must be a list of strings."),
    ({"traits": ["\x1b[31m"]}, "traits: item 1 must not contain"),
    ({"traits": ["\udfff"]}, "traits: item 1 must not contain"),
    ({"traits": ["t"] * (limits.LIST_MAX_ITEMS + 1)}, "traits: must have at most 50"),
    ({"traits": ["x" * (limits.ITEM_MAX_CHARS + 1)]}, "traits: item 1 must have at"),
    ([], "body: must be an object."),
    ("Otto", "body: must be an object."),
    (7, "body: must be an object."),
    (None, "No data provided"),
]


@pytest.mark.parametrize("path", ["/persona", "/persona/update"])
@pytest.mark.parametrize(("body", "complaint"), BAD_BODIES)
def test_bad_input_is_refused_by_name_and_changes_nothing(
    nora, alice, path, body, complaint
):
    before = nora.profile()
    # A good change beside the bad one must not be made either.
    if isinstance(body, dict):
        body = {"title": "queen of chess", **body}
        body = {"name": "Nadia", **body} if path.endswith("update") else body

    answer = api_of(alice).generic(
        "POST", path, json.dumps(body), content_type="application/json"
    )

    assert answer.status_code == 400
    told = answer.json()
    assert told["success"] is False
    assert told["code"] == "invalid"
    assert complaint in told["message"]
    assert len(told["message"]) < 500
    nora.refresh_from_db()
    assert nora.profile() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"name=Otto", b'{"name": NaN}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut off", "a form", "NaN", "not UTF-8", "deeply nested"],
)
def test_a_replacement_that_is_not_json_changes_nothing(nora, alice, body):
    before = nora.profile()

    answer = api_of(alice).generic(
        "POST", "/persona/update", body, content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.json()["success"] is False
    nora.refresh_from_db()
    assert nora.profile() == before


def test_all_problems_are_listed_in_the_detail(nora, alice):
    body = {"name": 1, "education": {"year": 2}, "traits": "calm"}

    error = api_of(alice).post("/persona", body, format="json").json()["error"]

    for field in ("name: ", "education.year: ", "traits: "):
        assert field in error


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
# Right keys with anything below them: most of what can go wrong goes wrong there.
ANY_PROFILE = st.fixed_dictionaries(
    {},
    optional={
        name: ANY_JSON
        | st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(part, ANY_JSON) if isinstance(part, dict) else {},
        )
        for name, part in IRIS.items()
    },
)


class AnyJsonIsAnswered(HypothesisTestCase):
    def setup_example(self) -> None:
        super().setup_example()
        self.user = User.objects.create_user("hal")
        self.persona = Persona.objects.create(name="Otto", owner=self.user)
        make_current(self.user, self.persona)
        self.api = api_of(self.user)

    @given(body=ANY_JSON | ANY_PROFILE)
    def test_a_change_is_made_or_refused_without_a_trace(self, body: object) -> None:
        self._check("/persona", body)

    @given(body=ANY_JSON | ANY_PROFILE.map(lambda parts: {"name": "Otto", **parts}))
    def test_a_replacement_is_made_or_refused_without_a_trace(
        self, body: object
    ) -> None:
        self._check("/persona/update", body)

    def _check(self, path: str, body: object) -> None:
        before = Persona.objects.get().profile()
        text = json.dumps(body)

        answer = self.api.generic("POST", path, text, content_type="application/json")

        assert answer.status_code in (200, 400), answer.content
        after = Persona.objects.get()
        after.full_clean()
        if answer.status_code == 400:
            assert after.profile() == before


# Whose persona is changed -------------------------------------------------------------


@pytest.mark.parametrize("who", ["bob", "carol"])
@pytest.mark.parametrize("path", ["/persona", "/persona/update"])
def test_changing_the_default_changes_ones_own_private_copy(iris, request, who, path):
    user = request.getfixturevalue(who)

    answer = api_of(user).post(path, {"name": "Ivy"}, format="json")

    assert answer.status_code == 200
    iris.refresh_from_db()
    assert iris.profile() == IRIS
    copy = Persona.objects.get(owner=user)
    assert (copy.name, copy.visibility) == ("Ivy", "private")
    assert api_of(user).get("/persona").json()["name"] == "Ivy"


def test_a_partial_change_of_the_default_keeps_the_rest_in_the_copy(iris, bob):
    answer = api_of(bob).post("/persona", {"title": "gardener"}, format="json")

    assert answer.json()["persona"] == {**IRIS, "title": "gardener"}


def test_a_second_change_goes_into_the_same_copy(iris, bob):
    api = api_of(bob)

    api.post("/persona", {"title": "gardener"}, format="json")
    api.post("/persona", {"education": {"year": "2010"}}, format="json")

    copy = Persona.objects.get(owner=bob)
    assert (copy.title, copy.education_year) == ("gardener", "2010")


def test_a_refused_change_makes_no_copy(iris, bob):
    api_of(bob).post("/persona", {"title": 1}, format="json")

    assert Persona.objects.count() == 1


def test_changing_somebody_elses_public_persona_changes_a_copy(iris, nora, alice, bob):
    nora.change(visibility="public")
    make_current(bob, nora)

    api_of(bob).post("/persona", {"title": "grandmaster"}, format="json")

    nora.refresh_from_db()
    assert nora.title == "chess coach"
    assert api_of(alice).get("/persona").json()["title"] == "chess coach"
    assert api_of(bob).get("/persona").json()["title"] == "grandmaster"


def test_who_may_only_talk_to_a_shared_persona_cannot_have_a_copy_of_it(alice, bob):
    team = Team.found("Crew", alice)
    Invitation.issue(team, Role.TALKER, alice)[0].accept(bob)
    secret = Persona.objects.create(
        name="Nora", owner=alice, team=team, knowledge="The safe opens at nine."
    )
    make_current(bob, secret)

    answer = api_of(bob).post("/persona", {"title": "mine"}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours_to_copy")
    assert Persona.objects.count() == 1
