"""Moments are judged one by one, by a rule of their own that rests on words alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assist.backtest import Ruleset
from assist.errors import InputError
from bench.spoken_moments import Moment, hears, judged, probe_of, read_moments
from gateway.wiring import phrase_listener

PLAYBOOK = """\
name: shop
version: 1
title: 店
phrase_sets:
  sorry: [对不起, 抱歉]
selling:
  needs:
    - {id: data, title: 流量, request: true, phrase: 流量不够}
  reactions:
    refused: {phrase: 不需要}
rules:
  - id: upset
    party: customer
    phrase: 乱扣费
    state: {told: true}
    set: {told: true}
  - id: soothe
    party: agent
    followed_by:
      after: {party: customer, phrase: 乱扣费}
      expect: {any: [{phrase: $sorry}, {act: apologise}]}
      within_turns: 2
    because: 没有致歉
    emit: {flag: {}}
"""


def moment(moment_id: str, party: str, text: str, *, truth: bool = True) -> Moment:
    return Moment.model_validate({"id": moment_id, "party": party, "before": None, "text": text, "truth": truth})


@pytest.mark.parametrize(
    ("moment_id", "party", "text", "is_heard"),
    [
        ("data", "customer", "我流量不够用", True),
        ("data", "customer", "我流量够用", False),
        ("refused", "customer", "这个不需要", True),
        ("upset", "customer", "你们乱扣费", True),
        ("upset", "agent", "您说我们乱扣费", False),
        ("soothe.duty", "agent", "实在抱歉", True),
        ("soothe.duty", "agent", "报一下号码", False),
    ],
)
async def test_a_moment_is_heard_by_the_words_of_its_need_reaction_or_rule(
    moment_id: str, party: str, text: str, is_heard: bool
) -> None:
    probe = probe_of(PLAYBOOK, [moment_id])
    assert await hears(moment(moment_id, party, text), Ruleset(probe, phrase_listener(probe)), None) is is_heard


def test_an_id_that_the_playbook_lacks_is_refused() -> None:
    with pytest.raises(InputError, match="no need, reaction or rule 'roaming'"):
        probe_of(PLAYBOOK, ["roaming"])


def test_precision_and_recall_are_told_per_id_with_what_phrases_hear() -> None:
    moments = [moment("a", "customer", "一"), moment("a", "customer", "二"), moment("a", "customer", "三", truth=False)]
    (row,) = judged(moments, [True, True, True], [False, True, False])
    values = row.as_row()
    assert (values["near"], values["precision"], values["recall"]) == (1, 0.667, 1.0)
    assert (values["phrases_precision"], values["phrases_recall"]) == (1.0, 0.5)


def test_odd_and_even_lines_are_read_apart(tmp_path: Path) -> None:
    path = tmp_path / "moments.jsonl"
    lines = [moment("a", "customer", text).model_dump() for text in ("一", "二", "三")]
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert [one.text for one in read_moments(path, "odd")] == ["一", "三"]
    assert [one.text for one in read_moments(path, "even")] == ["二"]
    path.write_text("{}", "utf-8")
    with pytest.raises(InputError, match="Field required"):
        read_moments(path, "all")
