"""Recognisers on sherpa-onnx: streaming transducer and Paraformer, whole-utterance Paraformer and SenseVoice.

A streaming model hears each sample once. The stream of a voice stays open between its partials and is fed only what is
new; since a stream gives the same text however its sound is cut, a final does not depend on the partials before it.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.backends.pieces import Piece, spell_pieces
from asr.backends.sherpa_files import (
    Paraformer,
    SenseVoice,
    SherpaFiles,
    StreamingParaformer,
    StreamingTransducer,
    find_sherpa_files,
)
from asr.speech import Capabilities, Hypothesis, SpeechRequest, SpeechRunner, Voice
from assist.errors import ConfigurationError, ModelFilesError, RecogniserError

LONGEST_MS = 30_000
_SAMPLES_PER_MS = RECOGNITION_RATE_HZ // 1000
_SHORTEST_SAMPLES = RECOGNITION_RATE_HZ // 5
"""Features are stacked seven at a time: shorter sound would give none, which the runtime does not survive."""
_PARAFORMER_FLUSH_MS = 1_220
"""Two chunks of the streaming Paraformer: one to be complete, one that it looks ahead."""
_FRAME_MS = 10
_PATHS = 4
"""Of the beam search."""
_BATCH_LIMIT = 8
_STREAM_LIMIT = 128
"""Open streams: more than one per party of the calls that a machine can hear."""

_PLAIN = Capabilities(
    kind="utterance",
    words=False,
    confidence=False,
    punctuation=False,
    hotwords=False,
    redecodes=False,
    max_utterance_ms=LONGEST_MS,
)
"""What every model can do."""


def load_sherpa(
    model_dir: Path,
    name: str,
    *,
    device: str = "cpu",
    compute_type: str = "int8",
    intra_threads: int = 1,
    inter_threads: int = 1,
) -> SpeechRunner:
    """The runner of the model in a directory; ``intra_threads`` for each of up to ``inter_threads`` engine workers.

    Raises ModelFilesError when the directory cannot be used, ConfigurationError "no-accelerator" when this build of the
    runtime cannot use the device.
    """
    files = find_sherpa_files(model_dir, compute_type)
    sherpa: Any = import_module("sherpa_onnx")
    options = {"tokens": str(files.tokens), "num_threads": intra_threads, "provider": _provider(sherpa, device)}
    try:
        return _open(sherpa, files, name, options)
    except (RuntimeError, ValueError) as error:
        raise ModelFilesError(f"The model in {model_dir.name} cannot be loaded: {error}") from error


def _open(sherpa: Any, files: SherpaFiles, name: str, options: Mapping[str, object]) -> SpeechRunner:
    match files:
        case StreamingTransducer():
            recogniser = sherpa.OnlineRecognizer.from_transducer(
                encoder=str(files.encoder),
                decoder=str(files.decoder),
                joiner=str(files.joiner),
                decoding_method="modified_beam_search",
                max_active_paths=_PATHS,
                modeling_unit="cjkchar",
                **options,
            )
            capabilities = replace(_PLAIN, kind="streaming", words=True, confidence=True, hotwords=True)
            flush_ms, symbols = files.chunk_ms + _FRAME_MS, read_symbols(files.tokens)
            return StreamingRunner(recogniser, name, capabilities, flush_ms=flush_ms, symbols=symbols)
        case StreamingParaformer():
            recogniser = sherpa.OnlineRecognizer.from_paraformer(
                encoder=str(files.encoder), decoder=str(files.decoder), **options
            )
            capabilities = replace(_PLAIN, kind="streaming")
            return StreamingRunner(recogniser, name, capabilities, flush_ms=_PARAFORMER_FLUSH_MS)
        case Paraformer():
            recogniser = sherpa.OfflineRecognizer.from_paraformer(paraformer=str(files.model), **options)
            return UtteranceRunner(recogniser, name, _PLAIN)
        case SenseVoice():
            recogniser = sherpa.OfflineRecognizer.from_sense_voice(
                model=str(files.model), language="zh", use_itn=False, **options
            )
            return UtteranceRunner(recogniser, name, replace(_PLAIN, words=True))


class UtteranceRunner:
    """A Runner of the inference engine over a recogniser that hears whole utterances."""

    def __init__(self, recogniser: Any, name: str, capabilities: Capabilities) -> None:
        """``recogniser`` is a sherpa_onnx.OfflineRecognizer. Its result objects are shared by no two threads."""
        self.native = recogniser
        self.name = name
        self.capabilities = capabilities
        self.batch_limit = _BATCH_LIMIT

    def batch_key(self, request: SpeechRequest) -> Hashable:
        """Started seconds: the shorter rows of a batch are padded. Raises RecogniserError "utterance-too-long"."""
        return _started_seconds(request, self.capabilities)

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis]:
        """Recognise requests of one batch key."""
        streams = [self.native.create_stream() for _ in batch]
        for stream, request in zip(streams, batch, strict=True):
            stream.accept_waveform(RECOGNITION_RATE_HZ, _at_least_shortest(request.samples))
        self.native.decode_streams(streams)
        return [_heard(stream.result, request) for stream, request in zip(streams, batch, strict=True)]


@dataclass(slots=True)
class _OpenStream:
    """A stream and what it has heard."""

    native: Any
    heard_samples: int = 0
    heard_digest: bytes = b""

    def continues_with(self, samples: Float32Array) -> bool:
        """Whether it has heard just the beginning of these samples."""
        heard = samples[: self.heard_samples]
        return len(heard) == self.heard_samples and _digest(heard) == self.heard_digest

    def feed(self, samples: Float32Array) -> None:
        """Let it hear what is new in these samples."""
        if len(samples) > self.heard_samples:
            self.native.accept_waveform(RECOGNITION_RATE_HZ, samples[self.heard_samples :])
        self.heard_samples, self.heard_digest = len(samples), _digest(samples)


class StreamingRunner:
    """A Runner of the inference engine over a recogniser that hears sound as it comes.

    A stream is used by one batch at a time: whoever finds the stream of its voice in use opens another one.
    """

    def __init__(
        self,
        recogniser: Any,
        name: str,
        capabilities: Capabilities,
        *,
        flush_ms: int,
        symbols: frozenset[str] = frozenset(),
        stream_limit: int = _STREAM_LIMIT,
    ) -> None:
        """``recogniser`` is a sherpa_onnx.OnlineRecognizer; ``flush_ms`` of silence bring out the last words.

        ``symbols`` are what terms can be written with. Of more than ``stream_limit`` open streams the one unused for
        longest is closed; its voice then starts again from its first sample.
        """
        if stream_limit < 1 or flush_ms < 0:
            raise ValueError("stream_limit must be at least 1 and flush_ms not negative")
        self.native = recogniser
        self._flush = np.zeros(flush_ms * _SAMPLES_PER_MS, np.float32)
        self._symbols = symbols
        self.stream_limit = stream_limit
        self._open: OrderedDict[Voice, _OpenStream] = OrderedDict()
        self._lock = threading.Lock()
        self.name = name
        self.capabilities = capabilities
        self.batch_limit = _BATCH_LIMIT

    @property
    def open_streams(self) -> int:
        """Voices that are being followed."""
        return len(self._open)

    def batch_key(self, request: SpeechRequest) -> Hashable:
        """Previews apart, so that they wait for no whole utterance. Raises RecogniserError "utterance-too-long"."""
        _started_seconds(request, self.capabilities)
        return request.effort == "partial"

    def run(self, batch: Sequence[SpeechRequest]) -> Sequence[Hypothesis]:
        """Recognise requests of one batch key, each with what its voice's stream has heard before."""
        streams = [self._take(request) for request in batch]
        for stream, request in zip(streams, batch, strict=True):
            stream.feed(request.samples)
            if request.effort != "partial":
                stream.native.accept_waveform(RECOGNITION_RATE_HZ, self._flush)
                stream.native.input_finished()
        self._decode([stream.native for stream in streams])
        hypotheses = [
            _heard(self.native.get_result_all(stream.native), request)
            for stream, request in zip(streams, batch, strict=True)
        ]
        for stream, request in zip(streams, batch, strict=True):
            if request.effort == "partial" and request.voice is not None:
                self._keep(request.voice, stream)
        return hypotheses

    def _decode(self, streams: Sequence[Any]) -> None:
        """Step by step, with all streams that have sound left for another step."""
        while ready := [stream for stream in streams if self.native.is_ready(stream)]:
            self.native.decode_streams(ready)

    def _take(self, request: SpeechRequest) -> _OpenStream:
        """The stream of the voice if this request goes on where it is, else a new one."""
        with self._lock:
            stream = self._open.pop(request.voice, None) if request.voice is not None else None
        if stream is not None and stream.continues_with(request.samples):
            return stream
        return _OpenStream(self.native.create_stream(self._hotwords(request.voice)))

    def _keep(self, voice: Voice, stream: _OpenStream) -> None:
        with self._lock:
            self._open[voice] = stream
            if len(self._open) > self.stream_limit:
                self._open.popitem(last=False)

    def _hotwords(self, voice: Voice | None) -> str | None:
        """Terms as sherpa-onnx takes them; what the vocabulary cannot write is left out."""
        terms = voice.terms if voice is not None else ()
        return "/".join(term for term in terms if term and self._symbols.issuperset(term)) or None


