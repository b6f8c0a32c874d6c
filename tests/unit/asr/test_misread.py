"""Sound that was read with another codec than it was written with."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from asr.audio.codecs import Encoding, decode
from asr.audio.misread import FirstMinute, Reading, misreading
from asr.audio.samples import Int16Array
from tests.support.platforms import encoded
from tests.support.recordings import voice

NAMES = ("01-cross-sell", "02-refused-then-pushed", "03-bill-complaint", "04-hesitant-handset")
ENCODINGS: tuple[Encoding, ...] = ("pcm_s16le", "mulaw", "alaw")
WRITINGS: tuple[Reading, ...] = (*ENCODINGS, "pcm_s16be")


def written(samples: Int16Array, writing: Reading) -> bytes:
    if writing == "pcm_s16be":
        return samples.astype(">i2").tobytes()
    assert writing != "two channels"
    return encoded(writing, samples)


@pytest.mark.parametrize(("writing", "read_as"), [(w, r) for w, r in product(WRITINGS, ENCODINGS) if w != r])
@pytest.mark.parametrize(("name", "channel"), [("01-cross-sell", 0), ("03-bill-complaint", 1)])
def test_another_codec_is_recognised(name: str, channel: int, writing: Reading, read_as: Encoding) -> None:
    assert misreading(decode(read_as, written(voice(name, channel), writing)), read_as) == writing


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("name", NAMES)
def test_what_was_read_as_it_was_written_is_left_alone(name: str, channel: int, encoding: Encoding) -> None:
    assert misreading(decode(encoding, encoded(encoding, voice(name, channel))), encoding) is None


@pytest.mark.parametrize("other", ["agent", "silence"])
def test_two_parties_in_turn_are_recognised(other: str) -> None:
    customer, agent = voice("01-cross-sell", 1), voice("01-cross-sell", 0)
    second = agent if other == "agent" else np.zeros_like(customer)
    assert misreading(np.stack([customer, second], axis=1).reshape(-1), "pcm_s16le") == "two channels"


@pytest.mark.parametrize("read_as", ENCODINGS)
def test_of_noise_tones_silence_and_little_sound_nothing_is_said(read_as: Encoding) -> None:
    noise = np.random.default_rng(7).normal(0, 3_000, 160_000).astype(np.int16)
    tone = (10_000 * np.sin(np.arange(160_000) * 2 * np.pi * 450 / 8_000)).astype(np.int16)
    for samples in (noise, tone, np.zeros(160_000, np.int16), np.zeros(0, np.int16), voice("01-cross-sell", 0, 1)):
        assert misreading(decode(read_as, encoded(read_as, samples)), read_as) is None


def test_samples_that_a_codec_cannot_give_are_no_other_codec() -> None:
    scaled = (voice("01-cross-sell").astype(np.int32) // 3 + 1).astype(np.int16)
    assert misreading(scaled, "mulaw") is None


def test_the_first_minute_is_judged_whatever_the_pieces_and_told_once() -> None:
    wrong = decode("pcm_s16le", written(voice("01-cross-sell", 0, 60), "mulaw")).astype("<i2").tobytes()
    for size in (320, 3_210, 160_000):
        minute = FirstMinute("pcm_s16le", 8_000)
        told = [minute.push(wrong[offset : offset + size]) for offset in range(0, len(wrong), size)]
        assert [reading for reading in told if reading is not None] == ["mulaw"]


def test_what_begins_late_is_heard_and_after_a_minute_nobody_listens() -> None:
    silence = bytes(2 * 8_000 * 10)
    wrong = decode("pcm_s16le", written(voice("01-cross-sell", 0, 40), "alaw")).astype("<i2").tobytes()
    late, too_late = FirstMinute("pcm_s16le", 8_000), FirstMinute("pcm_s16le", 8_000)
    assert [late.push(silence), late.push(silence), late.push(wrong[:160_000])] == [None, None, "alaw"]
    assert [too_late.push(silence) for _ in range(6)] + [too_late.push(wrong[:160_000])] == [None] * 7
