"""The composition root: the only package that names concrete classes and turns settings into a service."""

from gateway.wiring.analysis import (
    open_classifiers,
    open_placer,
    open_reader,
    open_understanding,
    phrase_listener,
    strange_labels,
)
from gateway.wiring.privacy import mask_stored_calls, retire_keys, rotate_keys
from gateway.wiring.recognition import Recognition, load_recognisers, open_recognition
from gateway.wiring.records import open_records, retention_rules
from gateway.wiring.service import changes_in, open_service
from gateway.wiring.stored import open_accounts, open_calls, open_experiments, open_stored, open_teams

__all__ = [
    "Recognition",
    "changes_in",
    "load_recognisers",
    "mask_stored_calls",
    "open_accounts",
    "open_calls",
    "open_classifiers",
    "open_experiments",
    "open_placer",
    "open_reader",
    "open_recognition",
    "open_records",
    "open_service",
    "open_stored",
    "open_teams",
    "open_understanding",
    "phrase_listener",
    "retention_rules",
    "retire_keys",
    "rotate_keys",
    "strange_labels",
]
