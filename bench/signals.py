"""Sounds of a telephone line that hold no words: what a recogniser must stay silent on. Pure; same seed, same samples.

Every sound is made at 8 kHz, passes A-law once as it would on a real line, and is given in the level it arrives with.
Levels are of the whole sound, RMS in dB below full scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from asr.audio.codecs import decode
from asr.audio.samples import Int16Array

RATE_HZ = 8_000

Wave = npt.NDArray[np.float64]
Maker = Callable[[Wave, np.random.Generator], Wave]
"""From the time of every sample in seconds, and a source of chance, to samples of any level."""


def make(name: str, duration_s: float, *, seed: int = 0) -> Int16Array:
    """So much of the sound called ``name``, one of ``SIGNALS``."""
    level_dbfs, maker = SIGNALS[name]
    time_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return through_alaw(_at_level(maker(time_s, np.random.default_rng(seed)), level_dbfs))


def through_alaw(wave: Wave) -> Int16Array:
    """Samples in [-1, 1] as they come out at the other end of a line."""
    steps = np.sort(decode("alaw", bytes(range(256)))).astype(np.int64)
    edges = (steps[1:] + steps[:-1]) / 2
    return steps[np.searchsorted(edges, np.clip(wave, -1.0, 1.0) * 32_768)].astype(np.int16)


def _at_level(wave: Wave, level_dbfs: float) -> Wave:
    power = float(np.mean(np.square(wave)))
    return wave * (10 ** (level_dbfs / 20) / np.sqrt(power)) if power else wave


# --- lines ---------------------------------------------------------------------------------------------------------


def _silence(time_s: Wave, _chance: np.random.Generator) -> Wave:
    return np.zeros_like(time_s)


def _noise(slope: float) -> Maker:
    """Noise whose power falls with frequency to the power of ``slope``: 0 white, 1 pink, 2 brown; from 50 Hz on."""

    def make_noise(time_s: Wave, chance: np.random.Generator) -> Wave:
        spectrum = np.fft.rfft(chance.standard_normal(len(time_s)))
        frequency_hz = np.maximum(np.fft.rfftfreq(len(time_s), 1 / RATE_HZ), 50.0)
        return np.fft.irfft(spectrum * frequency_hz ** (-slope / 2), len(time_s))

    return make_noise


def _hum(time_s: Wave, chance: np.random.Generator) -> Wave:
    mains = sum(np.sin(2 * np.pi * 50 * k * time_s) / k for k in (1, 2, 3, 5, 7, 9, 11))
    return np.asarray(mains) + 0.02 * chance.standard_normal(len(time_s))


def _crackle(time_s: Wave, chance: np.random.Generator) -> Wave:
    """About eight clicks a second, each with a short ring."""
    clicks = (chance.random(len(time_s)) < 8 / RATE_HZ) * chance.standard_normal(len(time_s))
    ring = np.exp(-np.arange(80) / 12) * np.cos(np.arange(80) * 1.9)
    return np.convolve(clicks, ring)[: len(time_s)]


def _breathing(time_s: Wave, chance: np.random.Generator) -> Wave:
    """In and out every four seconds, close to the microphone."""
    envelope = np.maximum(np.sin(2 * np.pi * time_s / 2.0), 0.0) ** 2 * (0.4 + 0.6 * (time_s % 4 < 2))
    return _noise(1)(time_s, chance) * envelope


def _typing(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Six keys a second, in bursts."""
    struck = (chance.random(len(time_s)) < 6 / RATE_HZ) & (time_s % 5 < 3)
    thud = np.exp(-np.arange(200) / 40) * chance.standard_normal(200)
    return np.convolve(struck * chance.uniform(0.3, 1.0, len(time_s)), thud)[: len(time_s)]


def _rubbing(time_s: Wave, chance: np.random.Generator) -> Wave:
    """A handset against cloth: brown noise in gusts."""
    marks_s = np.arange(0.0, time_s[-1] + 0.5, 0.25)
    gust = np.interp(time_s, marks_s, chance.random(len(marks_s)))
    return _noise(1.5)(time_s, chance) * gust**2


# --- signalling ----------------------------------------------------------------------------------------------------


