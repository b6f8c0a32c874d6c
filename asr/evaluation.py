"""Character error rate of a recogniser over a manifest of recordings, measured through the whole lane.

The normalisation is fixed and the same for reference and hypothesis; figures with another are not comparable.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rapidfuzz.distance import Levenshtein

from asr.audio.files import Recording
from asr.text import Scribe
from assist.errors import InputError
from assist.messages import AudioFrame, AudioGap, Leg, PartialTranscript, SpeechStarted, Utterance, UtteranceDropped
from assist.ports import LanePart, Transcriber

_HANZI_DIGITS = str.maketrans("0123456789幺", "零一二三四五六七八九一")
_NOT_WORD = re.compile(r"[\W_]")


def normalise(text: str, scribe: Scribe) -> str:
    """NFKC, simplified, each digit as hanzi, word characters only, Latin in upper case."""
    text = scribe.simplify(unicodedata.normalize("NFKC", text)).translate(_HANZI_DIGITS)
    return _NOT_WORD.sub("", text).upper()


@dataclass(frozen=True, slots=True)
class CharacterErrors:
    """Counts over any amount of text; add them up before dividing."""

    reference_chars: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def rate(self) -> float:
        """CER: errors per reference character; 0 without reference."""
        errors = self.substitutions + self.deletions + self.insertions
        return errors / self.reference_chars if self.reference_chars else 0.0

    def __add__(self, other: CharacterErrors) -> CharacterErrors:
        return CharacterErrors(
            self.reference_chars + other.reference_chars,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )


def count_errors(reference: str, hypothesis: str) -> CharacterErrors:
    """Of two normalised texts, by a minimal edit script."""
    kinds = [operation.tag for operation in Levenshtein.editops(reference, hypothesis)]
    return CharacterErrors(len(reference), kinds.count("replace"), kinds.count("delete"), kinds.count("insert"))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Result of a manifest."""

    model: str
    recordings: int
    audio_s: float
    errors: CharacterErrors
    empty: int
    """Recordings in which nothing was recognised."""
    guards: dict[str, int]
    """Actions by code, over utterances and dropped segments."""

    def report(self) -> dict[str, object]:
        """For ``--json``; rates in percent of reference characters."""
        errors = self.errors
        return {
            "model": self.model,
            "recordings": self.recordings,
            "audio_s": round(self.audio_s, 1),
            "reference_chars": errors.reference_chars,
            "cer_percent": round(100 * errors.rate, 2),
            "substitutions": errors.substitutions,
            "deletions": errors.deletions,
            "insertions": errors.insertions,
            "empty": self.empty,
            "guards": self.guards,
        }


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    text: str


def read_manifest(manifest: Path) -> list[_Row]:
    """Rows of JSON lines with ``text`` and ``path_8k`` or else ``path``, relative to the manifest's folder.

    Raises InputError "bad-manifest" with the line that cannot be used.
    """
    rows: list[_Row] = []
    try:
        lines = manifest.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The manifest {manifest.name} cannot be read.", code="bad-manifest") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = cast("dict[str, Any]", json.loads(line))
            rows.append(_Row(manifest.parent / str(row.get("path_8k") or row["path"]), str(row["text"])))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{manifest.name}:{number}: every line must be an object with path (or path_8k) and text.",
                code="bad-manifest",
            ) from error
    if not rows:
        raise InputError(f"The manifest {manifest.name} names no recordings.", code="bad-manifest")
    return rows


async def evaluate_manifest(
    manifest: Path, transcriber: Transcriber, *, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Evaluation:
    """Run every recording (its first channel) through a replay lane and count errors.

    ``progress`` hears recordings done and in all. Raises InputError "bad-manifest", AudioFormatError.
    """
    scribe = Scribe()
    rows = read_manifest(manifest)
    errors, guards, empty, audio_ms = CharacterErrors(), dict[str, int](), 0, 0
    for done, row in enumerate(rows, start=1):
        with Recording(row.path) as recording:
            audio_ms += recording.duration_ms
            sink = _Collector()
            leg = Leg(party="mixed", codec="pcm_s16le", rate_hz=recording.rate_hz)
            await transcriber.open_lane(row.path.name, leg, pace="replay").run(_FileSource(recording), sink)
        hypothesis = normalise("".join(sink.texts), scribe)
        errors += count_errors(normalise(row.text, scribe), hypothesis)
        empty += not hypothesis
        for code in sink.codes:
            guards[code] = guards.get(code, 0) + 1
        progress(done, len(rows))
    return Evaluation(transcriber.name, len(rows), audio_ms / 1000, errors, empty, dict(sorted(guards.items())))


class _FileSource:
    """The first channel of a recording as the audio of a leg."""

    def __init__(self, recording: Recording) -> None:
        self._frames = self._read(recording)

    async def receive(self) -> AudioFrame | AudioGap | None:
        return next(self._frames, None)

    @staticmethod
    def _read(recording: Recording) -> Iterator[AudioFrame]:
        samples = 0
        for block in recording.blocks():
            yield AudioFrame(
                "mixed", samples * 1000 // recording.rate_hz, recording.rate_hz, block[:, 0].astype("<i2").tobytes()
            )
            samples += len(block)


class _Collector:
    """A sink that keeps texts and guard codes."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.codes: list[str] = []

    def speech_started(self, event: SpeechStarted) -> None:
        pass

    def partial(self, event: PartialTranscript) -> None:
        pass

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        if isinstance(event, Utterance):
            self.texts.append(event.text)
            self.codes.extend(event.guards)
        else:
            self.codes.append(event.reason)

    def progress(self, position_ms: int) -> None:
        pass

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        pass
