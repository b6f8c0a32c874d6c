"""A playbook states one hold-out for all its prompts; what a prompt says itself goes before it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.errors import PlaybookError
from assist.messages import Assignment, Prompt
from assist.playbook import Playbook, begin
from assist.playbook.experiments import Experiment, assign, conducted, draw, redrawn
from tests.support.catalogue import OFFERS, call, shop
from tests.support.dialogue import Dialogue, only, playbook_of, run

GENERAL = "experiments: {hold_out: 0.2}\n"


def rule(rule_id: str, kind: str = "say", *, own: str = "", flag: str = "") -> str:
    """A rule whose prompt comes at its own id."""
    experiment = f", experiment: {own}" if own else ""
    prompt = f"prompt: {{kind: {kind}, title: 试, body: 试一试{experiment}}}"
    emit = f"{{{prompt}{', flag: {title: 义务}' if flag else ''}}}"
    return f"  - {{id: {rule_id}, phrase: {rule_id}词, because: 试, cool_down_ms: 0, emit: {emit}}}\n"


def experiment_of(kind: str = "say", *, own: str = "", flag: str = "", more: str = GENERAL) -> Experiment | None:
    return playbook_of(rule("r", kind, own=own, flag=flag), more=more).experiment_of("r")


@pytest.mark.parametrize(
    ("kind", "goal"),
    [("say", "called-again"), ("answer", "called-again"), ("step", "called-again"), ("close", "sold")],
)
def test_a_prompt_that_says_nothing_is_held_out_as_the_playbook_says(kind: str, goal: str) -> None:
    experiment = experiment_of(kind)
    assert experiment is not None
    assert (experiment.experiment_id, experiment.hold_out, experiment.goal) == ("r", 0.2, goal)
    assert experiment.is_general


def test_without_the_section_no_prompt_is_held_out_that_does_not_say_so() -> None:
    assert playbook_of(rule("r") + rule("s", "answer")).experiments == {}


def test_whoever_is_upset_is_soothed_and_duties_are_always_shown() -> None:
    assert experiment_of("soothe") is None
    assert experiment_of("step", flag="义务") is None


def test_what_a_flag_or_the_filing_of_a_call_rests_on_is_always_shown() -> None:
    asking = "  - {id: asks, phrase: 嗯, fired: r, because: 试, emit: {flag: {title: 试}}}\n"
    heard = "  - {id: asks, cue_said: {of: r, is: false}, when: close, because: 试, emit: {flag: {title: 试}}}\n"
    filed = GENERAL + "dispositions: [{code: x, half: reason, title: 试, fired: r}]\n"
    for playbook in (
        playbook_of(rule("r") + rule("s") + asking, more=GENERAL),
        playbook_of(rule("r") + rule("s") + heard, more=GENERAL),
        playbook_of(rule("r") + rule("s"), more=filed),
    ):
        assert [*playbook.experiments] == ["s"]


def test_what_a_prompt_states_itself_goes_before_it() -> None:
    own = experiment_of("soothe", own="{id: mine, hold_out: 0.1, goal: complained}")
    assert own is not None
    assert (own.experiment_id, own.hold_out, own.goal, own.is_general) == ("mine", 0.1, "complained", False)
    assert experiment_of(own="{hold_out: 0}") is None
    assert experiment_of("step", own="{hold_out: 0.1}", flag="义务") is not None


def test_what_its_own_experiment_leaves_out_is_the_playbooks() -> None:
    worded = "{variants: [{id: a}, {id: b, body: 换个说法}]}"
    own = experiment_of("answer", own=worded)
    assert own is not None
    assert (own.hold_out, own.goal, len(own.variants), own.is_general) == (0.2, "called-again", 2, True)
    soothing = experiment_of("soothe", own=worded)
    assert soothing is not None
    assert (soothing.hold_out, len(soothing.variants)) == (0.0, 2)


@pytest.mark.parametrize(
    ("more", "own", "complaint"),
    [
        ("experiments: {hold_out: 0.6}\n", "", "at most 0.5"),
        ("experiments: {}\n", "", "'hold_out' is missing"),
        ("experiments: {hold_out: 0.1, goal: sold}\n", "", "unknown key 'goal'"),
        ("experiments: 0.1\n", "", "expected keys and values"),
        ("", "{hold_out: 0}", "nothing to compare"),
        (GENERAL, "{hold_out: 0, goal: sold}", "nothing to compare"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(more: str, own: str, complaint: str) -> None:
    with pytest.raises(PlaybookError, match=complaint) as caught:
        experiment_of(own=own, more=more)
    assert caught.value.line is not None


MANY = playbook_of("".join(rule(f"r{number}") for number in range(12)), more=GENERAL)
CALL_IDS = st.text(min_size=1, max_size=64)


@given(CALL_IDS, st.sets(st.sampled_from([*MANY.experiments]), min_size=1))
def test_a_prompts_draw_rests_on_the_call_and_the_prompt_alone(call_id: str, kept: set[str]) -> None:
    """Prompts that come, go or move in the file change nothing for the others."""
    fewer = playbook_of("".join(rule(one) for one in sorted(kept, reverse=True)), more=GENERAL)
    of_all = {one.experiment: one for one in assign(MANY.experiments.values(), call_id)}
    assert {one.experiment: one for one in assign(fewer.experiments.values(), call_id)} == {
        one: of_all[one] for one in kept
    }


@settings(max_examples=40, deadline=None)
@given(CALL_IDS, st.lists(st.integers(0, 11), max_size=8))
def test_a_recording_holds_out_what_the_live_call_held_out(call_id: str, asked: list[int]) -> None:
    dialogue = Dialogue(MANY)
    for number in asked:
        dialogue.customer(f"r{number}词")
    facts, drawn = dialogue.facts("hangup"), assign(MANY.experiments.values(), call_id)
    live = run(MANY, facts, begin(MANY, drawn))
    logged = assign(MANY.experiments.values(), "another id", drawn=drawn)
    assert run(MANY, facts, begin(MANY, logged)) == live
    held_out = {one.experiment for one in drawn if one.arm == "held-out"}
    assert {one.experiment for one in only(Prompt, live[1]) if one.arm == "held-out"} <= held_out
    assert {one.experiment for one in only(Prompt, live[1]) if one.arm == "shown"}.isdisjoint(held_out)


def test_each_prompt_is_drawn_by_itself_at_the_stated_share() -> None:
    calls, share = 4_000, 0.2
    held_out, both = Counter[str](), Counter[tuple[str, str]]()
    for number in range(calls):
        drawn = [one.experiment for one in assign(MANY.experiments.values(), f"c{number}") if one.arm == "held-out"]
        held_out.update(drawn)
        both.update(combinations(sorted(drawn), 2))
    for count in held_out.values():
        assert count == pytest.approx(share * calls, abs=5 * (calls * share * (1 - share)) ** 0.5)
    for pair in combinations(sorted(MANY.experiments), 2):
        assert both[pair] == pytest.approx(share**2 * calls, abs=5 * (calls * share**2) ** 0.5)


def held_out_of(playbook: Playbook, *, is_muted: bool = False) -> list[Assignment]:
    """Everything is held out of the call."""
    drawn = [draw(one, "c1") for one in playbook.experiments.values()]
    return [one.model_copy(update={"arm": "held-out", "is_muted": is_muted}) for one in drawn]


def prompts(playbook: Playbook, dialogue: Dialogue, drawn: list[Assignment]) -> list[tuple[str, str, str]]:
    told = only(Prompt, run(playbook, dialogue.facts(None), begin(playbook, drawn))[1])
    return [(one.prompt_id, one.arm, one.experiment) for one in told]


SHOP = shop(more=GENERAL)
ASKED = "我流量不够用"


def test_what_the_customer_asks_for_is_shown_and_counts_for_nothing() -> None:
    assert prompts(SHOP, call(SHOP).customer(ASKED), held_out_of(SHOP)) == [("pack-30g-1", "shown", "")]


def test_what_nobody_asked_for_is_held_out() -> None:
    solved = call(SHOP).customer("我给我爸妈打电话").customer("谢谢")
    assert prompts(SHOP, solved, held_out_of(SHOP)) == [("family-plan-1", "held-out", "family-plan")]


def test_an_offer_held_out_before_is_shown_when_it_is_asked_for() -> None:
    late = call(SHOP).customer("投诉").customer(ASKED).waits(40_000).customer("谢谢").waits(40_000).customer(ASKED)
    assert prompts(SHOP, late, held_out_of(SHOP))[-1] == ("pack-30g-2", "shown", "")


def test_an_offer_that_states_its_hold_out_is_held_out_although_it_is_asked_for() -> None:
    offers = OFFERS.replace("    propensity: {base", "    experiment: {hold_out: 0.1}\n    propensity: {base")
    stating = shop(more=GENERAL, offers=offers)
    told = prompts(stating, call(stating).customer(ASKED), held_out_of(stating))
    assert told == [("pack-30g-1", "held-out", "pack-30g"), ("pack-10g-1", "shown", "")]


def test_what_is_muted_is_shown_to_nobody() -> None:
    told = prompts(SHOP, call(SHOP).customer(ASKED), held_out_of(SHOP, is_muted=True))
    assert {arm for _, arm, _ in told} == {"held-out"}


LINES = [ASKED, "我给我爸妈打电话", "谢谢", "给您推荐一个", "太贵了", "再想想", "投诉", "嗯"]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LINES), st.integers(500, 40_000)), max_size=12), st.booleans())
def test_no_two_prompts_of_a_call_have_one_id(lines: list[tuple[str, int]], all_held_out: bool) -> None:
    """Nor where an offer is held out at first and asked for afterwards."""
    dialogue, start_ms = Dialogue(SHOP), 0
    for text, apart_ms in lines:
        start_ms += apart_ms
        dialogue.says("agent" if text == "给您推荐一个" else "customer", text, start_ms=start_ms)
    drawn = held_out_of(SHOP) if all_held_out else list(assign(SHOP.experiments.values(), "c1"))
    openings = [one for one, _, _ in prompts(SHOP, dialogue, drawn) if "." not in one]
    assert len(openings) == len(set(openings))


@settings(max_examples=40, deadline=None)
@given(CALL_IDS, st.sets(st.sampled_from([*MANY.experiments])))
def test_a_recording_is_drawn_for_nothing_that_its_log_did_not_draw(call_id: str, known: set[str]) -> None:
    """A playbook that is tried on stored calls shows all that it says anew."""
    logged = [one for one in assign(MANY.experiments.values(), call_id) if one.experiment in known]
    assert list(redrawn(MANY.experiments.values(), call_id, logged)) == logged


def test_without_hold_outs_only_wordings_are_drawn() -> None:
    worded = rule("s", own="{hold_out: 0, variants: [{id: a}, {id: b, body: 换个说法}]}")
    both = playbook_of(rule("r") + worded, more=GENERAL)
    assert [one.experiment_id for one in conducted(both.experiments.values(), hold_outs=False)] == ["s"]
    assert [one.experiment_id for one in conducted(both.experiments.values(), hold_outs=True)] == ["r", "s"]
