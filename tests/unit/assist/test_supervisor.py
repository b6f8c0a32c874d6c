"""Calls as their sources see them: opened, dropped, resumed, closed, broken, recovered."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assist.conversation import measured
from assist.errors import InputError, NotFoundError, OverloadedError
from assist.messages import (
    AudioGap,
    CallClosed,
    Customer,
    Envelope,
    LegLedger,
    OvertalkSignal,
    PhraseSignal,
    PromptOutcome,
    Result,
    Signal,
    SilenceSignal,
    SpeechRateSignal,
    Term,
    Utterance,
)
from assist.outcomes import ResultReport
from assist.playbook import Playbook, parse_playbook
from assist.ports import Pace
from assist.session import SessionLimits
from assist.spool import CallSpool
from assist.supervisor import CallHandle, CallRequest, Supervisor, SupervisorLimits
from assist.view import CallView, fold_all
from tests.support.fakes import (
    STEREO,
    FakeAudioStore,
    FakeBus,
    FakeStore,
    Said,
    ScriptedTranscriber,
    SilentAnalyser,
    frame,
    plain_playbook,
    ticking_clock,
    utterance,
)

SCRIPT = (
    Said("agent", 200, 900, "您好请讲"),
    Said("customer", 1700, 2500, "查一下流量"),
    Said("agent", 2600, 3400, "好的请稍等"),
)


PROMPTING = """\
name: prompting
version: "1"
title: 测试
rules:
  - id: hush
    title: 静默
    severity: minor
    silence: {min_ms: 1000}
    because: 没有人说话
    expires_ms: 60000
    emit: {prompt: {kind: say, title: 说话, body: 您好}}
"""


EARLY = """\
name: early
version: "1"
title: 测试
rules:
  - id: usage
    party: customer
    phrase: {any: [流量], none: [不要]}
    early: true
    because: 客户说“{quote}”
    expires_ms: 60000
    emit: {prompt: {kind: answer, title: 流量, body: 我帮您查}}
