"""How closely what was said follows the words of a prompt: by sound, in any order, amounts and names counting most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assist.heard.sound import sounds_of
from assist.heard.values import Value, values_in
from assist.spoken import spoken

FUNCTION_CHARS = frozenset(
    "的了呢吗嘛啊吧呀哦嗯您你我他她它们这那是就都也还和跟与给帮在到上下来去有会能可以要请对好不没一个些什么怎样为把被让先再说看得着过里做用"
)
FUNCTION_WEIGHT = 0.3
"""Of characters that are in every sentence; others weigh 1."""
NAME_WEIGHT = 2.0
"""Of the names and values in a wording."""
DIFFERING_FACTOR = 0.5
"""What is left of the score when another amount was said."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What of one utterance is compared."""

    sounds: tuple[str, ...]
    pairs: frozenset[Pair]
    """Sounds that follow one another."""
    values: frozenset[Value]

    @classmethod
    def of(cls, text: str) -> Said:
        sounds = sounds_of(spoken(text).chars)
        return cls(sounds, frozenset(pairwise(sounds)), values_in(text))


@dataclass(frozen=True, slots=True)
class Adherence:
    """How much of a wording was said."""

    score: float
    """0 to 1: the share of its characters, by weight, that stand beside a neighbour of theirs in what was said."""
    missing: tuple[str, ...] = ()
    """Names and values that were not said."""
    differing: tuple[str, ...] = ()
    """Values that were said in place of its own."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a prompt, ready to be compared."""

    sounds: tuple[str, ...]
    weights: tuple[float, ...]
    """Of each sound."""
    values: tuple[Value, ...]
    names: tuple[tuple[str, tuple[str, ...]], ...]
    """Names in it, each with its sounds."""
    pairs: tuple[Pair, ...]
    """Sounds that follow one another."""
    total: float
    """Most that can be said of it, by weight."""

    @classmethod
    def of(cls, body: str, names: Iterable[str] = ()) -> Wording:
        """``names``: those of the playbook; the ones that the wording holds count."""
        chars = spoken(body).chars
        weights = [FUNCTION_WEIGHT if char in FUNCTION_CHARS else 1.0 for char in chars]
        held: list[tuple[str, tuple[str, ...]]] = []
        for name in names:
            name_chars = spoken(name).chars
            at = chars.find(name_chars) if name_chars else -1
            if at >= 0:
                weights[at : at + len(name_chars)] = [NAME_WEIGHT] * len(name_chars)
                held.append((name, sounds_of(name_chars)))
        sounds, values = sounds_of(chars), tuple(sorted(values_in(body)))
        total = sum(weights) + NAME_WEIGHT * len(values)
        return cls(sounds, tuple(weights), values, tuple(held), tuple(pairwise(sounds)), total)

    def adherence(self, said: Sequence[Said]) -> Adherence:
        """How closely some utterances together follow it."""
        if not self.sounds:
            return Adherence(0.0)
        pairs = frozenset[Pair]().union(*(one.pairs for one in said))
        heard = frozenset[Value]().union(*(one.values for one in said))
        follows = [pair in pairs for pair in self.pairs]
        beside = zip(self.weights, [False, *follows], [*follows, False], strict=True)
        weighed = sum(weight for weight, before, after in beside if before or after)
        lacking = [value for value in self.values if value not in heard]
        units = {value.unit for value in lacking}
        others = [value for value in sorted(heard - set(self.values)) if value.unit in units] if units else []
        unnamed = [name for name, sounds in self.names if not any(_holds(one.sounds, sounds) for one in said)]
        weighed += NAME_WEIGHT * (len(self.values) - len(lacking))
        score = weighed / self.total * (DIFFERING_FACTOR if others else 1)
        missing = (*(str(value) for value in lacking), *unnamed)
        return Adherence(round(score, 3), missing, tuple(map(str, others)))


def _holds(sounds: Sequence[str], name: Sequence[str]) -> bool:
    return any(tuple(sounds[at : at + len(name)]) == tuple(name) for at in range(len(sounds) - len(name) + 1))
