"""The model of roles is fitted to who says what, and judged call by call."""

from __future__ import annotations

from pathlib import Path

from models.train.roles.dialogues import Dialogue, Said, of_logs, of_rows, of_scenes, of_yaml
from models.train.roles.examples import examples
from models.train.roles.fit import RoleSettings, fit_roles
from models.train.roles.measure import accuracy, by_greeting, first_speaks, speaks_more, swap_trial, told_after
from models.train.scenes import read_scenes

AGENT = ("您好请问有什么可以帮您", "好的我帮您查一下", "请您稍等马上为您办理", "还有其他需要帮您的吗")
CUSTOMER = ("我想查一下话费", "怎么扣了这么多钱", "那你帮我取消吧", "行吧我知道了谢谢")
CALL = Dialogue(
    "call",
    tuple(
        Said(is_agent, text)
        for pair in zip(AGENT, CUSTOMER, strict=True)
        for is_agent, text in zip((True, False), pair, strict=True)
    ),
)
SCENES = """\
@ s1 | telecom | 查账单
a | - | neutral | greet | 您好，请问有什么可以帮您？
c | query_bill | neutral | ask | 我想查一下话费。
c~ | query_bill | neutral | ask | 帮我看看这个月话费。
a | - | neutral | check | 好的，我帮您查一下。
"""


def test_fitted_model_tells_roles_apart_and_claims_what_it_knows() -> None:
    turns = [Said(True, text) for text in AGENT * 4] + [Said(False, text) for text in CUSTOMER * 4]
    model = fit_roles(turns, turns, RoleSettings(features=500))
    assert accuracy([CALL], model.odds).share == 1
    assert all(0 < model.agent_probability(text) < 1 for text in ("", *AGENT))


def test_calls_are_judged_by_sums_and_swapped_ones_are_found() -> None:
    def odds(text: str) -> float:
        return 3.0 if text in AGENT else -3.0

    assert told_after([CALL], odds, 2).share == 1
    assert first_speaks([CALL]).share == 1
    assert speaks_more([CALL], 8).share == 1
    trial = swap_trial([CALL], odds, turns=8)
    assert (trial.found.share, trial.false.share) == (1, 0)
    assert trial.after == 5
    assert by_greeting(AGENT[0]) > 0 > by_greeting(CUSTOMER[0])


def test_a_scene_is_a_call_in_which_every_turn_is_said_once(tmp_path: Path) -> None:
    path = tmp_path / "one.scenes"
    path.write_text(SCENES, "utf-8")
    turns = read_scenes(path, writer="w")
    (call,) = of_scenes(turns)
    assert [turn.text for turn in call.turns] == [
        "您好，请问有什么可以帮您？",
        "我想查一下话费。",
        "好的，我帮您查一下。",
    ]
    learnt = examples(turns, {"我想查一下话费。": "我想茶一下画费"})
    assert len(learnt) == 2 * len(turns) + 1
    assert Said(False, "我想茶一下画费") in learnt


def test_calls_of_others_are_read_by_their_own_form(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        '{"text": "您好", "speaker": "agent", "dialog_id": "a"}\n'
        '{"text": "喂", "speaker": "customer", "dialog_id": "a"}\n'
        '{"text": "旁白", "speaker": "谁", "dialog_id": "a"}\n',
        "utf-8",
    )
    assert of_rows(rows) == [Dialogue("a", (Said(True, "您好"), Said(False, "喂")))]
    script = tmp_path / "b.yaml"
    script.write_text("turns:\n  - {agent: 您好}\n  - {customer: 喂, prompts: [x]}\n", "utf-8")
    assert of_yaml([script]) == [Dialogue("b", (Said(True, "您好"), Said(False, "喂")))]
    empty = tmp_path / "log.jsonl"
    empty.write_text("", "utf-8")
    assert of_logs([empty]) == []
