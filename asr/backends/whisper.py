"""Whisper on CTranslate2, called directly with short encoder input.

faster-whisper pads every utterance to 30 s; here features are padded by a tail of some seconds and rounded up to an
input length, which makes the encoder several times cheaper. The stock model then sometimes misses the end of the text,
so every row has its own token cap, and the guards send doubted rows to another decode with a longer tail.

No digits are written: a number comes out as it was said, 一三八零零零 and 一千二百, where the model would choose among
that, 1-3-8-0-0-0, 138 000 and 1,200 as it happens, and would lose digits that share a token. ``asr.writing`` shows it
in digits again.

Nothing is sampled: CTranslate2 seeds the generator of a thread once only (set_random_seed between two calls changes
nothing), so a sampled text could not be repeated. Rows don't see each other: a batch has one input length and one token
cap, so the text and scores of a row do not depend on the rows beside it (checked bit by bit in the tests), and live
and replayed calls agree.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import ctranslate2
import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.backends.spelling import SpokenToken, spell
from asr.backends.vocabulary import has_digit
from asr.backends.whisper_model import load_whisper
from asr.confidence import WHISPER_BASE
from asr.features import LogMel, frame_count
from asr.guards import PROMPT
from asr.speech import Capabilities, Effort, Hypothesis, SpeechRequest
from asr.voice.sound import Sound, hear_sound
from assist.errors import RecogniserError

FULL_FRAMES = 3_000
"""The 30 s that Whisper was trained on."""

LONGEST_MS = 29_990
"""A sound of n frames of 10 ms has n + 1 features."""

FINE_FRAMES = tuple(range(250, FULL_FRAMES + 1, 50))
"""Input lengths on a CPU, where a batch costs what its rows cost one by one and padding is work.

Lengths are even, because the encoder halves them; never 160 or 256, whose encoder output CTranslate2 would take for
features of 80 or 128 mel bins and encode again (include/ctranslate2/models/whisper.h, is_encoded).
"""

COARSE_FRAMES = (300, 400, 500, 600, 800, 1_000, 1_200, 1_600, 2_000, FULL_FRAMES)
"""Input lengths on a GPU, where rows of one length share a batch that costs little more than one row."""


@dataclass(frozen=True, slots=True)
class Decode:
    """How hard one effort tries."""

    tail_frames: int
    """Zeros that follow the utterance before rounding up: the more, the fewer loops, and the slower."""
    beam_size: int
    has_prompt: bool = False
    """Brings marks and simplified script, but costs about a point of errors; half a second of speech behind it comes
    out as the prompt's own words: 以下, 普通."""
    repetition_penalty: float = 1.0
    """Divides the score of every token that was said already: loops become rare. At 1.05 numbers stay whole; at 1.1
    some lose a digit that comes twice."""


DECODES: Mapping[Effort, Decode] = {
    "partial": Decode(tail_frames=200, beam_size=1),
    "final": Decode(tail_frames=400, beam_size=5, repetition_penalty=1.05),
    "careful": Decode(tail_frames=1_000, beam_size=5, has_prompt=True, repetition_penalty=1.1),
    "full": Decode(tail_frames=FULL_FRAMES, beam_size=5, repetition_penalty=1.1),
}
"""Chosen from the curves in docs/asr.md."""

_SUPPRESSED_BY_CONFIG = -1
_STEP_MS = 20
"""One encoder position."""
_MAX_TOKENS = 224
_CPU_BATCH_LIMIT = 1
_GPU_BATCH_LIMIT = 16


def input_frames(samples: int, tail_frames: int, lengths: Sequence[int] = FINE_FRAMES) -> int:
    """Input length for an utterance of that many samples. Raises RecogniserError "utterance-too-long" beyond 30 s."""
    frames = frame_count(samples)
    if frames > FULL_FRAMES:
        raise RecogniserError("The utterance is longer than 30 s.", code="utterance-too-long")
    return next((length for length in lengths if length >= frames + tail_frames), FULL_FRAMES)


def token_cap(samples: int) -> int:
    """Most tokens that can be said in that time: Mandarin needs at most 7 a second, start and end some more.

    Counted in started half seconds, so that rows of similar length have one cap and may share a batch.
    """
    return min(_MAX_TOKENS, 4 * math.ceil(2 * samples / RECOGNITION_RATE_HZ) + 14)


