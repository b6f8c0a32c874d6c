"""What the words of a clip say about its feeling: anything that gives texts probabilities."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from asr.text import letters
from nlp.understanding.model import TurnText, load_understanding

WordsModel = Callable[[Sequence[str]], list[Mapping[str, float]]]
"""Texts in; for each its probabilities by code of ``nlp.labels.EMOTIONS``."""

_SIDES: Mapping[str, str] = {"negative": "angry", "neutral": "neutral", "positive": "happy"}
"""One feeling stands for each side where only that is known."""
_BATCH = 32
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "angry": ("凭什么", "烦", "气", "骂", "滚", "闭嘴", "讨厌", "有病", "什么意思", "干嘛", "受不了", "不爽", "够了"),
    "anxious": ("怎么办", "快点", "赶快", "来不及", "担心", "怕", "压力", "紧张"),
    "disappointed": ("算了", "哭", "难过", "失望", "痛", "累", "没用", "伤心", "可怜", "惨", "对不起"),
    "happy": ("哈哈", "谢谢", "喜欢", "爱", "开心", "棒", "厉害", "好吃", "可爱", "有趣", "太好", "赞", "耶", "哇"),
}
_SIGN_SHARE = 0.7
"""Of a feeling whose sign is found."""


def by_lexicon(texts: Sequence[str]) -> list[Mapping[str, float]]:
    """The simplest there is: the first feeling with a sign in the text, otherwise neutral."""
    return [_by_signs(text) for text in texts]


def by_understanding(directory: Path) -> WordsModel:
    """The model of ``nlp.understanding`` in a directory. Raises ModelFilesError."""
    model = load_understanding(directory)
    labels = model.fusion.emotion.labels

    def judge(texts: Sequence[str]) -> list[Mapping[str, float]]:
        found: list[Mapping[str, float]] = []
        for start in range(0, len(texts), _BATCH):
            raw = model.raw([TurnText(text, "", "customer") for text in texts[start : start + _BATCH]])
            linear = model.fusion.linear_parts(raw.linear)[1]
            rows = model.fusion.emotion.probabilities(raw.outputs["emotion"], linear)
            found += [{label: float(share) for label, share in zip(labels, row, strict=True)} for row in rows]
        return found

    return judge


def by_sentences(listing: Path) -> WordsModel:
    """Learnt from JSON lines of ``text`` and ``sentiment``: n-grams of characters, logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [json.loads(line) for line in listing.read_text(encoding="utf-8").splitlines()]
    known = [row for row in rows if row.get("sentiment") in _SIDES]
    grams: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=3, sublinear_tf=True)
    model: Any = LogisticRegression(class_weight="balanced", max_iter=200)
    model.fit(grams.fit_transform([letters(row["text"]) for row in known]), [row["sentiment"] for row in known])

    def judge(texts: Sequence[str]) -> list[Mapping[str, float]]:
        shares = model.predict_proba(grams.transform([letters(text) for text in texts]))
        return [{_SIDES[side]: float(share) for side, share in zip(model.classes_, row, strict=True)} for row in shares]

    return judge


def _by_signs(text: str) -> Mapping[str, float]:
    for feeling, signs in _SIGNS.items():
        if any(sign in text for sign in signs):
            return {feeling: _SIGN_SHARE, "neutral": 1 - _SIGN_SHARE}
    return {"neutral": _SIGN_SHARE, **{feeling: (1 - _SIGN_SHARE) / len(_SIGNS) for feeling in _SIGNS}}
