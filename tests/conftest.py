"""The cast, and the real parts that tests play with."""

from collections.abc import Iterator

import httpx
import hypothesis
import pytest
from asgiref.sync import SyncToAsync
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections
from rest_framework.test import APIClient

from personas.models import Persona
from streaming.models import Account
from tests.engine_process import EngineProcess, start_engine
from tests.services.postgres import Postgres, start_postgres
from tests.services.redis import start_redis

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("daily", deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("daily")

ENGINE_KEY = "key-of-the-test-engine"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Async tests reach the database from a thread that keeps its connection for good.

    PostgreSQL drops no database to which somebody is connected, so it has to let go first.
    """
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


@pytest.fixture
def alice(db: None) -> User:
    """Owns personas and sessions."""
    return User.objects.create_user("alice", password="alice's long password")


@pytest.fixture
def bob(db: None) -> User:
    """A stranger to Alice's things."""
    return User.objects.create_user("bob", password="bob's long password")


@pytest.fixture
def carol(db: None) -> User:
    """Staff: operates everything."""
    return User.objects.create_superuser("carol", password="carol's long password")


@pytest.fixture
def anna(db: None) -> Persona:
    """The site's default persona."""
    return Persona.objects.create(
        slug="anna",
        name="Anna",
        title="guide",
        greeting="Hello, I am Anna.",
        visibility=Persona.Visibility.PUBLIC,
        is_default=True,
    )


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> None:
    """Rate limits count per user id, which the next test's users have again."""
    cache.clear()


def client_of(user: User | None) -> APIClient:
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


@pytest.fixture
def api(alice: User) -> APIClient:
    """Alice's programs."""
    return client_of(alice)


@pytest.fixture(scope="session")
def engine() -> Iterator[EngineProcess]:
    """The real engine in a process of its own, with room for many sessions.

    Seats are the portal's business; tests that leave sessions behind must not starve the
    others.
    """
    with start_engine(seats=500, api_key=ENGINE_KEY) as process:
        yield process


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of our own, for those who ask `fresh_database()` for one."""
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own: its `REDIS_URL`."""
    with start_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


def stop_everything(engine: EngineProcess) -> None:
    """What earlier tests left behind would count as others' sessions."""
    with httpx.Client(base_url=engine.url, headers=engine.headers) as client:
        listed = client.get("/v1/streaming.list").json()["data"]["sessions"]
        for session in listed:
            body = {"session_id": session["session_id"]}
            client.post("/v1/streaming.stop", json=body)


@pytest.fixture
def account(db: None, engine: EngineProcess) -> Account:
    """Three seats at the real engine."""
    stop_everything(engine)
    return Account.objects.create(
        name="Test engine", base_url=engine.url, api_key=ENGINE_KEY, seat_limit=3
    )


@pytest.fixture
def dead_account(db: None) -> Account:
    """Three seats at a service that is not there: nothing listens on port 9."""
    return Account.objects.create(
        name="Nobody", base_url="http://127.0.0.1:9", api_key="x", seat_limit=3
    )
