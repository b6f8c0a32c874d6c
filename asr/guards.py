"""Tests that keep words out of the transcript that nobody said. Pure; every verdict has a stable reason code.

Before decoding, ``refuse`` ends a segment with ``too-short``, ``too-quiet`` or ``tone``. After decoding ``faults``
names why a text is broken (``row-cap``, ``repetition``, ``prompt-echo``, ``doubled``), ``doubts`` what calls for
another decode (these, ``too-fast``, ``too-slow``), and ``reject`` empties a text with ``no-words``, ``no-speech``,
``prompt-echo`` or ``junk-phrase``; the last two only with acoustic evidence, because a caller may really say such a
thing.
Log-probability is no test for loops: they score higher than the right text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.text import letters

PROMPT = "以下是普通话的句子。"
"""Pulls the decoder towards simplified characters and punctuation."""

TOO_SLOW = "too-slow"

JUNK_PHRASES = (
    "请不吝点赞",
    "订阅转发",
    "打赏支持",
    "明镜与点点栏目",
    "优优独播剧场",
    "谢谢观看",
    "感谢观看",
    "谢谢大家观看",
    "谢谢收看",
    "多谢收看",
    "感谢收听",
    "下期再见",
    "下集再见",
    "中文字幕",
    "字幕志愿者",
    "字幕制作",
    "字幕by",
    "amaraorg",
    "词曲李宗盛",
)
"""What Whisper writes for silence and noise, learnt from subtitles; as ``letters``, lower case, simplified."""

_REPEATED = re.compile(r"(.)\1{5,}|(.{2,12}?)\2{2,}")


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """Thresholds; each is explained where it is used."""

    min_speech_ms: int = 250
    min_level_dbfs: float = -68.0
    max_chars_per_s: float = 9.0
    min_doubled_chars: int = 4
    doubled_chars_per_s: float = 6.0
    min_chars_per_s: float = 2.0
    min_cut_short_ms: int = 3_000
    max_gap_ms: int = 1_500
    no_speech_probability: float = 0.6
    no_speech_log_probability: float = -1.0
    doubtful_speech_share: float = 0.5
    doubtful_above_noise_db: float = 10.0


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What was measured on a segment before any word was recognised."""

    speech_ms: int
    """Blocks taken for speech."""
    speech_share: float
    """Of the time from the first to the last such block, 0 to 1."""
    level_dbfs: float
    """Of the speech."""
    noise_dbfs: float
    """Floor of the channel between segments."""

    @property
    def above_noise_db(self) -> float:
        return self.level_dbfs - self.noise_dbfs


@dataclass(frozen=True, slots=True)
class Repetition:
    """A loop found in a text: characters [from, to) of each span are copies too many."""

    surplus: tuple[tuple[int, int], ...]

    def __bool__(self) -> bool:
        return bool(self.surplus)

    def kept(self, length: int) -> list[int]:
        """Indexes of a text of that length that stay: one copy of each loop."""
        return [index for index in range(length) if not any(start <= index < end for start, end in self.surplus)]


def refuse(samples: Float32Array, acoustics: Acoustics, settings: GuardSettings) -> str | None:
    """Why a segment is not worth decoding; None if it is.

    Never because of what stands beside it: after hold music the line seems louder than the voice.
    """
    if acoustics.speech_ms < settings.min_speech_ms:
        return "too-short"
    if acoustics.level_dbfs < settings.min_level_dbfs:
        return "too-quiet"
    if is_tone(samples):
        return "tone"
    return None


def find_repetition(text: str) -> Repetition:
    """A unit of 2 to 12 letters three or more times in a row, or one letter six or more times.

    Punctuation and spaces between the copies don't hide them and go with them.
    """
    places = [index for index, character in enumerate(text) if character.isalnum()]
    spans: list[tuple[int, int]] = []
    for match in _REPEATED.finditer("".join(text[index] for index in places)):
        unit = match.group(1) or match.group(2)
        first_end = match.start() + len(unit)
        spans.append((places[first_end - 1] + 1, places[match.end() - 1] + 1))
    return Repetition(tuple(spans))


def echoes_prompt(text: str) -> bool:
    """Whether five letters of the prompt stand in a row: Whisper may repeat a part of it in place of what was said."""
    said, prompt = letters(text), letters(PROMPT)
    return any(prompt[start : start + 5] in said for start in range(len(prompt) - 4))


def find_doubling(text: str, speech_ms: int, settings: GuardSettings) -> Repetition:
    """A whole text written twice though there was time to say it once: Whisper does that to short utterances.

    People repeat two or three syllables (好的好的, 不知道不知道), and what they say twice takes twice the time.
    """
    places = [index for index, character in enumerate(text) if character.isalnum()]
    half = len(places) // 2
    said = letters(text)
    is_twice = half >= settings.min_doubled_chars and said == 2 * said[:half]
    if not is_twice or len(said) * 1000 <= settings.doubled_chars_per_s * speech_ms:
        return Repetition(())
    return Repetition(((places[half - 1] + 1, places[-1] + 1),))


