"""Who may do what: a rule for every address of the site.

A route is written as the URL configuration has it. `as_` says how each of the six fares, in
the order of `tests.access.world.PEOPLE`:

    +   let in: whatever the answer is, it is about the request and not about who asks
    .   404, as if there were nothing
    L   led to the page where one signs in
    4   401 with an error body
    x   403
"""

from dataclasses import dataclass, field
from typing import Any

ANYBODY = "++++++"
SIGNED_IN = "L+++++"
CALLERS = "4+++++"
STAFF = "Lxxxx+"
BOARD = "xxxxx+"


@dataclass(frozen=True, slots=True)
class Rule:
    route: str
    as_: str
    #: GET, POST with a form, or JSON: POST with a JSON body.
    method: str = "GET"
    #: The form or body; values in braces are names of the world.
    data: dict[str, Any] = field(default_factory=dict)
    #: What follows the question mark.
    query: str = ""
    #: Names in this route that mean something else than in others.
    where: dict[str, Any] = field(default_factory=dict)
    #: A page that people read, which the tests of pages look at: by whom.
    page: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def get(route: str, as_: str, page: str = "", query: str = "", **where: Any) -> Rule:
    return Rule(route, as_, page=page, query=query, where=where)


def post(
    route: str, as_: str, data: dict[str, Any] | None = None, **where: Any
) -> Rule:
    return Rule(route, as_, "POST", data or {}, where=where)


def call(
    route: str, as_: str, data: dict[str, Any] | None = None, **where: Any
) -> Rule:
    return Rule(route, as_, "JSON", data or {}, where=where)


#: The session of somebody else does not exist; staff operate them all.
THEIR_SESSION = {"session_id": "{session_id}"}
OWN_OR_STAFF = "4+...+"
ONLY_OWN = "4+...."
#: Staff watch and may silence, but do not speak in others' sessions.
OWN_WORDS = "4+...x"
#: The same, of a presentation, when none is played.
OWN_PLAY = "4....x"
#: What a persona's editors may do on its pages.
EDITORS = "L++..+"
#: Whoever may talk to the private persona that the team shares.
TALKERS = "L+++.."

API = [
    get("persona", CALLERS),
    call("persona", CALLERS, {}),
    get("persona/config", CALLERS),
    call("persona/update", CALLERS, {}),
    get("persona/documents", "4++..+", query="persona=private"),
    call("persona/documents/delete", "4++..+", {"document_id": "{document}"}),
    call("persona/documents/read", "4++..+", {"document_id": "{document}"}),
    call(
        "persona/documents/search", "4++..+", {"persona": "private", "question": "who"}
    ),
    call("persona/heygen/init", CALLERS),
    call("persona/heygen/session/create", "4+++..", {"persona": "private"}),
    call("persona/heygen/session/claim", ONLY_OWN, THEIR_SESSION),
    call("persona/heygen/session/resume", ONLY_OWN, THEIR_SESSION),
    call("persona/heygen/session/swap", ONLY_OWN, {**THEIR_SESSION, "persona": "site"}),
    call("persona/heygen/session/start", OWN_OR_STAFF, {**THEIR_SESSION, "sdp": "v=0"}),
    call("persona/heygen/session/stop", OWN_OR_STAFF, THEIR_SESSION),
    call("persona/heygen/ice", OWN_OR_STAFF, {**THEIR_SESSION, "candidate": "c 1"}),
    call("persona/heygen/interrupt", OWN_OR_STAFF, THEIR_SESSION),
    call("persona/heygen/keep_alive", ONLY_OWN, THEIR_SESSION),
    get("persona/heygen/sessions", CALLERS),
    get("persona/heygen/usage", CALLERS),
    get("persona/heygen/avatars", CALLERS),
    get("persona/heygen/voices", CALLERS),
    call("persona/heygen/text", OWN_WORDS, {**THEIR_SESSION, "text": "Hi."}),
    Rule("persona/heygen/transcribe", CALLERS, "POST"),
    get("persona/conversations", CALLERS),
    get("persona/conversations/<uuid:conversation_id>", ONLY_OWN),
    get(
        "persona/conversations/<uuid:conversation_id>/transcript.<str:ending>",
        ONLY_OWN,
        ending="txt",
    ),
    get("persona/memories", CALLERS),
    call("openai", CALLERS),
    call("openai/complete", CALLERS, {}),
    get("persona/scripts", "4+++..", query="persona=private"),
    get("persona/exhibits", "4+++..", query="persona=private"),
    call("persona/heygen/script/play", OWN_WORDS, {**THEIR_SESSION, "script": "tour"}),
    call("persona/heygen/script/pause", "4.....", THEIR_SESSION),
    call("persona/heygen/script/resume", OWN_PLAY, THEIR_SESSION),
    call("persona/heygen/script/goto", OWN_PLAY, {**THEIR_SESSION, "segment": 1}),
    call("persona/heygen/script/stop", "4.....", THEIR_SESSION),
    call("persona/heygen/script/state", OWN_OR_STAFF, THEIR_SESSION),
    call("persona/heygen/show", OWN_WORDS, {**THEIR_SESSION, "exhibit": "plan"}),
    call("persona/heygen/hide", OWN_WORDS, THEIR_SESSION),
]

