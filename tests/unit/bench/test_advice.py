"""What a playbook says in calls whose truth is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from assist.backtest import Ruleset, read_call, replay
from assist.errors import InputError
from assist.playbook import parse_playbook
from bench.advice import OPENED_AT, Score, log_of, measure_advice, report
from bench.early_advice import early_prompts
from bench.judged_calls import JudgedCall, read_judged_calls
from gateway.settings import Settings
from nlp.phrases import PhraseAnalyser

TEXT = """
name: telecom
version: 1
title: 测试
language: zh-CN
etiquette: {no_selling_while: {upset: true}, because: 客户不满, min_gap_ms: 0}
selling:
  needs:
    - {id: data, title: 流量不够, request: true, early: true, phrase: 流量不够}
offers:
  - {id: pack, title: 流量包, product: pack, needs: {data: 3}, wordings: [{id: a, text: 给您加一个流量包}]}
rules:
  - {id: upset, party: customer, phrase: 投诉, set: {upset: true}}
  - id: soothe
    party: customer
    phrase: 投诉
    because: 不满
    cool_down_ms: 0
    emit: {prompt: {kind: soothe, title: 先安抚, body: 非常抱歉}}
  - id: owed
    party: customer
    length: {min_chars: 1}
    fact: {path: history.overdue_promises, min: 1}
    because: 承诺逾期
    max_per_call: 1
    emit: {prompt: {kind: soothe, title: 主动认账, body: 上次的事没有办到}}
  - id: rude
    party: agent
    phrase: 不归我管
    because: 忌语
    emit: {flag: {title: 忌语}}
  - id: closing
    party: agent
    absent: {what: {phrase: 感谢来电}, close: true}
    because: 没有致谢
    emit: {flag: {title: 结束语}}
