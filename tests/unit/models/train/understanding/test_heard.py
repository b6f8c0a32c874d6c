"""What the recogniser made of a turn keeps the turn's labels, as far as its words are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.train.scenes import EntitySpan, Turn
from models.train.understanding.heard import as_heard, read_heard

TURN = Turn(
    party="customer",
    text="嗯，给我加个十块钱的流量包",
    intents=("add_pack",),
    emotion="neutral",
    intensity=0,
    acts=("request",),
    entities=(EntitySpan("amount", 6, 9), EntitySpan("product", 10, 13)),
    previous_text="",
    scene="x-1",
    domain="telecom",
    writer="x",
    place="x:1",
)


@pytest.mark.parametrize(
    ("heard", "entities"),
    [
        ("给我加个十块钱的流量包。", ["十块钱", "流量包"]),
        ("给我加个时快钱的流亮包", ["时快钱", "流亮包"]),
        ("给我加个十块的", ["十块"]),
        ("", []),
    ],
)
def test_entities_are_where_their_words_went(heard: str, entities: list[str]) -> None:
    turn = as_heard(TURN, heard)
    assert turn.text == heard
    assert [heard[span.start : span.end] for span in turn.entities] == entities
    assert turn.acts == TURN.acts


def test_a_corpus_without_the_file_has_heard_nothing(tmp_path: Path) -> None:
    assert read_heard(tmp_path) == {}
    (tmp_path / "heard.tsv").write_text("流量\t刘亮\n", "utf-8")
    assert read_heard(tmp_path) == {"流量": "刘亮"}
    assert read_heard(tmp_path, least=0.5) == {}
