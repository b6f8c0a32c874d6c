"""Character errors of recognised text; pure.

The normalisation is fixed and the same for reference and hypothesis; figures with another are not comparable.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from asr.text import Scribe

NORMALISATION = "NFKC, t2s, digits and 幺 to hanzi one by one, word characters only, upper case"
FILLERS = "嗯唔呃啊哦噢喔诶欸唉哎"
"""Hesitations and interjections; the second error rate leaves them out on both sides."""
RESAMPLES = 1_000

_HANZI_DIGITS = str.maketrans("0123456789幺", "零一二三四五六七八九一")
_NOT_WORD = re.compile(r"[\W_]")
_WITHOUT_FILLERS = str.maketrans("", "", FILLERS)
_NUMBER = re.compile(r"\d|[零〇一二三四五六七八九十百千万亿两幺]{2}")


def normalise(text: str, scribe: Scribe) -> str:
    """The form in which texts are compared: see NORMALISATION."""
    text = scribe.simplify_plainly(unicodedata.normalize("NFKC", text)).translate(_HANZI_DIGITS)
    return _NOT_WORD.sub("", text).upper()


def without_fillers(normal: str) -> str:
    """Of a normalised text."""
    return normal.translate(_WITHOUT_FILLERS)


def says_number(text: str) -> bool:
    """Whether a text holds a digit or two characters of a number in a row: there the form may differ, not the words."""
    return bool(_NUMBER.search(unicodedata.normalize("NFKC", text)))


@dataclass(frozen=True, slots=True)
class CharacterErrors:
    """Counts over any amount of text; add them up before dividing."""

    reference_chars: int = 0
    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0

    @property
    def total(self) -> int:
        """All three kinds."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """CER: errors per reference character; 0 without reference."""
        return self.total / self.reference_chars if self.reference_chars else 0.0

    def __add__(self, other: CharacterErrors) -> CharacterErrors:
        return CharacterErrors(
            self.reference_chars + other.reference_chars,
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
        )


def count_errors(reference: str, hypothesis: str) -> CharacterErrors:
    """Of two normalised texts, by a minimal edit script."""
    kinds = [operation.tag for operation in Levenshtein.editops(reference, hypothesis)]
    return CharacterErrors(len(reference), kinds.count("replace"), kinds.count("delete"), kinds.count("insert"))


def wrong_places(reference: str, hypothesis: str) -> set[int]:
    """Characters of the hypothesis that are substituted or inserted; of two normalised texts."""
    operations = Levenshtein.editops(reference, hypothesis)
    return {operation.dest_pos for operation in operations if operation.tag != "delete"}


def add_up(errors: Sequence[CharacterErrors]) -> CharacterErrors:
    """The counts of several texts as one."""
    return sum(errors, CharacterErrors())


def rate_interval(errors: Sequence[CharacterErrors]) -> tuple[float, float]:
    """95 % interval of the error rate over texts like these: percentile bootstrap over the texts."""
    return _interval(_resampled_rates([errors])[0])


def difference_interval(ours: Sequence[CharacterErrors], theirs: Sequence[CharacterErrors]) -> tuple[float, float]:
    """95 % interval of our error rate minus theirs on the same texts, paired."""
    our_rates, their_rates = _resampled_rates([ours, theirs])
    return _interval(our_rates - their_rates)


def _resampled_rates(systems: Sequence[Sequence[CharacterErrors]]) -> list[npt.NDArray[np.float64]]:
    """Error rates of RESAMPLES draws of texts, the same draws for each system; the seed is fixed."""
    totals = np.array([[errors.total for errors in system] for system in systems], np.float64)
    lengths = np.array([errors.reference_chars for errors in systems[0]], np.float64)
    generator = np.random.default_rng(0)
    rates = np.zeros((len(systems), RESAMPLES))
    for draw in range(RESAMPLES):
        texts = generator.integers(len(lengths), size=len(lengths))
        rates[:, draw] = totals[:, texts].sum(axis=1) / max(1.0, lengths[texts].sum())
    return list(rates)


def _interval(samples: npt.NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(samples, [2.5, 97.5])
    return float(low), float(high)
