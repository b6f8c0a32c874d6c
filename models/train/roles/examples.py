"""What the model of roles learns from: every turn as written and as it may be misheard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from models.train.roles.dialogues import Said
from models.train.scenes import Turn
from models.train.understanding.noise import PUNCTUATION, with_homophones

MISHEARD = 0.15
"""Share of the characters that are other ones of the same sound in the second look at a turn."""


def examples(turns: Sequence[Turn], heard: Mapping[str, str]) -> list[Said]:
    """Each turn as written, once with homophones and without punctuation, and as it was heard where it was voiced."""
    random = Random(1)
    found: list[Said] = []
    for turn in turns:
        misheard = with_homophones(turn.text, MISHEARD, random)
        texts = [turn.text, "".join(char for char in misheard if char not in PUNCTUATION)]
        if turn.text in heard:
            texts.append(heard[turn.text])
        found += [Said(turn.party == "agent", text) for text in texts]
    return found
