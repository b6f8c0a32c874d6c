"""Experiments of a playbook: wordings that compete, calls that are held out, and the draw that decides."""

from assist.playbook.experiments.conduct import conduct, is_held_out
from assist.playbook.experiments.draw import Standing, assign, conducted, draw, redrawn
from assist.playbook.experiments.experiment import MEASURES, Allocation, Experiment, Measure, Variant
from assist.playbook.experiments.general import GeneralHoldOut, Subject

__all__ = [
    "MEASURES",
    "Allocation",
    "Experiment",
    "GeneralHoldOut",
    "Measure",
    "Standing",
    "Subject",
    "Variant",
    "assign",
    "conduct",
    "conducted",
    "draw",
    "is_held_out",
    "redrawn",
]
