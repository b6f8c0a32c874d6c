"""Calls of which something is lost or late: what breaks, what is declared, what falls behind."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assist.messages import AudioGap, CallClosed, Envelope
from assist.supervisor import CallRequest
from assist.view import CallView, fold_all
from tests.support.fakes import STEREO, ScriptedTranscriber
from tests.support.supervised import SCRIPT, World, assert_adds_up, play, texts, world


def view_of(w: World, call_id: str, log: Sequence[Envelope] | None = None) -> CallView:
    """What a desk sees of a live call, or of a log."""
    view = fold_all(call_id, log) if log is not None else w.supervisor.view(call_id)
    assert view is not None
    return view


async def test_broken_lane_costs_its_own_leg_and_no_other_call(tmp_path: Path) -> None:
    async with world(tmp_path, ScriptedTranscriber(SCRIPT, break_at_ms={("b", "customer"): 2000})) as w:
        good = [w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id=f"g{n}")) for n in range(2)]
        broken = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="b"))
        async with asyncio.TaskGroup() as group:
            for call in (*good, broken):
                group.create_task(play(call, 0, 5000))
        closings = list[CallClosed]()
        for call in (*good, broken):
            call.close()
            closings.append(await call.closed())
    for closed in closings:
        assert_adds_up(closed.ledger)
    assert texts(w.log("g0")) == texts(w.log("g1")) == ["您好请讲", "查一下流量", "好的请稍等"]
    assert texts(w.log("b")) == ["您好请讲", "好的请稍等"]
    assert closings[2].ledger[1].failed_ms > 0
    assert [e.event.type for e in w.log("b")].count("call-degraded") == 1
    assert any(e.event.type == "utterance-dropped" for e in w.log("b"))


async def test_declared_gap_is_logged_and_accounted_for(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 1000)
        hole = [AudioGap(party=leg.party, start_ms=1000, end_ms=1500, cause="lost") for leg in STEREO]
        await call.feed(hole)
        await play(call, 1500, 5000)
        call.close()
        closed = await call.closed()
    assert [leg.lost_ms for leg in closed.ledger] == [500, 500]
    assert_adds_up(closed.ledger)


async def test_recognition_that_falls_behind_says_so_and_takes_it_back(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with world(tmp_path, ScriptedTranscriber(SCRIPT, gate=gate)) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 8000)
        impaired = [(d.code, d.party) for d in view_of(w, "c1").degraded]
        gate.set()
        while call.position_ms(0) < 60_000 and view_of(w, "c1").degraded:
            await play(call, call.position_ms(0), call.position_ms(0) + 1000)
        call.close()
        closed = await call.closed()
    assert sorted(impaired) == [("recognition-behind", "agent"), ("recognition-behind", "customer")]
    assert view_of(w, "c1", w.log("c1")).degraded == ()
    assert texts(w.log("c1")) == ["您好请讲", "查一下流量", "好的请稍等"]
    assert_adds_up(closed.ledger)