"""


class PhraseAnalyser(SilentAnalyser):
    """Finds the phrase of which the early rule of these tests speaks, also while the utterance goes on."""

    def open_call(self, playbook: Playbook) -> "PhraseAnalyser":
        return self

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        at = heard.text.index("流量")
        return [
            PhraseSignal(
                utterance_id=heard.utterance_id,
                party=heard.party,
                label="流量",
                score=1.0,
                start_ms=heard.start_ms,
                end_ms=heard.end_ms,
                span=(at, at + 2),
                quote="流量",
                source="test@1",
                match="exact",
            )
        ]


class World:
    """A supervisor with fake adapters."""

    def __init__(
        self,
        spool: Path,
        transcriber: ScriptedTranscriber,
        playbook: Playbook,
        limits: SupervisorLimits,
        analyser: SilentAnalyser,
    ) -> None:
        self.store, self.audio_store, self.bus = FakeStore(), FakeAudioStore(), FakeBus()
        self.supervisor = Supervisor(
            transcriber=transcriber,
            analysers=(analyser,),
            playbook=lambda _: playbook,
            store=self.store,
            audio_store=self.audio_store,
            bus=self.bus,
            spool_dir=spool,
            now=ticking_clock(),
            limits=limits,
        )

    def log(self, call_id: str) -> list[Envelope]:
        return [self.store.logs[call_id][seq] for seq in sorted(self.store.logs[call_id])]


@asynccontextmanager
async def world(
    spool: Path,
    transcriber: ScriptedTranscriber | None = None,
    *,
    playbook: Playbook | None = None,
    limits: SupervisorLimits | None = None,
    analyser: SilentAnalyser | None = None,
) -> AsyncGenerator[World]:
    made = World(
        spool,
        transcriber or ScriptedTranscriber(SCRIPT),
        playbook or plain_playbook(),
        limits or SupervisorLimits(),
        analyser or SilentAnalyser(),
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(made.supervisor.run())
        await made.supervisor.started()
        yield made
        await made.supervisor.stop()


async def play(call: CallHandle, start_ms: int, end_ms: int) -> None:
    for position in range(start_ms, end_ms, 20):
        await call.feed([frame("agent", position), frame("customer", position)], wire_bytes=640)
        await asyncio.sleep(0)


def view_of(w: World, call_id: str, log: Sequence[Envelope] | None = None) -> CallView:
    """What a desk sees of a live call, or of a log."""
    view = fold_all(call_id, log) if log is not None else w.supervisor.view(call_id)
    assert view is not None
    return view


def texts(log: Sequence[Envelope]) -> list[str]:
    return [envelope.event.text for envelope in log if isinstance(envelope.event, Utterance)]


def assert_adds_up(ledger: Sequence[LegLedger]) -> None:
    for leg in ledger:
        assert leg.received_ms == leg.transcribed_ms + leg.silence_ms + leg.gaps_ms


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
        assert again.received_bytes == 75 * 640
        assert again.position_ms(0) == 1500
        await call.feed([frame("agent", 1500)], wire_bytes=320)
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


async def test_outcome_of_an_unknown_prompt_or_call_is_refused(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        with pytest.raises(NotFoundError, match="no such prompt"):
            await w.supervisor.record_outcome("c1", "p", "accepted", by="u")
        with pytest.raises(NotFoundError, match="no such call"):
            await w.supervisor.record_outcome("c2", "p", "accepted", by="u")


async def test_outcome_said_twice_is_logged_once_live_and_afterwards(tmp_path: Path) -> None:
    async with world(tmp_path, playbook=parse_playbook(PROMPTING, "prompting.yaml")) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 5000)
        await w.bus.has_seen("prompt")
        live = [await w.supervisor.record_outcome("c1", "hush-1", "accepted", by="u") for _ in range(2)]
        call.close()
        await call.closed()
        afterwards = [await w.supervisor.record_outcome("c1", "hush-1", "copied", by="u") for _ in range(2)]
    assert live[0] == live[1]
    assert afterwards[0] == afterwards[1]
    assert [e.event.outcome for e in w.log("c1") if isinstance(e.event, PromptOutcome)] == ["accepted", "copied"]


async def test_early_prompt_that_was_withdrawn_and_comes_again_is_shown_again(tmp_path: Path) -> None:
    script = [Said("customer", start_ms, start_ms + 1_000, "我的流量我不要了", "我的流量") for start_ms in (200, 3_000)]
    async with world(
        tmp_path, ScriptedTranscriber(script), playbook=parse_playbook(EARLY), analyser=PhraseAnalyser()
    ) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        shown = list[Envelope]()
        for time, (start_ms, end_ms) in enumerate([(0, 600), (2_500, 3_400)], start=1):
            await play(call, start_ms, end_ms)
            await w.bus.has_seen("prompt", times=time)
            shown += [await w.supervisor.record_outcome("c1", "usage-1", "shown", by="u") for _ in range(2)]
            await play(call, end_ms, start_ms + 2_500)
            await w.bus.has_seen("prompt-updated", times=time)
        call.close()
        await call.closed()
        afterwards = await w.supervisor.record_outcome("c1", "usage-1", "shown", by="u")
    assert shown[0] == shown[1] != shown[2] == shown[3]
    told = [e.event.type for e in w.log("c1") if e.event.type in ("prompt", "prompt-outcome", "prompt-updated")]
    assert told == ["prompt", "prompt-outcome", "prompt-updated"] * 2 + ["prompt-outcome"]
    assert afterwards == w.log("c1")[-1]


async def test_results_are_logged_live_and_afterwards_and_the_same_again_changes_nothing(tmp_path: Path) -> None:
    sold = ResultReport("sold", by="u", source="agent", prompt_id="hush-1")
    order = ResultReport("sold", by="api-key", source="crm", prompt_id="hush-1", order_id="O-1")
    async with world(tmp_path, playbook=parse_playbook(PROMPTING, "prompting.yaml")) as w:
        call = w.supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await play(call, 0, 5000)
        await w.bus.has_seen("prompt")
        live = [await w.supervisor.record_result("c1", sold) for _ in range(2)]
        call.close()
        await call.closed()
        afterwards = [await w.supervisor.record_result("c1", order) for _ in range(2)]
        again = await w.supervisor.record_result("c1", sold)
        with pytest.raises(NotFoundError, match="no such prompt"):
            await w.supervisor.record_result("c1", ResultReport("sold", by="u", source="agent", prompt_id="none-1"))
        with pytest.raises(NotFoundError, match="no such call"):
            await w.supervisor.record_result("c2", ResultReport("sold", by="u", source="agent"))
    assert live[0] == live[1]
    assert afterwards[0] == afterwards[1] != again
    assert [e.event.by for e in w.log("c1") if isinstance(e.event, Result)] == ["u", "api-key", "u"]


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