"""
PLAYBOOK = parse_playbook(TEXT)


def dialogue(*turns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "试", "agent": {"agent_id": "1"}, "customer": {"customer_id": "2"}, "turns": list(turns), **more}


def write(folder: Path, value: dict[str, Any], name: str = "call") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    return path


async def scored(folder: Path, *turns: dict[str, Any], **more: Any) -> Score:
    (call,) = read_judged_calls([write(folder, dialogue(*turns, **more))])
    return await score_of(call)


async def score_of(call: JudgedCall) -> Score:
    log = await log_of(call, PLAYBOOK, None, None, opened_at=datetime(2026, 11, 2, tzinfo=UTC))
    score = Score()
    rules = Ruleset(PLAYBOOK, PhraseAnalyser().open_call(PLAYBOOK).find)
    score.take(call, PLAYBOOK, replay(read_call(log), rules))
    score.take_early(call, await early_prompts(read_call(log), rules, None))
    return score


def mistakes(score: Score) -> list[tuple[int, str, str, str]]:
    return [(one.turn, one.kind, one.rule, one.mistake) for one in score.mistakes]


async def test_what_is_expected_and_said_is_right(tmp_path: Path) -> None:
    score = await scored(
        tmp_path,
        {"customer": "我要投诉你们", "prompts": ["soothe"]},
        {"agent": "这个不归我管", "flags": {"rude": "breach"}},
        {"customer": "好吧"},
        at_close={"closing": "breach"},
    )
    assert score.mistakes == []
    told = report(score)
    assert told["prompts"] == {"expected": 1, "found": 1, "right": 1, "precision": 1.0, "recall": 1.0}
    assert [row["rule"] for row in told["rules"]] == ["closing", "rude", "soothe"]


async def test_what_is_not_said_is_missed_and_what_is_not_expected_is_wrong(tmp_path: Path) -> None:
    score = await scored(
        tmp_path,
        {"customer": "你们太不像话了", "prompts": ["soothe"]},
        {"agent": "这个不归我管"},
        {"customer": "好吧"},
        {"agent": "感谢来电"},
    )
    assert mistakes(score) == [(1, "prompt", "soothe", "missed"), (2, "flag", "rude", "wrong")]
    told = report(score)
    assert (told["prompts"]["recall"], told["prompts"]["precision"], told["flags"]["precision"]) == (0.0, None, 0.0)


async def test_a_prompt_that_comes_too_late_is_missed_and_wrong(tmp_path: Path) -> None:
    quiet = [{"agent": "好的"}, {"customer": "嗯嗯嗯"}, {"agent": "我在查"}]
    score = await scored(
        tmp_path,
        {"customer": "怎么又多扣了", "prompts": ["soothe"]},
        *quiet,
        {"customer": "我要投诉"},
        {"agent": "感谢来电"},
    )
    assert mistakes(score) == [(1, "prompt", "soothe", "missed"), (5, "prompt", "soothe", "wrong")]


async def test_what_may_be_said_is_neither_called_for_nor_wrong(tmp_path: Path) -> None:
    score = await scored(
        tmp_path,
        {"customer": "我要投诉", "prompts": ["soothe"]},
        {"agent": "请讲"},
        {"customer": "我真的要投诉", "may": ["soothe"]},
        {"agent": "感谢来电"},
    )
    assert score.mistakes == []
    assert report(score)["prompts"]["found"] == 1


async def test_a_verdict_that_differs_is_missed_and_wrong(tmp_path: Path) -> None:
    score = await scored(tmp_path, {"agent": "这个不归我管，感谢来电", "flags": {"rude": "at_risk"}})
    assert mistakes(score) == [(1, "flag", "rude", "missed"), (1, "flag", "rude", "wrong")]


async def test_an_offer_where_nothing_may_be_sold_is_told(tmp_path: Path) -> None:
    score = await scored(
        tmp_path,
        {"customer": "我爸上个月走了", "no_selling": "家有丧事"},
        {"agent": "请您节哀"},
        {"customer": "我的流量不够", "may_sell": False},
        {"agent": "感谢来电"},
    )
    assert (3, "selling", "pack", "forbidden") in mistakes(score)
    assert report(score)["selling"]["shown_while_forbidden"] == 1


async def test_an_offer_left_standing_when_the_customer_is_upset_is_told_and_a_withdrawn_one_is_not(
    tmp_path: Path,
) -> None:
    begin = {"customer": "我这个月流量不够", "prompts": ["pack"]}
    goodbye = {"agent": "感谢来电，再见，请您保重，有需要再打给我们"}
    left = await scored(tmp_path, begin, {"customer": "我爸走了", "no_selling": "丧事"}, goodbye)
    upset = {"customer": "我要投诉", "no_selling": "投诉", "may": ["soothe"]}
    gone = await scored(tmp_path, begin, upset, goodbye)
    assert [one.mistake for one in left.mistakes] == ["forbidden"]
    assert gone.mistakes == []


async def test_what_sells_before_the_complaint_is_heard_is_told_apart(tmp_path: Path) -> None:
    score = await scored(
        tmp_path,
        {"customer": "我的流量不够还多扣钱我要投诉你们", "prompts": ["soothe"], "no_selling": "投诉"},
        {"agent": "感谢来电"},
    )
    assert mistakes(score) == [(1, "early", "pack", "forbidden")]
    told = report(score)
    assert (told["selling"]["shown_while_forbidden"], told["early"]["sold_while_forbidden"]) == (0, 1)


async def test_selling_is_judged_up_to_where_it_is_allowed_again(tmp_path: Path) -> None:
    score = await scored(
        tmp_path,
        {"customer": "别给我推荐", "no_selling": "已拒绝"},
        {"agent": "好的"},
        {"customer": "那个流量不够怎么办", "may_sell": True, "prompts": ["pack"]},
        {"agent": "感谢来电"},
    )
    assert score.mistakes == []
    offers = {name: value for name, value in report(score)["selling"].items() if name.startswith("offers_")}
    assert offers == {
        "offers_expected": 1,
        "offers_found": 1,
        "offers_right": 1,
        "offers_precision": 1.0,
        "offers_recall": 1.0,
    }


async def test_what_earlier_calls_left_behind_is_known_as_text(tmp_path: Path) -> None:
    turns = ({"customer": "我上次的事", "prompts": ["owed"]}, {"agent": "感谢来电"})
    known = await scored(tmp_path, *turns, earlier={"overdue_promises": 1})
    unknown = await scored(tmp_path, *turns)
    assert (mistakes(known), mistakes(unknown)) == ([], [(1, "prompt", "owed", "missed")])


async def test_what_earlier_calls_left_behind_is_known_as_heard(tmp_path: Path) -> None:
    turns = [
        {"party": "customer", "text": "我上次的事", "start_ms": 800, "end_ms": 2_000, "prompts": ["owed"]},
        {"party": "agent", "text": "感谢来电", "start_ms": 3_000, "end_ms": 4_000},
    ]
    truth = {**dialogue(*turns), "duration_ms": 5_000, "earlier": {"overdue_promises": 1}}
    (tmp_path / "call.json").write_text(json.dumps(truth), encoding="utf-8")
    (tmp_path / "telecom.yaml").write_text(TEXT, encoding="utf-8")
    (call,) = read_judged_calls([tmp_path / "call.json"])
    log = await log_of(call.model_copy(update={"earlier": None}), PLAYBOOK, None, None, opened_at=OPENED_AT)
    heard = tmp_path / "heard.jsonl"
    heard.write_text("".join(f"{one.model_dump_json()}\n" for one in log), encoding="utf-8")
    told = await measure_advice(Settings(playbooks_dir=tmp_path), [tmp_path / "call.json"], [heard])
    assert (told["prompts"]["right"], told["mistakes"]) == (1, [])


def test_a_file_that_is_no_truth_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"call\.yaml: turns\.0\.flags\.rude"):
        read_judged_calls([write(tmp_path, dialogue({"agent": "好", "flags": {"rude": "bad"}}))])
    with pytest.raises(InputError, match=r"call\.yaml is no call"):
        read_judged_calls([write(tmp_path, {"title": "试"})])


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write(tmp_path, dialogue({"agent": "好"}), name)
    assert [call.name for call in read_judged_calls([tmp_path])] == ["a", "b"]


async def test_what_came_a_little_before_by_right_and_is_still_open_is_there(tmp_path: Path) -> None:
    words = {"customer": "我这个月流量不够", "may": ["pack"]}
    rest = [{"agent": "好的，您稍等"}, {"customer": "嗯嗯嗯嗯"}, {"agent": "查到了"}]
    called_for = {"customer": "那怎么办呢", "prompts": ["pack"]}
    assert (await scored(tmp_path, words, *rest, called_for, at_close={"closing": "breach"})).mistakes == []
    unasked = {key: value for key, value in words.items() if key != "may"}
    early = await scored(tmp_path, unasked, *rest, called_for, at_close={"closing": "breach"})
    assert (5, "prompt", "pack", "missed") in mistakes(early)
