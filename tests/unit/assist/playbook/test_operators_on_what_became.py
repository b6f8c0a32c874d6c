"""Operators on what became of prompts and offers: reactions, what was said, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from assist.errors import PlaybookError
from assist.messages import ActSignal, Flag, Party, PhraseSignal, Prompt, Result
from assist.playbook import Advice, CallEnded, Known, Playbook, RunState, Tick, Turn, advise, begin
from tests.support.dialogue import playbook_of, utterance_of

OFFER = "加一个流量包更划算，马上生效，要不要帮您看看？"
RULES = f"""
  - id: offer-pack
    party: customer
    phrase: 流量不够
    because: 需要
    emit: {{prompt: {{kind: offer, title: 推荐流量包, body: {OFFER}}}}}
  - id: watched
    title: 试
    CONDITION
    because: 因为“{{quote}}”
    max_per_call: 1
    when: WHEN
    emit: {{flag: {{}}}}
"""


def watching(condition: str, when: str = "both") -> Playbook:
    return playbook_of(RULES.replace("CONDITION", condition).replace("WHEN", when))


class Run:
    """A call taken through a playbook turn by turn."""

    def __init__(self, playbook: Playbook) -> None:
        self.playbook = playbook
        self.state: RunState = begin(playbook)
        self.advice: list[Advice] = []
        self.now_ms = 0
        self.number = 0

    def says(self, party: Party, text: str, *acts: str, confidence: float = 0.9) -> Run:
        self.number += 1
        said = utterance_of(self.number, party, text, self.now_ms, self.now_ms + 1_000, confidence)
        self.now_ms = said.decided_ms + 500
        place = {"utterance_id": said.utterance_id, "party": party, "start_ms": said.start_ms, "end_ms": said.end_ms}
        found = [ActSignal.model_validate({**place, "label": act, "score": 0.9, "source": "t@1"}) for act in acts]
        signals = (*_phrases(self.playbook, text, place), *found)
        return self.take(Turn(said, signals))

    def take(self, fact: Turn | Tick | Known | CallEnded) -> Run:
        self.state, advice = advise(self.playbook, self.state, fact)
        self.advice += advice
        return self

    @property
    def verdicts(self) -> Sequence[str]:
        return [one.verdict for one in self.advice if isinstance(one, Flag)]


def _phrases(playbook: Playbook, text: str, place: Mapping[str, object]) -> Sequence[PhraseSignal]:
    return [
        PhraseSignal.model_validate(
            {**place, "label": phrase.text, "score": 1.0, "span": (0, len(text)), "source": "t@1", "match": "exact"}
        )
        for phrase in playbook.phrases
        if phrase.text in text
    ]


def offered(condition: str, when: str = "both") -> Run:
    return Run(watching(condition, when)).says("customer", "我流量不够").says("agent", OFFER, "offer")


@pytest.mark.parametrize("of", ["last-offer", "any-offer", "offer-pack"])
def test_a_refusal_that_was_heard_is_a_condition(of: str) -> None:
    run = offered(f"reaction: {{of: {of}, is: [refused]}}")
    assert run.verdicts == []
    assert run.says("customer", "不需要", "reject").verdicts == ["breach"]
    assert "不需要" in next(one.because.reason for one in run.advice if isinstance(one, Flag))


def test_another_reaction_is_none_of_it() -> None:
    assert offered("reaction: {is: refused}").says("customer", "好的", "accept").verdicts == []


def test_a_reaction_in_words_that_were_badly_heard_is_unknown() -> None:
    assert offered("reaction: {is: refused}").says("customer", "不需要", "reject", confidence=0.2).verdicts == [
        "abstained"
    ]


def test_a_reaction_that_is_too_unsure_is_unknown() -> None:
    run = offered("reaction: {is: refused, min_confidence: 0.99}")
    assert run.says("customer", "不需要", "reject").verdicts == ["abstained"]


def test_states_may_rest_on_what_was_heard() -> None:
    run = Run(
        playbook_of(
            RULES.replace("CONDITION", "reaction: {is: refused}\n    set: {turned-down: true}").replace("WHEN", "live")
        )
    )
    run.says("customer", "我流量不够").says("agent", OFFER, "offer").says("customer", "不办", "reject")
    assert run.state.states["turned-down"].value is True


def test_a_prompt_that_was_said_and_one_that_was_not() -> None:
    assert offered("cue_said: {of: offer-pack}").verdicts == ["breach"]
    unsaid = Run(watching("cue_said: {of: offer-pack, is: false}")).says("customer", "我流量不够")
    assert unsaid.verdicts == []
    assert unsaid.take(Tick(120_000)).verdicts == ["breach"]


def test_a_result_counts_from_the_next_moment() -> None:
    run = offered("result: {of: offer-pack, is: sold}")
    prompt = next(one for one in run.advice if isinstance(one, Prompt))
    sold = Result(prompt_id=prompt.prompt_id, at_ms=9_000, result="sold", by="u-1", source="agent")
    assert run.take(Known.of(sold)).verdicts == []
    assert run.take(Tick(10_000)).verdicts == ["breach"]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("reaction: {of: offer-pakc, is: refused}", "no such offer"),
        ("reaction: {is: maybe}", "is none of"),
        ("result: {is: [sold, lost]}", "is none of"),
        ("cue_said: {of: last-offer}", "must name a rule"),
        ("cue_said: {of: watched}", "no rule that prompts"),
    ],
)
def test_what_does_not_exist_is_refused(condition: str, words: str) -> None:
    with pytest.raises(PlaybookError, match=words):
        watching(condition)