def _cadence(frequencies_hz: Sequence[float], on_s: float, off_s: float) -> Maker:
    def make_tone(time_s: Wave, _chance: np.random.Generator) -> Wave:
        tone = np.asarray(sum(np.sin(2 * np.pi * frequency * time_s) for frequency in frequencies_hz))
        return tone * (time_s % (on_s + off_s) < on_s)

    return make_tone


def _dtmf(time_s: Wave, chance: np.random.Generator) -> Wave:
    """A digit of 100 ms every 200 ms, eleven in a row, then two seconds of nothing."""
    place = (time_s // 0.2).astype(int)
    low = np.array([697, 770, 852, 941])[chance.integers(0, 4, place[-1] + 1)][place]
    high = np.array([1_209, 1_336, 1_477])[chance.integers(0, 3, place[-1] + 1)][place]
    is_on = (time_s % 0.2 < 0.1) & (time_s % 4.2 < 2.2)
    return (np.sin(2 * np.pi * low * time_s) + np.sin(2 * np.pi * high * time_s)) * is_on


def _fax(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Three seconds of answer tone, then 300 bit/s of V.21 around 1,750 Hz, again and again."""
    bits = chance.integers(0, 2, int(time_s[-1] * 300) + 1)[(time_s * 300).astype(int)]
    frequency_hz = np.where(time_s % 6 < 3, 2_100.0, np.where(bits, 1_650.0, 1_850.0))
    return np.sin(2 * np.pi * np.cumsum(frequency_hz) / RATE_HZ)


# --- hold music ----------------------------------------------------------------------------------------------------

_SCALE_HZ: Wave = 220.0 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19]) / 12)
_CHORDS = ((0, 2, 4), (3, 5, 7), (4, 6, 8), (5, 7, 9))


def _voice(
    time_s: Wave, pitch_hz: Wave, *, overtones: int, falloff: float, vibrato: float = 0.0, vibrato_hz: float = 5.5
) -> Wave:
    """A steady instrument at a pitch that may change with every sample; ``vibrato`` in parts of the pitch."""
    swung = pitch_hz * (1 + vibrato * np.sin(2 * np.pi * vibrato_hz * time_s))
    phase = 2 * np.pi * np.cumsum(swung) / RATE_HZ
    partials = (np.sin(k * phase) * (k * pitch_hz < RATE_HZ / 2) / k**falloff for k in range(1, overtones + 1))
    return np.asarray(sum(partials))


def _notes(time_s: Wave, chance: np.random.Generator, note_s: float, low: int = 0, high: int = 12) -> Wave:
    """Pitches of a tune that wanders through the scale."""
    walk = np.cumsum(chance.integers(-2, 3, int(time_s[-1] / note_s) + 1))
    steps = high - 1 - np.abs(walk % (2 * (high - 1 - low)) - (high - 1 - low))
    return _SCALE_HZ[steps][(time_s / note_s).astype(int)]


def _plucked(time_s: Wave, note_s: float, decay: float) -> Wave:
    return np.exp(-decay * (time_s % note_s)) * np.minimum((time_s % note_s) / 0.005, 1.0)


def _chord(time_s: Wave, bar_s: float, overtones: int, falloff: float, vibrato: float = 0.0) -> Wave:
    bars = (time_s / bar_s).astype(int) % len(_CHORDS)
    voices = (_SCALE_HZ[np.array([chord[place] for chord in _CHORDS])][bars] for place in range(3))
    return np.asarray(
        sum(_voice(time_s, pitch, overtones=overtones, falloff=falloff, vibrato=vibrato) for pitch in voices)
    )


def _drums(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Four to the bar: bass drum, hat, snare, hat."""
    beat_s = 0.5
    beat, since_s = (time_s / beat_s).astype(int) % 4, time_s % beat_s
    hiss = chance.standard_normal(len(time_s))
    bass = np.sin(2 * np.pi * 90 * since_s) * np.exp(-12 * since_s) * (beat == 0) * 2
    return bass + hiss * np.exp(-18 * since_s) * (beat == 2) + 0.4 * hiss * np.exp(-60 * since_s) * (beat % 2)


def _melody(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Two plucked voices."""
    upper = _voice(time_s, _notes(time_s, chance, 0.4, 4), overtones=6, falloff=1.5) * _plucked(time_s, 0.4, 5)
    lower = _voice(time_s, _notes(time_s, chance, 0.8, 0, 6), overtones=4, falloff=1.5) * _plucked(time_s, 0.8, 3)
    return upper + lower


def _band(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Chords, tune and drums."""
    return 0.4 * _chord(time_s, 2.0, 6, 1.2) + _melody(time_s, chance) + _drums(time_s, chance)


def _tremolo(time_s: Wave, _chance: np.random.Generator) -> Wave:
    return _chord(time_s, 3.0, 5, 1.0) * (0.6 + 0.4 * np.sin(2 * np.pi * 6 * time_s))


def _strings(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Bowed chords under a bowed tune, with vibrato: the nearest of these to a voice."""
    tune = _voice(time_s, _notes(time_s, chance, 0.75, 3), overtones=12, falloff=1.0, vibrato=0.012)
    swell = 0.5 + 0.5 * np.sin(np.pi * (time_s % 0.75) / 0.75)
    return 0.4 * _chord(time_s, 3.0, 10, 1.0, vibrato=0.008) + tune * swell


def _choir(time_s: Wave, chance: np.random.Generator) -> Wave:
    """Voices that sing vowels (a, o, i, u) on chords, without words: a glottal tone through two formants."""
    formants_hz = np.array([(800, 1_150), (450, 800), (300, 2_300), (325, 700)])
    bars = chance.integers(0, 4, int(time_s[-1] / 0.8) + 1)[(time_s / 0.8).astype(int)]
    first_hz, second_hz = formants_hz[bars].T
    chords = (time_s / 3.2).astype(int) % len(_CHORDS)
    sung = np.zeros_like(time_s)
    for place in range(3):
        pitch_hz = _SCALE_HZ[np.array([chord[place] for chord in _CHORDS])][chords]
        phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.012 * np.sin(2 * np.pi * (5 + place / 3) * time_s))) / RATE_HZ
        for k in range(1, 16):
            partial_hz = k * pitch_hz
            gain = 1 / (1 + ((partial_hz - first_hz) / 90) ** 2) + 0.5 / (1 + ((partial_hz - second_hz) / 110) ** 2)
            sung += np.sin(k * phase) * gain * (partial_hz < RATE_HZ / 2)
    return sung * (0.6 + 0.4 * np.sin(np.pi * (time_s % 0.8) / 0.8))


def _saxophone(time_s: Wave, chance: np.random.Generator) -> Wave:
    """One reed voice that glides between its notes."""
    notes = _notes(time_s, chance, 0.5, 0, 9)
    window = np.hanning(800) / np.hanning(800).sum()
    pitch = np.convolve(np.pad(notes, 400, mode="edge"), window, mode="same")[400 : 400 + len(notes)]
    return _voice(time_s, np.asarray(pitch, np.float64), overtones=14, falloff=0.8, vibrato=0.015) * (
        0.3 + 0.7 * _plucked(time_s, 0.5, 2)
    )


SIGNALS: Mapping[str, tuple[float, Maker]] = {
    "silence": (0.0, _silence),
    **{
        f"{color} noise {level}": (float(level), _noise(slope))
        for color, slope in (("white", 0.0), ("pink", 1.0), ("brown", 2.0))
        for level in (-60, -40, -25)
    },
    "hum": (-30.0, _hum),
    "crackle": (-35.0, _crackle),
    "breathing": (-32.0, _breathing),
    "typing": (-35.0, _typing),
    "rubbing": (-28.0, _rubbing),
    "ringback": (-18.0, _cadence((450,), 1.0, 4.0)),
    "busy": (-18.0, _cadence((450,), 0.35, 0.35)),
    "congestion": (-18.0, _cadence((450,), 0.7, 0.7)),
    "ringback of two tones": (-18.0, _cadence((440, 480), 2.0, 4.0)),
    "dtmf": (-18.0, _dtmf),
    "fax": (-18.0, _fax),
    "music: melody": (-20.0, _melody),
    "music: band": (-20.0, _band),
    "music: tremolo": (-20.0, _tremolo),
    "music: strings": (-20.0, _strings),
    "music: choir": (-20.0, _choir),
    "music: saxophone": (-20.0, _saxophone),
    "music: drums": (-20.0, _drums),
}
"""name -> (level in dBFS, maker)."""
