"""Experiments of a playbook: wordings that compete, calls that are held out, and the draw that decides."""

from assist.playbook.experiments.conduct import conduct, is_held_out
from assist.playbook.experiments.draw import Standing, assign, draw
from assist.playbook.experiments.experiment import MEASURES, Allocation, Experiment, Measure, Variant

__all__ = [
    "MEASURES",
    "Allocation",
    "Experiment",
    "Measure",
    "Standing",
    "Variant",
    "assign",
    "conduct",
    "draw",
    "is_held_out",
]
