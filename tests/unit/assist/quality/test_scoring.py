"""Scores from rules' verdicts and people's values."""

from __future__ import annotations

import pytest

from assist.errors import InputError, PlaybookError
from assist.messages import CallDegraded, Flag
from assist.quality.judging import judged_in
from assist.quality.scorecard_file import parse_scorecard
from assist.quality.scoring import GivenValue, changed, filled_in, scored, total
from tests.support.archived_calls import flagged
from tests.support.reviews import CARD, CARD_TEXT, called, items_of, values


def test_rules_fill_items_in_with_their_flags_and_leave_the_rest_to_people() -> None:
    items = items_of(called())
    assert {item_id: (item.auto, item.auto_because, item.flag_ids) for item_id, item in items.items()} == {
        "greeting": (1, "met", ("missing-greeting",)),
        "closing": (1, "silent", ()),
        "solving": (None, "no-rule", ()),
        "pushing": (0, "breach", ("push-after-refusal",)),
    }


def unsure_and_breach() -> list[Flag]:
    return [flagged("missing-greeting", verdict, flag_id=verdict) for verdict in ("abstained", "breach")]


def test_who_abstained_leaves_the_item_to_a_person_and_a_breach_outweighs_it() -> None:
    unsure = called("c1", flagged("missing-greeting", "abstained"))
    both = called("c1", *unsure_and_breach())
    assert (items_of(unsure)["greeting"].auto, items_of(unsure)["greeting"].auto_because) == (None, "abstained")
    assert items_of(both)["greeting"].auto == 0


def test_silence_says_nothing_of_rules_that_gave_up_or_did_not_watch_the_call() -> None:
    gave_up = called("c1", CallDegraded(at_ms=0, part="playbook", code="playbook-failed", reason="x"))
    other_card = parse_scorecard(CARD_TEXT.replace("playbook: telecom", "playbook: bank"))
    assert items_of(gave_up)["closing"].auto_because == "not-judged"
    by_other = {item.item_id: item for item in filled_in(other_card, judged_in(called()))}
    assert (by_other["closing"].auto, by_other["closing"].auto_because) == (None, "not-judged")


def test_an_item_may_not_apply_where_its_rule_is_silent() -> None:
    card = parse_scorecard(
        CARD_TEXT.replace("rules: [missing-closing], silent: full", "rules: [x], silent: not-applicable")
    )
    items = filled_in(card, judged_in(called()))
    given = [GivenValue("greeting", 1), GivenValue("closing", None), GivenValue("solving", 5), GivenValue("pushing", 0)]
    assert items[1].auto_because == "not-applicable"
    assert scored(items, given)[1].value is None
    with pytest.raises(InputError, match="Say why") as caught:
        scored(items, [GivenValue("closing", 0) if one.item_id == "closing" else one for one in given])
    assert caught.value.code == "reason-needed"


def test_points_are_shared_out_over_the_items_that_apply() -> None:
    items = filled_in(CARD, judged_in(called()))
    assert total(scored(items, values(pushing=1))).score == 90.0
    assert total(scored(items, values(pushing=1, closing=None))).score == pytest.approx(88.9)
    with pytest.raises(InputError) as caught:
        total(scored(items, values(greeting=None, closing=None, solving=None, pushing=None)))
    assert caught.value.code == "nothing-scored"


def test_a_critical_item_zeroes_the_score() -> None:
    result = total(scored(filled_in(CARD, judged_in(called())), values()))
    assert (result.score, result.is_zeroed) == (0.0, True)


def test_who_overrules_the_rules_says_why() -> None:
    items = filled_in(CARD, judged_in(called()))
    given = [GivenValue("greeting", 1), GivenValue("closing", 1), GivenValue("solving", 3), GivenValue("pushing", 1)]
    with pytest.raises(InputError) as caught:
        scored(items, given)
    assert caught.value.code == "reason-needed"
    assert scored(items, [*given[:3], GivenValue("pushing", 1, "客户自己又问")])[3].reason == "客户自己又问"


@pytest.mark.parametrize(
    "given",
    [
        values()[:3],
        [*values(), GivenValue("greeting", 1)],
        [*values()[:3], GivenValue("other", 1)],
        values(solving=6),
        values(solving=-1),
    ],
)
def test_every_item_has_one_value_within_its_scale(given: list[GivenValue]) -> None:
    with pytest.raises(InputError) as caught:
        scored(filled_in(CARD, judged_in(called())), given)
    assert caught.value.code == "bad-scores"


def test_a_decision_changes_some_items_and_leaves_the_others() -> None:
    items = scored(filled_in(CARD, judged_in(called())), values())
    after = changed(items, [GivenValue("pushing", 1, "客户自己又问")])
    assert [item.value for item in after] == [1, 1, 4, 1]
    assert after[:3] == items[:3]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("weight: 50, scale: 5", "weight: 50, scale: 11", 14),
        ("id: closing", "id: greeting", 6),
        ("silent: full}\n  - id", "silence: full}\n  - id", 10),
        ("rules: [missing-greeting]", "silent: full", 9),
        ("playbook: telecom\n", "", 1),
    ],
)
def test_a_mistake_in_a_scorecard_is_told_with_its_line(old: str, new: str, line: int) -> None:
    assert old in CARD_TEXT
    with pytest.raises(PlaybookError) as caught:
        parse_scorecard(CARD_TEXT.replace(old, new), "service.yaml")
    assert (caught.value.code, caught.value.line) == ("bad-scorecard", line)
