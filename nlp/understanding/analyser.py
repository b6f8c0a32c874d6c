"""Intent, emotion and acts of the utterances of a call, as signals (``assist.ports.Analyser``)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from assist.messages import ActSignal, IntentSignal, Party, Signal, Utterance
from assist.playbook import Playbook
from models.engine import Engine, Priority
from nlp.understanding.model import Scored, TurnText, Understanding, UnderstandingModel

CERTAIN_WORDS = 0.6
"""Confidence of an utterance's words below which its signals are worth less, in proportion."""
MAX_BATCH = 16
_LENGTH_STEP = 16


class UnderstandingRunner:
    """The model behind the engine (``models.engine.Runner``)."""

    def __init__(self, model: UnderstandingModel, name: str) -> None:
        self._model = model
        self.name = name

    @property
    def batch_limit(self) -> int:
        return MAX_BATCH

    def batch_key(self, request: TurnText) -> Hashable:
        """Turns of like length: padding is work for nothing."""
        return (len(request.text) + len(request.previous)) // _LENGTH_STEP

    def run(self, batch: Sequence[TurnText]) -> Sequence[Understanding | Exception]:
        return self._model.understand(batch)


class UnderstandingAnalyser:
    """Serves any number of calls with one model."""

    def __init__(self, engine: Engine, runner: UnderstandingRunner) -> None:
        self._engine = engine
        self._runner = runner

    @property
    def name(self) -> str:
        return self._runner.name

    @property
    def kind(self) -> str:
        return "understanding"

    def open_call(self, playbook: Playbook) -> CallUnderstanding:
        return CallUnderstanding(self._engine, self._runner)


@dataclass(slots=True)
class CallUnderstanding:
    """One call: what either party said last is the context of the other's words."""

    engine: Engine
    runner: UnderstandingRunner
    _said: dict[Party, str] = field(default_factory=dict[Party, str])

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """What the model is sure enough of. Raises UnavailableError when the engine cannot."""
        others = [text for party, text in self._said.items() if party != utterance.party]
        turn = TurnText(utterance.text, others[-1] if others else "", utterance.party)
        self._said.pop(utterance.party, None)
        self._said[utterance.party] = utterance.text
        found = await self.engine.run(self.runner, turn, priority=Priority.SIGNAL)
        return list(_signals(utterance, found, self.runner.name))


def _signals(utterance: Utterance, found: Understanding, source: str) -> Iterator[Signal]:
    for place, scored in enumerate(found.intents):
        if scored.is_sure:
            yield IntentSignal(**_said(utterance, scored, source), is_primary=place == 0)
    for scored in found.acts:
        if scored.is_sure:
            yield ActSignal(**_said(utterance, scored, source))


class _Said(TypedDict):
    utterance_id: str
    party: Party
    label: str
    score: float
    start_ms: int
    end_ms: int
    source: str


def _said(utterance: Utterance, scored: Scored, source: str) -> _Said:
    """What every signal of a whole utterance says."""
    trust = min(1.0, utterance.confidence / CERTAIN_WORDS)
    return {
        "utterance_id": utterance.utterance_id,
        "party": utterance.party,
        "label": scored.label,
        "score": round(scored.score * trust, 3),
        "start_ms": utterance.start_ms,
        "end_ms": utterance.end_ms,
        "source": source,
    }