FRAME = [
    get("healthz", ANYBODY),
    get("metrics", "......"),  # no METRICS_TOKEN, no page
    get("favicon.ico", ANYBODY),
    post("i18n/setlang/", ANYBODY, {"language": "de"}),
    get("i18n/<str:language>.js", ANYBODY, language="de"),
    get("demo/sign-in/<str:token>/", "LLLLLL", token="used"),
    post("theme", ANYBODY, {"theme": "dark"}),
]

ACCOUNT = [
    get("accounts/login/", ANYBODY, "anonymous"),
    get("accounts/logout/", ANYBODY, "owner"),
    post("accounts/logout/", ANYBODY),
    get("accounts/inactive/", ANYBODY, "anonymous"),
    get("accounts/signup/", ANYBODY, "anonymous"),
    get("accounts/reauthenticate/", "Lxxxxx"),  # they have no passwords
    get("accounts/email/", SIGNED_IN, "owner"),
    get("accounts/confirm-email/", ANYBODY, "anonymous"),
    get("accounts/password/change/", SIGNED_IN),
    get("accounts/password/set/", SIGNED_IN, "owner"),
    get("accounts/password/reset/", ANYBODY, "anonymous"),
    get("accounts/login/code/confirm/", "L+++++"),
    get("accounts/^confirm-email/(?P<key>[-:\\w]+)/$", ANYBODY, key="k"),
    get("accounts/password/reset/key/done/", ANYBODY, "anonymous"),
    get(
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        ANYBODY,
        uidb36="1",
        key="k",
    ),
    get("accounts/password/reset/done/", ANYBODY, "anonymous"),
    get("accounts/3rdparty/login/cancelled/", ANYBODY, "anonymous"),
    get("accounts/3rdparty/login/error/", "444444"),
    get("accounts/3rdparty/signup/", "LLLLLL"),
    get("accounts/3rdparty/", SIGNED_IN, "owner"),
    get("accounts/social/login/cancelled/", ANYBODY),
    get("accounts/social/login/error/", ANYBODY),
    get("accounts/social/signup/", ANYBODY),
    get("accounts/social/connections/", ANYBODY),
    get("account/", SIGNED_IN, "owner"),
    post("account/export", SIGNED_IN),
    get("account/delete", SIGNED_IN, "owner"),
    post("account/", SIGNED_IN),
    post("account/delete", SIGNED_IN),
    post("account/sign-out-elsewhere", SIGNED_IN),
    get("account/tokens/", SIGNED_IN, "owner"),
    post("account/tokens/<int:pk>/revoke", "L+....", pk="{token}"),
]

PAGES = [
    get("", ANYBODY, "owner"),
    get("", ANYBODY, "anonymous"),
    get("studio/", TALKERS, "owner", query="persona=private"),
    post("personas/<slug:slug>/use", TALKERS),
    post("personas/<slug:slug>/background", "4++..+", {"key_spill": "1"}),
    get(
        "personas/<slug:slug>/exhibits/<slug:name>/<slug:digest>.webp",
        ".+++..",
    ),
    get("personas/<slug:slug>/presentations/", EDITORS, "owner"),
    get("personas/<slug:slug>/presentations/<slug:script>/", EDITORS, "owner"),
    post("personas/<slug:slug>/presentations/", EDITORS),
    post("personas/<slug:slug>/presentations/<slug:script>/", EDITORS),
    post("personas/<slug:slug>/presentations/<slug:script>/remove", EDITORS),
    get("personas/<slug:slug>/new-exhibit/", EDITORS, "owner"),
    get("personas/<slug:slug>/exhibits/<slug:name>/", EDITORS, "owner"),
    post("personas/<slug:slug>/new-exhibit/", EDITORS),
    post("personas/<slug:slug>/exhibits/<slug:name>/", EDITORS),
    post("personas/<slug:slug>/exhibits/<slug:name>/remove", EDITORS),
]

