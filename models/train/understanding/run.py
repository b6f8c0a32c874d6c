"""Makes the model of ``nlp.understanding`` from the corpus and the pretrained encoder: a directory to be served."""

# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch

from models.train.encoder.bert import build_bert
from models.train.encoder.e5s1 import E5File
from models.train.encoder.tokenizer import build_tokenizer
from models.train.encoder.vocabulary import kept_rows
from models.train.scenes import Turn
from models.train.splits import Splits
from models.train.understanding.calibrate import fit_many, fit_one
from models.train.understanding.examples import with_homophones_in
from models.train.understanding.export import export_understanding
from models.train.understanding.fit import FitSettings, fit
from models.train.understanding.fit_linear import LinearSettings, fit_linear
from models.train.understanding.heard import as_heard, read_heard
from models.train.understanding.network import HeadSizes, UnderstandingNetwork
from models.train.understanding.progress import Progress
from nlp.entities.book import EntityBook
from nlp.entities.finder import find_entities, merged
from nlp.evaluation.scores import tally
from nlp.labels import ACTS, EMOTIONS, ENTITIES, INTENTS, VERSION, codes
from nlp.understanding.encoding import load_encoder
from nlp.understanding.fusion import ManyLabels, OneLabel, read_fusion
from nlp.understanding.linear import LinearModel, save_linear
from nlp.understanding.model import OUTPUTS, FoundEntity, RawScores, TurnText, UnderstandingModel, load_understanding
from nlp.understanding.repair import CharacterCounts, count_characters, save_counts

log = logging.getLogger(__name__)

Span = tuple[str, int, int]
"""Label, characters [from, to)."""

_BATCH = 32
_LEAST_LIKENESS = 0.5
"""Of a turn and what was heard of it, to be learnt from."""
_HOMOPHONES = 0.2
"""Share of the characters in the linear half's second look at every turn, and in the turns that weigh both halves."""
_CALIBRATION_SEED = 0
_LEAST_ENTITIES = 15
_LEAST_OF_TRIPLE = 2
"""Three characters in a row that were seen once say little, and are three quarters of all."""
_NO_NAMES = EntityBook.of_terms(())


@dataclass(frozen=True, slots=True)
class RunSettings:
    """One training."""

    layers: tuple[int, ...] = tuple(range(12))
    """Layers of the pretrained encoder that are kept."""
    fit: FitSettings = field(default_factory=FitSettings)
    linear: LinearSettings = field(default_factory=LinearSettings)


