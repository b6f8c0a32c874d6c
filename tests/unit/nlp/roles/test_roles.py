"""Who seems to say what, by the words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from assist.errors import ModelFilesError
from assist.legs.swapping import WATCHED_MS
from assist.messages import Party, RoleSignal, Signal, Utterance
from nlp.roles.analyser import RoleAnalyser
from nlp.roles.model import load_roles
from tests.support.fakes import plain_playbook, utterance

ANALYSER = RoleAnalyser(load_roles())


async def signals_of(said: Utterance) -> list[Signal]:
    return list(await ANALYSER.open_call(plain_playbook()).analyse(said))


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("请问还有什么可以帮您的吗", "agent"),
        ("您稍等，我帮您查一下这个月的账单", "agent"),
        ("我这个月怎么多扣了二十块钱", "customer"),
        ("那你给我把这个业务取消了吧", "customer"),
    ],
)
async def test_everyday_sentences_are_told_whatever_leg_they_are_on(text: str, role: str) -> None:
    parties: tuple[Party, ...] = ("agent", "customer", "mixed")
    for party in parties:
        (found,) = await signals_of(utterance(party, 1, text, 0, 2_000))
        assert isinstance(found, RoleSignal)
        assert (found.label, found.party, found.quote) == (role, party, "")
        assert 0.5 <= found.score <= 1


async def test_words_that_are_hardly_certain_say_less() -> None:
    text = "请问还有什么可以帮您的吗"
    (sure,) = await signals_of(utterance("mixed", 1, text, 0, 2_000, confidence=0.9))
    (doubtful,) = await signals_of(utterance("mixed", 1, text, 0, 2_000, confidence=0.3))
    assert isinstance(sure, RoleSignal)
    assert isinstance(doubtful, RoleSignal)
    assert 0.5 < doubtful.score < sure.score


async def test_acknowledgement_of_one_character_and_later_words_of_known_parties_are_not_asked() -> None:
    assert await signals_of(utterance("agent", 1, "嗯。", 0, 500)) == []
    late = WATCHED_MS + 1_000
    assert await signals_of(utterance("agent", 1, "请问还有什么可以帮您", late, late + 500)) == []
    assert len(await signals_of(utterance("mixed", 1, "请问还有什么可以帮您", late, late + 500))) == 1
    assert (
        await ANALYSER.open_call(plain_playbook()).foresee(utterance("mixed", 1, "请问还有什么可以帮您", 0, 500)) == ()
    )


def test_strange_text_is_told_something(tmp_path: Path) -> None:
    for text in ("", "hello", "😀😀", "１２３", "的" * 5_000):
        assert 0 < ANALYSER.model.agent_probability(text) < 1
    with pytest.raises(ModelFilesError):
        load_roles(tmp_path)
