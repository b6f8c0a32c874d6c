"""Questions of a playbook answered by a real endpoint on the loopback, in calls and again from their record."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assist.backtest import Backtest, Ruleset, read_call
from assist.chat import open_chat
from assist.judge import questions_for
from assist.judge.endpoint import EndpointJudge
from assist.messages import CallClosed, CallDegraded, Customer, Envelope, Flag, Judgement
from assist.playbook import Playbook, Question
from assist.view import CallView
from gateway.model_settings import SummarySettings
from gateway.settings import Settings
from gateway.wiring.service import open_model
from nlp.privacy import RuleRedactor
from tests.support.dialogue import phrases_in, playbook_of
from tests.support.fakes import Said
from tests.support.lived_call import live
from tests.support.receiver import Answer, receiver

SCRIPT = (Said("agent", 1_200, 2_000, "我们会联系您"), Said("customer", 3_000, 4_000, "好的再见"))
QUESTIONS = """\
questions:
  callback: {ask: 坐席是否说明何时回电？, answers: [是, 否]}
  solved: {ask: 问题解决了吗？, answers: [解决, 没有]}
"""
PLAYBOOK = playbook_of(
    "  - {id: no-time, title: 回电, party: agent, judge: {callback: 否}, because: '没说何时回电，“{quote}”',\n"
    "     emit: {flag: {}}}\n"
    "  - {id: unsolved, title: 解决, party: agent, judge: {solved: 没有}, because: 没解决, emit: {flag: {}}}\n",
    more=QUESTIONS,
)


def completion(answers: Any) -> Answer:
    return 200, json.dumps({"choices": [{"message": {"content": json.dumps(answers)}}]}).encode()


def answered(answer: str = "否", utterance_id: str = "agent-1", **more: Any) -> Answer:
    return completion({
        "callback": {"answer": answer, "utterance_ids": [utterance_id], **more},
        "solved": {"answer": "解决", "utterance_ids": []},
    })  # fmt: skip


@asynccontextmanager
async def judge_at(url: str, *, timeout_s: float = 2.0, failures: int = 5) -> AsyncGenerator[EndpointJudge]:
    async with open_chat(url, model="m", key="k") as chat:
        yield EndpointJudge(chat, timeout_s=timeout_s, failures=failures)


async def call_judged_by(judge: EndpointJudge | None, spool: Path, playbook: Playbook = PLAYBOOK) -> list[Envelope]:
    return await live(SCRIPT, 6_000, playbook, (), spool, judge=judge)


def of(log: Sequence[Envelope], kind: type[Any]) -> list[Any]:
    return [envelope.event for envelope in log if isinstance(envelope.event, kind)]


def flags(log: Sequence[Envelope]) -> list[tuple[str, str]]:
    return [(flag.flag_id, flag.verdict) for flag in of(log, Flag)]


async def test_the_answers_are_events_before_the_end_and_rules_act_on_them(tmp_path: Path) -> None:
    async with receiver(answered()) as there, judge_at(there.url) as judge:
        log = await call_judged_by(judge, tmp_path)
    ((headers, body),) = there.got
    question = json.loads(body)
    assert headers["authorization"] == "bearer k"
    assert "[agent-1] agent: 我们会联系您" in question["messages"][1]["content"]
    shape = question["response_format"]["json_schema"]["schema"]["properties"]["callback"]["properties"]["answer"]
    assert shape["enum"] == ["是", "否", "unclear"]
    first, second = of(log, Judgement)
    assert (first.question, first.answer, first.source) == ("坐席是否说明何时回电？", "否", "endpoint:m")
    assert second.answer == "解决"
    assert flags(log) == [("no-time-1", "breach")]
    (flag,) = of(log, Flag)
    assert flag.because.reason == "没说何时回电，“我们会联系您”"
    types = [envelope.event.type for envelope in log]
    assert types.index("judgement") < types.index("flag") < types.index("call-closed")


async def test_a_replay_says_the_same_without_asking(tmp_path: Path) -> None:
    async with receiver(answered()) as there, judge_at(there.url) as judge:
        log = await call_judged_by(judge, tmp_path)
    backtest = Backtest(Ruleset(PLAYBOOK, lambda heard: phrases_in(heard, PLAYBOOK)))
    assert list(backtest.take(read_call(log))) == []
    assert (dict(backtest.report.not_judged), len(there.got)) == ({}, 1)


async def test_a_rule_whose_question_the_call_was_not_asked_is_not_judged(tmp_path: Path) -> None:
    async with receiver(answered()) as there, judge_at(there.url) as judge:
        log = await call_judged_by(judge, tmp_path)
    edited = playbook_of(
        "  - {id: no-time, title: 回电, judge: {callback: 否}, because: 没说, emit: {flag: {}}}\n",
        more=QUESTIONS.replace("何时回电", "几点回电"),
    )
    backtest = Backtest(Ruleset(edited, lambda heard: phrases_in(heard, edited)))
    assert [change.rule_id for change in backtest.take(read_call(log))] == []
    assert dict(backtest.report.not_judged) == {"no-time": 1}


BAD: dict[str, tuple[Answer, str]] = {
    "no JSON": ((200, b"Yes, I think so."), "language-model-bad-answer"),
    "no completion": ((200, b'{"choices": []}'), "language-model-bad-answer"),
    "no object": (completion([1]), "language-model-bad-answer"),
    "an answer of its own": (answered("也许"), "language-model-bad-answer"),
    "an utterance that is not there": (answered(utterance_id="agent-9"), "language-model-bad-answer"),
    "more than was asked": (answered(why="because"), "language-model-bad-answer"),
    "a refusal": ((500, b""), "language-model-unreachable"),
    "unclear": (answered("unclear"), "unclear"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_without_an_answer_that_can_be_used_the_rule_abstains(kind: str, tmp_path: Path) -> None:
    answer, code = BAD[kind]
    async with receiver(answer) as there, judge_at(there.url) as judge:
        log = await call_judged_by(judge, tmp_path)
    judgement = of(log, Judgement)[0]
    assert (judgement.answer, judgement.code) == (None, code)
    assert ("no-time-1", "abstained") in flags(log)
    assert flags(log)[1:] in ([], [("unsolved-1", "abstained")])


async def test_a_model_that_is_too_slow_costs_its_time_limit_and_no_more(tmp_path: Path) -> None:
    async with receiver(None) as there, judge_at(there.url, timeout_s=0.05) as judge:
        log = await call_judged_by(judge, tmp_path)
    assert [one.code for one in of(log, Judgement)] == ["language-model-too-late"] * 2
    assert flags(log) == [("no-time-1", "abstained"), ("unsolved-1", "abstained")]
    assert of(log, CallClosed)


async def test_one_that_keeps_failing_is_left_alone(tmp_path: Path) -> None:
    async with receiver((500, b""), (500, b"")) as there, judge_at(there.url, failures=2) as judge:
        logs = [await call_judged_by(judge, tmp_path / str(number)) for number in range(3)]
    assert [of(log, Judgement)[0].code for log in logs] == [
        "language-model-unreachable",
        "language-model-unreachable",
        "language-model-paused",
    ]
    assert len(there.got) == 2


async def test_it_is_the_model_of_the_summary_that_is_asked(tmp_path: Path) -> None:
    async with receiver(answered()) as there, AsyncExitStack() as stack:
        summary = SummarySettings(url=there.url, model="of-the-settings")
        chat = await open_model(stack, Settings(summary=summary, data_dir=tmp_path))
        assert chat is not None
        log = await call_judged_by(EndpointJudge(chat, timeout_s=2), tmp_path / "call")
        assert json.loads(there.got[0][1])["model"] == "of-the-settings"
        assert await open_model(stack, Settings(data_dir=tmp_path)) is None
    assert of(log, Judgement)[0].source == "endpoint:of-the-settings"


async def test_what_is_private_is_masked_before_it_leaves(tmp_path: Path) -> None:
    said = (
        Said("customer", 1_200, 4_000, "我的号码是一三八零零零零一二三四"),
        Said("agent", 5_000, 6_000, "诸葛小满您好"),
    )
    customer = Customer(customer_id="1", name="诸葛小满")
    async with receiver(answered()) as there, open_chat(there.url, model="m", key="") as chat:
        judge = EndpointJudge(chat, timeout_s=2, redactor=RuleRedactor())
        log = await live(said, 8_000, PLAYBOOK, (), tmp_path, judge=judge, customer=customer)
    told = json.loads(there.got[0][1])["messages"][1]["content"]
    assert "[customer-1] customer: 我的号码是" in told
    assert "零零零零" not in told
    assert "小满" not in told
    assert "您好" in told
    assert of(log, Judgement)[0].evidence[0].quote == "诸葛小满您好"


async def test_nobody_is_asked_for_rules_that_gave_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("injected fault")

    monkeypatch.setattr("assist.advisor.advise", broken)
    async with receiver(answered()) as there, judge_at(there.url) as judge:
        log = await call_judged_by(judge, tmp_path)
    assert there.got == []
    assert [one.code for one in of(log, CallDegraded)] == ["playbook-failed"]
    assert of(log, CallClosed)


async def test_a_judge_that_breaks_costs_its_answers_and_not_the_call(tmp_path: Path) -> None:
    class Broken:
        async def judge(self, view: CallView, questions: Sequence[Question]) -> Sequence[Judgement]:
            raise RuntimeError("injected fault")

    log = await live(SCRIPT, 6_000, PLAYBOOK, (), tmp_path, judge=Broken())
    assert (of(log, Judgement), flags(log)) == ([], [])
    assert of(log, CallClosed)[0].cause == "hangup"


def test_a_service_that_stops_asks_nobody() -> None:
    assert questions_for("c1", PLAYBOOK.questions, "server-stopped") == ()
    assert questions_for("c1", PLAYBOOK.questions, "hangup") == PLAYBOOK.questions


async def test_nothing_is_asked_where_it_is_not_wanted(tmp_path: Path) -> None:
    silent = playbook_of("  - {id: r, title: 试, phrase: 再见, because: 因, emit: {flag: {}}}\n")
    never = playbook_of(
        "  - {id: r, title: 试, judge: {callback: 否}, because: 因, emit: {flag: {}}}\n",
        more="questions: {callback: {ask: 问, answers: [是, 否], sample_percent: 1}}",
    )
    async with receiver() as there, judge_at(there.url) as judge:
        assert of(await call_judged_by(judge, tmp_path / "a", silent), Judgement) == []
        assert of(await call_judged_by(judge, tmp_path / "b", never), Judgement) == []
        assert of(await live((), 2_000, PLAYBOOK, (), tmp_path / "c", judge=judge), Judgement) == []
        assert there.got == []
    log = await call_judged_by(None, tmp_path / "d")
    assert (of(log, Judgement), flags(log)) == ([], [])
