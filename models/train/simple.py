"""Simple classifiers that ours has to beat: n-grams, the encoder as it is published, and both together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int_]

N_GRAMS = "n-grams, logistic regression"
FROZEN = "frozen encoder, logistic regression"
BOTH = "both, support vector machine"


def n_grams(learnt: Sequence[str], tested: Sequence[str]) -> tuple[Any, Any]:
    """Runs of one to three characters, by their rarity; sparse, a row per text."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    grams: Any = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True)
    return grams.fit_transform(learnt), grams.transform(tested)


def side_by_side(*tables: Any) -> Any:
    """Sparse tables as one."""
    return cast(Any, scipy.sparse).hstack(tables).tocsr()


def simple_answers(
    grams: tuple[Any, Any], vectors: tuple[Float32Array, Float32Array], right: IntArray
) -> dict[str, IntArray]:
    """By name; both pairs are what is learnt from and what is judged, ``right`` the classes of the former."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    scaler: Any = StandardScaler()
    flat, deep = grams, (scaler.fit_transform(vectors[0]), scaler.transform(vectors[1]))
    # Rows of the dense part are as long as those of the sparse part, so that neither drowns the other.
    length = float(np.sqrt(deep[0].shape[1]))
    both = [side_by_side(sparse, dense / length) for sparse, dense in zip(flat, deep, strict=True)]

    def answers(model: Any, learnt: Any, tested: Any) -> IntArray:
        return cast(IntArray, model.fit(learnt, right).predict(tested))

    regression: Any = LogisticRegression
    machine: Any = LinearSVC
    return {
        N_GRAMS: answers(regression(class_weight="balanced", C=10.0, max_iter=300), *flat),
        FROZEN: answers(regression(class_weight="balanced", C=0.01, max_iter=300), *deep),
        BOTH: answers(machine(C=0.3, class_weight="balanced"), *both),
    }
