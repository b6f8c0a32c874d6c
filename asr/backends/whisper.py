"""Whisper on CTranslate2, called directly with short encoder input.

faster-whisper pads every utterance to 30 s; here features are padded by a tail of some seconds and rounded up to a
bucket, which makes the encoder several times cheaper. The stock model then sometimes misses the end of the text, so
every row has its own token cap, and the guards send doubted rows to another decode with a longer tail and without
the prompt, which cures loops and echoes alike.

Decoding is greedy: sampling cannot be repeated, since CTranslate2 seeds the generator of a thread once only
(set_random_seed between two calls changes nothing). Rows don't see each other: with equal bucket lengths the text and
scores of a row do not depend on the rows beside it (checked bit by bit in the tests), so live and replayed calls agree.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any, cast

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.backends.spelling import SpokenToken, spell
from asr.features import LogMel, frame_count
from asr.guards import PROMPT
from asr.speech import Capabilities, Effort, Hypothesis, SpeechRequest
from assist.errors import ModelFilesError, RecogniserError

FULL_FRAMES = 3_000
"""The 30 s that Whisper was trained on."""

BUCKETS_FRAMES = (300, 400, 500, 600, 800, 1_000, 1_200, 1_600, 2_000, FULL_FRAMES)
"""Input lengths. Even, because the encoder halves them; never 160 or 256, whose encoder output CTranslate2 would take
for features of 80 or 128 mel bins and encode again (include/ctranslate2/models/whisper.h, is_encoded)."""

TAIL_FRAMES: dict[Effort, int] = {"partial": 400, "final": 400, "careful": 1_000, "full": FULL_FRAMES}
"""Zeros that follow the utterance before rounding up: the more, the fewer loops, and the slower."""

_STEP_MS = 20
"""One encoder position."""
_MAX_TOKENS = 224
_MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")


def bucket_frames(samples: int, effort: Effort) -> int:
    """Input length for an utterance of that many samples. Raises RecogniserError "utterance-too-long" beyond 30 s."""
    frames = frame_count(samples)
    if frames > FULL_FRAMES:
        raise RecogniserError("The utterance is longer than 30 s.", code="utterance-too-long")
    return next((bucket for bucket in BUCKETS_FRAMES if bucket >= frames + TAIL_FRAMES[effort]), FULL_FRAMES)


def token_cap(samples: int) -> int:
    """Most tokens that can be said in that time: Mandarin needs at most 7 a second, start and end some more."""
    return min(_MAX_TOKENS, int(8 * samples / RECOGNITION_RATE_HZ) + 14)


class WhisperRunner:
    """A Runner of the inference engine over one loaded model."""

    def __init__(
        self,
        model_dir: Path,
        name: str,
        *,
        device: str = "cpu",
        compute_type: str = "int8",
        intra_threads: int | None = None,
        inter_threads: int = 1,
        batch_limit: int = 4,
    ) -> None:
        """Load the model; takes about a second.

        ``intra_threads`` is per replica, by default the cores of this machine; ``inter_threads`` replicas share the
        weights and want as many engine workers. Raises ModelFilesError when the directory cannot be used.
        """
        if batch_limit < 1 or inter_threads < 1:
            raise ValueError("batch_limit and inter_threads must be at least 1")
        missing = [file for file in _MODEL_FILES if not (model_dir / file).is_file()]
        if missing:
            raise ModelFilesError(f"The model directory {model_dir.name} lacks {', '.join(missing)}.")
        try:
            self._model: Any = cast("Any", ctranslate2).models.Whisper(
                str(model_dir),
                device=device,
                compute_type=compute_type,
                intra_threads=intra_threads or os.cpu_count() or 1,
                inter_threads=inter_threads,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelFilesError(f"The model in {model_dir.name} cannot be loaded: {error}") from error
        self._tokenizer = Tokenizer.from_file(str(model_dir / "tokenizer.json"))
        self._log_mel = LogMel(int(self._model.n_mels))
        self._task = [self._token(symbol) for symbol in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>")]
        self._end_of_text = self._token("<|endoftext|>")
        prompt = self._tokenizer.encode(PROMPT, add_special_tokens=False).ids
        self._task_prompt = [*self._task, self._token("<|notimestamps|>")]
        self._text_prompt = [self._token("<|startofprev|>"), *prompt, *self._task_prompt]
        self._name = name
        self._batch_limit = batch_limit

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            kind="utterance", words=True, confidence=True, punctuation=True, hotwords=False, redecodes=True
        )

    @property
    def batch_limit(self) -> int:
        return self._batch_limit

    def batch_key(self, request: SpeechRequest) -> Hashable:
        """One effort and one input length, since a batch cannot mask padding."""
        return request.effort, bucket_frames(len(request.samples), request.effort)

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis]:
        """Recognise requests of one batch key."""
        effort = batch[0].effort
        features = [self._log_mel.extract(request.samples) for request in batch]
        encoded = self._model.encode(_stack(features, bucket_frames(len(batch[0].samples), effort)))
        caps = [token_cap(len(request.samples)) for request in batch]
        decoded = self._decode(encoded, effort, caps)
        rows = [self._words_only(result.sequences_ids[0])[:cap] for result, cap in zip(decoded, caps, strict=True)]
        is_capped = [len(row) >= cap for row, cap in zip(rows, caps, strict=True)]
        if effort == "partial":
            spelled = [spell([SpokenToken(self._symbol(token)) for token in row]) for row in rows]
            texts = ["".join(character.text for character in characters) for characters in spelled]
            return [Hypothesis(text, is_capped=capped) for text, capped in zip(texts, is_capped, strict=True)]
        # With its own length for each row, or words would be placed in the padding.
        aligned = self._model.align(encoded, self._task, rows, [feature.shape[1] for feature in features])
        return [
            self._hypothesis(result, row, alignment, capped)
            for result, row, alignment, capped in zip(decoded, rows, aligned, is_capped, strict=True)
        ]

    def _decode(self, encoded: Any, effort: Effort, caps: Sequence[int]) -> Sequence[Any]:
        """Greedy decode of a batch, with the prompt for finished speech, except for "careful".

        Half a second of speech with the prompt before it comes out as the prompt's own words: 以下, 普通.

        One cap counts for all rows; each row is cut to its own afterwards. CTranslate2 takes ``max_length`` for twice
        the new tokens (src/models/whisper.cc, generate).
        """
        prompt = self._task_prompt if effort in ("partial", "careful") else self._text_prompt
        return self._model.generate(
            encoded,
            [prompt] * len(caps),
            beam_size=1,
            max_length=min(2 * _MAX_TOKENS, 2 * max(*caps, len(prompt))),
            return_scores=effort != "partial",
            return_no_speech_prob=effort != "partial",
        )

    def _hypothesis(self, result: Any, row: Sequence[int], alignment: Any, is_capped: bool) -> Hypothesis:
        """A final with the time of every character."""
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
        return cast("str", self._tokenizer.id_to_token(token))

    def _token(self, symbol: str) -> int:
        token = self._tokenizer.token_to_id(symbol)
        if token is None:
            raise ModelFilesError(f"tokenizer.json does not belong to a multilingual Whisper: no {symbol}.")
        return int(token)


def _stack(features: Sequence[Float32Array], frames: int) -> Any:
    """Shape (rows, bins, frames); zeros after each row's end, as OpenAI's and faster-whisper's padding."""
    stacked = np.zeros((len(features), features[0].shape[0], frames), np.float32)
    for row, feature in zip(stacked, features, strict=True):
        row[:, : feature.shape[1]] = feature
    return cast("Any", ctranslate2).StorageView.from_array(stacked)


def _token_steps(path: Sequence[tuple[int, int]], tokens: int) -> list[int]:
    """First encoder step of each token and of the end of text, from a monotone (token, step) path."""
    last = path[-1][1] if path else 0
    steps = [last] * (tokens + 1)
    for token, step in reversed(path):
        steps[token] = step
    return steps
