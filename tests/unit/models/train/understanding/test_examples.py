"""What is done to training turns keeps their labels in place."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from models.train.scenes import EntitySpan, Turn
from models.train.understanding.examples import NoiseSettings, damaged, without_punctuation
from models.train.understanding.noise import with_homophones
from nlp.pinyin import syllable_of

TURN = Turn(
    party="customer",
    text="嗯，我要退，那个十块钱的，流量包",
    intents=("cancel_vas",),
    emotion="neutral",
    intensity=0,
    acts=("request",),
    entities=(EntitySpan("amount", 8, 11), EntitySpan("product", 13, 16)),
    previous_text="您好，请讲",
    scene="x-1",
    domain="telecom",
    writer="x",
    place="x:1",
)


def test_entities_move_with_their_words() -> None:
    bare = without_punctuation(TURN)
    assert bare.text == "嗯我要退那个十块钱的流量包"
    assert [bare.text[span.start : span.end] for span in bare.entities] == ["十块钱", "流量包"]


@given(st.integers(0, 1_000))
def test_damage_keeps_the_places_of_entities(seed: int) -> None:
    hurt = damaged(TURN, NoiseSettings(homophones=1.0), Random(seed))
    for span, label in zip(hurt.entities, ("十块钱", "流量包"), strict=True):
        heard = hurt.text[span.start : span.end]
        assert [syllable_of(char) for char in heard] == [syllable_of(char) for char in label]


@given(st.text(alphabet="我要退流量包abc五G，。 😀", max_size=30), st.integers(0, 100))
def test_homophones_sound_alike_and_keep_the_length(text: str, seed: int) -> None:
    noisy = with_homophones(text, 0.5, Random(seed))
    assert len(noisy) == len(text)
    assert [syllable_of(char) for char in noisy] == [syllable_of(char) for char in text]
    assert with_homophones(text, 0.5, Random(seed)) == noisy
