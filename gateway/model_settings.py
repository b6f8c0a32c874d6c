"""Settings of models: what hears speech, what understands it, and the language model that writes and judges."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from gateway.setting_group import Group, Positive, is_http


class FallbackSettings(Group):
    """A recogniser that takes over while the ones before it fail."""

    backend: str = "whisper"
    """As `asr.backend`."""
    model: str
    """As `asr.model`."""


class AsrSettings(Group):
    """How speech becomes text."""

    backend: str = "whisper"
    """Recogniser backend: `whisper` or `sherpa`."""
    model: str = "whisper-base"
    """Name in the model catalogue, a directory, or `hub:NAME` of the backend's model hub."""
    fallbacks: tuple[FallbackSettings, ...] = ()
    """Recognisers that take over while the ones before them fail, as a JSON list of `{"backend": …, "model": …}`."""
    compute: Literal["auto", "int8", "int8_float32", "int8_float16", "float16", "float32"] = "auto"
    """Arithmetic of the model; `auto`: `int8` on a CPU, `float16` on a GPU."""
    device: Literal["cpu", "cuda", "auto"] = "cpu"
    """Where models run; `auto`: on a GPU if there is one."""
    workers: int = Field(default=0, ge=0)
    """Recognisers that run at the same time; 0: by the machine, one per core (at most 8), one on a GPU."""
    threads: int = Field(default=0, ge=0)
    """CPU threads of one recogniser; 0: by the machine, which is 1 (`livecue bench engine` compares)."""
    full_vocabulary: bool = False
    """Keep the words of all languages in a Whisper model; twice as slow to decode, and no better for Mandarin."""
    voice: Literal["all", "customer", "off"] = "all"
    """Whose utterances are judged by their sound: pitch, level, pace, feeling (see docs/nlp-voice.md)."""
    speakers: bool = True
    """Whether the two voices of a mixed leg are told apart, in memory alone (see docs/connect/legs.md)."""

    @model_validator(mode="after")
    def _suits_device(self) -> Self:
        if self.device == "cpu" and self.compute in ("float16", "int8_float16"):
            raise ValueError(f"a CPU cannot compute in {self.compute}: use int8 or float32, or set asr.device to cuda")
        return self


class ClassifierSettings(Group):
    """A text classifier that runs beside Livecue's own model of understanding."""

    backend: Literal["onnx", "transformers"]
    """Form of the directory: `onnx` or `transformers`."""
    model: str
    """A directory."""
    signal: Literal["intent", "emotion", "act"] = "intent"
    """What its labels are told as."""
    party: Literal["customer", "agent", "all"] = "all"
    """Whose utterances it classifies."""
    min_score: float = Field(default=0.5, ge=0, le=1)
    """Least probability of a label that is told."""


class NluSettings(Group):
    """What utterances mean."""

    model: str = "livecue-understanding"
    """Name in the model catalogue or a directory; empty: no model of understanding."""
    extra: tuple[ClassifierSettings, ...] = ()
    """Text classifiers beside it, as a JSON list of `{"backend": "onnx"|"transformers", "model": DIRECTORY}`, each
    perhaps with `"signal": "intent"|"emotion"|"act"`, `"party": "customer"|"agent"|"all"` and `"min_score": 0.5`."""


class SummarySettings(Group):
    """A language model that writes the sentences of wrap-ups, behind an OpenAI-compatible endpoint."""

    url: str = ""
    """Address that ends in `/v1`; empty: the template writes them and nothing leaves the machine."""
    model: str = ""
    """Name of the model, as the endpoint calls it."""
    key: SecretStr = SecretStr("")
    """Bearer token of the endpoint."""
    timeout_s: Positive = 20.0
    """How long in seconds each of two attempts may take; then the template's sentences stay."""

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.url and not (self.model and is_http(self.url)):
            raise ValueError("summary.url must look like https://host/v1, and summary.model must name a model")
        return self


class JudgeSettings(Group):
    """Whether the model of `summary` also answers the questions of playbooks (see docs/playbooks.md)."""

    enabled: bool = False
    """Ask at the end of each call whose playbook has questions; the whole transcript goes to `summary.url`."""
    timeout_s: Positive = 8.0
    """How long in seconds the end of a call waits for the answers; then rules abstain."""