EDITING = [
    get("personas/new", SIGNED_IN, "owner"),
    get("personas/<slug:slug>/edit", EDITORS, "owner"),
    post("personas/new", SIGNED_IN),
    post("personas/<slug:slug>/edit", EDITORS),
    post("personas/<slug:slug>/preview", EDITORS),
    post("personas/<slug:slug>/listen", EDITORS),
    post("personas/<slug:slug>/discard", EDITORS),
    post("personas/<slug:slug>/refresh", EDITORS),
    get("personas/<slug:slug>/history", EDITORS, "owner"),
    post("personas/<slug:slug>/history/<int:number>/roll-back", EDITORS, number=1),
    post("personas/<slug:slug>/documents", EDITORS),
    post("personas/<slug:slug>/documents/<int:pk>/remove", EDITORS, pk="{document}"),
    post("personas/<slug:slug>/documents/<int:pk>/read", EDITORS, pk="{document}"),
]

GALLERY = [
    get("archive/", SIGNED_IN, "owner"),
    get("import/", SIGNED_IN, "owner"),
    post("import/", SIGNED_IN),
    post("import/confirm", SIGNED_IN),
    post("import/forget", SIGNED_IN),
    get("personas/<slug:slug>/export/", EDITORS, "owner"),
    get("persona/export", "4++..+", query="persona=private"),
    Rule("persona/import", CALLERS, "POST"),
    post("personas/<slug:slug>/duplicate", EDITORS),
    post("personas/<slug:slug>/archive", EDITORS),
    post("personas/<slug:slug>/restore", EDITORS),
    post("personas/<slug:slug>/delete", "L+....", slug="away"),
    get("personas/<slug:slug>/picture/<slug:digest>.webp", ".+++.+", digest="d1"),
]

HISTORY = [
    get("history/", SIGNED_IN, "owner"),
    get(
        "sessions/<uuid:session_id>/",
        "L+...+",
        "owner",
        session_id="{past}",
    ),
    get("sessions/<uuid:session_id>/replay/", "L+....", "owner", session_id="{past}"),
    post("sessions/<uuid:session_id>/delete", "L+....", session_id="{past}"),
    get(
        "sessions/<uuid:session_id>/transcript.<str:ending>",
        "L+....",
        session_id="{past}",
        ending="txt",
    ),
    get("usage/", SIGNED_IN, "owner"),
    get("usage/<slug:name>.csv", SIGNED_IN, name="minutes"),
    get("usage/site/", STAFF, "staff"),
    get("usage/site/<slug:name>.csv", STAFF, name="by-user"),
    get("conversations/", SIGNED_IN, "owner"),
    get("conversations/<uuid:conversation_id>/", "L+....", "owner"),
    post("conversations/<uuid:conversation_id>/delete", "L+...."),
    get("memories/", SIGNED_IN, "owner"),
    get("memories/export", SIGNED_IN),
    post("memories/forget", SIGNED_IN),
    post("memories/facts/<int:pk>/edit", "L+....", {"text": "§"}, pk="{fact}"),
    post("memories/facts/<int:pk>/delete", "L+++++", pk="{fact}"),
    post("memories/<slug:slug>/switch", TALKERS),
    post("memories/<slug:slug>/add", TALKERS, {"text": "§"}),
    post("memories/<slug:slug>/forget", TALKERS),
    get("sessions/", SIGNED_IN, "owner"),
    get("sessions/<uuid:session_id>/", "L+...+", "owner"),
    post("sessions/<uuid:session_id>/stop", "L+...+"),
    post("sessions/<uuid:session_id>/leave", "L+...+"),
]

#: Whoever is in the owner's team; staff are strangers to teams.
MEMBERS = "L+++.."
OWNERS = "L+...."

