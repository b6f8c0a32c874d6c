"""The hold-out that a playbook states for all its prompts, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from assist.messages import PromptKind
from assist.playbook.experiments.experiment import Experiment, Measure

_SELLING: frozenset[PromptKind] = frozenset(("offer", "close"))


@dataclass(frozen=True, slots=True)
class Subject:
    """The prompts that an experiment is about, as the playbook describes them."""

    source: str
    """Id of the rule or offer."""
    kind: PromptKind
    is_duty: bool = False
    """Its rule also gives a flag: QA holds the agent to what the prompt says."""

    @property
    def is_needed(self) -> bool:
        """Whether every call needs it: whoever is upset is soothed, and nobody is tempted into a breach."""
        return self.kind == "soothe" or self.is_duty

    @property
    def goal(self) -> Measure:
        """What such a prompt is for: what sells sells, what helps saves another call."""
        return "sold" if self.kind in _SELLING else "called-again"


@dataclass(frozen=True, slots=True)
class GeneralHoldOut:
    """What a playbook says of all prompts that say nothing themselves."""

    share: float
    """Of the calls, drawn anew for each prompt; 0 to 1."""

    def share_of(self, subject: Subject) -> float:
        """0: never held out."""
        return 0.0 if subject.is_needed else self.share

    def experiment(self, subject: Subject) -> Experiment | None:
        """About a prompt without one of its own; None: it is never held out."""
        share = self.share_of(subject)
        if not share:
            return None
        return Experiment(subject.source, subject.source, share, subject.goal, is_general=True)
