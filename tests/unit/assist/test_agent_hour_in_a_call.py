"""The agent's last hour, from the opening of a call to its record, and again from the record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assist.backtest import read_call
from assist.errors import StoreError
from assist.messages import AgentHour, CallDegraded, Envelope, Prompt, PromptLeftOut, PromptsLimited, Utterance
from assist.playbook import Advice, advise, begin
from assist.ports import CallQuery, CallSummary
from tests.support.agents_calls import had
from tests.support.dialogue import phrases_in, playbook_of
from tests.support.fakes import FakeStore, Said, ticking_clock
from tests.support.lived_call import live

NOW = ticking_clock()()
SCRIPT = (Said("customer", 1_200, 2_000, "我流量不够"), Said("customer", 3_000, 4_000, "流量不够啊"))
PLAYBOOK = playbook_of(
    "  - {id: plan, party: customer, call_length: {min_ms: 2000}, cool_down_ms: 1000, expires_ms: 1000, because: 久,\n"
    "     emit: {prompt: {kind: offer, title: 推荐, body: 流量包}}}\n",
    more="etiquette: {min_gap_ms: 0, budget: [{most: 1, because: 提示很多,"
    " when: {fact: {path: agent.prompts_60m, min: 60}}}]}\n",
)
TOLD = Prompt, PromptLeftOut, PromptsLimited


class Busy(FakeStore):
    """Knows of an agent with many prompts, or of none."""

    def __init__(self, prompts: int) -> None:
        super().__init__()
        self.summaries["before"] = had("before", min_ago=9, prompts=prompts, now=NOW)


class Deaf(FakeStore):
    """Keeps calls and cannot list them."""

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        raise StoreError("down")


def events(log: Sequence[Envelope], *types: type) -> list[object]:
    return [envelope.event for envelope in log if isinstance(envelope.event, types)]


async def test_a_full_hour_is_logged_limits_the_call_and_a_replay_says_the_same(tmp_path: Path) -> None:
    log = await live(SCRIPT, 6_000, PLAYBOOK, (), tmp_path, store=Busy(64))
    (hour,) = events(log, AgentHour)
    assert isinstance(hour, AgentHour)
    assert (hour.agent_id, hour.calls, hour.prompts) == ("1001", 1, 64)
    assert len(events(log, Prompt)) == 1
    assert len(events(log, PromptsLimited)) == 1
    state, again = begin(PLAYBOOK), list[Advice]()
    for fact in read_call(log).facts(lambda heard: phrases_in(heard, PLAYBOOK)):
        state, advice = advise(PLAYBOOK, state, fact)
        again += [one for one in advice if isinstance(one, TOLD)]
    assert again == events(log, *TOLD)


async def test_an_hour_with_room_limits_nothing(tmp_path: Path) -> None:
    log = await live(SCRIPT, 6_000, PLAYBOOK, (), tmp_path, store=Busy(3))
    assert len(events(log, Prompt)) > 1
    assert events(log, PromptsLimited, PromptLeftOut) == []


async def test_a_store_that_cannot_tell_costs_the_hour_and_nothing_else(tmp_path: Path) -> None:
    log = await live(SCRIPT, 6_000, PLAYBOOK, (), tmp_path, store=Deaf())
    (degraded,) = events(log, CallDegraded)
    assert isinstance(degraded, CallDegraded)
    assert (degraded.part, degraded.code) == ("agent-hour", "store-unavailable")
    assert events(log, AgentHour, PromptsLimited) == []
    assert len(events(log, Prompt)) > 1
    assert log[-1].event.type == "call-closed"


async def test_nobody_sits_in_a_recording(tmp_path: Path) -> None:
    log = await live(SCRIPT, 6_000, PLAYBOOK, (), tmp_path, store=Busy(64), pace="replay")
    assert events(log, AgentHour) == []
    assert len(events(log, Utterance)) == 2
