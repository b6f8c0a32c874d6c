"""An experiment as a playbook declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Measure = Literal["sold", "accepted", "refused", "complained", "called-again"]
"""What may come of a call, whether it got the prompt or not."""
Allocation = Literal["fixed", "adaptive"]
"""adaptive: variants that did better get more calls (Thompson sampling)."""

MEASURES: Mapping[Measure, bool] = MappingProxyType(
    {"sold": True, "accepted": True, "refused": False, "complained": False, "called-again": False}
)
"""Every measure, and whether more of it is better."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording; what it leaves out is the prompt's own."""

    variant_id: str
    weight: int = 1
    title: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """Chance decides by call whether a prompt is shown, and in which wording."""

    experiment_id: str
    """Unique within the playbook; a new one begins a new experiment."""
    salt: str
    """Key of the draw; another one draws anew."""
    hold_out: float
    """Share of the calls that get no prompt, 0 to 1."""
    goal: Measure
    """What the prompt is for; Livecue judges it by this."""
    allocation: Allocation = "fixed"
    mutes_itself: bool = True
    """A prompt that clearly does harm is not shown any more, until a person says otherwise."""
    variants: tuple[Variant, ...] = ()
    """Empty: the prompt's own wording only. The first is what the others are compared with."""
    is_general: bool = False
    """Its hold-out is the playbook's for all prompts: what the customer asked for is shown all the same, uncounted."""

    @property
    def shares(self) -> dict[str, float]:
        """What each variant gets of the calls that are not held out, by the weights of the playbook."""
        total = sum(variant.weight for variant in self.variants)
        return {variant.variant_id: variant.weight / total for variant in self.variants}

    def variant(self, variant_id: str) -> Variant | None:
        """None: the experiment has no such variant."""
        return next((variant for variant in self.variants if variant.variant_id == variant_id), None)
