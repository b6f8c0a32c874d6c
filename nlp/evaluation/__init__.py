"""How well labels are found: on labelled text, against the truth.

``rows`` reads the text, ``mapping`` the label sets of others; ``systems`` are what is judged, ``trials`` runs them;
``tasks`` and ``scores`` count, ``report`` sums up. ``private`` does all of it for private words.
"""

from __future__ import annotations

from nlp.evaluation.mapping import LabelMapping, intent_groups, own_labels, read_mapping, require_known
from nlp.evaluation.private import Half, private_report
from nlp.evaluation.report import Trial, evaluation_report
from nlp.evaluation.rows import LabelledTurn, read_labelled
from nlp.evaluation.systems import LinearHalf, Majority, NetworkAlone, RulesAlone, System, WholeModel, load_whole
from nlp.evaluation.tasks import Report, Task
from nlp.evaluation.trials import Answer, Examination, answer, answer_all, examine, judge

__all__ = [
    "Answer",
    "Examination",
    "Half",
    "LabelMapping",
    "LabelledTurn",
    "LinearHalf",
    "Majority",
    "NetworkAlone",
    "Report",
    "RulesAlone",
    "System",
    "Task",
    "Trial",
    "WholeModel",
    "answer",
    "answer_all",
    "evaluation_report",
    "examine",
    "intent_groups",
    "judge",
    "load_whole",
    "own_labels",
    "private_report",
    "read_labelled",
    "read_mapping",
    "require_known",
]
