"""Logs name what happened, never what was said or what opens doors."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Generator

import pytest

from gateway.logs import configure_logs
from gateway.settings import LogSettings

SECRETS = ("lc_key", "tok3n", "hunter2", "你好我要投诉", "13800010001")


@pytest.fixture(autouse=True)
def loggers() -> Generator[None]:
    """Give the test runner its logging back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def written(settings: LogSettings) -> str:
    """What a line with everything on it looks like."""
    stream = io.StringIO()
    configure_logs(settings, stream)
    logging.getLogger("assist.session").warning(
        "lane failed",
        extra={
            "call_id": "c1",
            "audio_ms": 1200,
            "api_key": SECRETS[0],
            "resume_token": SECRETS[1],
            "password": SECRETS[2],
            "transcript": SECRETS[3],
            "customer_pii_number": SECRETS[4],
        },
    )
    return stream.getvalue()


def test_json_line_holds_the_message_and_its_attributes() -> None:
    line = json.loads(written(LogSettings(format="json")))
    assert line["event"] == "lane failed"
    assert (line["level"], line["logger"], line["call_id"], line["audio_ms"]) == (
        "warning",
        "assist.session",
        "c1",
        1200,
    )
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("format", ["json", "console"])
def test_secrets_and_words_are_dropped(format: str) -> None:
    text = written(LogSettings.model_validate({"format": format}))
    assert "lane failed" in text
    for secret in SECRETS:
        assert secret not in text


def test_names_of_people_are_written_when_asked_for_and_secrets_are_still_not() -> None:
    text = written(LogSettings(format="json", pii=True))
    assert SECRETS[4] in text
    for secret in SECRETS[:4]:
        assert secret not in text


def test_level_is_a_floor() -> None:
    assert written(LogSettings(level="error", format="json")) == ""


def test_traceback_is_an_attribute_without_values() -> None:
    stream = io.StringIO()
    configure_logs(LogSettings(format="json"), stream)
    password = SECRETS[2]
    try:
        raise ValueError(len(password))
    except ValueError:
        logging.getLogger("x").exception("it failed")
    line = json.loads(stream.getvalue())
    assert "ValueError: 7" in line["exception"]
    assert password not in stream.getvalue()


def test_server_does_not_write_request_lines_which_may_hold_keys() -> None:
    stream = io.StringIO()
    configure_logs(LogSettings(format="json", level="debug"), stream)
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).info('"WebSocket /ingest/v1?key=lc_key" [accepted]')
    assert stream.getvalue() == ""
