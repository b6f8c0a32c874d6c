"""Places among meanings that a test can foresee: a direction for each topic that a sentence touches."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from assist.search.places import Sentence

TOPICS = ("贵便宜钱划算", "断网宽带上", "投诉领导主管", "再见谢谢拜拜")
"""Characters that give a topic away."""
LENGTH = 127


class TopicPlacer:
    """A model that knows some topics; remembers what it was asked to place."""

    def __init__(self, source: str = "topics@1") -> None:
        self._source = source
        self.asked: list[Sentence] = []

    @property
    def source(self) -> str:
        return self._source

    @property
    def width(self) -> int:
        return len(TOPICS)

    async def places(self, sentences: Sequence[Sentence], *, is_awaited: bool) -> Sequence[bytes]:
        self.asked += sentences
        return [place_of(one.text) for one in sentences]


def place_of(text: str) -> bytes:
    """As TopicPlacer places it; zeros where it touches no topic."""
    touched = [sum(char in topic for char in text) for topic in TOPICS]
    length = sqrt(sum(count * count for count in touched)) or 1.0
    return bytes(round(count / length * LENGTH) for count in touched)