def train(
    file: E5File,
    splits: Splits,
    directory: Path,
    settings: RunSettings,
    *,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> UnderstandingModel:
    """The finished model, also written into the directory; one that was interrupted there is gone on with."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = kept_rows(file.pieces)
    tokenizer = build_tokenizer([file.pieces[row] for row in rows], [float(file.scores[row]) for row in rows])
    tokenizer.save(str(directory / "tokenizer.json"))
    replacements = {str(point): text for point, text in sorted(file.replacements.items())}
    (directory / "replacements.json").write_text(json.dumps(replacements, ensure_ascii=False), encoding="utf-8")
    encoder = load_encoder(directory)

    sizes = HeadSizes(len(INTENTS), len(EMOTIONS), len(ACTS), 1 + 2 * len(ENTITIES))
    torch.manual_seed(settings.fit.seed)
    network = UnderstandingNetwork(build_bert(file, rows, settings.layers), sizes)
    heard = read_heard(least=_LEAST_LIKENESS)
    progress = Progress(directory / "progress.pt", _key(splits.train, heard, settings))
    fit(network, encoder, splits.train, sizes, settings.fit, heard=heard, progress=progress, after_epoch=after_epoch)
    export_understanding(network, directory / "encoder.onnx")
    save_counts(_characters(splits.train), directory / "characters.npz")
    save_linear(_linear(splits.train, heard, sizes, settings), directory / "linear.npz")
    _write_config(directory, _uncalibrated())
    _write_config(directory, _calibrated(load_understanding(directory), splits.development))
    progress.forget()
    return load_understanding(directory)


def _key(turns: Sequence[Turn], heard: Mapping[str, str], settings: RunSettings) -> str:
    """Two trainings with the same key make the same model."""
    return hashlib.sha256(repr((turns, sorted(heard.items()), settings)).encode()).hexdigest()


def _characters(turns: Sequence[Turn]) -> CharacterCounts:
    """Of every text once."""
    texts = {text for turn in turns for text in (turn.text, turn.previous_text) if text}
    return count_characters(sorted(texts), _LEAST_OF_TRIPLE)


def _linear(turns: Sequence[Turn], heard: Mapping[str, str], sizes: HeadSizes, settings: RunSettings) -> LinearModel:
    """Learnt from the turns as they are, with homophones, and as the recogniser made them."""
    random = Random(settings.fit.seed)
    several = [
        *turns,
        *(with_homophones_in(turn, _HOMOPHONES, random) for turn in turns),
        *(as_heard(turn, heard[turn.text]) for turn in turns if turn.text in heard),
    ]
    return fit_linear(
        several,
        [
            ([_place(INTENTS, turn.intents[0]) if turn.intents else None for turn in several], sizes.intents),
            ([_place(EMOTIONS, turn.emotion) for turn in several], sizes.emotions),
            ([_place(ACTS, turn.acts[0]) for turn in several], sizes.acts),
        ],
        settings.linear,
    )


def raw_scores(model: UnderstandingModel, turns: Sequence[Turn]) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """The scores of all turns, tags left out: the graph's outputs by name, and "linear"."""
    found: list[RawScores] = [
        model.raw([as_text(turn) for turn in turns[at : at + _BATCH]]) for at in range(0, len(turns), _BATCH)
    ]
    heads = {name: np.concatenate([raw.outputs[name] for raw in found]) for name in OUTPUTS if name != "tags"}
    return {**heads, "linear": np.concatenate([raw.linear for raw in found])}


def as_text(turn: Turn) -> TurnText:
    """What the model is given of a labelled turn."""
    return TurnText(turn.text, turn.previous_text, turn.party)


def _place(labels: tuple[Any, ...], code: str) -> int:
    return codes(labels).index(code)


def _uncalibrated() -> dict[str, Any]:
    def one(labels: tuple[str, ...]) -> dict[str, Any]:
        return {
            "labels": labels,
            "encoder": 1.0,
            "linear": 0.0,
            "bias": [0.0] * len(labels),
            "thresholds": [0.0] * len(labels),
        }

    def many(labels: tuple[str, ...]) -> dict[str, Any]:
        return {"labels": labels, "scale": 1.0, "shift": 0.0, "threshold": 0.5}

    return {
        "intent": one(codes(INTENTS)),
        "mentions": many(codes(INTENTS)),
        "emotion": one(codes(EMOTIONS)),
        "act": one(codes(ACTS)),
        "acts": many(codes(ACTS)),
        "entities": {"labels": codes(ENTITIES), "thresholds": [0.0] * len(ENTITIES)},
    }


def _calibrated(model: UnderstandingModel, turns: Sequence[Turn]) -> dict[str, Any]:
    """The heads as they fit turns that nothing was trained on.

    For intents both halves are weighed on misheard turns, so that the one that knows sounds gets its due: on
    development turns that costs nothing where they are clean and saves a point or two on homophones. For feelings and
    acts it does not pay.
    """
    random = Random(_CALIBRATION_SEED)
    scores = raw_scores(model, turns)
    misheard = raw_scores(model, [with_homophones_in(turn, _HOMOPHONES, random) for turn in turns])
    intents = model.fusion.linear_parts(misheard["linear"])[0]
    _, emotions, acts = model.fusion.linear_parts(scores["linear"])
    customers = np.array([bool(turn.intents) for turn in turns])
    primary = np.array([_place(INTENTS, turn.intents[0]) for turn in turns if turn.intents])
    mentions = np.array([[code in turn.intents for code in codes(INTENTS)] for turn in turns])
    said = np.array([[code in turn.acts for code in codes(ACTS)] for turn in turns])
    emotion = np.array([_place(EMOTIONS, turn.emotion) for turn in turns])
    act = np.array([_place(ACTS, turn.acts[0]) for turn in turns])
    return {
        "intent": _one(fit_one(codes(INTENTS), misheard["intent"][customers], intents[customers], primary)),
        "mentions": _many(fit_many(codes(INTENTS), scores["mentions"][customers], mentions[customers])),
        "emotion": _one(fit_one(codes(EMOTIONS), scores["emotion"], emotions, emotion)),
        "act": _one(fit_one(codes(ACTS), scores["act"], acts, act)),
        "acts": _many(fit_many(codes(ACTS), scores["acts"], said)),
        "entities": {"labels": codes(ENTITIES), "thresholds": _entity_thresholds(model, turns)},
    }


def _entity_thresholds(model: UnderstandingModel, turns: Sequence[Turn]) -> list[float]:
    """Per entity that of its best F1, the rules of entities beside the model; 0 where too few were seen to tell."""
    true = [{(span.label, span.start, span.end) for span in turn.entities} for turn in turns]
    by_model = [model.understand([as_text(turn)])[0].entities for turn in turns]
    by_rule = [find_entities(turn.text, _NO_NAMES, turn.previous_text) for turn in turns]
    texts = [turn.text for turn in turns]
    found = {step / 20: _spans(texts, by_rule, by_model, step / 20) for step in range(18)}
    thresholds: list[float] = []
    for label in codes(ENTITIES):
        wanted = [_of(label, spans) for spans in true]
        scores = {
            threshold: tally(wanted, [_of(label, spans) for spans in given]).overall.f1
            for threshold, given in found.items()
        }
        is_known = sum(map(len, wanted)) >= _LEAST_ENTITIES
        thresholds.append(max(scores, key=lambda threshold: scores[threshold]) if is_known else 0.0)
    return thresholds


def _of(label: str, spans: set[Span]) -> list[Span]:
    return [span for span in spans if span[0] == label]


def _spans(
    texts: Sequence[str],
    by_rule: Sequence[Sequence[FoundEntity]],
    by_model: Sequence[Sequence[FoundEntity]],
    threshold: float,
) -> list[set[Span]]:
    """What is said of each turn if the model's entities need so much."""
    return [
        {
            (one.label, one.start, one.end)
            for one in merged(text, rules, [one for one in tags if one.score >= threshold])
        }
        for text, rules, tags in zip(texts, by_rule, by_model, strict=True)
    ]


def _one(head: OneLabel) -> dict[str, Any]:
    return {
        "labels": head.labels,
        "encoder": round(head.encoder, 4),
        "linear": round(head.linear, 4),
        "bias": head.bias,
        "thresholds": head.thresholds,
    }


def _many(head: ManyLabels) -> dict[str, Any]:
    return {
        "labels": head.labels,
        "scale": round(head.scale, 4),
        "shift": round(head.shift, 4),
        "threshold": head.threshold,
    }


def _write_config(directory: Path, heads: dict[str, Any]) -> None:
    read_fusion(heads)
    config = {"labels_version": VERSION, "heads": heads}
    (directory / "config.json").write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
