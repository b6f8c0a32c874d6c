"""The draw decides by call, the same wherever it is drawn; what is held out is logged and in nobody's way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.early import EarlyPrompts
from assist.errors import PlaybookError
from assist.messages import Assignment, Flag, Prompt, PromptUpdated
from assist.playbook import Turn, begin
from assist.playbook.experiments import Experiment, Standing, Variant, assign, draw
from tests.support.dialogue import Dialogue, only, phrases_in, playbook_of, run

RULES = """
  - id: pack
    party: customer
    phrase: 不够用
    early: true
    because: 客户说“{quote}”
    cool_down_ms: 0
    emit:
      prompt:
        kind: offer
        title: 流量包
        body: 推荐流量包
        experiment: {hold_out: 0.5, variants: [{id: plain}, {id: warm, weight: 3, title: 给您省钱, body: 给您省点钱}]}
  - id: other
    party: customer
    phrase: 太慢
    because: 客户说“{quote}”
    emit: {prompt: {kind: say, title: 网速, body: 我看看网速}}
"""
PLAYBOOK = playbook_of(RULES, more="etiquette: {max_open_prompts: 1, min_gap_ms: 60000}")
PACK = PLAYBOOK.experiments["pack"]

EXPERIMENTS = st.builds(
    Experiment,
    experiment_id=st.just("x"),
    salt=st.text("abcdefgh", min_size=1, max_size=64),
    hold_out=st.floats(0, 0.5),
    goal=st.just("sold"),
    variants=st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(
        lambda names: tuple(Variant(name, weight) for weight, name in enumerate(names, start=1))
    ),
)
CALL_IDS = st.text(min_size=1, max_size=64)


def drawn(arm: str, variant: str = "warm") -> Assignment:
    return next(
        one for number in range(100) if (one := draw(PACK, f"c{number}")) and (one.arm, one.variant) == (arm, variant)
    )


def call() -> Dialogue:
    """The customer asks for more twice, and complains of the network."""
    return Dialogue(PLAYBOOK).customer("流量不够用").customer("网络太慢").customer("真的不够用")


@given(EXPERIMENTS, CALL_IDS)
def test_a_call_gets_the_same_wherever_it_is_drawn(experiment: Experiment, call_id: str) -> None:
    one = draw(experiment, call_id)
    assert one == draw(experiment, call_id) == assign([experiment], call_id)[0]
    assert (one.variant in experiment.shares) if experiment.variants else one.variant == ""


@given(EXPERIMENTS, CALL_IDS, st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
def test_shares_of_variants_move_no_call_into_or_out_of_the_hold_out(
    experiment: Experiment, call_id: str, shares: list[float]
) -> None:
    standing = Standing(shares=dict(zip(experiment.shares, shares, strict=False)))
    assert draw(experiment, call_id, standing).arm == draw(experiment, call_id).arm


@given(EXPERIMENTS, CALL_IDS, st.booleans())
def test_what_the_log_says_was_drawn_holds(experiment: Experiment, call_id: str, is_muted: bool) -> None:
    logged = draw(experiment, call_id, Standing(is_muted))
    assert assign([experiment], call_id, drawn=[logged]) == (logged,)


def test_a_variant_that_is_no_longer_there_is_drawn_anew() -> None:
    gone = draw(PACK, "c1").model_copy(update={"variant": "gone"})
    assert assign([PACK], "c1", drawn=[gone]) == (draw(PACK, "c1"),)


def test_a_muted_prompt_is_held_out_of_every_call() -> None:
    assert all(draw(PACK, f"c{number}", Standing(is_muted=True)).arm == "held-out" for number in range(50))


def test_arms_and_variants_get_their_shares() -> None:
    experiment = replace(PACK, hold_out=0.1)
    counts = Counter((one.arm, one.variant) for one in (draw(experiment, f"20261101-{n}") for n in range(20_000)))
    expected = {("held-out", "plain"): 500, ("held-out", "warm"): 1_500, ("shown", "plain"): 4_500}
    for got, count in expected.items():
        assert counts[got] == pytest.approx(count, abs=4 * count**0.5)


def test_experiments_are_drawn_independently() -> None:
    other = replace(PACK, salt="other")
    alike = sum(draw(PACK, f"c{number}").arm == draw(other, f"c{number}").arm for number in range(4_000))
    assert alike == pytest.approx(2_000, abs=4 * 1_000**0.5)


def test_a_shown_prompt_has_the_words_of_its_variant() -> None:
    _, advice = run(PLAYBOOK, call().facts(None), begin(PLAYBOOK, [drawn("shown")]))
    prompt = only(Prompt, advice)[0]
    assert (prompt.title, prompt.body) == ("给您省钱", "给您省点钱")
    assert (prompt.experiment, prompt.variant, prompt.arm) == ("pack", "warm", "shown")


def test_what_a_variant_leaves_out_is_the_prompts_own() -> None:
    _, advice = run(PLAYBOOK, call().facts(None), begin(PLAYBOOK, [drawn("shown", "plain")]))
    prompt = only(Prompt, advice)[0]
    assert (prompt.title, prompt.body, prompt.variant) == ("流量包", "推荐流量包", "plain")


def test_a_held_out_prompt_takes_nobodys_place_or_attention() -> None:
    state, advice = run(PLAYBOOK, call().facts(None), begin(PLAYBOOK, [drawn("held-out")]))
    assert [(one.prompt_id, one.arm) for one in only(Prompt, advice)][:2] == [
        ("pack-1", "held-out"),
        ("other-1", "shown"),
    ]
    assert all(one.prompt_id.startswith("other") for one in (*state.open_prompts, *only(PromptUpdated, advice)))


def test_a_held_out_prompt_is_no_firing_to_other_rules_and_a_flag_is() -> None:
    asks = "  - {id: after, phrase: 太慢, fired: pack, because: 有, emit: {flag: {title: 推荐过}}}\n"
    flags = RULES.replace("    emit:\n      prompt:\n", "    emit:\n      flag: {title: 缺流量}\n      prompt:\n")
    told = {
        (rules is flags, arm): [
            flag.title for flag in only(Flag, run(of, call().facts(None), begin(of, [drawn(arm)]))[1])
        ]
        for rules in (RULES, flags)
        for of in [playbook_of(rules + asks, more="etiquette: {min_gap_ms: 0}")]
        for arm in ("shown", "held-out")
    }
    assert told[False, "shown"] == ["推荐过"]
    assert told[False, "held-out"] == []
    assert told[True, "held-out"] == ["缺流量", "推荐过", "缺流量"]


def test_a_rule_whose_prompt_is_held_out_rests_as_others_do() -> None:
    resting = playbook_of(RULES.replace("cool_down_ms: 0", "cool_down_ms: 3000"), more="etiquette: {min_gap_ms: 0}")
    ids = {
        arm: [one.prompt_id for one in only(Prompt, run(resting, call().facts(None), begin(resting, [drawn(arm)]))[1])]
        for arm in ("shown", "held-out")
    }
    assert ids["shown"] == ids["held-out"] == ["pack-1", "other-1"]


def test_the_first_prompt_comes_at_the_same_moment_in_both_arms() -> None:
    firsts = [
        only(Prompt, run(PLAYBOOK, call().facts(None), begin(PLAYBOOK, [drawn(arm)]))[1])[0]
        for arm in ("shown", "held-out")
    ]
    assert firsts[0].model_copy(update={"arm": "held-out"}) == firsts[1]


def test_an_early_prompt_has_the_arm_and_the_words_of_its_final() -> None:
    turn = next(fact for fact in call().facts(None) if isinstance(fact, Turn))
    for arm in ("shown", "held-out"):
        state, early = begin(PLAYBOOK, [drawn(arm)]), EarlyPrompts(PLAYBOOK)
        phrases = phrases_in(turn.utterance, PLAYBOOK)
        shown = only(Prompt, early.look(state, turn.utterance, phrases))
        assert [(one.variant, one.from_partial) for one in shown] == ([("warm", True)] if arm == "shown" else [])
        assert early.look(state, turn.utterance, phrases) == ()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 500), st.sampled_from(["不够用", "太慢", "嗯好"]))
def test_a_replay_of_a_call_says_what_the_call_said(number: int, text: str) -> None:
    facts = call().customer(text).facts("hangup")
    live = run(PLAYBOOK, facts, begin(PLAYBOOK, assign(PLAYBOOK.experiments.values(), f"c{number}")))
    logged = assign(PLAYBOOK.experiments.values(), f"c{number}", drawn=[draw(PACK, f"c{number}")])
    assert run(PLAYBOOK, facts, begin(PLAYBOOK, logged)) == live


@pytest.mark.parametrize(
    ("experiment", "complaint"),
    [
        ("{hold_out: 0}", "nothing to compare"),
        ("{hold_out: 0.9}", "at most 0.5"),
        ("{variants: [{id: a}]}", "expected 2 to 8 entries"),
        ("{variants: [{id: a}, {id: a}]}", "stands here twice"),
        ("{allocation: adaptive}", "only variants"),
        ("{goal: revenue}", "expected one of"),
        ("{id: Ä}", "small letters"),
    ],
)
def test_an_experiment_that_cannot_be_is_refused_with_its_line(experiment: str, complaint: str) -> None:
    prompt = f"{{kind: say, title: 试, body: 试, experiment: {experiment}}}"
    with pytest.raises(PlaybookError, match=complaint) as caught:
        playbook_of(f"  - id: r\n    phrase: 试\n    because: 试\n    emit: {{prompt: {prompt}}}\n")
    assert caught.value.line is not None


def test_two_experiments_cannot_have_one_id() -> None:
    prompt = "{prompt: {kind: say, title: 试, body: 试, experiment: {id: same}}}"
    rules = "".join(f"  - {{id: r{n}, phrase: 试, because: 试, emit: {prompt}}}\n" for n in (1, 2))
    with pytest.raises(PlaybookError, match="already taken in line 6"):
        playbook_of(rules)
