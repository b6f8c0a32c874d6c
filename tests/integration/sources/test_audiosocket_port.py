"""The TCP port of AudioSocket by itself: who gets in, how many, and what becomes of them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from assist.errors import ConfigurationError
from gateway.expected_calls import ExpectedCalls
from gateway.phone.tcp import AudioSocketPort
from gateway.source_settings import AudioSocketSettings
from gateway.sources.audiosocket import audiosocket_codecs
from gateway.sources.codec import SourceCodec
from gateway.wire import PeerLeft, Wire

Serve = Callable[[Wire, SourceCodec], Coroutine[Any, Any, None]]


async def echo(wire: Wire, codec: SourceCodec) -> None:
    """Sends everything back until the peer has gone."""
    while not isinstance(message := await wire.receive(), PeerLeft):
        await wire.send(message)
    assert message.is_clean


@asynccontextmanager
async def listening(
    serve: Serve = echo, *, remarks: list[str] | None = None, **settings: Any
) -> AsyncGenerator[AudioSocketPort]:
    remarks = remarks if remarks is not None else []
    chosen = AudioSocketSettings.model_validate({"enabled": True, "port": 0} | settings)
    codecs = audiosocket_codecs(chosen, ExpectedCalls())
    port = AudioSocketPort(chosen, open_codec=codecs, serve=serve, remark=remarks.append)
    async with asyncio.timeout(20), port.listening():
        yield port


@asynccontextmanager
async def connected(port: AudioSocketPort) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    assert port.number is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def exchange(port: AudioSocketPort, sent: bytes) -> bytes:
    """What comes back when the stream has ended."""
    async with connected(port) as (reader, writer):
        writer.write(sent)
        writer.write_eof()
        return await reader.read()


async def test_it_is_off_unless_the_settings_want_it() -> None:
    async with listening(enabled=False) as port:
        assert port.number is None


async def test_a_connection_is_carried_to_its_end_in_pieces_of_any_length() -> None:
    async with listening() as port:
        assert await exchange(port, b"abc" * 50_000) == b"abc" * 50_000


async def test_one_connection_too_many_is_closed_at_once_and_the_others_go_on() -> None:
    remarks: list[str] = []
    async with (
        listening(remarks=remarks, connections=2) as port,
        connected(port) as (reader, writer),
        connected(port) as other,
    ):
        for each in ((reader, writer), other):
            each[1].write(b"here")
            assert await each[0].readexactly(4) == b"here"
        assert await exchange(port, b"") == b""
        writer.write(b"on")
        assert await reader.readexactly(2) == b"on"
        assert port.connections == 2
    assert remarks == ["too-many-connections"]


async def test_a_place_that_is_free_again_is_given_away() -> None:
    remarks: list[str] = []
    async with listening(remarks=remarks, connections=1) as port:
        for _ in range(5):
            assert await exchange(port, b"x") == b"x"
            await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "audiosocket connection"))
    assert remarks == []


async def test_a_connection_that_fails_is_nobody_elses_trouble(caplog: pytest.LogCaptureFixture) -> None:
    async def serve(wire: Wire, codec: SourceCodec) -> None:
        if await wire.receive() == b"bad":
            raise RuntimeError("broken")
        await echo(wire, codec)

    async with listening(serve) as port, connected(port) as (reader, writer):
        writer.write(b"good")
        assert await exchange(port, b"bad") == b""
        writer.write(b"still")
        assert await reader.readexactly(5) == b"still"
    assert "a connection of audiosocket failed" in caplog.text


async def test_connections_that_are_left_are_cut_off_on_the_way_out() -> None:
    async with listening() as port:
        assert port.number is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", port.number)
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port.number)


async def test_a_port_that_is_taken_says_which_setting_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigurationError, match="__PORT") as caught:
        async with listening(port=taken.getsockname()[1]):
            pass
    assert caught.value.code == "port-taken"


@pytest.mark.parametrize(("host", "warns"), [("127.0.0.1", False), ("0.0.0.0", True)])
async def test_an_address_that_others_reach_is_warned_of(
    host: str, warns: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with listening(host=host):
        pass
    assert ("neither keys nor TLS" in caplog.text) == warns


async def test_strangers_are_let_in_only_for_development(caplog: pytest.LogCaptureFixture) -> None:
    async with listening(unsigned=True):
        pass
    assert "for development only" in caplog.text
