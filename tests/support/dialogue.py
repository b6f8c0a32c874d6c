"""Writes a call as the facts a playbook sees, with phrases found by plain comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from assist.messages import (
    ActSignal,
    CloseCause,
    EmotionSignal,
    EntitySignal,
    Flag,
    IntentSignal,
    Party,
    PhraseSignal,
    Prompt,
    PromptUpdated,
    Signal,
    SpeechStarted,
    Trend,
    Utterance,
    VoiceReading,
    Word,
)
from assist.playbook import Advice, CallEnded, Fact, Playbook, RunState, Tick, Turn, advise, begin, parse_playbook

ONSET_MS = 100
HANGOVER_MS = 500
CHAR_MS = 200

A = TypeVar("A", bound=Advice)

HEADER = "name: test\nversion: 1\ntitle: 试\n"


def rule_of(condition: str, *, party: str = "agent", more: str = "") -> Playbook:
    """A playbook with one rule whose flag is called "r"."""
    return playbook_of(
        f"""
  - id: r
    title: 试
    party: {party}
    {condition}
    because: 因为“{{quote}}”
    max_per_call: 1
    {more}
    emit: {{flag: {{}}}}
"""
    )


def playbook_of(rules: str, *, more: str = "") -> Playbook:
    """A playbook with these rules (YAML, a list)."""
    return parse_playbook(f"{HEADER}{more}\nrules:\n{rules}", "test.yaml")


def utterance_of(
    number: int, party: Party, text: str, start_ms: int, end_ms: int, confidence: float, *, unsure: str = ""
) -> Utterance:
    """A final with a word per character, evenly spread; the characters of ``unsure`` were hardly heard."""
    weak = range(text.find(unsure), text.find(unsure) + len(unsure))
    edges = [start_ms + (end_ms - start_ms) * at // max(len(text), 1) for at in range(len(text) + 1)]
    return Utterance(
        utterance_id=f"u{number}",
        party=party,
        text=text,
        words=tuple(
            Word(text=char, start_ms=edges[at], end_ms=edges[at + 1], confidence=0.2 if at in weak else confidence)
            for at, char in enumerate(text)
        ),
        start_ms=start_ms,
        end_ms=end_ms,
        decided_ms=end_ms + HANGOVER_MS,
        confidence=confidence,
        model="test@1",
    )


def phrases_in(utterance: Utterance, playbook: Playbook) -> tuple[PhraseSignal, ...]:
    """Every phrase of the playbook that stands in the text as written, first place only."""
    signals: list[PhraseSignal] = []
    for phrase in playbook.phrases:
        at = utterance.text.find(phrase.text)
        if at >= 0:
            end = at + len(phrase.text)
            signals.append(
                PhraseSignal(
                    utterance_id=utterance.utterance_id,
                    party=utterance.party,
                    label=phrase.text,
                    score=1.0,
                    start_ms=utterance.words[at].start_ms,
                    end_ms=utterance.words[end - 1].end_ms,
                    span=(at, end),
                    quote=phrase.text,
                    source="test@1",
                    match="exact",
                )
            )
    return tuple(signals)


def found_in(
    utterance: Utterance,
    *,
    intents: Sequence[str] = (),
    acts: Sequence[str] = (),
    emotion: str = "",
    intensity: int = 2,
    trend: Trend = "steady",
    valence: float = 0.0,
    entities: Sequence[tuple[str, str, str]] = (),
    score: float = 0.9,
) -> tuple[Signal, ...]:
    """What a model might find in it; the first intent is the primary one; entities are label, words and value."""
    common: dict[str, Any] = {
        "utterance_id": utterance.utterance_id,
        "party": utterance.party,
        "score": score,
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "source": "test@1",
    }
    places = [(label, utterance.text.index(words), words, value) for label, words, value in entities]
    return (
        *(IntentSignal(label=label, is_primary=at == 0, **common) for at, label in enumerate(intents)),
        *(ActSignal(label=label, **common) for label in acts),
        *(
            [EmotionSignal(label=emotion, intensity=intensity, trend=trend, valence=valence, **common)]
            if emotion
            else []
        ),
        *(
            EntitySignal(label=label, span=(at, at + len(words)), quote=words, value=value, **common)
            for label, at, words, value in places
        ),
    )


class Dialogue:
    """A call being written, one utterance after the other."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._placed: list[tuple[int, int, Fact]] = []
        self._now_ms = 0

    def agent(self, text: str, **more: Any) -> Dialogue:
        return self.says("agent", text, **more)

    def customer(self, text: str, **more: Any) -> Dialogue:
        return self.says("customer", text, **more)

    def says(
        self,
        party: Party,
        text: str,
        *,
        start_ms: int | None = None,
        confidence: float = 0.9,
        char_ms: int = CHAR_MS,
        level_dbfs: float | None = None,
        unsure: str = "",
        **found: Any,
    ) -> Dialogue:
        """An utterance half a second after the last one, or at ``start_ms``; ``found`` as for ``found_in``."""
        start_ms = self._now_ms + 500 if start_ms is None else start_ms
        end_ms = start_ms + char_ms * len(text)
        utterance = utterance_of(len(self._placed), party, text, start_ms, end_ms, confidence, unsure=unsure)
        if level_dbfs is not None:
            utterance = utterance.model_copy(update={"voice": _voice(level_dbfs)})
        onset = SpeechStarted(
            utterance_id=utterance.utterance_id, party=party, start_ms=start_ms, decided_ms=start_ms + ONSET_MS
        )
        self.fact(onset.decided_ms, onset)
        self.fact(
            utterance.decided_ms,
            Turn(utterance, (*phrases_in(utterance, self._playbook), *found_in(utterance, **found))),
        )
        self._now_ms = max(self._now_ms, utterance.end_ms)
        return self

    def waits(self, ms: int) -> Dialogue:
        """Nobody says anything."""
        self._now_ms += ms
        return self

    def fact(self, position_ms: int, fact: Fact) -> Dialogue:
        """Any fact at a position."""
        self._placed.append((position_ms, 1, fact))
        return self

    def facts(self, cause: CloseCause | None = "hangup") -> list[Fact]:
        """All facts in the order of delivery; None: the call goes on."""
        end_ms = max([self._now_ms, *(position_ms for position_ms, _, _ in self._placed)])
        ticks = [(at_ms, 0, Tick(at_ms)) for at_ms in range(1_000, end_ms + 1, 1_000)]
        facts = [fact for _, _, fact in sorted([*self._placed, *ticks], key=lambda placed: placed[:2])]
        return facts if cause is None else [*facts, CallEnded(end_ms, cause)]

    def advice(self, cause: CloseCause | None = "hangup") -> list[Advice]:
        """What the playbook says to all of it."""
        return run(self._playbook, self.facts(cause))[1]

    def flags(self, cause: CloseCause | None = "hangup") -> list[tuple[str, str]]:
        """Flag ids with verdicts, in order."""
        return [(flag.flag_id, flag.verdict) for flag in only(Flag, self.advice(cause))]

    def prompts(self, cause: CloseCause | None = None) -> list[tuple[str, str]]:
        """Prompt ids with "shown" or what became of them, in order."""
        return [
            (item.prompt_id, "shown" if isinstance(item, Prompt) else item.state)
            for item in self.advice(cause)
            if isinstance(item, Prompt | PromptUpdated)
        ]


def _voice(level_dbfs: float) -> VoiceReading:
    return VoiceReading(
        level_dbfs=level_dbfs,
        pitch_hz=None,
        pitch_range=None,
        chars_per_min=240.0,
        negative=0.1,
        neutral=0.8,
        positive=0.1,
        source="test@1",
    )


def run(playbook: Playbook, facts: Iterable[Fact], state: RunState | None = None) -> tuple[RunState, list[Advice]]:
    """Fold facts, from the beginning or from a state."""
    state = begin(playbook) if state is None else state
    advice: list[Advice] = []
    for fact in facts:
        state, more = advise(playbook, state, fact)
        advice.extend(more)
    return state, advice


def only(kind: type[A], advice: Sequence[Advice]) -> list[A]:
    """The advice of one kind."""
    return [item for item in advice if isinstance(item, kind)]
