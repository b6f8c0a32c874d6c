"""What stands in for a model that cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assist.errors import LivecueError
from assist.messages import Signal, Utterance
from assist.playbook import Playbook


@dataclass(frozen=True, slots=True)
class MissingModel:
    """Analyser in place of a model that cannot be used: every call says so once."""

    error: LivecueError
    kind: str

    @property
    def name(self) -> str:
        return "none@0"

    def open_call(self, playbook: Playbook) -> MissingModel:
        return self

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """Raises what is wrong with the model."""
        raise self.error

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        """Raises what is wrong with the model."""
        raise self.error