TEAMS = [
    get("teams/", SIGNED_IN, "owner"),
    get("teams/<int:pk>/", MEMBERS, "owner", pk="{team}"),
    post("teams/", SIGNED_IN, {"name": "§"}),
    post("teams/<int:pk>/", OWNERS, {"role": "editor"}, pk="{team}"),
    post("teams/<int:pk>/rename", OWNERS, {"name": "§"}, pk="{team}"),
    post("teams/<int:pk>/delete", OWNERS, pk="{team}"),
    post("teams/<int:pk>/leave", MEMBERS, pk="{team}"),
    post(
        "teams/<int:pk>/members/<int:member>/role",
        OWNERS,
        {"role": "editor"},
        pk="{team}",
    ),
    post("teams/<int:pk>/members/<int:member>/remove", OWNERS, pk="{team}"),
    post("teams/<int:pk>/invitations/<int:invitation>/withdraw", OWNERS, pk="{team}"),
    get("invitations/<str:secret>/", ANYBODY, "anonymous"),
    get("invitations/", "......"),  # nobody has followed a link yet
    post("invitations/accept", "L....."),
    get("personas/<slug:slug>/share", OWNERS, "owner"),
    post("personas/<slug:slug>/share", OWNERS),
]

VISITORS_ONLY = "444444"
#: Who says who hears a persona that is not public: its team's editors do not.
HOSTS = "L+...+"

EMBEDDING = [
    get("embed.js", ANYBODY),
    call(
        "embed/visit",
        ANYBODY,
        {"slug": "private", "key": "{key}", "origin": "https://shop.test"},
    ),
    call("embed/persona/heygen/session/create", VISITORS_ONLY),
    call("embed/persona/heygen/session/claim", VISITORS_ONLY, THEIR_SESSION),
    call("embed/persona/heygen/session/resume", VISITORS_ONLY, THEIR_SESSION),
    call("embed/persona/heygen/session/start", VISITORS_ONLY, THEIR_SESSION),
    call("embed/persona/heygen/session/stop", VISITORS_ONLY, THEIR_SESSION),
    call("embed/persona/heygen/session/leave", VISITORS_ONLY, THEIR_SESSION),
    call("embed/persona/heygen/ice", VISITORS_ONLY, THEIR_SESSION),
    Rule("embed/persona/heygen/transcribe", VISITORS_ONLY, "POST"),
    get("embed/<slug:slug>/", ANYBODY, query="key={key}"),
    get("account/embeds/", SIGNED_IN, "owner"),
    get("personas/<slug:slug>/embed", EDITORS, "owner"),
    get("personas/<slug:slug>/embed/<int:pk>/", HOSTS, "owner", pk="{embed}"),
    post("personas/<slug:slug>/embed", "L+x..+"),  # an editor reads why
    post("personas/<slug:slug>/embed/<int:pk>/", HOSTS, pk="{embed}"),
    post("personas/<slug:slug>/embed/<int:pk>/switch", HOSTS, pk="{embed}"),
    post("personas/<slug:slug>/embed/<int:pk>/rotate", HOSTS, pk="{embed}"),
    post("personas/<slug:slug>/embed/<int:pk>/delete", HOSTS, pk="{embed}"),
]

OPERATING = [
    get("doctor/", SIGNED_IN, "owner"),
    post("doctor/accounts", BOARD),
    get("operate/", STAFF, "staff"),
    get("operate/history", BOARD),
    post("operate/stop-idle", BOARD),
    post("operate/stop-all", BOARD),
    post("operate/sessions/<uuid:session_id>/stop", BOARD),
    post("operate/sessions/<uuid:session_id>/move", BOARD, {"to": "first"}),
    post("operate/accounts/<int:pk>/drain", BOARD, pk="{account}"),
    post("operate/accounts/<int:pk>/undrain", BOARD, pk="{account}"),
    post("operate/accounts/<int:pk>/wake-up", BOARD, pk="{account}"),
    get("operate/people/<int:pk>/", STAFF, "staff", pk="{person}"),
]

RULES = [
    *API,
    *FRAME,
    *ACCOUNT,
    *PAGES,
    *EDITING,
    *GALLERY,
    *HISTORY,
    *TEAMS,
    *EMBEDDING,
    *OPERATING,
]

#: Address -> how each fares: `+` or the code with which the socket is closed.
SOCKETS = {
    "ws/sessions/<uuid:session_id>/": (4401, "+", 4404, 4404, 4404, "+"),
    "ws/embed/sessions/<uuid:session_id>/": (4401, 4401, 4401, 4401, 4401, 4401),
    "ws/operate/": (4401, 4403, 4403, 4403, 4403, "+"),
}
