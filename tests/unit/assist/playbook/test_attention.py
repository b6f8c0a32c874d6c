"""How much of the agent's attention prompts may take, who finds a place in it, and what is told of those who do not."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assist.early import EarlyPrompts
from assist.errors import PlaybookError
from assist.messages import Assignment, Lack, Prompt, PromptKind, PromptLeftOut
from assist.playbook import Advice, Fact, Known, Playbook, Turn, advise, begin
from assist.playbook.budget import Spent
from tests.support.dialogue import Dialogue, only, phrases_in, playbook_of, run

KINDS: dict[PromptKind, str] = {
    "offer": "套餐",
    "say": "合约",
    "answer": "账单",
    "step": "故障",
    "soothe": "投诉",
}
RULES = "".join(
    f"""
  - id: {kind}
    party: customer
    phrase: {words}
    early: true
    cool_down_ms: 0
    expires_ms: 1000
    because: 客户说“{{quote}}”
    emit:
      prompt: {{kind: {kind}, title: {kind}, body: 说, experiment: {{hold_out: 0.5}}}}
"""
    for kind, words in KINDS.items()
)
BUDGET = "[{most: 3, within_ms: 20000, keep: {soothe: 1, step: 1}}, {most: 6, keep: {soothe: 2}}]"
EXPERT = "[{most: 2, within_ms: 20000, keep: {soothe: 1}}]"


def playbook(budget: str = BUDGET, *, gap_ms: int = 0, places: int = 10, rules: str = RULES) -> Playbook:
    modes = f"{{expert: {{budget: {EXPERT}}}, novice: {{brief: false}}}}"
    return playbook_of(
        rules,
        more=f"etiquette: {{max_open_prompts: {places}, min_gap_ms: {gap_ms}, budget: {budget}, modes: {modes}}}",
    )


PLAYBOOK = playbook()
PATIENT = playbook(rules=RULES.replace("expires_ms: 1000", "expires_ms: 10000"))
"""Its prompts are of use for longer than somebody talks over somebody else."""


def call(*kinds: PromptKind, of: Playbook = PLAYBOOK, mode: str = "", apart_ms: int = 0) -> Dialogue:
    """The customer says what each kind of prompt listens for, one after the other."""
    dialogue = Dialogue(of).fact(0, Known({"agent.mode": mode} if mode else {}))
    for kind in kinds:
        dialogue.customer(KINDS[kind]).waits(apart_ms)
    return dialogue


def shown(advice: Sequence[Advice]) -> list[str]:
    return [prompt.kind for prompt in only(Prompt, advice)]


def left_out(advice: list[Advice]) -> list[tuple[str, Lack]]:
    return [(one.kind, one.lack) for one in only(PromptLeftOut, advice)]


def test_a_prompt_beyond_the_budget_is_left_out_and_the_log_says_why() -> None:
    advice = call("say", "answer", of=playbook("[{most: 1}]")).advice(None)
    assert shown(advice) == ["say"]
    (one,) = only(PromptLeftOut, advice)
    assert (one.prompt_id, one.kind, one.title, one.lack) == ("answer-1", "answer", "answer", "budget")
    assert (one.because.rule, one.because.reason) == ("answer@1", "客户说“账单”")
    assert one.reason == "提示已经够多，不再打扰"


def test_the_last_places_are_kept_for_the_urgent() -> None:
    advice = call("offer", "say", "answer", "step", "step", "soothe", "soothe", apart_ms=1_500).advice(None)
    assert shown(advice) == ["offer", "step", "soothe"]
    assert left_out(advice) == [("say", "budget"), ("answer", "budget"), ("step", "budget"), ("soothe", "budget")]


def test_places_come_back_when_the_stretch_has_passed() -> None:
    advice = call("say", "answer", of=playbook("[{most: 1, within_ms: 10000}]"), apart_ms=12_000).advice(None)
    assert (shown(advice), left_out(advice)) == (["say", "answer"], [])


def test_what_was_left_out_does_not_come_when_places_come_back() -> None:
    dialogue = call("say", "answer", of=playbook("[{most: 1, within_ms: 10000}]")).waits(60_000)
    assert shown(dialogue.advice()) == ["say"]


def test_a_rule_that_was_left_out_neither_rests_nor_has_used_up_its_number() -> None:
    dialogue = call("say", "answer", of=playbook("[{most: 1, within_ms: 10000}]"))
    dialogue.waits(12_000).customer(KINDS["answer"])
    assert [prompt.prompt_id for prompt in only(Prompt, dialogue.advice(None))] == ["say-1", "answer-1"]


def test_the_agents_mode_chooses_the_budget() -> None:
    kinds: tuple[PromptKind, ...] = ("offer", "say", "step", "soothe")
    told = {mode: shown(call(*kinds, mode=mode).advice(None)) for mode in ("", "novice", "expert")}
    assert told == {
        "": ["offer", "step", "soothe"],
        "novice": ["offer", "step", "soothe"],
        "expert": ["offer", "soothe"],
    }


def test_it_is_not_told_again_at_once_that_a_rule_finds_no_room() -> None:
    dialogue = call("say", "answer", "answer", "answer", of=playbook("[{most: 1}]")).waits(30_000)
    dialogue.customer(KINDS["answer"])
    assert left_out(dialogue.advice(None)) == [("answer", "budget"), ("answer", "budget")]


def test_of_one_moment_the_most_urgent_gets_the_place() -> None:
    advice = Dialogue(playbook("[{most: 1}]")).customer("合约和投诉").advice(None)
    assert (shown(advice), left_out(advice)) == (["soothe"], [("say", "budget")])


def test_what_comes_too_soon_or_finds_more_urgent_prompts_open_is_told_too() -> None:
    assert left_out(call("soothe", "say", of=playbook("[]", gap_ms=9_000)).advice(None)) == [("say", "gap")]
    assert left_out(call("soothe", "say", of=playbook("[]", places=1)).advice(None)) == [("say", "places")]


def test_what_only_came_too_soon_follows_when_the_gap_is_over() -> None:
    patient = RULES.replace("expires_ms: 1000", "expires_ms: 30000")
    both = call("soothe", "say", of=playbook("[]", gap_ms=3_000, rules=patient))
    assert shown(both.advice(None)) == ["soothe"]
    assert shown(both.waits(4_000).advice(None)) == ["soothe", "say"]


def test_what_came_too_soon_is_dropped_when_it_would_come_late() -> None:
    patient = RULES.replace("expires_ms: 1000", "expires_ms: 30000")
    late = call("soothe", "say", of=playbook("[]", gap_ms=12_000, rules=patient)).waits(20_000)
    assert shown(late.advice(None)) == ["soothe"]


def cut_in(*, begin_ms: int, end_ms: int, of: Playbook = PLAYBOOK) -> Dialogue:
    """The customer speaks from 1.0 to 3.8 s; the agent from ``begin_ms`` to ``end_ms``."""
    dialogue = Dialogue(of).says("customer", "我这个月的账单好像不太对啊", start_ms=1_000)
    text = "您先听我说"
    return dialogue.says("agent", text, start_ms=begin_ms, char_ms=(end_ms - begin_ms) // len(text))


@pytest.mark.parametrize(
    ("begin_ms", "end_ms", "told"),
    [
        (2_000, 9_000, [("answer", "overtalk")]),
        (2_000, 2_900, []),  # has stopped again
        (3_200, 9_000, []),  # began when the customer was about to end
        (500, 9_000, []),  # was there first: the customer cut in
    ],
)
def test_nothing_is_shown_while_the_agent_talks_over_the_customer(
    begin_ms: int, end_ms: int, told: list[tuple[str, Lack]]
) -> None:
    advice = cut_in(begin_ms=begin_ms, end_ms=end_ms).advice(None)
    (prompt,) = only(Prompt, advice)
    assert (left_out(advice), prompt.at_ms) == (told, 5_000 if told else 4_100)
    assert (prompt.prompt_id, prompt.said_ms, prompt.expires_ms) == ("answer-1", 3_600, 5_100)


TIMED = """
  - id: long
    call_length: {min_ms: 5000, max_ms: 6000}
    because: 太久
    max_per_call: 1
    expires_ms: 10000
    withdraw: [{when: {party: customer, phrase: 不用}, because: 不用}]
    emit: {prompt: {kind: KIND, title: 快些, body: 快些}}
  - {id: upset, party: customer, phrase: 骗人, set: {upset: true}}
