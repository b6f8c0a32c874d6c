"""An offer that is held out of a call stands in no other's way: selling goes on as if the playbook did not have it."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from assist.messages import Arm, Assignment, Prompt
from assist.playbook import Advice, Fact, Known, Playbook, begin
from tests.support.catalogue import OFFERS, SELLING, call, shop
from tests.support.dialogue import Dialogue, only, run

LINES = ["我流量不够用", "我给我爸妈打电话", "谢谢", "给您推荐一个", "太贵了", "再想想", "不需要", "介绍一下", "嗯"]


def trying(*tried: str, without: str = "", max_offers: int = 2, offers: str = OFFERS) -> Playbook:
    """The shop, in which the tried offers are part of experiments; ``without`` the offer of that id."""
    entries = [f"  - id:{entry}" for entry in offers.split("  - id:")[1:]]
    kept = [entry for entry in entries if _id(entry) != without]
    all_of_them = [f"{one}    experiment: {{hold_out: 0.5}}\n" if _id(one) in tried else one for one in kept]
    selling = SELLING.replace("min_gap_ms: 30000", f"min_gap_ms: 30000\n  max_offers: {max_offers}")
    return shop(selling=selling, offers="\noffers:\n" + "".join(all_of_them))


def _id(entry: str) -> str:
    return entry.partition("id: ")[2].partition("\n")[0]


def prompts(playbook: Playbook, facts: list[Fact], drawn: Mapping[str, Arm]) -> list[tuple[str, Arm]]:
    assignments = [
        Assignment(experiment=offer_id, arm=arm, variant="", hold_out=0.5, shares={}) for offer_id, arm in drawn.items()
    ]
    advice: list[Advice] = run(playbook, facts, begin(playbook, assignments))[1]
    return [(prompt.prompt_id, prompt.arm) for prompt in only(Prompt, advice) if prompt.offer_id is not None]


def ids(playbook: Playbook, dialogue: Dialogue, **drawn: Arm) -> list[str]:
    """Prompts of selling, those that nobody sees in brackets; names with _ for -."""
    told = prompts(playbook, dialogue.facts(None), {name.replace("_", "-"): arm for name, arm in drawn.items()})
    return [prompt_id if arm == "shown" else f"({prompt_id})" for prompt_id, arm in told]


def test_the_next_best_offer_comes_at_the_moment_of_the_one_held_out() -> None:
    tried = trying("pack-30g")
    asks = call(tried).customer("我流量不够用")
    assert ids(tried, asks, pack_30g="shown") == ["pack-30g-1"]
    assert ids(tried, asks, pack_30g="held-out") == ["(pack-30g-1)", "pack-10g-1"]


def test_an_offer_held_out_is_told_once_until_it_is_asked_for_again() -> None:
    tried = trying("family-plan")
    solved = call(tried).customer("我给我爸妈打电话").customer("谢谢").waits(90_000).customer("我给我爸妈打电话")
    assert ids(tried, solved, family_plan="held-out") == ["(family-plan-1)", "(family-plan-2)"]


def test_an_offer_held_out_uses_up_neither_the_most_of_a_call_nor_the_time_between_two() -> None:
    tried = trying("family-plan", max_offers=1)
    two = call(tried).customer("我给我爸妈打电话").customer("谢谢").waits(5_000).customer("谢谢")
    two = two.fact(5_000, Known({"customer.handset_months": "30"}))
    assert ids(tried, two, family_plan="shown") == ["family-plan-1"]
    assert ids(tried, two, family_plan="held-out") == ["(family-plan-1)", "handset-1"]


def test_talk_about_an_offer_that_nobody_was_shown_is_not_answered() -> None:
    tried = trying("family-plan")
    made = call(tried).customer("我给我爸妈打电话").customer("谢谢").agent("给您推荐一个").customer("再想想")
    assert ids(tried, made, family_plan="held-out") == ["(family-plan-1)"]


def test_where_the_cheaper_one_is_held_out_the_objection_gets_its_answer() -> None:
    offers = OFFERS.replace("{worried: 随时可以退", "{price: 一天不到七毛, worried: 随时可以退")
    tried = trying("pack-10g", offers=offers)
    dear = call(tried).customer("我流量不够用").agent("给您推荐一个").customer("太贵了")
    assert ids(tried, dear, pack_10g="shown") == ["pack-30g-1", "pack-10g-1"]
    assert ids(tried, dear, pack_10g="held-out") == ["pack-30g-1", "(pack-10g-1)", "pack-30g.price-1"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(LINES), st.integers(500, 30_000)), max_size=10),
    st.sampled_from(["pack-30g", "family-plan"]),
)
def test_without_its_held_out_prompts_a_call_is_one_of_a_playbook_without_the_offer(
    lines: list[tuple[str, int]], offer_id: str
) -> None:
    tried, bare = trying(offer_id), trying(without=offer_id)
    dialogue, start_ms = Dialogue(tried), 0
    for text, apart_ms in lines:
        start_ms += apart_ms
        dialogue.says("agent" if text == "给您推荐一个" else "customer", text, start_ms=start_ms)
    facts = dialogue.facts()
    told = prompts(tried, facts, {offer_id: "held-out"})
    assert [one for one in told if one[1] == "shown"] == prompts(bare, facts, {})
