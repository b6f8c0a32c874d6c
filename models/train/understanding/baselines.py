"""The simple classifiers on our own text: the same turns to learn from, the same to be judged by."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# PyTorch's and scikit-learn's own types have holes.

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from models.train.encoder.bert import build_bert
from models.train.encoder.e5s1 import E5File
from models.train.encoder.vectors import frozen_vectors, turn_encoder
from models.train.encoder.vocabulary import kept_rows
from models.train.scenes import Turn
from models.train.simple import FROZEN, N_GRAMS, Float32Array, n_grams, side_by_side, simple_answers
from models.train.splits import Splits
from models.train.understanding.examples import Example, encode_turn
from models.train.understanding.fit import tensors
from nlp.evaluation.tasks import Claim, Report, Task, report_labels, report_spans
from nlp.labels import ENTITIES, codes
from nlp.understanding.encoding import TurnEncoder
from nlp.understanding.tags import tagged_spans

_AROUND = 3
"""Characters on each side that the tagger of n-grams sees."""
_BATCH = 64
_LABELLED: tuple[Task, ...] = ("intent", "emotion", "act")


def baseline_reports(file: E5File, splits: Splits, tasks: Collection[Task]) -> Iterator[tuple[str, Task, Report]]:
    """System, task and how it does on the test; the turn before is there for all of them."""
    rows = kept_rows(file.pieces)
    encoder = turn_encoder(file, rows)
    bert = build_bert(file, rows)
    labelled: list[Task] = [task for task in _LABELLED if task in tasks]
    if labelled:
        yield from _classified(bert, encoder, splits, labelled)
    if "entity" not in tasks:
        return
    parts = (splits.train, splits.test)
    examples = [[encode_turn(turn, encoder) for turn in part] for part in parts]
    spans = [[(span.label, span.start, span.end) for span in turn.entities] for turn in splits.test]
    for system, tables in (
        (N_GRAMS, _window_tables(parts, examples)),
        (FROZEN, [_hidden_table(bert, part) for part in examples]),
    ):
        yield system, "entity", report_spans(spans, _tagged(tables, examples))


def _classified(
    bert: Any, encoder: TurnEncoder, splits: Splits, tasks: Sequence[Task]
) -> Iterator[tuple[str, Task, Report]]:
    parts = (splits.train, splits.test)
    own = n_grams(*([turn.text for turn in part] for part in parts))
    before = n_grams(*([turn.previous_text for turn in part] for part in parts))
    grams = [side_by_side(one, other) for one, other in zip(own, before, strict=True)]
    vectors = [
        np.concatenate(
            [
                frozen_vectors(bert, encoder, [turn.text for turn in part]),
                frozen_vectors(bert, encoder, [turn.previous_text for turn in part]),
            ],
            axis=1,
        )
        for part in parts
    ]
    for task in tasks:
        learnt, tested = (np.array([bool(_labels(turn, task)) for turn in part]) for part in parts)
        true = [_labels(turn, task) for turn in splits.test if _labels(turn, task)]
        names = sorted({_labels(turn, task)[0] for turn in splits.train if _labels(turn, task)})
        right = np.array([names.index(_labels(turn, task)[0]) for turn in splits.train if _labels(turn, task)])
        found = simple_answers((grams[0][learnt], grams[1][tested]), (vectors[0][learnt], vectors[1][tested]), right)
        for system, answers in found.items():
            claims = [Claim(names[answer], 0.0, (names[answer],)) for answer in answers]
            yield system, task, report_labels(task, true, claims)


def _labels(turn: Turn, task: Task) -> tuple[str, ...]:
    return {"intent": turn.intents, "emotion": (turn.emotion,), "act": turn.acts}.get(task, ())


def _tagged(tables: Sequence[Any], examples: Sequence[Sequence[Example]]) -> list[list[tuple[str, int, int]]]:
    """Entities of the second part, by a linear classifier of characters that learnt from the first."""
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.preprocessing import StandardScaler

    model: Any
    if isinstance(tables[0], np.ndarray):
        scaler: Any = StandardScaler()
        tables = scaler.fit_transform(tables[0]), scaler.transform(tables[1])
        model = LogisticRegression(C=0.01, max_iter=100)
    else:
        model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=12, random_state=1)
    model.fit(tables[0], np.concatenate([one.tags for one in examples[0] if one.tags]))
    known = np.asarray(model.predict_log_proba(tables[1]), np.float32)
    scores = np.full((len(known), 1 + 2 * len(ENTITIES)), -1e9, np.float32)
    scores[:, model.classes_] = np.maximum(known, -1e9)
    found: list[list[tuple[str, int, int]]] = []
    at = 0
    for one in examples[1]:
        count = len(one.encoded.chars)
        origin = one.encoded.origin
        found.append(
            [
                (codes(ENTITIES)[span.entity], origin[span.start], origin[span.end - 1] + 1)
                for span in tagged_spans(scores[at : at + count])
            ]
        )
        at += count
    return found


def _hidden_table(bert: Any, examples: Sequence[Example]) -> Float32Array:
    """(characters, width): the piece that covers each."""
    found: list[Float32Array] = []
    with torch.inference_mode():
        for at in range(0, len(examples), _BATCH):
            batch = examples[at : at + _BATCH]
            ids, mask, _, _, _ = tensors(batch)
            hidden = bert(input_ids=ids, attention_mask=mask).last_hidden_state.numpy()
            found += [hidden[place, one.encoded.piece_of] for place, one in enumerate(batch) if one.encoded.piece_of]
    return np.concatenate(found)


def _window_tables(parts: Sequence[Sequence[Turn]], examples: Sequence[Sequence[Example]]) -> list[Any]:
    """(characters, features), sparse: the characters and pairs around each, by their distance."""
    from sklearn.feature_extraction import FeatureHasher

    hasher: Any = FeatureHasher(2**18, input_type="string")
    return [
        hasher.transform(
            _window(turn.text, at) for turn, one in zip(part, encoded, strict=True) for at in one.encoded.origin
        )
        for part, encoded in zip(parts, examples, strict=True)
    ]


def _window(text: str, at: int) -> list[str]:
    places = range(max(0, at - _AROUND), min(len(text), at + _AROUND + 1))
    return [f"{place - at}:{text[place : place + length]}" for place in places for length in (1, 2)]
