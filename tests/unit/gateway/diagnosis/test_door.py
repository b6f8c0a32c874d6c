"""A platform's door from the outside."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_websocket
from websockets.http11 import Request, Response

from assist.errors import InputError
from gateway.diagnosis.door import Caller, DoorLimits, door_address, examine_door
from gateway.diagnosis.findings import PAGES
from gateway.settings import Settings
from gateway.source_settings import SourcesSettings, TwilioSettings
from gateway.sources.catalogue import source_doors
from gateway.sources.door import SourceDoor
from gateway.sources.twilio import door as twilio
from gateway.sources.twilio.signature import is_signed

TOKEN = "12345"
KEYED = replace(twilio, name="vonage", needs_key=True)
"""A door that asks for an API key."""

Answer = Callable[[ServerConnection, Request], Response | None]


def settings(**twilio_fields: object) -> Settings:
    fields: dict[str, object] = {"auth_token": TOKEN} | twilio_fields
    return Settings(sources=SourcesSettings(twilio=TwilioSettings.model_validate(fields)))


@asynccontextmanager
async def answering(answer: Answer, close_code: int = 1000) -> AsyncGenerator[str]:
    async def talk(socket: ServerConnection) -> None:
        if close_code != 1000:
            await socket.close(close_code)
            return
        async for _ in socket:
            raise AssertionError("a look says nothing")

    async with serve_websocket(talk, "127.0.0.1", 0, process_request=answer) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def codes(
    base: str, *, door: SourceDoor = twilio, key: str | None = "lc_key", **fields: Any
) -> list[tuple[str, str]]:
    chosen = settings(**fields)
    caller = Caller(door_address(base, door), key)
    found = await examine_door(door, chosen, caller, DoorLimits(connect_timeout_s=5.0))
    return [(finding.code, finding.state) for finding in found if finding.code != "address-local"]


def status(code: HTTPStatus) -> Answer:
    return lambda socket, request: socket.respond(code, "")


async def test_a_door_that_lets_the_signed_in_answers() -> None:
    def check(socket: ServerConnection, request: Request) -> Response | None:
        url = f"ws://{request.headers['Host']}{request.path}"
        is_good = is_signed(TOKEN, url, request.headers.get("X-Twilio-Signature", ""))
        return None if is_good else socket.respond(HTTPStatus.FORBIDDEN, "")

    async with answering(check) as base:
        assert await codes(base) == [("answers", "ok")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (HTTPStatus.FORBIDDEN, "refused"),
        (HTTPStatus.NOT_FOUND, "door-missing"),
        (HTTPStatus.UPGRADE_REQUIRED, "no-upgrade"),
        (HTTPStatus.BAD_GATEWAY, "no-upgrade"),
        (HTTPStatus.OK, "no-upgrade"),
    ],
)
async def test_each_answer_means_something_else(answer: HTTPStatus, code: str) -> None:
    async with answering(status(answer)) as base:
        assert await codes(base) == [(code, "fail")]


async def test_a_door_that_only_the_platform_can_open_is_well_when_it_refuses() -> None:
    async with answering(status(HTTPStatus.UNAUTHORIZED)) as base:
        assert await codes(base, auth_token="", unsigned=True) == [("unsigned", "warn"), ("refuses-strangers", "ok")]


async def test_a_key_is_judged_after_the_upgrade() -> None:
    async with answering(lambda socket, request: None, close_code=4401) as base:
        assert await codes(base, door=KEYED) == [("key-refused", "fail")]
        assert await codes(base, door=KEYED, key=None) == [("answers", "ok")]


async def test_nobody_there() -> None:
    async with answering(status(HTTPStatus.OK)) as base:
        pass
    assert await codes(base) == [("unreachable", "fail")]


@pytest.mark.parametrize(("fields", "code"), [({"enabled": False}, "door-off"), ({"auth_token": ""}, "secret-missing")])
async def test_of_a_door_that_is_off_the_settings_say_why(fields: dict[str, Any], code: str) -> None:
    assert await codes("ws://127.0.0.1:9", **fields) == [(code, "fail")]


@pytest.mark.parametrize(
    ("base", "public_url", "expected"),
    [
        ("ws://cue.invalid", None, ["not-tls", "public-url-unset"]),
        ("wss://cue.invalid:8443", "https://cue.invalid:8443", ["port-not-443"]),
        ("wss://cue.invalid", "https://cue.invalid", []),
        ("wss://cue.invalid:443", "https://cue.invalid", []),
        ("wss://cue.invalid", "https://other.invalid", ["public-url-differs"]),
        ("wss://cue.invalid", None, ["public-url-unset"]),
        ("http://127.0.0.1:9", None, ["address-local"]),
    ],
)
async def test_the_address_is_looked_at(base: str, public_url: str | None, expected: list[str]) -> None:
    chosen = settings().model_copy(update={"public_url": public_url})
    caller = Caller(door_address(base, twilio), None)
    *found, answer = await examine_door(twilio, chosen, caller, DoorLimits(connect_timeout_s=1.0))
    assert [finding.code for finding in found] == expected
    assert answer.code == "unreachable"


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("https://cue.example.com", "wss://cue.example.com/ingest/twilio"),
        ("http://127.0.0.1:8765/", "ws://127.0.0.1:8765/ingest/twilio"),
        ("wss://cue.example.com/phones/twilio?x=1", "wss://cue.example.com/phones/twilio?x=1"),
    ],
)
def test_an_address_with_a_path_is_the_doors_own(base: str, address: str) -> None:
    assert Caller(door_address(base, twilio), None).address == address


@pytest.mark.parametrize("base", ["cue.example.com", "ftp://cue.example.com", "wss://", "wss://host:port"])
def test_an_address_that_is_none(base: str) -> None:
    with pytest.raises(InputError) as caught:
        door_address(base, twilio)
    assert caught.value.code == "bad-url"


def test_every_door_has_its_page() -> None:
    names: list[Any] = [door.name for door in source_doors()]
    missing = [name for name in names if not Path(f"docs/connect/{PAGES.get(name, name)}.md").is_file()]
    assert not missing
