"""Whatever is said, shown and reported in a call: its record, run again, tells the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from assist.advisor import Advisor
from assist.backtest import read_call
from assist.journal import Journal
from assist.messages import (
    ActSignal,
    CallClosed,
    CallOpened,
    CueHeard,
    Envelope,
    Event,
    Flag,
    Party,
    PhraseSignal,
    Prompt,
    PromptUpdated,
    Reaction,
    Result,
    Signal,
    Utterance,
)
from assist.playbook import Playbook, advise, begin
from tests.support.dialogue import phrases_in, playbook_of, utterance_of
from tests.support.envelopes import START

OFFER = "加一个流量包更划算，马上生效，要不要帮您看看？"
PLAYBOOK = playbook_of(f"""
  - id: offer-pack
    party: customer
    phrase: 流量不够
    because: 需要
    cool_down_ms: 1000
    emit: {{prompt: {{kind: offer, title: 推荐流量包, body: {OFFER}}}}}
  - id: refused
    reaction: {{is: [refused, ignored]}}
    because: 没有接受
    emit: {{flag: {{title: 没有接受}}}}
  - id: unsaid
    cue_said: {{of: offer-pack, is: false}}
    because: 没有说
    emit: {{flag: {{title: 没有说}}}}
  - id: sold
    result: {{is: sold}}
    because: 成交
    emit: {{flag: {{title: 成交, verdict: met}}}}
""")
SAID: Sequence[tuple[Party, str, str]] = (
    ("customer", "我流量不够", "inform"),
    ("agent", OFFER, "offer"),
    ("agent", "加一个流量包更划算", "offer"),
    ("agent", "您的话费还有四十二块", "answer"),
    ("agent", "请问还有其他可以帮您的吗", "ask"),
    ("customer", "不需要", "reject"),
    ("customer", "我再想想吧", "object"),
    ("customer", "那帮我办一个吧", "accept"),
    ("customer", "我的积分有多少啊", "ask"),
    ("customer", "那我的积分是查不了的", "inform"),
)
TOLD = (CueHeard, Reaction, Prompt, PromptUpdated, Flag)

Step = tuple[int, float, int]
"""What is said, how well it is heard, and how long after the last words; negative: a result is reported."""


@dataclass
class Log:
    """A journal in memory."""

    envelopes: list[Envelope] = field(default_factory=list[Envelope])

    def append(self, event: Event) -> Envelope:
        self.envelopes.append(Envelope(call_id="c1", seq=len(self.envelopes) + 1, at=START, event=event))
        return self.envelopes[-1]


@dataclass
class Acts:
    """Finds phrases and the acts that ``SAID`` has."""

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        return (*phrases_in(utterance, PLAYBOOK), *_acts(utterance))

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        return ()


def _acts(utterance: Utterance) -> Sequence[Signal]:
    place = utterance.model_dump(include={"utterance_id", "party", "start_ms", "end_ms"})
    acts = {act for party, text, act in SAID if (party, text) == (utterance.party, utterance.text)}
    return [ActSignal.model_validate({**place, "label": act, "score": 0.9, "source": "t@1"}) for act in acts]


async def lived(steps: Sequence[Step]) -> Sequence[Envelope]:
    """The log of a call that was lived step by step."""
    log = Log()
    advisor = Advisor(cast(Journal, log), {"acts": Acts()}, PLAYBOOK, lambda part, code, reason: None)
    opening = CallOpened(source="test", legs=(), playbook=PLAYBOOK.reference, recogniser="t@1")
    advisor.know(opening, opened_at=log.append(opening).at)
    now_ms = 0
    for number, (which, confidence, gap_ms) in enumerate(steps):
        if gap_ms < 0:
            result = Result(at_ms=now_ms, result="sold" if which % 2 else "not-sold", by="u", source="agent")
            log.append(result)
            advisor.know(result)
            continue
        party, text, _ = SAID[which]
        said = utterance_of(number, party, text, now_ms + gap_ms, now_ms + gap_ms + 1_000, confidence)
        now_ms = said.decided_ms
        await advisor.take(said)
    advisor.end(now_ms + 500, "hangup")
    log.append(CallClosed(at_ms=now_ms + 500, cause="hangup", ledger=()))
    log.append(Result(at_ms=now_ms, result="sold", by="u", source="crm"))
    return log.envelopes


def recorded(log: Sequence[Envelope], playbook: Playbook) -> Sequence[Event]:
    """What rules and ears tell of the record."""
    state, told = begin(playbook), list[Event]()
    for fact in read_call(log).facts(lambda utterance: cast("Sequence[PhraseSignal]", phrases_in(utterance, playbook))):
        state, advice = advise(playbook, state, fact)
        told += [one for one in advice if isinstance(one, TOLD)]
    return told


steps = st.lists(
    st.tuples(
        st.integers(0, len(SAID) - 1), st.sampled_from((0.9, 0.2)), st.sampled_from((-1, 300, 700, 5_000, 50_000))
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_a_recorded_call_is_heard_as_it_was_live(lines: list[Step]) -> None:
    log = asyncio.run(lived(lines))
    live = [envelope.event for envelope in log if isinstance(envelope.event, TOLD)]
    assert live == recorded(log, PLAYBOOK)


def test_the_whole_sale_can_be_read_from_the_log() -> None:
    log = asyncio.run(lived([(0, 0.9, 300), (1, 0.9, 700), (6, 0.9, 700), (2, 0.9, 700), (7, 0.9, 700), (1, 0.9, -1)]))
    told = [envelope.event for envelope in log if isinstance(envelope.event, Prompt | CueHeard | Reaction | Result)]
    kinds = [one.type for one in told]
    assert kinds == ["prompt", "cue-heard", "reaction", "reaction", "result", "result"]
    assert [one.reaction for one in told if isinstance(one, Reaction)] == ["hesitant", "accepted"]
