"""What a call says of the prompts that its experiments gave it, or held out of it."""

from __future__ import annotations

import pytest

from assist.experiments.trial import Exposure, trial_of
from assist.messages import CallClosed, CueHeard, Event, PromptLimit, PromptOutcome, PromptsLimited, Reaction
from assist.playbook.experiments import draw
from tests.support.trials import EXPERIMENT, LENGTH_MS, intent, left_out_of, log_of, prompt_of, sale


def exposure_of(*events: Event, late: tuple[Event, ...] = (), offer_id: str | None = None) -> Exposure:
    trial = trial_of(log_of("c1", prompt_of(offer_id=offer_id), *events, late=late))
    assert trial is not None
    (exposure,) = trial.exposures
    return exposure


def heard(said: bool) -> CueHeard:
    return CueHeard(prompt_id="offer-data-1", at_ms=50_000, said=said, score=0.9, source="test@1")


def reaction(kind: str, at_ms: int, *, prompt_id: str | None = None, offer_id: str | None = None) -> Reaction:
    return Reaction.model_validate(
        {
            "prompt_id": prompt_id,
            "offer_id": offer_id,
            "offered_ms": at_ms,
            "at_ms": at_ms,
            "reaction": kind,
            "basis": "own",
            "confidence": 0.9,
            "source": "test@1",
        }
    )


def test_a_call_is_a_trial_with_its_reason_length_and_draw() -> None:
    trial = trial_of(log_of("c1", prompt_of()))
    assert trial is not None
    assert (trial.playbook, trial.reason, trial.handling_ms) == ("small", "query_usage", LENGTH_MS)
    (exposure,) = trial.exposures
    drawn = draw(EXPERIMENT, "c1")
    assert (exposure.arm, exposure.source, exposure.version) == (drawn.arm, "offer-data", "3")


def test_a_call_without_prompts_has_no_exposures() -> None:
    trial = trial_of(log_of("c1"))
    assert trial is not None
    assert trial.exposures == ()


def test_a_call_in_which_a_prompt_never_found_room_is_told_apart() -> None:
    never = trial_of(log_of("c1", left_out_of(), left_out_of()))
    at_first = trial_of(log_of("c1", left_out_of(), prompt_of()))
    assert never is not None
    assert at_first is not None
    assert (never.exposures, never.left_out) == ((), (EXPERIMENT.experiment_id,))
    assert (len(at_first.exposures), at_first.left_out) == (1, ())


def test_a_prompt_that_came_while_the_agents_hour_limited_the_call_is_told_apart() -> None:
    def limited(*paths: str) -> PromptsLimited:
        limits = tuple(PromptLimit(because="提示很多", facts={path: "64"}) for path in paths)
        return PromptsLimited(at_ms=0, limits=limits)

    def is_limited(*events: Event) -> bool:
        trial = trial_of(log_of("c1", *events))
        assert trial is not None
        return trial.exposures[0].is_limited

    hour, skill = limited("agent.mode", "agent.prompts_60m"), limited("agent.skill")
    assert is_limited(hour, prompt_of())
    assert not is_limited(hour, limited(), prompt_of()), "it was over"
    assert not is_limited(prompt_of(), hour), "it came later"
    assert not is_limited(skill, prompt_of()), "it has nothing to do with other calls"


def test_an_open_call_and_one_that_drew_for_nothing_are_no_trials() -> None:
    log = log_of("c1", prompt_of())
    assert trial_of([one for one in log if not isinstance(one.event, CallClosed)]) is None
    assert trial_of([log[0], log[-1]]) is None
    assert trial_of([]) is None


def test_only_the_first_prompt_counts_and_early_ones_do_not() -> None:
    early = prompt_of().model_copy(update={"from_partial": True, "at_ms": 10_000})
    again = prompt_of().model_copy(update={"prompt_id": "offer-data-2", "at_ms": 60_000})
    trial = trial_of(log_of("c1", early, prompt_of(), again))
    assert trial is not None
    assert [one.prompt_id for one in trial.exposures] == ["offer-data-1"]


def test_what_the_desk_and_the_agent_did_is_joined() -> None:
    outcomes = [PromptOutcome(prompt_id="offer-data-1", at_ms=1, outcome=one) for one in ("shown", "accepted")]
    exposure = exposure_of(*outcomes, heard(False), heard(True))
    assert (exposure.is_seen, exposure.is_taken_up, exposure.is_said) == (True, True, True)


@pytest.mark.parametrize(
    ("reports", "is_sold"),
    [
        ((sale(),), True),
        ((sale(prompt_id=None),), True),
        ((sale(prompt_id="another-1"),), False),
        ((sale(), sale(result="not-sold")), False),
    ],
)
def test_the_last_report_on_a_prompt_or_on_the_call_tells_of_a_sale(reports: tuple[Event, ...], is_sold: bool) -> None:
    assert exposure_of(late=reports).is_sold is is_sold


def test_the_reaction_to_the_offer_counts_although_the_prompt_was_held_out() -> None:
    exposure = exposure_of(
        reaction("hesitant", 60_000, offer_id="data"), reaction("accepted", 70_000, offer_id="data"), offer_id="data"
    )
    assert exposure.reaction == "accepted"
    assert exposure_of(reaction("accepted", 70_000, offer_id="other"), offer_id="data").reaction is None


def test_a_complaint_counts_only_after_the_prompt() -> None:
    assert exposure_of(intent("complain_misled", 80_000)).has_complained
    assert not exposure_of(intent("complain_misled", 20_000)).has_complained
    assert not exposure_of(intent("query_bill", 80_000)).has_complained
