"""Calls of a process that was killed, completed from their spools."""

from pathlib import Path

from assist.conversation import measured
from assist.messages import AudioGap, CallClosed, Envelope
from assist.spool import CallSpool
from tests.support.fakes import STEREO, ticking_clock, utterance
from tests.support.supervised import assert_adds_up, world


async def test_spool_of_a_killed_process_is_stored_and_closed_with_its_cause(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        left = CallSpool(tmp_path / "killed", STEREO)
        left.leg("agent").append(0, bytes(16 * 700))
        left.append(
            Envelope(
                call_id="killed",
                seq=1,
                at=ticking_clock()(),
                event=AudioGap(party="customer", start_ms=0, end_ms=300, cause="lost"),
            )
        )
        left.close()
        assert await w.supervisor.recover() == ["killed"]
    closed = w.log("killed")[-1].event
    assert isinstance(closed, CallClosed)
    assert closed.cause == "server-restarted"
    assert [(leg.received_ms, leg.failed_ms, leg.lost_ms) for leg in closed.ledger] == [(700, 700, 0), (300, 0, 300)]
    assert_adds_up(closed.ledger)
    assert not (tmp_path / "killed").exists()
    assert w.audio_store.saved["killed"] == {"agent": 11_200}


async def test_conversation_of_a_killed_process_is_measured_from_its_spool(tmp_path: Path) -> None:
    heard = [utterance("agent", 1, "您好请讲", 100, 500), utterance("customer", 1, "查一下流量", 900, 2_000)]
    async with world(tmp_path) as w:
        left = CallSpool(tmp_path / "killed", STEREO)
        left.leg("agent").append(0, bytes(16 * 9_000))
        for seq, event in enumerate(heard, start=1):
            left.append(Envelope(call_id="killed", seq=seq, at=ticking_clock()(), event=event))
        left.close()
        await w.supervisor.recover()
    closed = w.log("killed")[-1].event
    assert isinstance(closed, CallClosed)
    assert closed.conversation is not None
    assert closed.conversation == measured(heard, 9_000)
    assert closed.conversation.silence_ms == 7_000
