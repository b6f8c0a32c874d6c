"""``livecue transcribe`` over a capture of a call's packets, with the real recogniser."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner, Result

from asr.audio.codecs import decode
from asr.audio.files import Recording
from assist.messages import AudioGap, CallClosed, CallUpdated, Event, PartialTranscript, Prompt, envelope_adapter
from gateway.cli import app
from tests.support.cuttable_proxy import cuttable_proxy
from tests.support.early import without_early
from tests.support.livecue_process import run_livecue, serving
from tests.support.platforms import TwoParties, encoded
from tests.support.rtp import call_frames, pcap, pcapng

CALL = Path(__file__).parents[3] / "examples" / "calls" / "01-cross-sell.flac"
FROM_BOTH = ("--agent", "10.0.0.1")


@pytest.fixture(scope="module")
def beginning() -> TwoParties:
    """Twenty seconds of a demo call, as G.711 leaves them: the agent in A-law, the customer in µ-law."""
    with Recording(CALL) as recording:
        blocks = zip(range(200), recording.blocks(100), strict=False)
        both = np.concatenate([block for _, block in blocks])
    agent, customer = np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1])
    return TwoParties(
        agent=decode("alaw", encoded("alaw", agent)), customer=decode("mulaw", encoded("mulaw", customer))
    )


def transcribed(tmp_path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["transcribe", *words], env={"LIVECUE_DATA_DIR": str(tmp_path / "data")})


def events(result: Result) -> list[dict[str, Any]]:
    """The log of the only call, but for when it was made and the name of its file."""
    assert result.exit_code == 0, result.output
    told = [json.loads(line)["event"] for line in result.stdout.splitlines()]
    assert told[0]["type"] == "call-opened"
    return [told[0] | {"external_id": None}, *told[1:]]


def test_a_capture_gives_the_same_events_as_a_sound_file(tmp_path: Path, beginning: TwoParties) -> None:
    """Jitter, duplicates and packets out of order change nothing."""
    both = np.stack([beginning.agent, beginning.customer], axis=1)
    cast("Any", soundfile).write(tmp_path / "call.wav", both, beginning.rate_hz)
    chance = random.Random(4)
    frames = [
        (at_s + (0.05 * chance.random() if number > 3 else 0), frame)
        for number, (at_s, frame) in enumerate(call_frames(beginning))
    ]
    frames += chance.sample(frames, 50)
    (tmp_path / "call.pcapng").write_bytes(pcapng(sorted(frames, key=lambda frame: frame[0])))
    sound = events(transcribed(tmp_path, str(tmp_path / "call.wav"), "--json"))
    assert {"utterance", "call-closed"} <= {event["type"] for event in sound}
    assert events(transcribed(tmp_path, str(tmp_path / "call.pcapng"), "--json", *FROM_BOTH)) == sound


def test_what_was_lost_is_declared(tmp_path: Path, beginning: TwoParties) -> None:
    frames = call_frames(beginning)
    (tmp_path / "holes.pcap").write_bytes(pcap(frames[:400] + frames[500:]))
    told = events(transcribed(tmp_path, str(tmp_path / "holes.pcap"), "--json", *FROM_BOTH))
    gaps = [
        (event["party"], event["cause"], event["end_ms"] - event["start_ms"])
        for event in told
        if event["type"] == "audio-gap"
    ]
    assert sorted(gaps) == [("agent", "lost", 1000), ("customer", "lost", 1000)]
    assert [leg["received_ms"] for leg in told[-1]["ledger"]] == [20_000, 20_000]
    assert all(
        leg["received_ms"] == leg["transcribed_ms"] + leg["silence_ms"] + leg["gaps_ms"] for leg in told[-1]["ledger"]
    )


def is_lasting(event: Event) -> bool:
    """Whether a recording has it, too: nothing of running words, no connection that comes and goes."""
    if isinstance(event, CallUpdated):
        return event.connection is None
    is_early = getattr(event, "from_partial", False) and not isinstance(event, Prompt)
    return not is_early and not isinstance(event, PartialTranscript)


def told(envelopes: list[dict[str, Any]]) -> tuple[list[Event], list[Event]]:
    """What was decided, in order, and the gaps: these are told when they are declared, whatever is decided then."""
    events = [envelope_adapter.validate_python(envelope).event for envelope in envelopes]
    lasting = without_early(event for event in events if is_lasting(event))
    gaps = [event for event in lasting if isinstance(event, AudioGap)]
    gaps.sort(key=lambda gap: (gap.start_ms, gap.party))
    return [event for event in lasting if not isinstance(event, AudioGap)], list(gaps)


async def test_a_capture_played_into_a_service_gives_the_events_of_a_transcription(
    tmp_path: Path, beginning: TwoParties
) -> None:
    """A second of both parties was lost, the agent is late, and the connection drops in the middle of it all."""
    frames = call_frames(beginning, agent_after_s=0.5)
    path = tmp_path / "holes.pcap"
    path.write_bytes(pcap(frames[:400] + frames[500:]))
    transcribed = await run_livecue(tmp_path / "other", "transcribe", str(path), "--json", "--agent-leg", "10.0.0.1")
    cuts = [2 * seconds * 2 * beginning.rate_hz for seconds in (6, 12)]
    async with serving(tmp_path / "data") as server, cuttable_proxy(server.port, cuts=cuts) as proxy:
        # As fast as it is taken: in a live call an overloaded engine would end sentences later, and say so.
        words = ("--url", f"ws://127.0.0.1:{proxy.port}", "--call-id", path.stem, "--speed", "0", "--json")
        played = await run_livecue(tmp_path / "data", "call", str(path), *words, "--agent-leg", "10.0.0.1")
    # More: a call is not resumed before its lost connection has been noticed.
    assert proxy.accepted >= 3
    assert not proxy.cuts
    (live, live_gaps), (recorded, gaps) = told(played), told(transcribed)
    assert live[1:] == recorded[1:]
    assert live_gaps == gaps
    assert {"utterance", "flag"} <= {event.type for event in live}
    closed = live[-1]
    assert isinstance(closed, CallClosed)
    assert [(leg.received_ms, leg.lost_ms, leg.paused_ms) for leg in closed.ledger] == [
        (20_500, 1000, 500),
        (20_000, 1000, 0),
    ]
    assert all(leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms for leg in closed.ledger)


def test_a_capture_without_a_call_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pcap").write_bytes(pcap([]))
    result = transcribed(tmp_path, str(tmp_path / "empty.pcap"))
    assert result.exit_code == 1