class WhisperRunner:
    """A Runner of the inference engine over one loaded model."""

    def __init__(
        self,
        model_dir: Path,
        name: str,
        *,
        device: str = "cpu",
        compute_type: str = "int8",
        intra_threads: int = 1,
        inter_threads: int = 1,
        batch_limit: int | None = None,
        full_vocabulary: bool = False,
        decodes: Mapping[Effort, Decode] = DECODES,
        lengths: Sequence[int] | None = None,
    ) -> None:
        """Load the model; takes about a second.

        ``intra_threads`` is per replica; ``inter_threads`` replicas share the weights and want as many engine workers.
        ``batch_limit`` and ``lengths`` (FINE_FRAMES or COARSE_FRAMES) are by default what the device gains from.
        ``full_vocabulary`` keeps the tokens of all languages.
        Raises ModelFilesError when the directory cannot be used.
        """
        if intra_threads < 1 or inter_threads < 1 or (batch_limit is not None and batch_limit < 1):
            raise ValueError("intra_threads, inter_threads and batch_limit must be at least 1")
        self._model = load_whisper(
            model_dir,
            full_vocabulary=full_vocabulary,
            device=device,
            compute_type=compute_type,
            intra_threads=intra_threads,
            inter_threads=inter_threads,
        )
        self._native = self._model.native
        is_on_gpu = self._native.device != "cpu"
        self._decodes = decodes
        self._lengths = lengths or (COARSE_FRAMES if is_on_gpu else FINE_FRAMES)
        self._batch_limit = batch_limit or (_GPU_BATCH_LIMIT if is_on_gpu else _CPU_BATCH_LIMIT)
        self._log_mel = LogMel(int(self._native.n_mels))
        vocabulary = self._model.vocabulary
        self._task = [vocabulary.id(symbol) for symbol in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>")]
        self._task_prompt = [*self._task, vocabulary.id("<|notimestamps|>")]
        self._text_prompt = [vocabulary.id("<|startofprev|>"), *self._model.ids(PROMPT), *self._task_prompt]
        self._end_of_text = vocabulary.end_of_text
        digits = (token for token in range(self._end_of_text) if has_digit(vocabulary.symbols[token]))
        self._unwritten = [_SUPPRESSED_BY_CONFIG, *digits]
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kind="utterance",
            words=True,
            confidence=True,
            punctuation=True,
            hotwords=False,
            redecodes=True,
            max_utterance_ms=LONGEST_MS,
            calibration=WHISPER_BASE,
        )

    @property
    def batch_limit(self) -> int:
        return self._batch_limit

    def batch_key(self, request: SpeechRequest) -> Hashable:
        """One effort, one input length, since a batch cannot mask padding, and one cap, which is the batch's."""
        return request.effort, self._frames(request), token_cap(len(request.samples))

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis]:
        """Recognise requests of one batch key."""
        decode, cap = self._decodes[batch[0].effort], token_cap(len(batch[0].samples))
        features = [self._log_mel.extract(request.samples) for request in batch]
        encoded = self._native.encode(_stack(features, self._frames(batch[0])))
        decoded = self._generate(encoded, decode, len(batch), cap)
        rows = [self._words_only(result.sequences_ids[0])[:cap] for result in decoded]
        # With its own length for each row, or words would be placed in the padding.
        aligned = self._native.align(encoded, self._task, rows, [feature.shape[1] for feature in features])
        heard = [
            self._hypothesis(result, row, alignment, is_capped=len(row) >= cap)
            for result, row, alignment in zip(decoded, rows, aligned, strict=True)
        ]
        if not any(request.wants_sound for request in batch):
            return heard
        return [
            replace(one, sound=sound) for one, sound in zip(heard, _sounds(batch, _positions(encoded)), strict=True)
        ]

    def _frames(self, request: SpeechRequest) -> int:
        return input_frames(len(request.samples), self._decodes[request.effort].tail_frames, self._lengths)

    def _generate(self, encoded: Any, decode: Decode, rows: int, cap: int) -> Sequence[Any]:
        """CTranslate2 takes ``max_length`` for twice the new tokens (src/models/whisper.cc, generate)."""
        prompt = self._text_prompt if decode.has_prompt else self._task_prompt
        return self._native.generate(
            encoded,
            [prompt] * rows,
            beam_size=decode.beam_size,
            repetition_penalty=decode.repetition_penalty,
            suppress_tokens=self._unwritten,
            max_length=min(2 * _MAX_TOKENS, 2 * max(cap, len(prompt))),
            return_scores=True,
            return_no_speech_prob=True,
        )

    def _hypothesis(self, result: Any, row: Sequence[int], alignment: Any, *, is_capped: bool) -> Hypothesis:
        """With the time and probability of every character."""
        steps = _token_steps(alignment.alignments, len(row))
        characters = spell(
            [
                SpokenToken(self._symbol(token), steps[place] * _STEP_MS, steps[place + 1] * _STEP_MS, confidence)
                for place, (token, confidence) in enumerate(zip(row, alignment.text_token_probs, strict=True))
            ]
        )
        length = max(1, len(result.sequences_ids[0]))
        return Hypothesis(
            text="".join(character.text for character in characters),
            characters=characters,
            no_speech_probability=float(result.no_speech_prob),
            log_probability=float(result.scores[0]) * length / (length + 1),
            is_capped=is_capped,
        )

    def _words_only(self, tokens: Sequence[int]) -> list[int]:
        """Without special tokens, whose ids all follow the vocabulary of text."""
        return [token for token in tokens if token < self._end_of_text]

    def _symbol(self, token: int) -> str:
        return self._model.vocabulary.symbols[token]


def _stack(features: Sequence[Float32Array], frames: int) -> Any:
    """Shape (rows, bins, frames); zeros after each row's end, as OpenAI's and faster-whisper's padding."""
    stacked = np.zeros((len(features), features[0].shape[0], frames), np.float32)
    for row, feature in zip(stacked, features, strict=True):
        row[:, : feature.shape[1]] = feature
    return cast("Any", ctranslate2).StorageView.from_array(stacked)


def _positions(encoded: Any) -> Float32Array:
    """What the encoder made of a batch; shape (rows, positions, width)."""
    library = cast("Any", ctranslate2)
    if encoded.device != "cpu":
        encoded = encoded.to_device(library.Device.cpu)
    return np.asarray(encoded.to(library.DataType.float32))


def _sounds(batch: Sequence[SpeechRequest], positions: Float32Array) -> Iterator[Sound | None]:
    for request, row in zip(batch, positions, strict=True):
        yield hear_sound(request.samples, row) if request.wants_sound else None


def _token_steps(path: Sequence[tuple[int, int]], tokens: int) -> list[int]:
    """First encoder step of each token and of the end of text, from a monotone (token, step) path."""
    last = path[-1][1] if path else 0
    steps = [last] * (tokens + 1)
    for token, step in reversed(path):
        steps[token] = step
    return steps
