"""Guards against words that nobody said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.audio.samples import Float32Array
from asr.guards import (
    PROMPT,
    Acoustics,
    GuardSettings,
    doubts,
    faults,
    find_repetition,
    is_cut_short,
    is_tone,
    refuse,
    reject,
)

SETTINGS = GuardSettings()
CLEAR = Acoustics(speech_ms=2_000, speech_share=0.95, level_dbfs=-22.0, noise_dbfs=-63.0)
DOUBTFUL = Acoustics(speech_ms=2_000, speech_share=0.3, level_dbfs=-22.0, noise_dbfs=-63.0)
TIME_S = np.arange(3 * 16_000) / 16_000


def tone(*frequencies_hz: float) -> Float32Array:
    waves = np.array([np.sin(2 * np.pi * frequency * TIME_S) for frequency in frequencies_hz])
    return (0.1 * waves.sum(axis=0)).astype(np.float32)


def noise(level: float) -> Float32Array:
    return (level * np.random.default_rng(1).standard_normal(len(TIME_S))).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("ringback", tone(450) * (TIME_S % 5 < 1)),
        ("busy", tone(450) * (TIME_S % 0.7 < 0.35)),
        ("DTMF 5", tone(770, 1_336)),
        ("fax", tone(2_100)),
        ("ringback on a noisy line", tone(450) + noise(0.005)),
    ],
)
def test_signalling_tones_are_tones(name: str, samples: Float32Array) -> None:
    assert is_tone(samples.astype(np.float32)), name


def test_noise_and_a_gliding_voice_are_not_tones() -> None:
    glide = sum(np.sin(2 * np.pi * k * (150 * TIME_S + 20 * np.sin(4 * TIME_S))) / k for k in range(1, 12))
    assert not is_tone(noise(0.1))
    assert not is_tone(np.asarray(glide, np.float32))
    assert not is_tone(np.zeros(16_000, np.float32))
    assert not is_tone(np.zeros(10, np.float32))


@pytest.mark.parametrize(
    ("acoustics", "reason"),
    [
        (CLEAR, None),
        (Acoustics(200, 1.0, -22.0, -63.0), "too-short"),
        (Acoustics(500, 1.0, -70.0, -90.0), "too-quiet"),
        (Acoustics(500, 1.0, -62.0, -72.0), None),
        (Acoustics(500, 1.0, -22.0, -18.0), None),
    ],
)
def test_segments_not_worth_decoding(acoustics: Acoustics, reason: str | None) -> None:
    assert refuse(noise(0.1), acoustics, SETTINGS) == reason


def test_tones_are_not_decoded() -> None:
    assert refuse(tone(450), CLEAR, SETTINGS) == "tone"


def trimmed(text: str) -> str:
    return "".join(text[index] for index in find_repetition(text).kept(len(text)))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("你只能选择两个你只能选择两个你只能选择两个", "你只能选择两个"),
        ("好的，好的，好的，谢谢", "好的，谢谢"),
        ("一一一一一一", "一"),
        ("没有没有", "没有没有"),
        ("一一一一一", "一一一一一"),
        ("", ""),
    ],
)
def test_loops_are_trimmed_to_one_copy(text: str, kept: str) -> None:
    assert trimmed(text) == kept


@given(st.text("一二三，", max_size=40))
def test_trimming_shortens_a_loop_and_leaves_other_text_alone(text: str) -> None:
    assert (len(trimmed(text)) < len(text)) == bool(find_repetition(text))


def test_doubts_are_named_in_fixed_order() -> None:
    assert doubts("好" * 30, CLEAR, SETTINGS, is_capped=True) == ("row-cap", "repetition", "too-fast")
    assert doubts("您好，请问有什么可以帮您？", CLEAR, SETTINGS, is_capped=False) == ()


@pytest.mark.parametrize(
    ("text", "speech_ms", "is_doubled"),
    [
        ("西马庄学校西马庄学校", 1_200, True),
        ("西马庄学校，西马庄学校。", 1_200, True),
        ("西马庄学校西马庄学校", 2_500, False),
        ("西马庄学校西马庄学院", 1_200, False),
        ("好的好的", 500, False),
        ("不知道不知道", 800, False),
    ],
)
def test_what_is_written_twice_in_the_time_of_once_is_doubted(text: str, speech_ms: int, is_doubled: bool) -> None:
    assert faults(text, speech_ms, SETTINGS, is_capped=False) == (("doubled",) if is_doubled else ())


def test_few_letters_in_much_speech_have_lost_some() -> None:
    assert is_cut_short("想听歌曲", 3_000, SETTINGS)
    assert not is_cut_short("想听歌曲如果", 3_000, SETTINGS)
    assert not is_cut_short("嗯", 2_900, SETTINGS)


def test_a_part_of_the_prompt_is_doubted() -> None:
    assert doubts("普通话的句子", CLEAR, SETTINGS, is_capped=False) == ("prompt-echo",)
    assert doubts("请讲普通话", CLEAR, SETTINGS, is_capped=False) == ()


def rejection(text: str, acoustics: Acoustics, no_speech: float = 0.1, log_probability: float = -0.3) -> str | None:
    return reject(text, acoustics, SETTINGS, no_speech_probability=no_speech, log_probability=log_probability)


@pytest.mark.parametrize("text", ["谢谢观看", "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目", "字幕by索兰娅"])
def test_junk_phrases_fall_only_with_acoustic_doubt(text: str) -> None:
    assert rejection(text, DOUBTFUL) == "junk-phrase"
    assert rejection(text, CLEAR) is None


def test_the_spoken_back_prompt_falls_only_with_acoustic_doubt() -> None:
    assert rejection(PROMPT, DOUBTFUL) == "prompt-echo"
    assert rejection(PROMPT, CLEAR) is None


def test_thanks_are_words_even_on_a_bad_line() -> None:
    assert rejection("谢谢。", DOUBTFUL) is None


def test_marks_alone_are_no_words() -> None:
    assert rejection("。，", CLEAR) == "no-words"


def test_no_speech_needs_both_probabilities() -> None:
    assert rejection("你好", CLEAR, no_speech=0.9, log_probability=-1.2) == "no-speech"
    assert rejection("你好", CLEAR, no_speech=0.9, log_probability=-0.5) is None
    assert rejection("你好", CLEAR, no_speech=0.2, log_probability=-1.2) is None
