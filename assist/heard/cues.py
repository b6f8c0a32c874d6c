"""Prompts that the agent may still say, listened for utterance by utterance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assist.heard.wording import Adherence, Said, Wording
from assist.messages import ActSignal, CueHeard, Evidence, Prompt, PromptKind, Signal, Utterance

SOURCE = "heard@1"
AS_WORDED = 0.45
"""Adherence from which words are the prompt's own."""
OWN_WORDS = 0.28
"""Adherence that is enough where the agent does what the prompt is for, as the model of dialogue acts has it."""
ABOUT_SCORE = 0.2
"""Adherence from which words are about what the prompt is about."""
RISE = 0.05
"""What another utterance must add to be part of what was said."""
MIN_ACT_SCORE = 0.4
SURE_ACT_SCORE = 0.8
WINDOW_MS = 60_000
"""From the prompt on; agents finish a sentence first, and say it while the card has long gone."""
WINDOW_UTTERANCES = 8
"""Of the agent."""
MAX_TOGETHER = 3
"""Utterances of the agent in a row over which one prompt may be spread."""

ACTS_OF: Mapping[PromptKind, frozenset[str]] = {
    "offer": frozenset(("offer",)),
    "close": frozenset(("offer",)),
    "soothe": frozenset(("apologise", "empathise", "commit")),
    "answer": frozenset(("answer", "inform", "disclose")),
    "step": frozenset(("verify", "check", "instruct", "transfer", "commit")),
    "say": frozenset(),
}
"""What the agent does by saying a prompt of a kind."""


Manner = Literal["as-worded", "own-words"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One utterance of the agent, ready to be compared."""

    utterance: Utterance
    said: Said
    acts: frozenset[str]
    surest: frozenset[str]
    """Of these, what it does beyond doubt."""

    @classmethod
    def of(cls, utterance: Utterance, signals: Sequence[Signal]) -> Spoken:
        acts = {one.label: one.score for one in signals if isinstance(one, ActSignal) and one.score >= MIN_ACT_SCORE}
        surest = frozenset(label for label, score in acts.items() if score >= SURE_ACT_SCORE)
        return cls(utterance, Said.of(utterance.text), frozenset(acts), surest)


@dataclass(frozen=True, slots=True)
class OpenCue:
    """One prompt that was shown, and how closely it has been followed."""

    prompt: Prompt
    wording: Wording
    utterances: int = 0
    """Of the agent, since it was shown."""
    heard: CueHeard | None = None
    """What was told last."""
    best: Adherence = field(default_factory=lambda: Adherence(0.0))

    @property
    def until_ms(self) -> int:
        return self.prompt.at_ms + WINDOW_MS

    @property
    def is_said(self) -> bool:
        return self.heard is not None and self.heard.said

    def after(self, recent: Sequence[Spoken], at_ms: int) -> tuple[OpenCue, CueHeard | None]:
        """After another utterance of the agent, the last of ``recent``; news only where there is some.

        Words that were decided before it was shown, or at that very moment, are no answer to it.
        """
        since = [one for one in recent if one.utterance.decided_ms > self.prompt.at_ms]
        if not since:
            return self, None
        together, adherence = self._closest(since)
        cue = replace(self, utterances=self.utterances + 1)
        has_risen = adherence.score >= self.best.score + (RISE if self.is_said else 0)
        if not has_risen:
            return cue, None
        cue, manner = replace(cue, best=adherence), self._manner(adherence, recent[-1].acts)
        if manner is None:
            return cue, None
        heard = CueHeard(
            prompt_id=self.prompt.prompt_id,
            offer_id=self.prompt.offer_id,
            at_ms=at_ms,
            said=True,
            manner=manner,
            score=adherence.score,
            missing=adherence.missing,
            evidence=tuple(Evidence.of(one.utterance) for one in together),
            source=SOURCE,
        )
        return replace(cue, heard=heard), heard

    def is_about(self, spoken: Spoken) -> bool:
        """Whether words are about the same thing."""
        return self.wording.adherence([spoken.said]).score >= ABOUT_SCORE

    def _manner(self, adherence: Adherence, acts: frozenset[str]) -> Manner | None:
        """How it was said, if it was: who names another price has not said it."""
        if adherence.differing:
            return None
        if adherence.score >= AS_WORDED:
            return "as-worded"
        return "own-words" if adherence.score >= OWN_WORDS and acts & ACTS_OF[self.prompt.kind] else None

    def given_up(self, at_ms: int) -> CueHeard | None:
        """What is told when it will not be listened for any longer; nothing where it was heard."""
        if self.is_said:
            return None
        return CueHeard(
            prompt_id=self.prompt.prompt_id,
            offer_id=self.prompt.offer_id,
            at_ms=at_ms,
            said=False,
            score=self.best.score,
            differing=self.best.differing,
            source=SOURCE,
        )

    def is_over(self, at_ms: int) -> bool:
        return at_ms >= self.until_ms or self.utterances >= WINDOW_UTTERANCES

    def _closest(self, recent: Sequence[Spoken]) -> tuple[Sequence[Spoken], Adherence]:
        """The fewest last utterances that follow it best."""
        together, best = recent[-1:], self.wording.adherence([recent[-1].said])
        for count in range(2, len(recent) + 1):
            adherence = self.wording.adherence([one.said for one in recent[-count:]])
            if adherence.score >= best.score + RISE:
                together, best = recent[-count:], adherence
        return together, best
