"""Whenever something becomes known in a call, a replay of its log knows it at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from assist.advisor import Advisor
from assist.backtest import read_call
from assist.journal import Journal
from assist.messages import (
    Agent,
    AgentHour,
    CallClosed,
    CallOpened,
    CallUpdated,
    Customer,
    CustomerLookedUp,
    CustomerTagged,
    DegradedPart,
    Envelope,
    Event,
    Flag,
    PhraseSignal,
    ProfileField,
    Prompt,
    PromptLeftOut,
    PromptsLimited,
    PromptUpdated,
    Signal,
    Utterance,
)
from assist.playbook import Playbook, Telling, advise, begin
from tests.support.dialogue import phrases_in, playbook_of, utterance_of
from tests.support.fakes import STEREO

OPENED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PLAYBOOK = playbook_of(
    """
  - {id: a, phrase: 流量, tag: valuable, because: 高, max_per_call: 100, emit: {flag: {title: 试}}}
  - id: b
    held_for: {what: {tag: valuable}, min_ms: 3000}
    because: 久
    emit: {prompt: {kind: say, title: 试, body: 试}}
  - {id: d, phrase: 再见, cool_down_ms: 0, because: 走, emit: {prompt: {kind: say, title: 送, body: 试}}}
  - {id: c, not: {tag: leaving}, phrase: 再见, because: 走, max_per_call: 100, emit: {flag: {title: 试}}}
""",
    more="""
tags:
  - {id: valuable, title: 高价值, fact: {path: customer.arpu, min: 150}}
  - {id: leaving, title: 将到期, fact: {path: customer.contract_end, within_days: 60}}
etiquette:
  min_gap_ms: 0
  budget: [{most: 1, when: {fact: {path: agent.prompts_60m, min: 60}}, because: 这一小时提示很多}]
""",
)
Said = Prompt | PromptUpdated | PromptLeftOut | PromptsLimited | Flag | CustomerTagged


@dataclass
class Log:
    """A journal that only keeps what it is given."""

    envelopes: list[Envelope] = field(default_factory=list[Envelope])

    def append(self, event: Event) -> Envelope:
        seq = len(self.envelopes) + 1
        self.envelopes.append(Envelope(call_id="c1", seq=seq, at=OPENED_AT, event=event))
        return self.envelopes[-1]


def _goes_on(part: DegradedPart, code: str, reason: str) -> None:
    raise AssertionError(code)


@dataclass
class Call:
    """A call whose analysis takes so long that things become known meanwhile."""

    meanwhile: list[Telling]
    log: Log = field(default_factory=Log)
    advisor: Advisor = field(init=False)

    def __post_init__(self) -> None:
        self.advisor = Advisor(cast(Journal, self.log), {"phrases": self}, PLAYBOOK, _goes_on)

    def know(self, event: Telling) -> None:
        at = self.log.append(event).at
        self.advisor.know(event, opened_at=at)

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        while self.meanwhile:
            self.know(self.meanwhile.pop())
        return phrases_in(utterance, PLAYBOOK)

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        return ()


Step = tuple[int, str, list[Telling], list[Telling], bool]
"""Silence before it, what is said, what becomes known before and while it is analysed, whether ticks come first."""

VALUES = {"arpu": ("20", "188", "?"), "contract_end": ("2026-04-01", "2027-04-01")}


@st.composite
def tellings(draw: st.DrawFn) -> Telling:
    """A look-up or an update, of one of two customers or agents."""
    who = draw(st.sampled_from("12"))
    match draw(st.sampled_from(("hour", "agent", "customer", "customer"))):
        case "hour":
            prompts = draw(st.sampled_from((3, 64)))
            return AgentHour(at_ms=0, agent_id=who, calls=9, prompts=prompts, talk_ms=60_000, took_ms=1)
        case "agent":
            return CallUpdated(at_ms=0, agent=Agent(agent_id=who))
        case _:
            pass
    told = {name: draw(st.sampled_from(values)) for name, values in VALUES.items() if draw(st.booleans())}
    if draw(st.booleans()):
        return CallUpdated(at_ms=0, customer=Customer(customer_id=who, attributes=told))
    fields = tuple(ProfileField(name=name, value=value) for name, value in told.items())
    return CustomerLookedUp(at_ms=0, customer_id=who, is_known=True, fields=fields, source="fake@1", took_ms=1)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    before, during = (draw(st.lists(tellings(), max_size=2)) for _ in range(2))
    gap_ms, text = draw(st.sampled_from((200, 1_500, 6_000))), draw(st.sampled_from(("流量不够", "再见")))
    return gap_ms, text, before, during, draw(st.booleans())


async def lived(steps: Sequence[Step]) -> list[Envelope]:
    """The log of a call in which this happens: silence, then something is known, then somebody speaks."""
    call = Call([])
    call.know(CallOpened(source="test", legs=STEREO, playbook=PLAYBOOK.reference))
    now_ms = 0
    for number, (gap_ms, text, before, during, has_ticked) in enumerate(steps):
        for event in before:
            call.know(event)
        start_ms = now_ms + gap_ms
        if has_ticked:
            call.advisor.reach(start_ms)
        call.meanwhile.extend(during)
        final = utterance_of(number, "customer", text, start_ms, start_ms + 800, 0.9)
        await call.advisor.take(final)
        now_ms = final.decided_ms
    call.advisor.end(now_ms, "hangup")
    call.log.append(CallClosed(at_ms=now_ms, cause="hangup", ledger=()))
    return call.log.envelopes


def replayed(log: Sequence[Envelope], playbook: Playbook) -> list[Said]:
    def listen(heard: Utterance) -> Sequence[PhraseSignal]:
        return phrases_in(heard, playbook)

    state, said = begin(playbook), list[Said]()
    for fact in read_call(log).facts(listen):
        state, advice = advise(playbook, state, fact)
        said += [item for item in advice if isinstance(item, Said)]
    return said


@settings(max_examples=200)
@given(st.lists(steps(), max_size=8))
def test_a_replay_says_what_was_said_whenever_it_became_known(happening: list[Step]) -> None:
    log = asyncio.run(lived(happening))
    assert replayed(log, PLAYBOOK) == [one.event for one in log if isinstance(one.event, Said)]