"""
MANNERS = "etiquette: {min_gap_ms: 0, no_selling_while: {upset: true}, because: 先不推荐}"


def both_talk(
    words: str = "我这个月的账单怎么不对", *, kind: PromptKind = "say", expires_ms: int = 10_000
) -> tuple[Playbook, list[Fact]]:
    """The agent cuts in on the customer from 2 to 12 s; the customer gives way at 8 s. A rule prompts after 5 s."""
    rules = TIMED.replace("KIND", kind).replace("expires_ms: 10000", f"expires_ms: {expires_ms}")
    timed = playbook_of(rules, more=MANNERS)
    dialogue = Dialogue(timed).says("customer", words, start_ms=1_000, char_ms=7_000 // len(words))
    return timed, dialogue.says("agent", "您先听我说", start_ms=2_000, char_ms=2_000).waits(5_000).facts(None)


def test_what_overtalk_keeps_away_comes_when_it_is_over() -> None:
    _, advice = run(*both_talk())
    (prompt,) = only(Prompt, advice)
    assert (left_out(advice), prompt.prompt_id) == ([("say", "overtalk")], "long-1")
    assert (prompt.at_ms, prompt.said_ms, prompt.expires_ms) == (9_000, 5_000, 15_000)


def test_it_has_not_fired_while_it_waits() -> None:
    timed, facts = both_talk()
    final = next(place for place, fact in enumerate(facts) if isinstance(fact, Turn))
    waiting, _ = run(timed, facts[:final])
    assert ([one.prompt.prompt_id for one in waiting.waiting], dict(waiting.fired)) == (["long-1"], {})
    after, _ = run(timed, facts)
    assert (after.waiting, dict(after.fired)) == ((), {"long": 1})


def test_it_does_not_come_when_its_moment_has_passed() -> None:
    assert shown(run(*both_talk(expires_ms=3_000))[1]) == []
    assert shown(run(*both_talk("我这个月的账单不用看了"))[1]) == []


def test_what_sells_does_not_come_when_nothing_may_be_sold_any_more() -> None:
    assert shown(run(*both_talk(kind="offer"))[1]) == ["offer"]
    assert shown(run(*both_talk("我这个月的账单是骗人的", kind="offer"))[1]) == []


def test_of_one_rule_only_the_last_prompt_waits() -> None:
    talk = Dialogue(PATIENT).says("customer", "我想问账单", start_ms=3_500).says("customer", "账单", start_ms=4_600)
    talk.says("customer", "哎哎哎哎哎哎哎哎哎哎哎哎哎哎哎哎哎哎", start_ms=1_000, char_ms=500)
    talk.says("agent", "您先听我说", start_ms=2_000, char_ms=2_000)
    (prompt,) = only(Prompt, talk.advice(None))
    assert (prompt.prompt_id, prompt.said_ms) == ("answer-1", 5_000)


def test_early_prompts_wait_for_the_agent_to_stop_too() -> None:
    for begin_ms, seen in ((2_000, []), (3_200, ["answer"])):
        facts = cut_in(begin_ms=begin_ms, end_ms=9_000).facts(None)
        turn = next(fact for fact in facts if isinstance(fact, Turn))
        state, _ = run(PLAYBOOK, facts[: facts.index(turn)])
        prompts = EarlyPrompts(PLAYBOOK).look(state, turn.utterance, phrases_in(turn.utterance, PLAYBOOK))
        assert shown(prompts) == seen


def test_a_held_out_prompt_spends_nothing_and_one_left_out_is_in_neither_arm() -> None:
    one_only = playbook("[{most: 1}]")
    drawn = [
        Assignment(experiment=kind, arm="held-out" if kind == "offer" else "shown", variant="", hold_out=0.5, shares={})
        for kind in KINDS
    ]
    _, advice = run(one_only, call("offer", "say", "answer", of=one_only).facts(None), begin(one_only, drawn))
    assert [(prompt.kind, prompt.arm) for prompt in only(Prompt, advice)] == [("offer", "held-out"), ("say", "shown")]
    assert [(one.experiment, one.lack) for one in only(PromptLeftOut, advice)] == [("answer", "budget")]


def test_the_last_place_is_as_closed_to_an_early_prompt_and_open_early_ones_take_places() -> None:
    two = playbook("[{most: 3, keep: {soothe: 1}}]")
    early = EarlyPrompts(two)
    (turn,) = (fact for fact in Dialogue(two).customer("合约账单套餐").facts(None) if isinstance(fact, Turn))
    found = phrases_in(turn.utterance, two)
    assert shown(early.look(begin(two), turn.utterance, found)) == ["answer", "say"]
    assert early.look(begin(two), turn.utterance, found) == ()


def test_early_prompts_that_the_words_gone_on_would_not_show_have_been_seen_all_the_same() -> None:
    one_only = playbook("[{most: 1}]")
    early = EarlyPrompts(one_only)
    (turn,) = (fact for fact in Dialogue(one_only).customer("合约账单").facts(None) if isinstance(fact, Turn))
    found = phrases_in(turn.utterance, one_only)
    assert shown(early.look(begin(one_only), turn.utterance, [one for one in found if one.quote == "合约"])) == ["say"]
    assert shown(early.look(begin(one_only), turn.utterance, found)) == []


LINES = st.tuples(
    st.sampled_from(["agent", "customer", "customer"]),
    st.sampled_from([*KINDS.values(), "账单和投诉", "合约套餐故障", "嗯"]),
    st.integers(0, 9_000),
    st.lists(st.integers(1, 6), max_size=2),
)


def facts_of(lines: list[tuple[str, str, int, list[int]]], mode: str) -> list[Fact]:
    """Utterances that may lie over each other, each begun so long after the one before."""
    dialogue, start_ms = call(mode=mode), 0
    for party, text, apart_ms, _ in lines:
        start_ms += apart_ms
        dialogue.says("agent" if party == "agent" else "customer", text, start_ms=start_ms)
    return dialogue.facts()


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=12), st.sampled_from(["", "novice", "expert"]))
def test_the_budget_is_never_exceeded_and_everything_left_out_has_a_reason(
    lines: list[tuple[str, str, int, list[int]]], mode: str
) -> None:
    _, advice = run(PLAYBOOK, facts_of(lines, mode))
    seen, most = only(Prompt, advice), 2 if mode == "expert" else 3
    assert mode == "expert" or len(seen) <= 6
    for later in seen:
        within = [one for one in seen if later.at_ms - 20_000 < one.at_ms <= later.at_ms]
        assert len(within) <= most
        assert len(within) < most or within[-1].kind in ("soothe", "step")
    for kind in KINDS:
        told = [one.at_ms for one in only(PromptLeftOut, advice) if (one.kind, one.lack) == (kind, "budget")]
        assert all(later - earlier >= 30_000 for earlier, later in pairwise(told))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(LINES, max_size=10),
    st.sampled_from(["", "novice", "expert"]),
    st.sets(st.integers(0, 200), max_size=5),
    st.sampled_from([PLAYBOOK, PATIENT]),
)
def test_a_call_in_any_pieces_leaves_out_what_the_whole_call_does(
    lines: list[tuple[str, str, int, list[int]]], mode: str, cuts: set[int], of: Playbook
) -> None:
    facts = facts_of(lines, mode)
    state, advice = begin(of), list[Advice]()
    for start, end in pairwise([0, *sorted(cuts), len(facts)]):
        state, more = run(of, facts[start:end], pickle.loads(pickle.dumps(state)))
        advice += more
    assert (state, advice) == run(of, facts)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, max_size=10), st.sampled_from(["", "novice", "expert"]))
def test_early_prompts_take_no_place_of_others_and_keep_to_the_budget(
    lines: list[tuple[str, str, int, list[int]]], mode: str
) -> None:
    facts, looks = facts_of(lines, mode), iter([chars for _, _, _, chars in lines])
    state, early, lasting = begin(PLAYBOOK), EarlyPrompts(PLAYBOOK), list[Advice]()
    seen: list[Prompt] = []
    for fact in facts:
        turns = [fact.utterance] if isinstance(fact, Turn) else []
        for utterance, chars in [(one, chars) for one in turns for chars in sorted(next(looks))]:
            words = utterance.words[:chars]
            heard = utterance.model_copy(
                update={"text": utterance.text[:chars], "words": words, "decided_ms": words[-1].end_ms}
            )
            news = only(Prompt, early.look(state, heard, phrases_in(heard, PLAYBOOK)))
            assert not news or mode == "expert" or state.spent.plus((*seen, *news)).prompts <= 6
            seen += news
        state, advice = advise(PLAYBOOK, state, fact)
        gone = {one.prompt_id for one in (*early.settle(state, fact, advice), *only(Prompt, advice))}
        seen = [prompt for prompt in seen if prompt.prompt_id not in gone]
        lasting += advice
    assert (state, lasting) == run(PLAYBOOK, facts)


def test_only_the_newest_positions_are_kept() -> None:
    (prompt,) = only(Prompt, call("say", of=playbook("[]")).advice(None))
    spent = Spent().plus([prompt] * 250)
    assert (spent.prompts, len(spent.recent_ms)) == (250, 100)


@pytest.mark.parametrize(
    ("budget", "complaint"),
    [
        ("{most: 3}", "expected a list"),
        ("[{within_ms: 5000}]", "'most' is missing"),
        ("[{most: 0}]", "whole number from 1 to 100"),
        ("[{most: 3, within_ms: 10}]", "whole number from 1000"),
        ("[{most: 3, keep: {sooth: 1}}]", "expected one of"),
        ("[{most: 3, keep: {offer: 1}}]", "expected one of"),
        ("[{most: 3, keep: {soothe: 2, step: 1}}]", "leaves less urgent prompts none of the 3 places"),
        ("[{most: 1}, {most: 1}, {most: 1}, {most: 1}, {most: 1}]", "expected 0 to 4 entries"),
    ],
)
def test_a_budget_that_cannot_be_is_refused_with_its_line(budget: str, complaint: str) -> None:
    with pytest.raises(PlaybookError, match=complaint) as caught:
        playbook(budget)
    assert caught.value.line == 4
