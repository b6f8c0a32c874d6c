"""Doors of phone platforms on a real server, through a protocol made up for tests: the way in."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from gateway.source_settings import SourceSettings
from gateway.sources.door import Refusal
from tests.integration.sources.toy_service import heard, opened, toy
from tests.support.toy_source import join, sound, toy_door, word


@pytest.mark.parametrize("way", ["bearer", "header", "basic", "parameter", "path"])
async def test_a_key_opens_the_door_however_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        basic = base64.b64encode(f"user:{at.key}".encode()).decode()
        path, headers = {
            "bearer": ("/ingest/toy/a/b", {"Authorization": f"Bearer {at.key}"}),
            "header": ("/ingest/toy/a/b", {"X-Api-Key": at.key}),
            "basic": ("/ingest/toy/a/b", {"Authorization": f"Basic {basic}"}),
            "parameter": (f"/ingest/toy/a/b?key={at.key}", {"Authorization": "Bearer another.token.of-theirs"}),
            "path": (f"/ingest/toy/{at.key}/a/b", {}),
        }[way]
        async with at.connect(path, None, headers=headers) as connection:
            assert await opened(connection, ["mixed"])
        assert at.handshakes[0].rest == "a/b"


@pytest.mark.parametrize("key", [None, "lc_wrong", "nothing"])
async def test_without_a_key_a_connection_is_let_in_and_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        async with at.connect(key=key) as connection:
            await connection.send(join(["mixed"]))
            await connection.wait_closed()
        assert connection.close_code == 4401
        assert at.service.supervisor.calls() == []


async def test_a_handshake_is_what_the_platform_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        path = "/ingest/toy/tenant%2F7?call=a%20b&call=c&x="
        headers = {"X-Once": "1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        async with at.connect(path, headers=headers):
            pass
        (shake,) = at.handshakes
        assert shake.url == f"ws://127.0.0.1:{at.port}{path}"
        assert shake.query == {"call": "c", "x": ""}
        assert shake.headers["x-once"] == "1"
        assert shake.rest == "tenant/7"


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"public_url": "https://cue.example.com"}, "wss://cue.example.com/ingest/toy?a=%2F"),
        ({"trusted_proxy": True}, "wss://proxy.example:8443/ingest/toy?a=%2F"),
    ],
)
async def test_signatures_cover_the_public_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], url: str
) -> None:
    async with toy(tmp_path, monkeypatch, **settings) as at:
        headers = {"X-Forwarded-Host": "proxy.example:8443, inner", "X-Forwarded-Proto": "https"}
        async with at.connect("/ingest/toy?a=%2F", headers=headers):
            pass
        assert at.handshakes[0].url == url


async def test_a_door_may_refuse_before_the_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = toy_door(admit=lambda shake: Refusal("bad-signature", "Check the secret.", 401) if shake.query else None)
    async with toy(tmp_path, monkeypatch, door=door) as at:
        with pytest.raises(InvalidStatus) as refused:
            async with at.connect("/ingest/toy?x=1"):
                pass
        assert refused.value.response.status_code == 401
        async with at.connect() as connection:
            assert await opened(connection, ["mixed"])
        assert at.remarks() == {"bad-signature": 1}


async def test_a_door_may_vouch_for_a_connection_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with toy(tmp_path, monkeypatch, door=toy_door(vouches=True)) as at, at.connect(key=None) as connection:
        assert await connection.recv() == "hello True"
        assert await opened(connection, ["mixed"])


async def test_an_unsigned_door_lets_everybody_in_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    door = toy_door(settings=SourceSettings(unsigned=True), admit=lambda _: Refusal("never", "Never."))
    async with toy(tmp_path, monkeypatch, door=door) as at:
        for path in ("/ingest/toy", "/bare-toy"):
            async with at.connect(path, None) as connection:
                assert await connection.recv() == "hello False"
                assert await opened(connection, ["mixed"])
    assert "a door lets in whoever comes" in caplog.text


async def test_a_door_that_is_off_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    door = toy_door(settings=SourceSettings(enabled=False))
    async with toy(tmp_path, monkeypatch, door=door) as at:
        with pytest.raises(InvalidStatus):
            async with at.connect():
                pass


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [(None, None), (["other"], None), (["other", "toy.v1", "toy.v2"], "toy.v1")],
)
async def test_the_first_known_subprotocol_is_chosen_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offered: Any, chosen: str | None
) -> None:
    async with toy(tmp_path, monkeypatch) as at, at.connect(subprotocols=offered) as connection:
        assert connection.subprotocol == chosen
        assert await opened(connection, ["mixed"])


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_compression_is_there_for_those_who_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: Any
) -> None:
    async with toy(tmp_path, monkeypatch) as at:
        async with at.connect(compression=compression) as connection:
            assert bool(connection.protocol.extensions) == (compression is not None)
            assert await opened(connection, ["mixed"])
            await connection.send(sound("mixed", 2_000))
            await connection.send(word("leave"))
            assert await heard(connection, "closed") == "closed {'mixed': 2000}"
        async with at.connect("/ingest/v1", compression=compression) as native:
            assert not native.protocol.extensions
