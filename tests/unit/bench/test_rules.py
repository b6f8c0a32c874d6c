"""The benchmark of rules measures what it says: so many rules of every kind, over calls that can be replayed."""

from __future__ import annotations

import re

import pytest

from assist.backtest import RecordedCall, read_call
from assist.messages import Utterance
from assist.playbook import parse_playbook
from assist.playbook.conditions import OPERATORS
from bench.rule_material import CONDITIONS, calls, rules_text
from models.train.scenes import Turn

TURNS = [
    Turn(
        party="agent" if at % 2 else "customer",
        text=f"我这个月的流量套餐怎么又不够用了{at}",
        intents=("query_usage",),
        emotion="neutral",
        intensity=0,
        acts=("ask",),
        entities=(),
        previous_text="",
        scene="s",
        domain="telecom",
        writer="w",
        place="p:1",
    )
    for at in range(60)
]


def test_as_many_rules_as_asked_for_of_every_kind() -> None:
    playbook = parse_playbook(rules_text(TURNS, 2 + len(CONDITIONS), seed=1))
    assert len(playbook.rules) == 2 + len(CONDITIONS)
    assert len({type(rule.condition).__name__ for rule in playbook.rules}) >= 30


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_is_measured(operator: str) -> None:
    assert any(re.search(rf"\b{operator}: ", kind) for kind in CONDITIONS)


def test_the_same_seed_gives_the_same_rules_and_calls() -> None:
    assert rules_text(TURNS, 50, seed=3) == rules_text(TURNS, 50, seed=3)
    assert rules_text(TURNS, 50, seed=3) != rules_text(TURNS, 50, seed=4)
    assert list(calls(TURNS, 2, utterances=5, seed=3)) == list(calls(TURNS, 2, utterances=5, seed=3))


def test_calls_are_whole() -> None:
    for log in calls(TURNS, 2, utterances=5, seed=1):
        call = read_call(log)
        assert isinstance(call, RecordedCall)
        assert sum(isinstance(one.event, Utterance) for one in log) == 5
