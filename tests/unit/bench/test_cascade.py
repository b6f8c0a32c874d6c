"""Curves of error rate against cost."""

from __future__ import annotations

import pytest

from asr.evaluation import CharacterErrors
from asr.speech import Effort, Hypothesis
from asr.text import Character
from bench.cascade import SHARES, Attempt, Case, Signs, curve, report, signs_of
from tests.support.speech import hypothesis


def case(*, first: int, again: int, log_probability: float, is_broken: bool = False) -> Case:
    """Ten characters in two seconds; so many wrong with each effort."""
    attempts: dict[Effort, Attempt] = {
        "final": Attempt(CharacterErrors(10, first), is_broken, 0.1),
        "careful": Attempt(CharacterErrors(10, again), is_broken=False, cost_s=0.3),
        "full": Attempt(CharacterErrors(10, again), is_broken=True, cost_s=0.9),
    }
    return Case(2.0, attempts, Signs(log_probability, 0.5, 0.5, 1.0, 5.0, 0.0), early_difference=0.0)


CASES = [
    case(first=1, again=1, log_probability=-0.1),
    case(first=4, again=2, log_probability=-0.9),
    case(first=2, again=3, log_probability=-0.3),
    case(first=9, again=0, log_probability=-0.05, is_broken=True),
]


def by_log_probability(of: Case) -> float:
    return -of.signs.log_probability


def test_the_broken_are_sent_on_first_then_the_most_troubled() -> None:
    points = curve(CASES, by_log_probability, "careful")
    assert [(point["share"], point["cer_percent"]) for point in (points[0], points[10], points[20])] == [
        (0.25, 17.5),
        (0.5, 12.5),
        (1.0, 15.0),
    ]
    assert points[10]["trouble"] == 0.9


def test_every_second_decode_costs_on_top_of_the_first() -> None:
    points = curve(CASES, by_log_probability, "careful")
    assert points[0]["cost"] == pytest.approx((0.4 + 0.3) / 8, abs=1e-4)
    assert points[-1]["cost"] == pytest.approx((0.4 + 1.2) / 8, abs=1e-4)


def test_a_broken_second_decode_leaves_the_first() -> None:
    assert curve(CASES, by_log_probability, "full")[-1]["cer_percent"] == 40.0


def test_a_report_has_every_effort_and_curve() -> None:
    result = report(CASES)
    assert result["recordings"] == 4
    assert all(len(points) == len(SHARES) for second in result["curves"].values() for points in second.values())


def test_signs_tell_how_sure_a_decode_is_of_its_least_certain_letters() -> None:
    characters = tuple(
        Character(letter, 0, 0, confidence)
        for letter, confidence in zip("今天天气好。", (0.9, 0.8, 0.2, 0.6, 0.9, 0.01), strict=True)
    )
    signs = signs_of(Hypothesis("今天天气好。", characters, log_probability=-0.4), duration_ms=2_500)
    assert signs.lowest == 0.2
    assert signs.lowest_quarter == pytest.approx(0.4)
    assert signs.chars_per_s == 2.0
    assert signs.log_probability == -0.4


def test_loops_compress_better_than_speech() -> None:
    loop, speech = (signs_of(hypothesis(text), 10_000) for text in ("你只能选择两个" * 6, "北京楼市的反应究竟如何" * 1))
    assert loop.compression_ratio > 2.0 > speech.compression_ratio
