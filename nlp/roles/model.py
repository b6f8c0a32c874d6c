"""The model of roles: characters and sounds of a turn, times their weights.

It never sees who is said to speak, nor what was said before: it is there to judge just that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from pathlib import Path

from assist.errors import ModelFilesError
from nlp.understanding.linear import LinearModel, load_linear

FILE = "roles.npz"
VERSION = "1.0.0"
NAME = f"speaker-roles@{VERSION}"
DIRECTORY = Path(__file__).parents[1] / "assets" / "roles"
SPEAKER = "mixed"
"""As whose words every turn is read."""


@dataclass(frozen=True, slots=True)
class RoleModel:
    """Safe for use from several threads."""

    linear: LinearModel
    """One score: the log odds of "agent", as likely as "customer" beforehand, calibrated."""

    def odds(self, text: str) -> float:
        """Log odds that the agent says this; above 0 it is more likely than not."""
        return float(self.linear.scores(text, "", SPEAKER)[0])

    def agent_probability(self, text: str) -> float:
        """0 to 1."""
        return 1 / (1 + exp(-self.odds(text)))


def load_roles(directory: Path = DIRECTORY) -> RoleModel:
    """The model that comes with Livecue. Raises ModelFilesError "model-files-damaged"."""
    try:
        return RoleModel(load_linear(directory / FILE))
    except Exception as error:  # the library that reads the file raises errors of its own
        raise ModelFilesError(
            f"The model of roles cannot be read: {error}; reinstall Livecue.", code="model-files-damaged"
        ) from error
