"""What a text classifier of others says of the utterances of a call, as signals (``assist.ports.Analyser``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np

from assist.messages import ActSignal, EmotionSignal, IntentSignal, Party, Signal, Utterance
from assist.playbook import Playbook
from models.engine import Engine, Priority
from nlp.backends.classifier import ClassifierRunner, Float32Array
from nlp.emotion.fusion import AROUSAL, NEUTRAL, VALENCE
from nlp.signals import said

MAX_SIGNALS = 3
"""Of one utterance, where several labels may hold."""

SignalKind = Literal["intent", "emotion", "act"]


@dataclass(frozen=True, slots=True)
class ClassifierUse:
    """What a classifier's labels mean to the calls."""

    signal: SignalKind = "intent"
    party: Literal["customer", "agent", "all"] = "all"
    """Whose utterances are classified; a party that cannot be told apart is either."""
    min_score: float = 0.5
    """Least probability of a label that is told, 0 to 1."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_score <= 1:
            raise ValueError("min_score must be from 0 to 1")

    def concerns(self, party: Party) -> bool:
        """Whether utterances of that party are classified."""
        return self.party == "all" or party in (self.party, "mixed")


class ClassifierAnalyser:
    """Serves any number of calls, and remembers nothing of them."""

    def __init__(self, engine: Engine, runner: ClassifierRunner, use: ClassifierUse, kind: str) -> None:
        """``kind`` is its own among the analysers, so that its failure is too."""
        self._engine = engine
        self._runner = runner
        self._use = use
        self._kind = kind

    @property
    def name(self) -> str:
        return self._runner.name

    @property
    def kind(self) -> str:
        return self._kind

    def open_call(self, playbook: Playbook) -> ClassifierAnalyser:
        return self

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """The labels that are likely enough, the best first. Raises UnavailableError when the engine cannot."""
        text = utterance.text.strip()
        if not text or not self._use.concerns(utterance.party):
            return ()
        found = await self._engine.run(self._runner, text, priority=Priority.CLASSIFIER)
        most = MAX_SIGNALS if self._runner.is_multi_label and self._use.signal != "emotion" else 1
        return [self._signal(utterance, found, place, rank) for rank, place in enumerate(self._likely(found)[:most])]

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        """Nothing: what a classifier costs is not known, so it hears finished utterances only."""
        return ()

    def _likely(self, found: Float32Array) -> list[int]:
        """Places of the labels, the best first; of equals the earlier one."""
        return [int(place) for place in np.argsort(-found, kind="stable") if found[place] >= self._use.min_score]

    def _signal(self, utterance: Utterance, found: Float32Array, place: int, rank: int) -> Signal:
        label = self._runner.labels[place]
        fields = said(utterance, label, float(found[place]), self.name)
        match self._use.signal:
            case "intent":
                return IntentSignal(**fields, is_primary=rank == 0)
            case "emotion":
                return EmotionSignal(
                    **fields,
                    intensity=int(label != NEUTRAL),
                    valence=VALENCE.get(label, 0.0),
                    arousal=AROUSAL.get(label, 0.0),
                )
            case "act":
                return ActSignal(**fields)
            case _:
                assert_never(self._use.signal)
