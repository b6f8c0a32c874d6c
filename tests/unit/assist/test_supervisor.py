"""Calls as their sources see them: opened, dropped, resumed, closed."""

import asyncio
from pathlib import Path

import pytest

from assist.conversation import measured
from assist.errors import InputError, NotFoundError, OverloadedError
from assist.messages import Customer, OvertalkSignal, SilenceSignal, SpeechRateSignal, Term
from assist.playbook import parse_playbook
from assist.ports import Pace
from assist.session import SessionLimits
from assist.spool import read_events
from assist.supervisor import CallRequest, SupervisorLimits
from assist.turns import OPENINGS_A_PASS
from tests.support.fakes import STEREO, Said, ScriptedTranscriber, frame
from tests.support.supervised import PROMPTING, SCRIPT, assert_adds_up, play, texts, world


async def test_call_is_stored_whole_with_gap_free_seq_and_a_ledger_that_adds_up(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 5000)
        call.close()
        closed = await call.closed()
    log = w.log("c1")
    assert [e.seq for e in log] == list(range(1, len(log) + 1))
    assert log[0].event.type == "call-opened"
    assert log[-1].event == closed
    assert texts(log) == ["您好请讲", "查一下流量", "好的请稍等"]
    assert_adds_up(closed.ledger)
    assert [leg.received_ms for leg in closed.ledger] == [5000, 5000]
    assert w.audio_store.saved["c1"] == {"agent": 80_000, "customer": 80_000}
    assert not (tmp_path / "c1").exists()


async def test_an_open_call_begins_when_nobody_waits_to_open_one_and_nothing_is_missing(tmp_path: Path) -> None:
    transcriber = ScriptedTranscriber(SCRIPT)
    async with world(tmp_path, transcriber) as w, asyncio.TaskGroup() as group:
        knocking = [group.create_task(w.supervisor.turns.open()) for _ in range(3 * OPENINGS_A_PASS)]
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 5000)
        other = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c2"))
        other.close("hangup")
        while not all(task.done() for task in knocking):
            assert transcriber.terms == {}
            assert [envelope.event.type for envelope in read_events(tmp_path / "c1")] == ["call-opened"]
            await asyncio.sleep(0)
        call.close()
        closed = await call.closed()
        assert (await other.closed()).cause == "hangup"
    assert texts(w.log("c1")) == ["您好请讲", "查一下流量", "好的请稍等"]
    assert [leg.received_ms for leg in closed.ledger] == [5000, 5000]
    assert_adds_up(closed.ledger)


async def test_lanes_know_the_names_of_the_playbook_and_of_the_call(tmp_path: Path) -> None:
    transcriber = ScriptedTranscriber()
    playbook = parse_playbook(PROMPTING + "lexicon: [畅享套餐]\n")
    customer = Customer(customer_id="138", name="李晓红")
    async with world(tmp_path, transcriber, playbook=playbook) as made:
        request = CallRequest("test", STEREO, call_id="c1", customer=customer, terms=("人民路",))
        call = made.supervisor.open(request)
        call.close("hangup")
        await call.closed()
    names = (Term("畅享套餐", "playbook"), Term("人民路", "call"), Term("李晓红", "call"))
    assert transcriber.terms == {("c1", "agent"): names, ("c1", "customer"): names}


async def test_live_and_replay_give_the_same_decisions_in_the_same_order(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        paces: tuple[Pace, Pace] = ("live", "replay")
        for pace in paces:
            call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id=pace, pace=pace))
            await play(call, 0, 5000)
            call.close()
            await call.closed()
    kept = [[e.event for e in w.log(c) if e.event.type not in ("partial-transcript",)] for c in paces]
    assert kept[0] == kept[1]


async def test_dropped_source_resumes_and_nothing_is_missing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 1500)
        call.detach()
        again = w.supervisor.attach("c1", call.resume_token)
        assert [(leg.samples, leg.gaps_ms) for leg in again.taken] == [(12_000, 0), (12_000, 0)]
        assert again.position_ms(0) == 1500
        await call.feed([frame("agent", 1500)])
        await play(again, 1500, 5000)
        again.close()
        closed = await again.closed()
    assert texts(w.log("c1")) == ["您好请讲", "查一下流量", "好的请稍等"]
    assert [leg.received_ms for leg in closed.ledger] == [5000, 5000]


async def test_source_that_does_not_come_back_closes_the_call_with_its_cause(tmp_path: Path) -> None:
    async with world(tmp_path, limits=SupervisorLimits(grace_s=0.0)) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 1000)
        call.detach()
        assert (await call.closed()).cause == "source-lost"


async def test_second_attachment_and_wrong_token_are_refused(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        with pytest.raises(InputError, match="Another connection"):
            w.supervisor.attach("c1", call.resume_token)
        with pytest.raises(NotFoundError) as wrong:
            w.supervisor.attach("c1", "nonsense")
        assert wrong.value.code == "bad-resume-token"
        with pytest.raises(NotFoundError):
            w.supervisor.attach("other", call.resume_token)
        with pytest.raises(InputError) as twice:
            w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        assert twice.value.code == "call-exists"


async def test_call_beyond_the_limit_is_refused_and_counted(tmp_path: Path) -> None:
    async with world(tmp_path, limits=SupervisorLimits(max_calls=1)) as w:
        w.supervisor.open(CallRequest(source="test", legs=STEREO))
        with pytest.raises(OverloadedError):
            w.supervisor.open(CallRequest(source="test", legs=STEREO))
        assert w.supervisor.counts.calls_refused == 1


async def test_close_tells_how_the_conversation_went_as_its_log_does(tmp_path: Path) -> None:
    script = (
        Said("agent", 200, 1_900, "您好请讲有什么可以帮您"),
        Said("customer", 1_300, 2_500, "我想查一下流量"),
        Said("agent", 8_000, 9_000, "好的马上帮您查"),
    )
    async with world(tmp_path, ScriptedTranscriber(script)) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 10_000)
        call.close()
        closed = await call.closed()
    events = [envelope.event for envelope in w.log("c1")]
    assert closed.conversation is not None
    assert closed.conversation == measured(events, closed.at_ms)
    silences = [event for event in events if isinstance(event, SilenceSignal)]
    overtalks = [event for event in events if isinstance(event, OvertalkSignal)]
    assert closed.conversation.silence_ms == sum(one.end_ms - one.start_ms for one in silences) == 5_500
    customer = closed.conversation.parties[1]
    assert customer.overtalk_ms == sum(one.end_ms - one.start_ms for one in overtalks) == 600
    assert [event.party for event in events if isinstance(event, SpeechRateSignal)] == ["agent", "customer"]


async def test_call_that_never_ends_is_closed_at_its_limit(tmp_path: Path) -> None:
    limits = SupervisorLimits(session=SessionLimits(max_call_s=0.0))
    async with world(tmp_path, limits=limits) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        assert (await call.closed()).cause == "max-length"


async def test_stopping_closes_open_calls_and_stores_them(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 1000)
    assert (await call.closed()).cause == "server-stopped"
    assert w.log("c1")[-1].event.type == "call-closed"
    with pytest.raises(OverloadedError):
        w.supervisor.open(CallRequest(source="test", legs=STEREO))
