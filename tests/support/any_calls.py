"""Calls of every kind, as the facts a playbook sees, for property tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from assist.messages import (
    ActSignal,
    AudioGap,
    EmotionSignal,
    EntitySignal,
    Evidence,
    IntentSignal,
    Judgement,
    MeaningSignal,
    Result,
    Signal,
    Utterance,
    UtteranceDropped,
    VoiceReading,
)
from assist.playbook import Advice, Fact, Known, Meaning, Playbook, Question, RunState, Turn, advise, begin
from tests.support.conditions import LABELS
from tests.support.dialogue import Dialogue

WORDS = ("您好请讲", "我不需要", "再推荐一个流量包", "我要投诉你们", "好的谢谢", "一共五十八元", "您请稍等一下", "嗯")
TAGS = """\
meanings:
  one: {examples: [说法一, 说法二, 说法三]}
  two: {party: customer, examples: [意思一, 意思二, 意思三]}
questions:
  solved: {ask: 解决了吗？, answers: [是, 否]}
tags:
  - {id: on-a, title: 用A, fact: {path: customer.plan, is: A}}
  - {id: new, title: 新, fact: {path: customer.since, in_last_days: 30}}
"""
SOLVED = Question("solved", "解决了吗？", ("是", "否"))
MEANINGS = {
    meaning.name: meaning.label
    for meaning in (
        Meaning("one", "any", ("说法一", "说法二", "说法三")),
        Meaning("two", "customer", ("意思一", "意思二", "意思三")),
    )
}
MOOD = "  - {id: mood, phrase: 投诉, set: {mood: true}}\n"
PITCH = "  - {id: pitch, phrase: 五十八元, because: 因, emit: {prompt: {kind: offer, title: 题, body: 再推荐流量包}}}\n"


def signals_of(draw: st.DrawFn, utterance: Utterance) -> list[Signal]:
    place: dict[str, Any] = {
        "utterance_id": utterance.utterance_id, "party": utterance.party, "score": 0.9,
        "start_ms": utterance.start_ms, "end_ms": utterance.end_ms, "source": "test@1",
    }  # fmt: skip
    valence = draw(st.sampled_from((-0.9, -0.1, 0.5)))
    chosen = draw(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(LABELS)), max_size=3))
    return [
        (
            IntentSignal(**place, label=label),
            ActSignal(**place, label=label),
            EntitySignal(**place, label=label, value="5800"),
            EmotionSignal(**place, label=label, intensity=2, trend="rising", valence=valence),
            MeaningSignal(**place, label=MEANINGS[label]),
        )[kind]
        for kind, label in chosen
    ]


@st.composite
def calls(draw: st.DrawFn, playbook: Playbook) -> list[Fact]:
    """Calls with bad hearing, overlaps, pauses, lost words, signals, and facts that are told on the way."""
    call, start_ms = Dialogue(playbook), 0
    for number in range(draw(st.integers(1, 12))):
        start_ms += draw(st.sampled_from((0, 300, 1_500, 4_000, 12_000)))
        party = draw(st.sampled_from(("agent", "customer", "customer", "mixed")))
        confidence = draw(st.sampled_from((0.1, 0.9, 0.9)))
        words = draw(st.sampled_from(WORDS))
        unsure = draw(st.sampled_from(("", "", words[:3])))
        call.says(party, words, start_ms=start_ms, confidence=confidence, unsure=unsure)
        if draw(st.integers(0, 5)) == 0:
            reason = draw(st.sampled_from(("recogniser-failed", "no-speech")))
            lost = UtteranceDropped(
                utterance_id=f"lost{number}", party=party, start_ms=start_ms, end_ms=start_ms + 100,
                decided_ms=start_ms + 600, reason=reason,
            )  # fmt: skip
            call.fact(start_ms + 600, lost)
        if draw(st.integers(0, 5)) == 0:
            since = draw(st.sampled_from(("2020-01-01", "2026-02-20", "?")))
            facts = {
                "customer.plan": draw(st.sampled_from("AB")),
                "customer.since": since,
                "customer.fee": draw(st.sampled_from(("5800", "5801", "99"))),
                "call.date": "2026-03-01",
                "call.time": "23:10",
            }
            call.fact(start_ms, Known(facts))
        if draw(st.integers(0, 6)) == 0:
            end_ms = start_ms + draw(st.sampled_from((400, 900, 5_000)))
            cause = draw(st.sampled_from(("lost", "shed")))
            call.fact(start_ms, Known.of(AudioGap(party=party, start_ms=start_ms, end_ms=end_ms, cause=cause)))
        if draw(st.integers(0, 8)) == 0:
            outcome = draw(st.sampled_from(("sold", "not-sold")))
            report = Result(prompt_id="pitch-1", at_ms=start_ms, result=outcome, by="crm", source="crm")
            call.fact(start_ms, Known.of(report))
    if draw(st.booleans()):
        call.fact(start_ms, judged(draw))
    return [
        told(draw, fact) if isinstance(fact, Turn) else fact
        for fact in call.facts(draw(st.sampled_from(("hangup", "source-lost", None))))
    ]


def judged(draw: st.DrawFn) -> Known:
    """What a model answered, from words that were well or badly heard."""
    confidence = draw(st.sampled_from((0.1, 0.9)))
    words = Evidence(kind="utterance", utterance_id="u0", start_ms=0, end_ms=900, quote="您好", confidence=confidence)
    answer = draw(st.sampled_from(("是", "否", None)))
    label, asked = SOLVED.label, SOLVED.text
    return Known.of(Judgement(at_ms=0, label=label, question=asked, answer=answer, evidence=(words,), source="test@1"))


def told(draw: st.DrawFn, turn: Turn) -> Turn:
    """The turn with signals and a voice."""
    voice = VoiceReading(
        level_dbfs=draw(st.sampled_from((-30.0, -12.0))), pitch_hz=None, pitch_range=None, chars_per_min=300.0,
        negative=0.0, neutral=1.0, positive=0.0, source="test@1",
    )  # fmt: skip
    utterance = turn.utterance.model_copy(update={"voice": voice})
    return Turn(utterance, (*turn.signals, *signals_of(draw, utterance)))


def run(playbook: Playbook, facts: Iterable[Fact]) -> list[tuple[RunState, tuple[Advice, ...]]]:
    """State, without its note of who is awake, and advice after every fact."""
    state, steps = begin(playbook), list[tuple[RunState, tuple[Advice, ...]]]()
    for fact in facts:
        state, advice = advise(playbook, state, fact)
        steps.append((replace(state, awake=frozenset()), advice))
    return steps
