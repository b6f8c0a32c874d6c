"""Who is calling, from the opening of a call to its record, and again from the record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from assist.backtest import read_call
from assist.backtest.replay import Ruleset, replay
from assist.errors import CustomersError
from assist.messages import (
    CallDegraded,
    CallUpdated,
    Customer,
    CustomerLookedUp,
    CustomerTagged,
    Envelope,
    PhraseSignal,
    ProfileField,
    Prompt,
    Utterance,
)
from assist.playbook import advise, begin
from assist.ports import CustomerRecord
from assist.supervisor import CallRequest, Supervisor
from tests.support.dialogue import phrases_in, playbook_of
from tests.support.fakes import (
    STEREO,
    FakeAudioStore,
    FakeBus,
    FakeStore,
    Said,
    ScriptedTranscriber,
    frame,
    plain_playbook,
    ticking_clock,
)
from tests.support.lived_call import live

SCRIPT = (Said("agent", 1_200, 2_000, "您好请讲"), Said("customer", 3_000, 4_000, "我流量不够"))
PLAYBOOK = playbook_of(
    "  - {id: sell, party: customer, tag: valuable, call_length: {min_ms: 3000}, because: 高价值,\n"
    "     emit: {prompt: {kind: offer, title: 推荐, body: 流量包}}}\n",
    more="tags: [{id: valuable, title: 高价值, fact: {path: customer.arpu, min: 150}}]\n",
)


class Known:
    """Knows everybody."""

    async def look_up(self, customer_id: str) -> CustomerRecord:
        arpu = ProfileField(name="arpu", value="188", group="dynamic")
        return CustomerRecord("fake@1", is_known=True, name="王建国", fields=(arpu,))


class Down:
    """Never answers."""

    async def look_up(self, customer_id: str) -> CustomerRecord:
        raise CustomersError("down")


def events(log: Sequence[Envelope], *types: type) -> list[object]:
    return [envelope.event for envelope in log if isinstance(envelope.event, types)]


async def test_the_answer_is_logged_rules_know_it_and_a_replay_says_the_same(tmp_path: Path) -> None:
    store = FakeStore()
    log = await live(
        SCRIPT, 6_000, PLAYBOOK, (), tmp_path, store=store, customers=Known(), customer=Customer(customer_id="1")
    )
    (answer,) = events(log, CustomerLookedUp)
    assert isinstance(answer, CustomerLookedUp)
    assert (answer.customer_id, answer.name, answer.source) == ("1", "王建国", "fake@1")
    (tagged,) = events(log, CustomerTagged)
    (prompt,) = events(log, Prompt)
    call = read_call(log)

    def listen(heard: Utterance) -> Sequence[PhraseSignal]:
        return phrases_in(heard, PLAYBOOK)

    assert prompt in replay(call, Ruleset(PLAYBOOK, listen))
    state, again = begin(PLAYBOOK), list[object]()
    for fact in call.facts(listen):
        state, advice = advise(PLAYBOOK, state, fact)
        again += [item for item in advice if isinstance(item, CustomerTagged)]
    assert again == [tagged]
    assert store.summaries["c1"].customer_name == "王建国"


async def test_a_directory_that_is_down_costs_its_answer_and_nothing_else(tmp_path: Path) -> None:
    log = await live(SCRIPT, 6_000, PLAYBOOK, (), tmp_path, customers=Down(), customer=Customer(customer_id="1"))
    assert [one.code for one in events(log, CallDegraded) if isinstance(one, CallDegraded)] == ["customers-unavailable"]
    assert events(log, CustomerLookedUp, CustomerTagged, Prompt) == []
    assert log[-1].event.type == "call-closed"


async def test_who_becomes_known_during_the_call_is_looked_up_then(tmp_path: Path) -> None:
    store, asked = FakeStore(), asyncio.Event()

    class Noting(Known):
        async def look_up(self, customer_id: str) -> CustomerRecord:
            asked.set()
            return await super().look_up(customer_id)

    supervisor = Supervisor(
        transcriber=ScriptedTranscriber(SCRIPT),
        analysers=(),
        playbook=lambda _: plain_playbook(),
        store=store,
        audio_store=FakeAudioStore(),
        bus=FakeBus(),
        spool_dir=tmp_path,
        customers=Noting(),
        now=ticking_clock(),
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run())
        await supervisor.started()
        call = supervisor.open(CallRequest(source="test", legs=STEREO, call_id="c1"))
        await call.feed([frame(leg.party, 0, 1_000) for leg in STEREO])
        assert not asked.is_set()
        call.update(customer=Customer(customer_id="7"))
        await asked.wait()
        call.close()
        await call.closed()
        await supervisor.stop()
    log = [store.logs["c1"][seq] for seq in sorted(store.logs["c1"])]
    types = [type(one) for one in events(log, CallUpdated, CustomerLookedUp)]
    assert types == [CallUpdated, CustomerLookedUp]
