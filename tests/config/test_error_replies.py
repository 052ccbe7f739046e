"""What a caller is told when the portal itself cannot."""

import pytest
from django.db import InterfaceError, OperationalError

from config.error_replies import handle_exception


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_said_so_without_its_words(error):
    reply = handle_exception(error("connection to 10.0.0.5 refused"), {})

    assert reply.status_code == 503
    assert reply.data["code"] == "unavailable"
    assert reply.headers["Retry-After"] == "2"
    assert "10.0.0.5" not in str(reply.data)


def test_a_bug_is_told_by_its_kind_alone():
    reply = handle_exception(RuntimeError("the secret plan"), {})

    assert reply.status_code == 500
    assert reply.data["code"] == "internal"
    assert "secret" not in str(reply.data)