def faults(text: str, speech_ms: int, settings: GuardSettings, *, is_capped: bool) -> tuple[str, ...]:
    """Why a text cannot be what was said, in fixed order."""
    is_loop = bool(find_repetition(text))
    found = (
        ("row-cap", is_capped),
        ("repetition", is_loop),
        ("prompt-echo", echoes_prompt(text)),
        ("doubled", not is_loop and bool(find_doubling(text, speech_ms, settings))),
    )
    return tuple(code for code, is_found in found if is_found)


def is_cut_short(text: str, speech_ms: int, settings: GuardSettings) -> bool:
    """Whether a text is too short for the time that was spoken: the decoder stopped before the end.

    Of 151 read utterances the slowest has 2.7 letters a second of speech.
    """
    if speech_ms < settings.min_cut_short_ms:
        return False
    return len(letters(text)) * 1000 < settings.min_chars_per_s * speech_ms


def doubts(text: str, acoustics: Acoustics, settings: GuardSettings, *, is_capped: bool) -> tuple[str, ...]:
    """Reasons to decode a segment once more, in fixed order."""
    too_fast = len(letters(text)) * 1000 > settings.max_chars_per_s * acoustics.speech_ms
    found = faults(text, acoustics.speech_ms, settings, is_capped=is_capped)
    return (*found, "too-fast") if too_fast else found


def reject(
    text: str,
    acoustics: Acoustics,
    settings: GuardSettings,
    *,
    no_speech_probability: float,
    log_probability: float,
) -> str | None:
    """Why a decoded text is to be dropped whole; None if it stands. ``text`` is simplified."""
    said = letters(text).lower()
    if not said:
        return "no-words"
    is_unspoken = no_speech_probability > settings.no_speech_probability
    if is_unspoken and log_probability < settings.no_speech_log_probability:
        return "no-speech"
    is_doubtful = (
        is_unspoken
        or acoustics.speech_share < settings.doubtful_speech_share
        or acoustics.above_noise_db < settings.doubtful_above_noise_db
    )
    if is_doubtful and letters(PROMPT) in said:
        return "prompt-echo"
    if is_doubtful and any(phrase in said for phrase in JUNK_PHRASES):
        return "junk-phrase"
    return None


_TONE_WINDOW_SAMPLES = 1_024
_TONE_HOP_SAMPLES = 512
_TONE_BAND_HZ = (200, 3_600)
_LOUD_FRACTION = 0.01
_PEAK_REACH_BINS = 3
_TONE_POWER_SHARE = 0.9
_TONE_TIME_SHARE = 0.9
_STEADY_TIME_SHARE = 0.85


def is_tone(samples: Float32Array) -> bool:
    """Whether these are signalling tones: ringback, busy, DTMF, fax.

    In nine of ten windows of 64 ms within 20 dB of the loudest, two spectral peaks hold 90 % of the power of the
    telephone band, and the highest peak stays where it is. Voices reach the first for 78 % and the second for 82 % of
    their windows at most (151 telephone-band utterances), never both.
    """
    if len(samples) < 2 * _TONE_WINDOW_SAMPLES:
        return False
    windows = np.lib.stride_tricks.sliding_window_view(samples, _TONE_WINDOW_SAMPLES)[::_TONE_HOP_SAMPLES]
    shaped = windows * np.hanning(_TONE_WINDOW_SAMPLES).astype(np.float32)
    spectra: Float32Array = np.square(np.abs(np.fft.rfft(shaped))).astype(np.float32)
    low, high = (edge * _TONE_WINDOW_SAMPLES // RECOGNITION_RATE_HZ for edge in _TONE_BAND_HZ)
    spectra = spectra[:, low:high]
    power = spectra.sum(axis=1)
    loud = power > _LOUD_FRACTION * power.max(initial=0.0)
    spectra, power = spectra[loud], power[loud]
    if len(power) < 2:
        return False
    highest = spectra.argmax(axis=1)
    in_peaks = _take_peak(spectra) + _take_peak(spectra)
    tonal = int(np.count_nonzero(in_peaks > _TONE_POWER_SHARE * power))
    steady = int(np.count_nonzero(np.abs(np.diff(highest)) <= 1))
    return tonal >= _TONE_TIME_SHARE * len(power) and steady >= _STEADY_TIME_SHARE * (len(power) - 1)


def _take_peak(spectra: Float32Array) -> Float32Array:
    """Power in and around the highest bin of each row, which is cleared."""
    reach = np.arange(-_PEAK_REACH_BINS, _PEAK_REACH_BINS + 1)
    columns = np.clip(spectra.argmax(axis=1)[:, None] + reach, 0, spectra.shape[1] - 1)
    rows = np.arange(len(spectra))[:, None]
    near = np.zeros(spectra.shape, np.bool_)
    near[rows, columns] = True
    taken = np.where(near, spectra, 0.0).sum(axis=1, dtype=np.float32)
    spectra[near] = 0.0
    return taken
