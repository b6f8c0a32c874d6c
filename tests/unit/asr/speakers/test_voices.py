"""Who says which utterance, by vectors made up for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.samples import Float32Array
from asr.speakers.model import WIDTH, Voiceprint
from asr.speakers.voices import SpeakerSettings, TwoVoices
from assist.messages import SpeakerLabel, SpeakerReading

COMMON = 0.7
"""Of a voice's direction that telephones make all voices have: two of them have a cosine of about 0.5."""
WITHIN = 0.045
"""How much one voice varies, per number: pieces of it have a cosine of about 0.72."""


def unit(vectors: Float32Array) -> Float32Array:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


LINE, AGENT, CUSTOMER = unit(np.eye(3, WIDTH, dtype=np.float32))
OF: dict[str, Float32Array] = {
    "agent": unit(COMMON * LINE + np.sqrt(1 - COMMON**2) * AGENT),
    "customer": unit(COMMON * LINE + np.sqrt(1 - COMMON**2) * CUSTOMER),
}


def said(who: str, random: np.random.Generator, pieces: int = 2) -> Voiceprint:
    """``both``: one half of it is each party's."""
    centres = np.stack(
        [OF["customer" if who == "both" and at % 2 else "agent" if who == "both" else who] for at in range(pieces)]
    )
    return Voiceprint(unit(centres + random.normal(0, WITHIN, centres.shape).astype(np.float32)), is_narrow=True)


def hear(
    turns: Sequence[str], voices: TwoVoices | None = None, seed: int = 5
) -> tuple[list[SpeakerReading], dict[str, SpeakerLabel]]:
    """What is told of each, and what stands at the end."""
    random, voices = np.random.default_rng(seed), voices or TwoVoices()
    readings: list[SpeakerReading] = []
    standing: dict[str, SpeakerLabel] = {}
    for at, who in enumerate(turns):
        readings.append(voices.hear(f"mixed-{at}", said(who, random), 3_000))
        standing[f"mixed-{at}"] = readings[-1].speaker
        standing |= {change.utterance_id: change.speaker for change in readings[-1].earlier}
    return readings, standing


def test_voices_are_told_apart_from_the_second_on_and_the_first_is_put_right() -> None:
    readings, standing = hear(["agent", "agent", "customer", "agent", "customer"])
    assert [reading.speaker for reading in readings] == ["unsure", "unsure", "b", "a", "b"]
    assert [(one.utterance_id, one.speaker) for one in readings[2].earlier] == [("mixed-0", "a"), ("mixed-1", "a")]
    assert all(not reading.earlier for reading in readings[3:])
    assert list(standing.values()) == ["a", "a", "b", "a", "b"]


def test_one_voice_is_nobody_s_however_long_it_speaks() -> None:
    readings, _ = hear(["customer"] * 25)
    assert {reading.speaker for reading in readings} == {"unsure"}
    assert not any(reading.earlier for reading in readings)


def test_who_speaks_long_alone_is_told_apart_once_the_other_speaks() -> None:
    readings, standing = hear(["agent"] * 20 + ["customer"])
    assert readings[-1].speaker == "b"
    assert len(readings[-1].earlier) == 20
    assert set(list(standing.values())[:20]) == {"a"}


def test_utterance_of_both_is_told_as_such_and_spoils_neither_voice() -> None:
    _, standing = hear(["agent", "customer", "both", "agent", "customer", "both"])
    assert list(standing.values()) == ["a", "b", "both", "a", "b", "both"]


def test_what_is_too_short_or_could_not_be_heard_is_nobody_s() -> None:
    voices, random = TwoVoices(), np.random.default_rng(1)
    for who in ("agent", "customer"):
        voices.hear(who, said(who, random), 3_000)
    assert voices.hear("short", said("agent", random, 1), 700).speaker == "unsure"
    assert voices.hear("shed", None, 3_000).speaker == "unsure"
    assert voices.hear("next", said("agent", random), 3_000).speaker == "a"


@pytest.mark.parametrize(("is_narrow", "told"), [(True, {"unsure", "a", "b"}), (False, {"unsure"})])
def test_voices_as_alike_as_telephones_make_them_are_two_on_a_telephone_alone(is_narrow: bool, told: set[str]) -> None:
    voices = TwoVoices()
    of = unit(np.stack([1.3 * LINE + AGENT, 1.3 * LINE + CUSTOMER]))
    assert 0.55 < float(of[0] @ of[1]) < 0.7
    heard = [Voiceprint(of[at % 2][None], is_narrow=is_narrow) for at in range(6)]
    assert {voices.hear(str(at), one, 3_000).speaker for at, one in enumerate(heard)} == told


def test_after_ten_minutes_voices_stay_as_they_are_and_memory_does_not_grow() -> None:
    turns = ["agent", "customer", "both"] * 20
    readings, standing = hear(turns, TwoVoices(SpeakerSettings(most_pieces=30)))
    right: dict[str, SpeakerLabel] = {"agent": "a", "customer": "b", "both": "both"}
    assert list(standing.values()) == [right[who] for who in turns]
    assert not any(reading.earlier for reading in readings[15:])


@given(st.lists(st.sampled_from(["agent", "customer", "both"]), max_size=25), st.integers(0, 3))
def test_whoever_speaks_when_nobody_is_taken_for_the_other(turns: list[str], seed: int) -> None:
    _, standing = hear(turns, seed=seed)
    labels: dict[str, set[SpeakerLabel]] = {"agent": set(), "customer": set(), "both": set()}
    for who, label in zip(turns, standing.values(), strict=True):
        labels[who].add(label)
    if {"agent", "customer"} <= set(turns):
        assert labels["agent"].isdisjoint(labels["customer"] - {"unsure"})
        assert labels["both"] <= {"both", "unsure"}


@given(st.lists(st.sampled_from(["agent", "customer", "both"]), min_size=1, max_size=20))
def test_same_utterances_give_the_same_readings(turns: list[str]) -> None:
    assert hear(turns) == hear(turns)


@pytest.mark.parametrize("first", ["agent", "customer"])
def test_voice_a_is_the_one_that_is_heard_first(first: str) -> None:
    other = "customer" if first == "agent" else "agent"
    _, standing = hear([first, other, other, other, other, first])
    assert list(standing.values()) == ["a", "b", "b", "b", "b", "a"]
