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
    drawn = assignments.get(experiment.experiment_id) if experiment is not None else None
    if experiment is None or drawn is None:
        return prompt
    found: dict[str, object] = {"experiment": drawn.experiment, "variant": drawn.variant, "arm": drawn.arm}
    variant = experiment.variant(drawn.variant)
    if variant is not None:
        found |= {"title": variant.title or prompt.title, "body": variant.body or prompt.body}
    return prompt.model_copy(update=found)


def is_held_out(experiment: Experiment | None, assignments: Mapping[str, Assignment]) -> bool:
    """Whether the agent of this call gets no such prompt."""
    drawn = assignments.get(experiment.experiment_id) if experiment is not None else None
    return drawn is not None and drawn.arm == "held-out"
