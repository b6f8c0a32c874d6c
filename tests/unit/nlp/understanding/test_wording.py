"""Large sets are told by their words, each for itself; small ones are left to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from assist.playbook import Meaning
from nlp.understanding import listening
from nlp.understanding.features import word_features
from nlp.understanding.linear import LinearModel
from nlp.understanding.listening import MeaningListener
from nlp.understanding.repair import CharacterCounts, HomophoneRepair
from nlp.understanding.wording import (
    ENOUGH,
    RARE_SCORE,
    RARER_SCORE,
    WordedHeads,
    Wording,
    fit_worded,
    is_large,
    load_wording,
    save_wording,
)
from tests.support.dialogue import utterance_of
from tests.unit.nlp.understanding.test_meaning import FakeModel

WHO = ("我", "俺", "我爸", "我妈", "老婆", "儿子", "店里", "同事", "师傅", "隔壁")
WHEN = ("昨天", "今天", "上礼拜", "月底", "早上", "下午", "前几天", "刚才", "年前", "白天", "中午", "周末")
ORDINARY = [
    f"{who}{when}{what}" for who, when, what in product(WHO, WHEN, ("交了话费", "去营业厅", "打过电话", "查了账单"))
]
AT_NIGHT = [f"{who}{when}值夜班到天亮" for who, when in product(WHO, WHEN)]
DAYTIME = [f"{who}{when}值白班" for who, when in product(WHO[:5], WHEN)]
NIGHT = Meaning("night", "customer", tuple(AT_NIGHT), tuple(DAYTIME))
POINTS = Meaning("points", "customer", tuple(f"{who}{when}攒的积分" for who, when in product(WHO, WHEN)))


def wording_of(ordinary: list[str]) -> Wording:
    names = sorted(
        {name for text in (*ordinary, *AT_NIGHT, *DAYTIME, *POINTS.examples) for name in word_features(text)}
    )
    rarity = np.ones(len(names), np.float32)
    weights = np.zeros((len(names), 1), np.int8)
    rows = {name: row for row, name in enumerate(names)}
    linear = LinearModel(rows, rarity, weights, np.ones(1, np.float32), np.zeros(1, np.float32))
    bare = Wording(linear, HomophoneRepair(CharacterCounts({}, {}, {})), {})
    return replace(bare, ordinary={who: bare.table(ordinary) for who in ("agent", "customer")})


WORDING = wording_of(ORDINARY)


def scores(text: str, *sets: Meaning, who: str = "customer", wording: Wording = WORDING) -> dict[str, float]:
    heads = fit_worded(sets, wording)[who]
    return {meaning.name: score for meaning, score in heads.scores(*wording.read(text))}


def test_who_tells_it_in_other_words_around_is_heard() -> None:
    assert scores("嗯那个我老伴儿值夜班嘛一直到天亮", NIGHT)["night"] > RARER_SCORE


def test_near_misses_and_ordinary_turns_are_not() -> None:
    assert scores("我侄女昨天值白班", NIGHT).get("night", 0) < RARER_SCORE
    assert scores("我昨天交了话费", NIGHT) == {}
    assert scores("", NIGHT) == {}


def test_so_many_ordinary_turns_reach_what_the_scores_say() -> None:
    held = [text for at, text in enumerate(ORDINARY) if at % 2]
    found = [scores(text, POINTS).get("points", 0) for text in held[:60]]
    assert np.mean([score >= RARE_SCORE for score in found]) <= 0.2
    assert max(found) <= 1


def test_a_set_is_fitted_for_itself() -> None:
    text = "我爸值夜班用的积分"
    alone = scores(text, NIGHT)["night"]
    assert scores(text, NIGHT, POINTS)["night"] == pytest.approx(alone)


def test_a_set_of_anybody_stands_out_from_all_turns() -> None:
    anybody = replace(NIGHT, who="any")
    assert scores("我妈值夜班到天亮", anybody, who="any")["night"] > RARER_SCORE


def test_a_set_without_counter_examples_is_fitted() -> None:
    assert scores("我妈攒的积分", POINTS)["points"] > RARER_SCORE


def test_stored_and_read_it_is_the_same(tmp_path: Path) -> None:
    save_wording(WORDING, tmp_path / "wording.npz")
    read = load_wording(tmp_path / "wording.npz", WORDING.linear, WORDING.repair)
    text = "我妈值夜班到天亮"
    assert scores(text, NIGHT, wording=read)["night"] == pytest.approx(scores(text, NIGHT)["night"], abs=0.02)


def test_words_of_another_model_are_refused(tmp_path: Path) -> None:
    save_wording(WORDING, tmp_path / "wording.npz")
    other = wording_of(["别的"])
    with pytest.raises(LookupError, match="features"):
        load_wording(tmp_path / "wording.npz", replace(other.linear, rows={"c别": 0}), other.repair)


def test_a_set_is_large_from_its_examples_on() -> None:
    assert is_large(replace(NIGHT, examples=tuple(AT_NIGHT[:ENOUGH])))
    assert not is_large(replace(NIGHT, examples=tuple(AT_NIGHT[: ENOUGH - 1])))


@pytest.mark.parametrize(("wording", "read"), [(WORDING, 0), (None, len(AT_NIGHT) + len(DAYTIME))])
async def test_sentences_of_a_large_set_are_not_read_by_the_encoder(wording: Wording | None, read: int) -> None:
    model = FakeModel(wording=wording)
    listener = MeaningListener([NIGHT], model, "small@1")
    words = utterance_of(1, "customer", "俺老公值夜班到天亮", 0, 900, 0.9)
    signals = await listener.find(words, np.array([1, 0], np.float32))
    assert len(model.turns) == read
    assert [one.label == NIGHT.label for one in signals] == ([True] if wording else [])


async def test_what_is_told_in_two_pieces_is_heard_in_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = np.zeros((len(WORDING.linear.rows), 1), np.float32)
    told = [name for name in (*word_features("夜班"), *word_features("天亮")) if name in WORDING.linear.rows]
    weights[[WORDING.linear.rows[name] for name in told]] = 0.15
    heads = WordedHeads([NIGHT], weights, np.zeros(1, np.float32))

    def fitted(meanings: Sequence[Meaning], wording: Wording) -> dict[str, WordedHeads]:
        return {"customer": heads}

    monkeypatch.setattr(listening, "fit_worded", fitted)
    listener = MeaningListener([NIGHT], FakeModel(wording=WORDING), "small@1")

    async def score(text: str, before: str = "") -> float:
        words = utterance_of(1, "customer", text, 0, 900, 0.9)
        found = await listener.find(words, np.array([1, 0], np.float32), before=before)
        return max((signal.score for signal in found), default=0)

    first, second, other = "昨天值夜班", "今天到天亮", "今天打过电话"
    together = await score(second, before=first)
    assert together > max(await score(first), await score(second))
    assert await score(other, before=first) == await score(other)