def read_symbols(tokens: Path) -> frozenset[str]:
    """The single characters of a ``tokens.txt``: a symbol and its number on each line."""
    symbols = (line.rsplit(maxsplit=1)[0] for line in tokens.read_text("utf-8").splitlines() if " " in line.strip())
    return frozenset(symbol for symbol in symbols if len(symbol) == 1)


def _heard(result: Any, request: SpeechRequest) -> Hypothesis:
    """What a result says; without times the characters are left to ``asr.completion``."""
    text = str(result.text).strip()
    starts_s: Sequence[float] = result.timestamps
    log_probabilities = _log_probabilities(result)
    is_scored = bool(log_probabilities)
    symbols: Sequence[str] = result.tokens
    pieces: list[Piece] = []
    if len(starts_s) == len(symbols):
        confidences = [math.exp(min(0.0, one)) for one in log_probabilities] or [1.0] * len(symbols)
        pieces = [
            Piece(symbol, round(start_s * 1000), confidence)
            for symbol, start_s, confidence in zip(symbols, starts_s, confidences, strict=True)
        ]
    return Hypothesis(
        text=text,
        characters=spell_pieces(pieces, text, len(request.samples) // _SAMPLES_PER_MS),
        log_probability=min(0.0, sum(log_probabilities) / len(log_probabilities)) if is_scored else 0.0,
        is_scored=is_scored,
        tags=_tags(result),
    )


def _log_probabilities(result: Any) -> Sequence[float]:
    """Of each token; empty where the model gives none."""
    found: Sequence[float] = getattr(result, "ys_probs", None) or getattr(result, "ys_log_probs", None) or ()
    return found if len(found) == len(result.tokens) else ()


def _tags(result: Any) -> tuple[str, ...]:
    """Language, emotion and sounds as SenseVoice writes them, without its brackets."""
    found: Mapping[str, str] = {name: getattr(result, name, "") for name in ("lang", "emotion", "event")}
    return tuple(tag.strip("<|>") for tag in found.values() if tag)


def _started_seconds(request: SpeechRequest, capabilities: Capabilities) -> int:
    if len(request.samples) > capabilities.max_utterance_ms * _SAMPLES_PER_MS:
        raise RecogniserError("The utterance is longer than 30 s.", code="utterance-too-long")
    return math.ceil(len(request.samples) / RECOGNITION_RATE_HZ)


def _at_least_shortest(samples: Float32Array) -> Float32Array:
    return np.pad(samples, (0, max(0, _SHORTEST_SAMPLES - len(samples))))


def _digest(samples: Float32Array) -> bytes:
    return hashlib.blake2b(np.ascontiguousarray(samples).data, digest_size=16).digest()


def _provider(sherpa: Any, device: str) -> str:
    """sherpa-onnx falls back to the CPU without a word of error when its build has no CUDA."""
    has_cuda = "cuda" in str(sherpa.__version__)
    if device == "cuda" and not has_cuda:
        raise ConfigurationError(
            "This build of sherpa-onnx runs on the CPU only: set LIVECUE_ASR__DEVICE=cpu, or install its CUDA wheel.",
            code="no-accelerator",
        )
    return "cuda" if has_cuda and device != "cpu" else "cpu"
