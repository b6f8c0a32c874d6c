"""``livecue doctor --connect audiosocket``: the port as it is seen from outside."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from assist.errors import InputError
from gateway.diagnosis import examine_connections
from gateway.diagnosis.findings import Finding
from gateway.diagnosis.port import examine_port
from gateway.settings import Settings
from tests.support.heard_calls import open_source_service


def settings(directory: Path, **audiosocket: Any) -> Settings:
    return Settings.model_validate({"data_dir": directory, "sources": {"audiosocket": audiosocket}})


async def examined(chosen: Settings, url: str | None = None) -> dict[str, Finding]:
    return {finding.code: finding for finding in await examine_port(chosen, url=url)}


@pytest.mark.parametrize(("unsigned", "code"), [(False, "refuses-strangers"), (True, "answers")])
async def test_a_port_that_listens_answers_and_opens_no_call(tmp_path: Path, unsigned: bool, code: str) -> None:
    own = {"enabled": True, "port": 0, "unsigned": unsigned}
    async with open_source_service(tmp_path, audiosocket=own) as service:
        number = service.service.audiosocket.number
        found = await examined(settings(tmp_path, **own), f"tcp://127.0.0.1:{number}")
        assert not service.service.supervisor.calls()
    assert {code, "answers-late"} & set(found)
    assert "address-local" in found
    assert ("unsigned" in found) == unsigned


async def test_a_port_that_is_off_is_not_asked(tmp_path: Path) -> None:
    assert list(await examined(settings(tmp_path))) == ["door-off"]


async def test_a_port_where_nobody_listens_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
    found = await examined(settings(tmp_path, enabled=True, port=number))
    assert found["unreachable"].values["url"] == f"tcp://127.0.0.1:{number}"


async def test_another_program_on_the_port_is_told_apart(tmp_path: Path) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"SSH-2.0-OpenSSH")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        number = server.sockets[0].getsockname()[1]
        found = await examined(settings(tmp_path, enabled=True), f"tcp://127.0.0.1:{number}")
    assert "AudioSocket" in found["unreachable"].values["reason"]


async def test_the_doctor_knows_the_port_among_the_doors(tmp_path: Path) -> None:
    own = {"enabled": True, "port": 0}
    async with open_source_service(tmp_path, audiosocket=own) as service:
        chosen, url = service.service.settings, f"tcp://127.0.0.1:{service.service.audiosocket.number}"
        found = await examine_connections(chosen, platform="audiosocket", url=url, key=None)
        every = await examine_connections(chosen, platform=None, url=service.url, key=service.key)
        with pytest.raises(InputError, match="audiosocket"):
            await examine_connections(chosen, platform="skype", url=None, key=None)
    assert {finding.platform for finding in found} == {"audiosocket"}
    assert {finding.code for finding in found} - {"answers-late"} == {
        "refuses-strangers",
        "address-local",
        "key-missing",
    }
    assert "audiosocket" in {finding.platform for finding in every}
