"""What a desk shows of a call: a pure fold over its log. The browser continues the same fold from a snapshot."""

from __future__ import annotations

from assist.view.folding import fold, fold_all
from assist.view.shapes import (
    FEELINGS_KEPT,
    CallView,
    CorrectedLine,
    Feeling,
    Line,
    LineEntity,
    Note,
    NotificationCard,
    PromptCard,
    RoleGuess,
)

__all__ = [
    "FEELINGS_KEPT",
    "CallView",
    "CorrectedLine",
    "Feeling",
    "Line",
    "LineEntity",
    "Note",
    "NotificationCard",
    "PromptCard",
    "RoleGuess",
    "fold",
    "fold_all",
]
