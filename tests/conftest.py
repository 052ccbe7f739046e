"""The cast, and the real parts that tests play with."""

import os
import shutil
import tempfile
from collections.abc import Iterator

import httpx
import hypothesis
import pytest
from asgiref.sync import SyncToAsync
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections
from rest_framework.test import APIClient

from config.languages import compile_catalogues
from personas.models import Persona
from streaming.models import Account
from tests import prepared
from tests.engine_process import EngineProcess, start_engine
from tests.services.postgres import Postgres, start_postgres
from tests.services.redis import start_redis

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("daily", deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=2000, deadline=None)
hypothesis.settings.load_profile("daily")

#: Files that take longest come first, so that none of them is what all wait for at the end;
#: those with a browser alternate with others, since two browsers at once slow each other.
LONGEST_FIRST = (
    "tests/browser/test_studio.py",
    "tests/streaming/test_faults.py",
    "tests/browser/test_queue.py",
    "tests/streaming/test_life.py",
    "tests/browser/test_pages.py",
    "tests/browser/test_resume.py",
    "tests/streaming/test_races.py",
    "tests/config/test_runportal.py",
    "tests/browser/test_accessibility.py",
    "tests/streaming/engine/test_media.py",
    "tests/browser/test_board.py",
    "tests/test_postgres.py",
    "tests/streaming/engine/test_onslaught.py",
    "tests/streaming/engine/test_process.py",
    "tests/browser/test_background.py",
    "tests/config/test_settings.py",
    "tests/test_readme.py",
    "tests/chat/test_conversation.py",
    "tests/streaming/engine/test_fuzz.py",
)

ENGINE_KEY = "key-of-the-test-engine"


def pytest_configure(config: pytest.Config) -> None:
    """One folder for what the portals of this run begin with; workers are told of it."""
    if not hasattr(config, "workerinput"):
        compile_catalogues()
        folder = tempfile.mkdtemp(prefix="greenroom-prepared-")
        os.environ[prepared.FOLDER] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {file: rank for rank, file in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.split("::")[0], len(ranks)))


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
