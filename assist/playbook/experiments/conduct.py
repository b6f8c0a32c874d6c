"""What an experiment makes of a prompt in one call."""

from __future__ import annotations

from collections.abc import Mapping

from assist.messages.advice import Prompt
from assist.messages.experiments import Assignment
from assist.playbook.experiments.experiment import Experiment


def conduct(prompt: Prompt, experiment: Experiment | None, assignments: Mapping[str, Assignment]) -> Prompt:
    """The prompt as the call gets it: in the wording that was drawn, and perhaps held out.

    ``assignments`` by experiment id. Without an experiment, or where nothing was drawn for it (a case of a playbook),
    it is the prompt itself.
    """
    drawn = _drawn(experiment, assignments, is_asked_for=prompt.asked_for)
    if experiment is None or drawn is None:
        return prompt
    found: dict[str, object] = {"experiment": drawn.experiment, "variant": drawn.variant, "arm": drawn.arm}
    variant = experiment.variant(drawn.variant)
    if variant is not None:
        found |= {"title": variant.title or prompt.title, "body": variant.body or prompt.body}
    return prompt.model_copy(update=found)


def is_held_out(experiment: Experiment | None, assignments: Mapping[str, Assignment], *, is_asked_for: bool) -> bool:
    """Whether the agent of this call gets no such prompt."""
    drawn = _drawn(experiment, assignments, is_asked_for=is_asked_for)
    return drawn is not None and drawn.arm == "held-out"


def _drawn(
    experiment: Experiment | None, assignments: Mapping[str, Assignment], *, is_asked_for: bool
) -> Assignment | None:
    """None: the prompt is in no experiment. What was asked for is in none that holds out in general, unless muted."""
    drawn = assignments.get(experiment.experiment_id) if experiment is not None else None
    if experiment is None or drawn is None:
        return None
    return None if is_asked_for and experiment.is_general and not drawn.is_muted else drawn
