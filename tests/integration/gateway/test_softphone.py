"""The softphone's door: who comes in, whose its calls are, and the calls that drills are made of."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from assist.stores.accounts import Role
from gateway.auth import SESSION_COOKIE
from gateway.service import Service
from gateway.softphone import SOCKETS_PER_USER, SOURCE
from tests.support.doors import STEREO_MEDIA, Peer
from tests.support.service import PASSWORD, http_client, listening, log_in, open_test_service


@asynccontextmanager
async def softphone(
    service: Service, port: int, name: str | None, *, origin: str | None = None, path: str = "/softphone/v1"
) -> AsyncGenerator[Peer]:
    """A page of ``name``, which must be a user; None: nobody has logged in."""
    headers: dict[str, str] = {}
    if name is not None:
        token = (await service.accounts.log_in(name, PASSWORD, address="")).token
        headers["Cookie"] = f"{SESSION_COOKIE}={token}"
    headers["Origin"] = origin or f"http://127.0.0.1:{port}"
    async with connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers, proxy=None) as connection:
        yield Peer(connection)


room = partial(softphone, path="/softphone/v1/room")


async def add(service: Service, role: Role, *, agent_id: str | None = None) -> str:
    await service.accounts.add_user(role, role, password=PASSWORD, display_name="林晓", agent_id=agent_id)
    return role


async def refusal(peer: Peer) -> tuple[str, int]:
    message = await peer.receive()
    return message["code"], await peer.close_code()


async def test_a_page_of_another_site_is_turned_away_whoever_has_logged_in(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        name = await add(service, "supervisor")
        async with softphone(service, port, name, origin="https://evil.example") as peer:
            assert await refusal(peer) == ("foreign-origin", 4403)


async def test_nobody_comes_in_without_a_session_not_even_with_a_key(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        async with softphone(service, port, None) as peer:
            assert await refusal(peer) == ("not-authenticated", 4401)
        key = await service.accounts.add_key("pbx")
        url = f"ws://127.0.0.1:{port}/softphone/v1?key={key}"
        async with connect(url, additional_headers={"X-Api-Key": key}, proxy=None) as connection:
            assert await refusal(Peer(connection)) == ("not-authenticated", 4401)


@pytest.mark.parametrize(
    ("role", "agent_id", "expected"),
    [("agent", "1001", "1001"), ("trainer", None, "user:trainer"), ("qa", None, "user:qa")],
)
async def test_a_call_is_the_users_own_whatever_the_page_says(
    tmp_path: Path, role: Role, agent_id: str | None, expected: str
) -> None:
    said: dict[str, Any] = {
        "call_id": "another-call",
        "agent": {"agent_id": "2002", "name": "别人", "attributes": {"mode": "novice"}},
        "customer": {"customer_id": "13800010001", "name": "王建国", "attributes": {"套餐": "畅享套餐"}},
        "pace": "replay",
    }
    async with open_test_service(tmp_path) as service, listening(service) as port:
        name = await add(service, role, agent_id=agent_id)
        async with softphone(service, port, name) as peer:
            opened = await peer.open(**said)
            await peer.send("update", agent={"agent_id": "3003"}, customer={"customer_id": "13800010002"})
            await peer.audio(bytes(4 * 8_000))
            await peer.send("close")
            closed = await peer.expect("closed")
            assert {leg["party"]: leg["received_ms"] for leg in closed["ledger"]} == {"agent": 1000, "customer": 1000}
        view = service.supervisor.view(opened["call_id"])
        log = await service.store.envelopes(opened["call_id"], after=0, limit=100)
    event = log[0].event.model_dump()
    assert view is None
    assert opened["call_id"] != "another-call"
    assert event["source"] == SOURCE
    assert event["agent"] == {"agent_id": expected, "name": "林晓", "attributes": {"mode": "novice"}}
    assert event["customer"]["customer_id"].startswith("practice-")
    assert event["customer"]["attributes"] == {"套餐": "畅享套餐"}
    assert not [one for one in log if one.event.type == "call-updated"]


async def test_a_dropped_page_resumes_its_call_and_a_logged_out_one_does_not(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        name = await add(service, "trainer")
        async with softphone(service, port, name) as peer:
            opened = await peer.open(media=STEREO_MEDIA)
            await peer.audio(bytes(40_000))
            await peer.expect("ack")
            peer.cut()
        again = {"version": 1, "call_id": opened["call_id"], "resume_token": opened["resume_token"]}
        async with AsyncExitStack() as stack:
            message: dict[str, Any] = {"code": "already-attached"}
            while message.get("code") == "already-attached":  # until the server has noticed the drop
                peer = await stack.enter_async_context(softphone(service, port, name))
                await peer.send("resume", **again)
                message = await peer.receive()
            assert (message["type"], message.get("received_bytes")) == ("resumed", 40_000)
            await service.accounts.set_password(name, PASSWORD + "2")
            assert (await peer.receive())["code"] == "not-authenticated"
            assert await peer.close_code() == 4401


async def test_drills_are_the_bundled_calls_whose_playbook_is_there(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        await log_in(client, service, "trainer")
        drills = (await client.get("/api/v1/drills")).json()["drills"]
        first = drills[0]
        audio = await client.get(f"/api/v1/drills/{first['drill_id']}/audio")
        unknown = await client.get("/api/v1/drills/no-such/audio")
    assert [drill["drill_id"][:2] for drill in drills] == ["01", "02", "03", "04"]
    assert {drill["playbook"] for drill in drills} == {None}
    assert first["customer"]["name"] == "王建国"
    assert {line["party"] for line in first["lines"]} == {"agent", "customer"}
    assert audio.content[:4] == b"fLaC"
    assert audio.headers["content-type"] == "audio/flac"
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown-drill")


async def test_the_page_may_ask_for_the_microphone_and_no_other_origin_may(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, http_client(service) as client:
        policy = (await client.get("/healthz")).headers["permissions-policy"]
    assert "microphone=(self)" in policy
    assert "display-capture=(self)" in policy
    assert "camera=()" in policy


async def test_two_colleagues_meet_in_a_room_and_what_they_tell_each_other_is_passed_on(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        host_name, guest_name = await add(service, "agent", agent_id="1001"), await add(service, "trainer")
        async with room(service, port, host_name) as host, room(service, port, guest_name) as guest:
            await host.send("make")
            code = (await host.expect("made"))["code"]
            await guest.send("enter", code=code)
            assert (await guest.expect("met"))["is_host"] is False
            assert (await host.expect("met"))["is_host"] is True
            await host.send("signal", signal={"description": {"type": "offer", "sdp": "v=0"}})
            assert (await guest.expect("signal"))["signal"]["description"]["sdp"] == "v=0"
            await guest.connection.close()
            assert await host.expect("left") == {"type": "left"}


async def test_a_wrong_code_leads_nowhere_and_many_have_to_wait(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        name = await add(service, "trainer")
        seen: list[tuple[str, int]] = []
        for _ in range(11):
            async with room(service, port, name) as peer:
                await peer.send("enter", code="000000")
                seen.append(await refusal(peer))
    assert seen == [("unknown-room", 4404)] * 10 + [("too-many-attempts", 1013)]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ("{", ("bad-json", 4400)),
        ('{"type": "shout"}', ("unknown-message", 4400)),
        ('{"type": "enter", "code": "12"}', ("bad-message", 4400)),
        (b"\x00", ("bad-message", 4400)),
        ('{"type": "signal", "signal": "' + "x" * 70_000 + '"}', ("frame-too-large", 1009)),
    ],
)
async def test_what_no_page_sends_ends_the_connection(
    tmp_path: Path, frame: str | bytes, expected: tuple[str, int]
) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        name = await add(service, "qa")
        async with room(service, port, name) as peer:
            await peer.connection.send(frame)
            assert await refusal(peer) == expected


async def test_rooms_are_for_pages_of_this_service_whose_session_goes_on(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port:
        name = await add(service, "qa")
        async with room(service, port, name, origin="https://evil.example") as peer:
            assert await refusal(peer) == ("foreign-origin", 4403)
        async with room(service, port, name) as peer:
            await peer.send("make")
            await peer.expect("made")
            await service.accounts.set_password(name, PASSWORD + "2")
            assert await refusal(peer) == ("not-authenticated", 4401)


async def test_a_user_has_so_many_sockets_and_the_next_one_waits_for_another_to_go(tmp_path: Path) -> None:
    async with open_test_service(tmp_path) as service, listening(service) as port, AsyncExitStack() as stack:
        name = await add(service, "qa")
        pages = [await stack.enter_async_context(softphone(service, port, name)) for _ in range(SOCKETS_PER_USER)]
        for page in pages:
            await page.send("ping", id="here")
            await page.expect("pong")
        async with room(service, port, name) as peer:
            assert await refusal(peer) == ("overloaded", 1013)
        await pages[0].connection.close()
        message: dict[str, Any] = {"code": "overloaded"}
        while message.get("code") == "overloaded":  # until the server has noticed
            page = await stack.enter_async_context(softphone(service, port, name))
            await page.send("ping", id="again")
            message = await page.receive()
        assert message["type"] == "pong"


async def test_who_opens_calls_and_drops_them_has_no_more_of_them_than_allowed(tmp_path: Path) -> None:
    async with (
        open_test_service(tmp_path, limits={"softphone_calls": 2}) as service,
        listening(service) as port,
    ):
        name, other = await add(service, "trainer"), await add(service, "qa")
        async with softphone(service, port, name) as first, softphone(service, port, name) as second:
            await first.open()
            opened = await second.open()
            second.cut()
            async with softphone(service, port, name) as third:
                await third.send("open", version=1, media=STEREO_MEDIA)
                assert await refusal(third) == ("too-many-calls", 4409)
            async with softphone(service, port, other) as peer:
                assert (await peer.open())["type"] == "opened"
            async with softphone(service, port, name) as back:
                token = opened["resume_token"]
                await back.send("resume", version=1, call_id=opened["call_id"], resume_token=token)
                await back.expect("resumed")
                await back.send("close")
                await back.expect("closed")
            async with softphone(service, port, name) as third:
                assert (await third.open())["type"] == "opened"
