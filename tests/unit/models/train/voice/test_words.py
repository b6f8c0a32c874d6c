"""What words say about a feeling, and what they add to a voice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from asr.voice.judge import FEELINGS, PROSODY_FEATURES
from models.train.voice.run import HeardSet, fit_model, fusion_figures, voice_figures
from models.train.voice.words import by_lexicon, by_sentences

SAID = {"negative": "气死我了", "neutral": "我在看书", "positive": "太开心了"}


def heard_set(clips: int = 90) -> HeardSet:
    """Voices and words that are right in different clips."""
    chance = np.random.default_rng(4)
    labels = np.arange(clips) % len(FEELINGS)
    features = chance.standard_normal((2, clips, 12 + PROSODY_FEATURES)).astype(np.float32)
    features[:, :, :3] += np.where(np.arange(clips) % 2, 4.0, 0.0)[:, None] * np.eye(3)[labels]
    told = np.where(np.arange(clips) % 2, 1, labels)
    return HeardSet(
        copies=features,
        labels=labels,
        blocks=np.arange(clips) // 30,
        texts=[SAID[FEELINGS[label]] for label in told],
        confidences=np.ones(clips),
    )


def test_the_lexicon_finds_signs_and_is_neutral_without() -> None:
    found = by_lexicon(list(SAID.values()))
    assert [max(shares, key=lambda code, shares=shares: shares[code]) for shares in found] == [
        "angry",
        "neutral",
        "happy",
    ]
    assert all(sum(shares.values()) == pytest.approx(1) for shares in found)


def test_a_model_learns_its_words_from_sentences(tmp_path: Path) -> None:
    rows = [{"text": text, "sentiment": side} for side, text in SAID.items()] * 4 + [{"text": "？", "sentiment": "odd"}]
    listing = tmp_path / "sentences.jsonl"
    listing.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    negative, positive = by_sentences(listing)(["真的气死我，了", "开心"])
    assert negative["angry"] > 0.5
    assert positive["happy"] > 0.5


def test_words_and_voice_together_are_better_than_either() -> None:
    words, voice, both = list(fusion_figures(heard_set(), by_lexicon, "lexicon"))[:3]
    assert both.log_loss < min(words.log_loss, voice.log_loss)
    assert both.macro_f1 > max(words.macro_f1, voice.macro_f1)


def test_the_figures_name_the_simplest_models_first() -> None:
    names = [line.name for line in voice_figures(heard_set())]
    assert names[:3] == ["majority", "prosody alone", "encoder alone"]


def test_the_model_fits_what_it_was_taught_and_names_its_recogniser() -> None:
    heard = heard_set()
    model = fit_model(heard, "whisper-base@1.0.0")
    assert model.recogniser == "whisper-base"
    sure = model.probabilities(heard.copies[0][1::2])
    assert (sure.argmax(axis=1) == heard.labels[1::2]).mean() > 0.9
