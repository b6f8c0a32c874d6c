"""The installed commands against a real server process: dropped sockets, a killed server, what is on record after."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import soundfile

from asr.verdict import ENDPOINT_WAITS
from assist.messages import CallClosed, Envelope, Event, envelope_adapter
from assist.redaction.sealing import Revealer
from assist.stores import open_stores
from assist.stores.vault import AesVault, open_key_ring
from gateway.call_audio import read_call_audio
from gateway.client import CallClient
from gateway.settings import Settings
from gateway.sources.native_messages import Open
from gateway.wiring import open_accounts, open_service
from nlp.privacy import RuleRedactor
from tests.support.cuttable_proxy import cuttable_proxy
from tests.support.early import without_early
from tests.support.livecue_process import LIVECUE, environment, run_livecue, serving

CALL = Path(__file__).parents[2] / "examples" / "calls" / "02-refused-then-pushed.flac"
DECIDED = ("utterance", "utterance-dropped", "phrase-signal", "prompt", "prompt-updated", "flag")


def decided(envelopes: Sequence[dict[str, Any]]) -> list[Event]:
    """What must be the same however the sound arrived."""
    events = (envelope_adapter.validate_python(envelope).event for envelope in envelopes)
    return without_early(event for event in events if event.type in DECIDED)


def ledger_without_ends(ledger: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of a ledger does not depend on where sentences end."""
    return [{key: leg[key] for key in leg if key not in ("transcribed_ms", "silence_ms")} for leg in ledger]


def had_to_guess_ends(envelopes: Sequence[dict[str, Any]]) -> bool:
    """Whether an overloaded engine ended sentences by silence alone, and said so: then they may end elsewhere."""
    return any(envelope["event"].get("code") == ENDPOINT_WAITS for envelope in envelopes)


async def test_call_whose_socket_drops_resumes_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The call is not refused because the machine is slow: admission has tests of its own.
    for limit in ("FINAL_WAIT_S", "RECOGNISER_SHARE"):
        monkeypatch.setenv(f"LIVECUE_LIMITS__{limit}", "60")
    transcribed = await run_livecue(tmp_path / "other", "transcribe", str(CALL), "--json")
    sound_bytes = len(read_call_audio(CALL).data)
    cuts = (sound_bytes // 8, sound_bytes // 4)
    async with serving(tmp_path / "data") as server, cuttable_proxy(server.port, cuts=cuts) as proxy:
        url = f"ws://127.0.0.1:{proxy.port}"
        # As much work as two calls.
        played = await run_livecue(tmp_path / "data", "call", str(CALL), "--url", url, "--speed", "2", "--json")
    # More: a call is not resumed before its lost connection has been noticed.
    assert proxy.accepted >= 3
    assert not proxy.cuts
    assert [envelope["seq"] for envelope in played] == list(range(1, len(played) + 1))
    for envelope in (played[-1], transcribed[-1]):
        assert envelope["event"]["type"] == "call-closed"
        for leg in envelope["event"]["ledger"]:
            assert leg["received_ms"] == leg["transcribed_ms"] + leg["silence_ms"] + leg["gaps_ms"]
    if had_to_guess_ends(played):
        live, recorded = (ledger_without_ends(log[-1]["event"]["ledger"]) for log in (played, transcribed))
        assert live == recorded
    else:
        assert decided(played) == decided(transcribed)
        assert played[-1]["event"]["ledger"] == transcribed[-1]["event"]["ledger"]
    types = {envelope["event"]["type"] for envelope in played}
    assert types >= {"call-opened", "partial-transcript", "utterance", "prompt", "flag", "call-closed"}


async def test_killed_server_keeps_what_it_acknowledged_and_closes_the_call_on_restart(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    async with open_accounts(settings) as accounts:
        key = await accounts.add_key("test")
    seen: list[Envelope] = []
    heard_enough = asyncio.Event()

    def remember(envelope: Envelope) -> None:
        seen.append(envelope)
        if sum(e.event.type == "utterance" for e in seen) >= 3:
            heard_enough.set()

    audio = read_call_audio(CALL)
    opening = Open(call_id="killed", media=audio.media, events="all")
    async with serving(tmp_path) as server:
        client = CallClient(
            f"ws://127.0.0.1:{server.port}/ingest/v1", key, opening, audio, speed=2, on_envelope=remember
        )
        running = asyncio.create_task(client.run())
        await heard_enough.wait()
        await server.kill()
        acknowledged_bytes = client.acknowledged_bytes
        running.cancel()
        await asyncio.wait([running])
    assert acknowledged_bytes > 0
    spooled = [path for path in (tmp_path / "spool").rglob("*") if path.is_file()]
    assert spooled
    assert all(path.stat().st_mode & 0o077 == 0 for path in spooled)

    async with open_service(settings) as service:
        assert await service.supervisor.recover() == ["killed"]
        stored = await service.store.envelopes("killed")
        recording = await service.audio_store.path("killed")
    async with open_stores(settings.store_url) as stores:
        vault = AesVault(open_key_ring(settings.private_keys_path))
        revealer = Revealer(
            seals=stores.seals,
            vault=vault,
            redactor=RuleRedactor(),
            access_log=stores.seals,
            now=lambda: datetime.now(UTC),
        )
        stored = await revealer.reveal(stored, by="test", reason="whether the record is what was acknowledged")
    assert [e.seq for e in stored] == list(range(1, len(stored) + 1))
    assert [e.event for e in stored][: len(seen)] == [e.event for e in seen]
    closed = stored[-1].event
    assert isinstance(closed, CallClosed)
    assert closed.cause == "server-restarted"
    for leg in closed.ledger:
        assert leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms
        assert leg.received_ms * 8 * 2 * 2 >= acknowledged_bytes
    assert recording is not None
    sound, rate_hz = soundfile.read(recording, dtype="int16")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    original, _ = soundfile.read(CALL, dtype="int16")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    kept = acknowledged_bytes // 4
    assert rate_hz == 8000
    assert (sound[:kept] == original[:kept]).all()


async def test_broken_files_and_wrong_keys_are_named_with_their_code(tmp_path: Path) -> None:
    broken = tmp_path / "broken.flac"
    broken.write_bytes(CALL.read_bytes()[:20_000])
    text = tmp_path / "text.wav"
    text.write_text("not a sound")
    async with serving(tmp_path / "data") as server:
        url = f"ws://127.0.0.1:{server.port}"
        for arguments, code in (
            (("transcribe", str(text), "--json"), "unsupported-audio-file"),
            (("transcribe", str(broken), "--json"), "broken-audio-file"),
            (("transcribe", str(tmp_path / "none.wav"), "--json"), "missing-audio-file"),
            (("call", str(CALL), "--url", url, "--key", "wrong", "--json"), "not-authenticated"),
            (("call", str(CALL), "--url", "http:/nonsense", "--json"), "bad-url"),
            (("rules", "check", str(text), "--json"), "bad-playbook"),
        ):
            process = await asyncio.create_subprocess_exec(
                LIVECUE,
                *arguments,
                env=environment(tmp_path / "data"),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            output, errors = await process.communicate()
            assert process.returncode == 1, arguments
            assert code in (output + errors).decode(), (arguments, output, errors)
        played = await run_livecue(tmp_path / "data", "call", str(CALL), "--url", url, "--speed", "0", "--json")
    assert json.loads(json.dumps(played[-1]))["event"]["cause"] == "hangup"
