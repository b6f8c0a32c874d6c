"""From clips to the model's file, and the figures that say what it is worth."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from asr.audio.samples import Float32Array
from asr.loading import LoadOptions, RecogniserChoice, load_recogniser
from asr.voice.judge import FEELINGS, PROSODY_FEATURES, VoiceModel
from assist.errors import LivecueError
from models.train.voice.clips import read_clips
from models.train.voice.head import Float64Array, IntArray, fit_head, fit_temperature, shares_of
from models.train.voice.listening import HeardClip, listen
from models.train.voice.validation import Figures, figures, fitted, majority, out_of_fold
from models.train.voice.words import WordsModel, by_lexicon, by_sentences, by_understanding
from nlp.emotion.fusion import NEGATIVE, POSITIVE, FusionWeights, trust_in

NAME = "voice-emotion"
VERSION = "1.0.0"
PENALTY = 2.0
"""From 0.3 to 3 the macro F1 of unseen blocks stays within two points."""
SPEEDS = (1.0, 0.92, 1.08)
"""Every clip is learnt at these speeds, which move its pitch and pace; judged as it is."""
FAR_APART = 8
"""Rows of the list between a clip and those it is judged without, for a stricter look."""
STACK_PENALTY = 0.01
"""Of the few weights that join two judgements."""
_UNSAID = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class HeardSet:
    """Clips as arrays."""

    copies: Float32Array
    """Features, shape (speeds, clips, n)."""
    labels: IntArray
    blocks: IntArray
    """Which clips may come from one recording."""
    texts: Sequence[str]
    confidences: Float64Array
    """Of the texts."""

    @classmethod
    def of(cls, copies: Sequence[Sequence[HeardClip]]) -> HeardSet:
        """The same clips at each speed."""
        heard = copies[0]
        return cls(
            copies=np.stack([[one.features for one in copy] for copy in copies]),
            labels=np.array([FEELINGS.index(one.clip.feeling) for one in heard], np.int64),
            blocks=np.array([one.clip.block for one in heard], np.int64),
            texts=[one.text for one in heard],
            confidences=np.array([one.confidence for one in heard]),
        )


def in_common(copies: Sequence[Sequence[HeardClip]]) -> list[list[HeardClip]]:
    """Without the clips that are too short at one of the speeds."""
    everywhere = {one.clip.path for one in copies[0]}
    for copy in copies[1:]:
        everywhere &= {one.clip.path for one in copy}
    return [[one for one in copy if one.clip.path in everywhere] for copy in copies]


def fit_model(heard: HeardSet, recogniser: str) -> VoiceModel:
    """On all clips, with the temperature that suits clips of other blocks."""
    scores = out_of_fold(fitted(heard.copies, heard.labels, PENALTY), heard.blocks)
    temperature = fit_temperature(scores, heard.labels)
    everything = heard.copies.reshape(-1, heard.copies.shape[-1])
    head = fit_head(everything, np.tile(heard.labels, len(heard.copies)), PENALTY)
    return VoiceModel(
        centre=head.centre.astype(np.float32),
        scale=head.scale.astype(np.float32),
        weights=(head.weights / temperature).astype(np.float32),
        bias=(head.bias / temperature).astype(np.float32),
        name=f"{NAME}@{VERSION}",
        recogniser=recogniser.partition("@")[0],
    )


def voice_figures(heard: HeardSet) -> Iterator[Figures]:
    """The model beside simpler ones, each on blocks it has not seen."""
    measured, encoded = heard.copies[..., -PROSODY_FEATURES:], heard.copies[..., :-PROSODY_FEATURES]
    judges = {
        "prosody alone": fitted(measured, heard.labels, PENALTY / 100),
        "encoder alone": fitted(encoded, heard.labels, PENALTY),
        "voice model": fitted(heard.copies, heard.labels, PENALTY),
        f"same, {FAR_APART} rows apart": fitted(heard.copies, heard.labels, PENALTY, apart=FAR_APART),
    }
    yield figures("majority", out_of_fold(majority(heard.labels), heard.blocks), heard.labels, heard.blocks)
    for name, judge in judges.items():
        yield figures(name, _cooled(out_of_fold(judge, heard.blocks), heard.labels), heard.labels, heard.blocks)


def fusion_figures(heard: HeardSet, words: WordsModel, name: str) -> Iterator[Figures]:
    """Words, voice and both, each on blocks it has not seen.

    Joined as in a call (``nlp.emotion.fusion``), but without what the words model finds usual: in a call most
    utterances are neutral, among the clips a third is. Then joined by weights that are fitted on the other blocks too.
    """
    scores = out_of_fold(fitted(heard.copies, heard.labels, PENALTY), heard.blocks)
    voice = _cooled(scores, heard.labels)
    said = np.array([_sides(one) for one in words(heard.texts)])
    trust = np.array([[trust_in(confidence)] for confidence in heard.confidences])
    spoken = trust * said / said.mean(axis=0) + (1 - trust)
    for title, shares in (
        (f"words: {name}", spoken),
        ("voice", voice),
        (f"both: {name}", spoken * voice ** FusionWeights().voice),
    ):
        yield figures(title, shares / shares.sum(axis=1, keepdims=True), heard.labels, heard.blocks)
    parts = (np.log(said), np.log(voice), np.log(np.concatenate([said, voice], axis=1)))
    for title, part in zip((f"words, fitted: {name}", "voice, fitted", f"both, fitted: {name}"), parts, strict=True):
        judge = fitted(part[None].astype(np.float32), heard.labels, STACK_PENALTY)
        yield figures(title, shares_of(out_of_fold(judge, heard.blocks)), heard.labels, heard.blocks)


def _cooled(scores: Float64Array, labels: IntArray) -> Float64Array:
    """As probabilities, at the temperature of the model as shipped."""
    return shares_of(scores / fit_temperature(scores, labels)) + 1e-9


def _sides(probabilities: Mapping[str, float]) -> list[float]:
    """What the words give each of ``FEELINGS``; never nothing."""
    negative = sum(probabilities.get(code, 0.0) for code in NEGATIVE)
    positive = sum(probabilities.get(code, 0.0) for code in POSITIVE)
    return [(1 - _UNSAID) * share + _UNSAID / 3 for share in (negative, max(0.0, 1 - negative - positive), positive)]


def voice(
    clips: Annotated[Path, typer.Argument(help="Clips: DIR with DIR.jsonl beside it, or that list.", exists=True)],
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("asr/assets/voice_emotion.npz"),
    models_dir: Annotated[Path, typer.Option(help="Directory of the recogniser's model.")] = Path("var/models"),
    model: Annotated[str, typer.Option(help="Whisper model whose encoder is used.")] = "whisper-base",
    understanding: Annotated[Path | None, typer.Option(help="A model of the words, to judge both together.")] = None,
    sentences: Annotated[
        Path | None, typer.Option(help="Sentences with their sentiment (JSON lines), to learn such a model from.")
    ] = None,
) -> None:
    """Train the model of feelings in the voice and say what it is worth on clips that it has not seen."""
    options = LoadOptions(models_dir=models_dir, device="cpu", compute_type="int8", threads=1, workers=1)
    runner = load_recogniser(RecogniserChoice("whisper", model), options)
    listed = read_clips(clips)
    heard = HeardSet.of(in_common([list(listen(listed, runner, speed)) for speed in SPEEDS]))
    typer.echo(f"{len(heard.labels)} of {len(listed)} clips have enough speech.")
    _print(voice_figures(heard))
    _print(fusion_figures(heard, by_lexicon, "lexicon"))
    if sentences is not None:
        _print(fusion_figures(heard, by_sentences(sentences), sentences.stem))
    if understanding is not None:
        _print(fusion_figures(heard, by_understanding(understanding), understanding.name))
    fit_model(heard, runner.name).save(out)
    typer.echo(f"{out}: {out.stat().st_size} bytes")


def main() -> None:
    """A failure is one sentence with its stable code."""
    try:
        typer.run(voice)
    except LivecueError as error:
        typer.echo(f"models.train.voice: {error.message} ({error.code})", err=True)
        sys.exit(1)


def _print(lines: Iterator[Figures]) -> None:
    """As a table: shares in percent."""
    typer.echo(f"{'':<26} accuracy  macro F1 (95 %)      negative F1  log loss  macro/negative F1 by block")
    for line in lines:
        low, high = (100 * bound for bound in line.macro_f1_interval)
        folds = "  ".join(f"{100 * macro:.0f}/{100 * negative:.0f}" for macro, negative in line.by_block)
        typer.echo(
            f"{line.name:<26} {100 * line.accuracy:>8.1f}  {100 * line.macro_f1:>5.1f} ({low:.1f} to {high:.1f})"
            f"  {100 * line.negative_f1:>11.1f}  {line.log_loss:>8.3f}  {folds}"
        )
